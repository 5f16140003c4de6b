"""A process that reads hostile files for the tests, within bounds of memory, one for each line "LOADER<tab>PATH"."""
import json
import resource
import sys
import time
from pathlib import Path

from loaders import LOADERS

MEMORY = 400 << 20  # bytes beyond what the process has when it starts


def attempt(loader, path):
    """What came of it: the error's type, whether it is the loader's own, its message, and the seconds."""
    read, expected, _ = LOADERS[loader]
    start = time.monotonic()
    try:
        read(Path(path))
        outcome = {"error": None, "named": False, "message": "it was read"}
    except BaseException as error:
        outcome = {"error": type(error).__name__, "named": isinstance(error, expected), "message": str(error)[:2000]}
    return {**outcome, "seconds": time.monotonic() - start}


def main():
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(attempt(*line.rstrip("\n").split("\t"))), flush=True)


if __name__ == "__main__":
    main()
