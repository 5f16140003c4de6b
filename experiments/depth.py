"""Degradation, and what goes on inside: plain and residual networks of 8 to 56 layers, trained to the end.

The question: does a plain network's error on the images that it is trained on rise with depth, where a residual one's
does not? A difference of one point of training error would matter. Beside it each run keeps what it may be due to:
norms of gradients at the start and after 1, 10 and all epochs, responses of the layers, and what lesions cost.

Scale limits it: images of 14 pixels, 10,000 of them, 16 to 64 channels, 20 epochs. "40 epochs" shows what twice the
time changes.
"""
import sys
from typing import Any, Dict, List

from resnet_gluon import cifar_resnet, devices, evaluate, fit
from resnet_gluon.data.fashion_mnist import OFFICIAL

from experiments import fitting, looking
from experiments.small import settings, small_fashion
from experiments.study import Measure, One, Study, main

DEPTHS, MOMENTS = (8, 20, 32, 56), (1, 10)
LESION_IMAGES = 1000
TWICE = "plain 20, 40 epochs"


def run(one: One) -> Dict[str, Any]:
    data, net, how = small_fashion(one), fitting.net_of(one), fitting.training_of(one)
    norms: Dict[str, Any] = {}
    shape = (1, *data.train.channels_first.shape[1:])

    def watch(history: Any) -> None:
        if len(history.epochs) in (*MOMENTS, how.epochs):
            norms[f"after {len(history.epochs)} epochs"] = looking.gradients(looking.copy_of(net, shape), data.train)

    fitting.prepare(net, data, how, one.seed, devices())
    untrained = looking.copy_of(net, shape)
    norms["at the start"] = looking.gradients(untrained, data.train)
    at_the_start = looking.features(untrained, data.train)
    history = fit(net, data, how, seed=one.seed, watch=watch, progress=False)
    train, last = evaluate(net, data.train), history.last
    net.hybridize(False)  # each lesion would be compiled anew
    return {"train_error": 1 - train.accuracy, "train_loss": train.loss,
            "val_accuracy": last.val_accuracy, "val_loss": last.val_loss, "seconds": history.seconds,
            "losses_of_epochs": [epoch.train_loss for epoch in history.epochs],
            "val_accuracies": [epoch.val_accuracy for epoch in history.epochs],
            "first_losses": history.steps["loss"][:min(fitting.FIRST, len(history.steps["loss"]) // how.epochs)],
            "gradients": norms, "features_at_the_start": at_the_start, "responses": looking.responses(net, data.val),
            "lesions": looking.lesions(net, data.val.take(slice(LESION_IMAGES)), one.seed)}


def first_losses(one: One) -> List[float]:
    return fitting.first_losses(one, small_fashion(one))


ARMS = {f"{kind} {depth}": settings(cifar_resnet(depth, option=option))
        for depth in DEPTHS for kind, option in (("plain", "none"), ("residual", "A"))}
STUDY = Study(
    name="depth",
    question="Does a plain network's training error rise with depth, and a residual one's not?",
    arms={**ARMS, TWICE: settings(cifar_resnet(20, option="none"), epochs=40)},
    run=run, first_losses=first_losses, seeds={**dict.fromkeys(ARMS, range(5)), TWICE: range(2)}, edition=OFFICIAL,
    measures=(Measure("train_error", "share of the training images, after training", "lower"),
              Measure("train_loss", "nats, on the training images, after training", "lower"),
              Measure("val_accuracy", "share of the validation images", "higher"),
              Measure("val_loss", "nats", "lower")),
    minutes={**{name: int(name.split()[1]) / 4 for name in ARMS}, TWICE: 10})

if __name__ == "__main__":
    sys.exit(main(STUDY))
