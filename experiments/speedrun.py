"""The ladder: which tricks make the quick recipe better for the same work, and whether their gains add up.

The rules, in the style of MLPerf:

* Work is counted in steps of the plain recipe: batch 128, live taps, 3.5 epochs of Fashion-MNIST's 55,000 training
  images. A trick whose step costs more gets fewer steps (COSTS, from interleaved steps: `python -m
  experiments.stepcost`).
* What is compared is the accuracy on the 5,000 validation images, each shown with its mirror image. The test set stays
  closed.
* All arms have the same seeds, which are not those that recipes are reported with, so that differences are paired.
* First each trick is added to the plain recipe, then several together, and each of these is taken out of the whole.
"""
import sys
import time
from dataclasses import asdict
from typing import Any, Dict

from resnet_gluon import evaluate, resnet18
from resnet_gluon.data.fashion_mnist import OFFICIAL

from experiments import fitting
from experiments.study import Measure, One, Study, main
from experiments.tricks import Tricks, train

STEPS = int(3.5 * (55_000 // 128))  # of the plain recipe
#: What a step costs beside a plain one. Not named: 1.
COSTS = {"average": 1.02}
SETTINGS: Dict[str, Dict[str, Any]] = {
    "plain": {},
    "pruning": {"prune": 0.5},
    "label smoothing": {"smoothing": 0.2},
    "alternating flip": {"flip": "alternating"},
    "faster statistics": {"bn_momentum": 0.6},
    "averaging": {"average": 0.95},
    "faster statistics, averaging": {"bn_momentum": 0.6, "average": 0.95},
    "peak 0.1": {"lr": 0.1},
    "beta 8 times as fast": {"beta_rate": 8.0},
    "linear to a floor": {"shape": "linear", "floor": 0.05},
}
#: Together, what promised most in runs of one seed each; and the same without one of them.
WHOLE: Dict[str, Any] = {"prune": 0.5, "smoothing": 0.2, "flip": "alternating", "bn_momentum": 0.6}
NAMES = {"prune": "pruning", "smoothing": "label smoothing", "flip": "alternating flip",
         "bn_momentum": "faster statistics"}
SETTINGS["four together"] = WHOLE
SETTINGS.update({f"four together, without {NAMES[name]}": {other: value for other, value in WHOLE.items()
                                                           if other != name} for name in WHOLE})


def configuration(settings: Dict[str, Any]) -> Dict[str, Any]:
    """All that an arm is."""
    cost = COSTS["average"] if "average" in settings else 1.0
    return asdict(Tricks(steps=round(STEPS / cost), **settings))


def run(one: One) -> Dict[str, Any]:
    data, net = fitting.fashion(one), resnet18(zero_gamma=True)
    how = Tricks(**{**one.configuration, **({"steps": 4, "batch_size": 4} if one.smoke else {})})
    start = time.perf_counter()
    values = train(net, data.train, how, one.seed)
    seconds = time.perf_counter() - start
    mirrored = evaluate(net, data.val, mirror=True)
    return {"val_accuracy": mirrored.accuracy, "val_loss": mirrored.loss,
            "val_accuracy_of_one_view": evaluate(net, data.val).accuracy, "seconds": seconds, **values}


STUDY = Study(
    name="speedrun",
    question="Which tricks make the quick recipe more accurate for the same work?",
    arms={name: configuration(settings) for name, settings in SETTINGS.items()},
    run=run, seeds=range(100, 105), edition=OFFICIAL,
    measures=(Measure("val_accuracy", "share of the validation images, mirrored views", "higher"),
              Measure("val_loss", "nats, on the validation images, mirrored views", "lower")),
    minutes=6,
    smoke_arms=("faster statistics, averaging", "beta 8 times as fast", "linear to a floor", "four together"))

if __name__ == "__main__":
    sys.exit(main(STUDY))
