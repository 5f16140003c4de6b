"""The 1-D ResNet on three UCR sets, beside the figures of Fawaz et al. 2019 (arXiv:1809.04356).

Their ResNet: 1,500 epochs, Adam, the epoch with the lowest training loss; ours: recipe "series", the last epoch. There
is no validation split: the test series are looked at once a seed.
"""
import sys
from dataclasses import asdict
from typing import Any, Dict, List

from resnet_gluon import UCR, Dataset, evaluate, recipe

import numpy as np

from experiments import fitting
from experiments.study import Measure, One, Study, main

EDITION = "as in sktime 1.2.0"

#: name: classes; mean and standard deviation of ten runs' test accuracies in per cent, Fawaz et al. 2019, ResNet.
SETS = {"GunPoint": (2, (99.1, 0.7)), "ItalyPowerDemand": (2, (96.3, 0.4)), "ArrowHead": (3, (84.5, 1.2))}


def data_of(one: One) -> Dataset:
    """The arm's series; in a smoke run a few made-up ones, since the real ones need a package that may not be there.

    Raises RuntimeError for files that are not those of the study's edition.
    """
    if one.smoke:
        random, classes = np.random.default_rng(0), one.configuration["net"]["options"]["num_classes"]
        series, labels = random.normal(size=(16, 1, 24)).astype("float32"), np.arange(16) % classes
        return Dataset(one.arm, "none", "made up", (series, labels, series, labels), [*"abc"[:classes]],
                       validation=None, quiet=True)
    data = UCR(one.arm, quiet=True)
    if data.edition != EDITION:
        raise RuntimeError(f"the study is about {one.arm} {EDITION}, but {data.source} holds files {data.edition}")
    return data


def run(one: One) -> Dict[str, Any]:
    data = data_of(one)
    net, values = fitting.trained(one, data)
    test = evaluate(net, data.test)
    kept = ("train_loss", "seconds", "first_losses")
    return {"test_accuracy": test.accuracy, "n": test.n, **{name: values[name] for name in kept}}


def first_losses(one: One) -> List[float]:
    return fitting.first_losses(one, data_of(one))


def configuration(num_classes: int) -> Dict[str, Any]:
    chosen = recipe("series")
    return {"net": chosen.make(num_classes).made, "training": asdict(chosen.training)}


STUDY = Study(
    name="series",
    question="How accurate is a 1-D ResNet on the test series of three UCR sets?",
    arms={name: configuration(classes) for name, (classes, _) in SETS.items()},
    run=run, first_losses=first_losses, seeds=range(5), edition=EDITION, paired=False,
    measures=(Measure("test_accuracy", "share of the test series", "higher"),
              Measure("train_loss", "nats, mean over the last epoch", "lower")),
    beside={name: {"source": "Fawaz et al. 2019 (arXiv:1809.04356), ResNet, ten runs of 1,500 epochs",
                   "test_accuracy_percent": {"mean": mean, "sd": sd}} for name, (_, (mean, sd)) in SETS.items()},
    minutes={"GunPoint": 1.2, "ItalyPowerDemand": 0.4, "ArrowHead": 1.3})

if __name__ == "__main__":
    sys.exit(main(STUDY))
