"""How many images a second the training loop's input side delivers, beside d2l's loader on the same images.

    make bench-input            (about a minute; writes experiments/results/input_speed.json)

Both deliver shuffled float32 batches of 128 at 28×28. Ours normalises, as `fit` does by default, and with the options
of `fit` also mirrors and shifts; d2l's scales to 0 … 1. d2l's loader is used as it comes, with four worker processes,
and with none. Rounds alternate; the median and the range over the rounds are reported.
"""
import json
import os
import platform
import statistics
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from resnet_gluon import FashionMNIST
from resnet_gluon.checkpoint import save_text

import mxnet as mx
import numpy as np
from d2l import mxnet as d2l
from mxnet import npx

BATCH_SIZE, ROUNDS = 128, 5
RESULT = Path(__file__).parent / "results" / "input_speed.json"


@contextmanager
def images_for_mxnet(data):
    """Let MXNet's own FashionMNIST class hold `data`: it refuses the official edition, and its host is gone."""
    cls = mx.gluon.data.vision.FashionMNIST
    original = cls._get_data

    def get_data(self):
        split = data.train if self._train else data.test
        self._data = mx.nd.array(split.images[..., None], dtype=np.uint8).as_np_ndarray()
        self._label = split.labels
    cls._get_data = get_data
    try:
        yield
    finally:
        cls._get_data = original


def images_per_second(loader, most):
    """Images a second over up to `most` images of one pass."""
    seen, start = 0, time.perf_counter()
    for images, _ in loader:
        images.wait_to_read()
        seen += len(images)
        if seen >= most:
            break
    npx.waitall()
    return seen / (time.perf_counter() - start)


def main():
    data = FashionMNIST(batch_size=BATCH_SIZE)
    with images_for_mxnet(data):
        theirs = d2l.FashionMNIST(batch_size=BATCH_SIZE)
    without_workers = d2l.FashionMNIST.__new__(d2l.FashionMNIST)
    without_workers.__dict__.update(theirs.__dict__, num_workers=0)
    contestants = {
        "resnet_gluon": (lambda: data.batches(data.train, shuffle=True), 55_000),
        "resnet_gluon, flip": (lambda: data.batches(data.train, shuffle=True, flip=True), 55_000),
        "resnet_gluon, flip and shift": (lambda: data.batches(data.train, shuffle=True, flip=True, shift=2), 55_000),
        "d2l, 4 workers": (theirs.train_dataloader, 20_000),
        "d2l, no workers": (without_workers.train_dataloader, 10_000),
    }
    rounds = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, (loader, most) in contestants.items():
            rounds[name].append(images_per_second(loader(), most))
    table = {name: {"median": statistics.median(speeds), "low": min(speeds), "high": max(speeds)}
             for name, speeds in rounds.items()}
    for name, row in table.items():
        print(f"{name:30s}{row['median']:>10,.0f} images/s   ({row['low']:,.0f} to {row['high']:,.0f})")
    best = max(table["d2l, 4 workers"]["median"], table["d2l, no workers"]["median"])
    factor = table["resnet_gluon"]["median"] / best
    print(f"{factor:.0f} times the faster of d2l's two")
    save_text(RESULT, json.dumps({
        "command": "make bench-input", "images_per_second": table, "factor_over_faster_d2l": factor,
        "rounds": ROUNDS, "batch_size": BATCH_SIZE, "data": f"edition {data.edition}, {len(data.train):,} images",
        "cores": os.cpu_count(), "machine": platform.machine(), "python": sys.version.split()[0],
        "mxnet": mx.__version__}, indent=1) + "\n")


if __name__ == "__main__":
    main()
