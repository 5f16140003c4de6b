"""How many images a second the training loop's input side delivers, beside d2l's loader on the same images.

Both deliver shuffled float32 batches of 128 at 28×28. Ours normalises, as `fit` does by default, and with the options
of `fit` also mirrors and shifts; d2l's scales to 0 … 1. d2l's loader is used as it comes, with four worker processes,
and with none. Rounds alternate.
"""
import statistics
import sys
import time
from typing import Any, Dict, List

from resnet_gluon.data.fashion_mnist import OFFICIAL

from d2l import mxnet as d2l
from mxnet import npx

from experiments.contenders import images_for_mxnet
from experiments.fitting import fashion
from experiments.study import Measure, One, Study, main

#: Loader: images of a pass that are timed.
LOADERS = {"resnet_gluon": 55_000, "resnet_gluon, flip": 55_000, "resnet_gluon, flip and shift": 55_000,
           "d2l, 4 workers": 20_000, "d2l, no workers": 10_000}


def images_per_second(loader: Any, most: int) -> float:
    """Images a second over up to `most` images of one pass."""
    seen, start = 0, time.perf_counter()
    for images, _ in loader:
        images.wait_to_read()
        seen += len(images)
        if seen >= most:
            break
    npx.waitall()
    return seen / (time.perf_counter() - start)


def run(one: One) -> Dict[str, Any]:
    size, rounds = (4, 1) if one.smoke else (one.configuration["batch"], one.configuration["rounds"])
    data = fashion(one)
    with images_for_mxnet(data):
        theirs = d2l.FashionMNIST(batch_size=size)
    without_workers = d2l.FashionMNIST.__new__(d2l.FashionMNIST)
    without_workers.__dict__.update(theirs.__dict__, num_workers=0)
    loaders = {
        "resnet_gluon": lambda: data.train.batches(size, shuffle=True),
        "resnet_gluon, flip": lambda: data.train.batches(size, shuffle=True, flip=True),
        "resnet_gluon, flip and shift": lambda: data.train.batches(size, shuffle=True, flip=True, shift=2),
        "d2l, 4 workers": theirs.train_dataloader,
        "d2l, no workers": without_workers.train_dataloader,
    }
    speeds: Dict[str, List[float]] = {name: [] for name in one.configuration["loaders"]}
    for _ in range(rounds):
        for name, most in one.configuration["loaders"].items():
            speeds[name].append(images_per_second(loaders[name](), most))
    table: Dict[str, Any] = {name: {"median": statistics.median(of_name), "low": min(of_name), "high": max(of_name)}
                             for name, of_name in speeds.items()}
    best = max(table["d2l, 4 workers"]["median"], table["d2l, no workers"]["median"])
    return {**table, "factor over the faster of d2l's": table["resnet_gluon"]["median"] / best}


STUDY = Study(
    name="input_speed",
    question="How many images a second does the input side deliver, beside d2l's loader?",
    arms={"all loaders": {"batch": 128, "rounds": 5, "loaders": LOADERS}},
    run=run, alone=True, edition=OFFICIAL, minutes=1, paired=False,
    measures=[Measure(f"{name}/median", f"{name}: images a second", "higher") for name in LOADERS])

if __name__ == "__main__":
    sys.exit(main(STUDY))
