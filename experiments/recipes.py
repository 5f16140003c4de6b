"""The named recipes over several seeds: the test set is opened once for each.

A run keeps its checkpoints under runs/studies/recipes/, so that one that was killed goes on where it was. What the
recipes are, and what was tried on the way to them, is in recipe.md.
"""
import sys
from dataclasses import asdict
from typing import Any, Dict, List

from resnet_gluon import evaluate, recipe
from resnet_gluon.data.fashion_mnist import OFFICIAL
from resnet_gluon.files import save_parameters

from experiments import fitting
from experiments.study import Measure, One, Study, main

#: How often each recipe is run. Those that cost most are run least.
SEEDS = {"quick": range(10), "default": range(5), "long": range(3), "resnet20": range(3), "plain20": range(3)}
LAST = "last.params"  # in a run's folder: the parameters after the last epoch


def configuration(name: str) -> Dict[str, Any]:
    """All that decides what a recipe gives: its net, its training, and how it is evaluated."""
    chosen = recipe(name)
    return {"net": chosen.make().made, "training": asdict(chosen.training), "views": chosen.views}


def run(one: One) -> Dict[str, Any]:
    data = fitting.fashion(one)
    net, values = fitting.trained(one, data, keep=True)
    save_parameters(net, one.folder / LAST)  # for `experiments.trained_nets`
    test = evaluate(net, data.test, **one.configuration["views"])
    return {"test_accuracy": test.accuracy, "interval": test.interval, "n": test.n,
            "test_accuracy_of_one_view": evaluate(net, data.test).accuracy, "recall": test.recall, **values}


def first_losses(one: One) -> List[float]:
    return fitting.first_losses(one, fitting.fashion(one))


STUDY = Study(
    name="recipes",
    question="How accurate is each named recipe's network on Fashion-MNIST's test images?",
    arms={name: configuration(name) for name in SEEDS},
    run=run, first_losses=first_losses, seeds=SEEDS, edition=OFFICIAL,
    measures=(Measure("test_accuracy", "share of the test images, views averaged", "higher"),
              Measure("test_accuracy_of_one_view", "share of the test images", "higher"),
              Measure("val_accuracy", "share of the validation images, one view", "higher")),
    minutes={"quick": 14, "default": 32, "long": 120, "resnet20": 40, "plain20": 40})

if __name__ == "__main__":
    sys.exit(main(STUDY))
