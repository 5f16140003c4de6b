"""Variants of the recipe, some of which `fit` does not offer: one seed, judged on validation data, the test set closed.

An arm's phases are (stem, epochs): "imagenet" is the ImageNet stem, "stride 1" has its pooling at stride 1, so that all
feature maps are twice as large, "3×3/2" is a stem of one 3×3/2 convolution. `decay_all`: γ, β and biases decay too.
What came of it is in recipe.md.
"""
import sys
from dataclasses import asdict
from itertools import islice
from typing import Any, Dict, Iterator, List

from resnet_gluon import FashionMNIST, Training, devices, evaluate, resnet18
from resnet_gluon.data.fashion_mnist import OFFICIAL
from resnet_gluon.training import fresh_arrays, one_cycle, one_step
from resnet_gluon.training.loop import prepare

from mxnet.gluon import nn

from experiments.fitting import FIRST, fashion, training_of
from experiments.study import Measure, One, Study, main


def small_stem() -> Any:
    stem = nn.HybridSequential(prefix="")
    stem.add(nn.Conv2D(64, 3, strides=2, padding=1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))
    return stem


def set_stem(net: Any, kind: str) -> None:
    """Compile the net for one phase."""
    if kind != "3×3/2":
        net.stem[3]._kwargs["stride"] = (1, 1) if kind == "stride 1" else (2, 2)
    net.hybridize(static_alloc=True, static_shape=True)


class Probe:
    """A net under its phases. `losses()` makes all steps; `epochs` grows meanwhile."""

    def __init__(self, one: One, data: FashionMNIST) -> None:
        how, self.data = training_of(one), data
        self.phases = [(kind, 1 if one.smoke else epochs) for kind, epochs in one.configuration["phases"]]
        self.net = resnet18(zero_gamma=True)
        if self.phases[0][0] == "3×3/2":
            self.net.stem = small_stem()
        prepare(self.net, data, how, one.seed, devices()[:1])
        self.batches = data.train.batches(how.batch_size, shuffle=True, flip=how.flip, shift=how.shift, seed=one.seed)
        total = len(self.batches) * sum(epochs for _, epochs in self.phases)
        self.trainer = one_cycle(self.net, how, total)
        if one.configuration["decay_all"]:
            for parameter in self.net.collect_params().values():
                parameter.wd_mult = 1.0
        self.epochs: List[Dict[str, float]] = []

    def losses(self) -> Iterator[Any]:
        """The loss of each step, on the device."""
        for kind, epochs in self.phases:
            set_stem(self.net, kind)
            for _ in range(epochs):
                steps = []
                for images, labels in self.batches.epoch(len(self.epochs)):
                    steps.append(one_step(self.net, self.trainer, images, labels, devices()[:1]))
                    yield steps[-1]
                self.judge(sum(float(loss) for loss in steps) / len(steps))

    def judge(self, train_loss: float) -> None:
        plain, mirrored = (evaluate(self.net, self.data.val, devices()[:1], mirror=mirror) for mirror in (False, True))
        fresh_arrays(self.net, devices()[:1])
        self.epochs.append({"epoch": len(self.epochs) + 1, "train_loss": train_loss, "val_loss": plain.loss,
                            "val_accuracy": plain.accuracy, "val_accuracy_with_mirror": mirrored.accuracy})


def run(one: One) -> Dict[str, Any]:
    probe = Probe(one, fashion(one))
    losses = list(probe.losses())
    last = {name: number for name, number in probe.epochs[-1].items() if name != "epoch"}
    return {**last, "epochs": probe.epochs, "steps": len(losses),
            "first_losses": [float(loss) for loss in losses[:min(FIRST, len(probe.batches))]]}


def first_losses(one: One) -> List[float]:
    probe = Probe(one, fashion(one))
    return [float(loss) for loss in islice(probe.losses(), min(FIRST, len(probe.batches)))]


def arm(*phases: Any, decay_all: bool = True, **training: Any) -> Dict[str, Any]:
    how = Training(epochs=sum(epochs for _, epochs in phases), **training)
    return {"phases": phases, "decay_all": decay_all, "training": asdict(how)}


QUARTER = "imagenet"
STUDY = Study(
    name="probes",
    question="What helps ResNet-18 on Fashion-MNIST within minutes?",
    arms={
        "lr 0.05": arm((QUARTER, 1), lr=0.05),
        "lr 0.1": arm((QUARTER, 1)),
        "lr 0.2": arm((QUARTER, 1), lr=0.2),
        "lr 0.1, no decay of scales and biases": arm((QUARTER, 1), decay_all=False),
        "10 epochs, flip": arm((QUARTER, 10), flip=True),
        "10 epochs, flip, shift 1": arm((QUARTER, 10), flip=True, shift=1, decay_all=False),
        "5 epochs at a quarter, 2 at half the size, flip": arm((QUARTER, 5), ("stride 1", 2), flip=True),
        "3 epochs, stem 3×3/2, flip": arm(("3×3/2", 3), flip=True, decay_all=False),
    },
    run=run, first_losses=first_losses, edition=OFFICIAL,
    measures=(Measure("val_accuracy", "share of the validation images", "higher"),
              Measure("val_accuracy_with_mirror", "the same, mirrored views averaged", "higher"),
              Measure("val_loss", "nats", "lower"),
              Measure("train_loss", "nats, mean over the last epoch", "lower")),
    minutes={"lr 0.05": 2.2, "lr 0.1": 2.2, "lr 0.2": 2.2, "lr 0.1, no decay of scales and biases": 2.2,
             "10 epochs, flip": 22, "10 epochs, flip, shift 1": 22,
             "5 epochs at a quarter, 2 at half the size, flip": 24, "3 epochs, stem 3×3/2, flip": 22})

if __name__ == "__main__":
    sys.exit(main(STUDY))
