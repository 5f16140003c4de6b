"""A study without MXNet, for the runner's tests.

TOY_ARMS (JSON) replaces the arms, TOY_SLEEP says how long a run takes, TOY_FAIL names an arm that fails, TOY_LOSS is
the loss of the first step, and each run that begins leaves a line in the file TOY_BEGUN.
"""
import json
import os
import sys
import time

from experiments.study import Measure, Study, main

ARMS = {"small": {"size": 1}, "large, and wide": {"size": 10}}
if "TOY_CHANGED" in os.environ and "--one" in sys.argv:  # as if the code had been changed after the runner was started
    ARMS["small"] = {"size": 5}


def run(one):
    if os.environ.get("TOY_BEGUN"):
        with open(os.environ["TOY_BEGUN"], "a") as begun:
            begun.write(f"{one.arm} {one.seed} {os.getpid()}\n")
    print("a line that is no answer")
    if one.arm == os.environ.get("TOY_FAIL"):
        raise ArithmeticError("as it was told")
    time.sleep(0 if one.smoke else float(os.environ.get("TOY_SLEEP", 0)))
    return {"size": one.configuration["size"] + one.seed, "nested": {"a/b": [1, float("nan")]},
            "first_losses": first_losses(one)}


def first_losses(one):
    return [float(os.environ.get("TOY_LOSS", 1)), one.configuration["size"] / 3]


STUDY = Study(name="toy", question="Does the runner work?", arms=json.loads(os.environ.get("TOY_ARMS", "null")) or ARMS,
              run=run, first_losses=first_losses, seeds=range(3), minutes=0.01, edition="of toys",
              alone="TOY_ALONE" in os.environ,
              measures=[Measure("size", "pixels")])

if __name__ == "__main__":
    sys.exit(main(STUDY))
