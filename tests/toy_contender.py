"""A contender without MXNet, for the servers' tests. With an argument it fails."""
import os
import sys
import time

from experiments.servers import serve


class Contender:
    """Its steps take as many hundredths of a second as HUNDREDTHS says."""

    def feed_and_train(self):
        print("what a library prints is no answer")
        time.sleep(int(os.environ["HUNDREDTHS"]) / 100)

    def profile(self, steps):
        return {name: os.environ.get(name) for name in ("HUNDREDTHS", "FROM_THE_CALLER", "PATH")}


if __name__ == "__main__":
    if sys.argv[1:]:
        raise SystemExit(f"no {sys.argv[1]} here")
    serve(Contender())
