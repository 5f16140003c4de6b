"""What a training step costs with each of the ladder's tricks, beside a plain one: blocks of steps that take turns."""
import statistics
import sys
import time
from typing import Any, Dict, Iterator

from resnet_gluon import resnet18

from mxnet import npx

from experiments import fitting
from experiments.speedrun import SETTINGS
from experiments.study import Measure, One, Study, main
from experiments.tricks import Tricks, steps_of

ROUNDS, BLOCK = 20, 5


def seconds(steps: Iterator[Any], count: int) -> float:
    """Seconds a step, of so many."""
    start = time.perf_counter()
    for _ in range(count):
        next(steps)
    npx.waitall()
    return (time.perf_counter() - start) / count


def run(one: One) -> Dict[str, Any]:
    data, rounds = fitting.fashion(one), 2 if one.smoke else ROUNDS
    size = 4 if one.smoke else 128
    running = {name: steps_of(resnet18(zero_gamma=True), data.train, Tricks(steps=10 ** 6, **{
        **settings, "batch_size": size}), one.seed) for name, settings in SETTINGS.items()}
    for steps in running.values():
        seconds(steps, 2)  # compile, allocate
    found: Dict[str, Any] = {name: [] for name in running}
    for _ in range(rounds):
        for name, steps in running.items():
            found[name].append(seconds(steps, BLOCK))
    ratios = {name: [a / b for a, b in zip(found[name], found["plain"])] for name in found}
    return {"step": {name: statistics.median(values) for name, values in found.items()},
            "beside_plain": {name: statistics.median(values) for name, values in ratios.items()}, "rounds": rounds}


STUDY = Study(
    name="stepcost",
    question="What does a step cost with each trick of the ladder, beside a plain one?",
    arms={"28 pixels, batch 128": {"rounds": ROUNDS, "block": BLOCK, "settings": SETTINGS}},
    run=run, alone=True,
    measures=tuple(Measure(f"beside_plain/{name}", f"times a plain step: {name}", "lower") for name in SETTINGS
                   if name != "plain"),
    minutes=8)

if __name__ == "__main__":
    sys.exit(main(STUDY))
