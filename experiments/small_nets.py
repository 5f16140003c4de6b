"""Small networks trained to the end: depth with and without shortcuts, kinds of shortcut, order of layers, zero γ.

The questions, with the difference that would matter:

* degradation: does a plain network's error on the images that it is trained on rise with depth, where a residual one's
  does not (one point of training error, 8 to 56 layers)?
* at 32 layers, do the options differ, is a shortcut scaled by ½ or with dropout worse, does the order of the layers
  matter (one point of validation accuracy)?
* at 20 layers, what do a zero γ at the end of each branch, and a warm-up of the learning rate, change?

Beside it each run keeps what these may be due to: norms of gradients at the start and after 1, 10 and all epochs,
responses of the layers, and what lesions cost. The setting is small.py's, and limits the conclusions.
"""
import sys
from functools import partial
from typing import Any, Callable, Dict

from resnet_gluon import cifar_resnet, devices, evaluate, fit
from resnet_gluon.data.fashion_mnist import OFFICIAL
from resnet_gluon.nets import Network
from resnet_gluon.nets.block import Block
from resnet_gluon.nets.layers import relu

from mxnet.gluon import nn

from experiments import fitting, looking
from experiments.small import settings, small_fashion
from experiments.study import Measure, One, Study, main

DEPTHS, MOMENTS, LESION_IMAGES = (8, 20, 32, 56), (1, 10), 1000


def halve(block: Block) -> None:
    """Scale the shortcut by ½ (He et al. 2016, arXiv:1603.05027, section 3.1)."""
    carried = block.carried
    block.carried = lambda x, activated=None: carried(x, activated) * 0.5


def drop(block: Block) -> None:
    """Put dropout with probability ½ on the shortcut (section 3.1)."""
    carried, dropout = block.carried, nn.Dropout(0.5)
    block.shortcut_dropout = dropout
    block.carried = lambda x, activated=None: dropout(carried(x, activated))


def relu_first(block: Block) -> None:
    """End the branch in a ReLU, before the addition (section 4.1, "ReLU before addition")."""
    branch = block.branch
    block.branch = lambda F, x: relu(F, branch(F, x))


CHANGES: Dict[str, Callable[[Block], None]] = {"": lambda block: None, "halve": halve, "drop": drop,
                                               "relu first": relu_first}


def make(one: One) -> Network:
    """The arm's net, without parameters."""
    net: Network = fitting.net_of(one)
    for block in net.blocks:
        CHANGES[one.configuration["change"]](block)
    return net


def run(one: One) -> Dict[str, Any]:
    data, net, how = small_fashion(one), make(one), fitting.training_of(one)
    copy = partial(looking.copy_of, net, (1, *data.train.channels_first.shape[1:]), lambda: make(one))
    norms: Dict[str, Any] = {}

    def watch(history: Any) -> None:
        if len(history.epochs) in (*MOMENTS, how.epochs):
            norms[f"after {len(history.epochs)} epochs"] = looking.gradients(copy(), data.train)

    fitting.prepare(net, data, how, one.seed, devices())
    untrained = copy()
    norms["at the start"] = looking.gradients(untrained, data.train)
    at_the_start = looking.features(untrained, data.train)
    history = fit(net, data, how, seed=one.seed, watch=watch, progress=False)
    train, last, losses = evaluate(net, data.train), history.last, history.steps["loss"]
    net.hybridize(False)  # each lesion would be compiled anew
    return {"train_error": 1 - train.accuracy, "train_loss": train.loss,
            "val_accuracy": last.val_accuracy, "val_loss": last.val_loss, "seconds": history.seconds,
            "losses_of_epochs": [epoch.train_loss for epoch in history.epochs],
            "val_accuracies": [epoch.val_accuracy for epoch in history.epochs],
            "first_losses": losses[:min(fitting.FIRST, len(losses) // how.epochs)],
            "gradients": norms, "features_at_the_start": at_the_start, "responses": looking.responses(net, data.val),
            "lesions": looking.lesions(net, data.val.take(slice(LESION_IMAGES)), one.seed)}


def arm(depth: int, option: str = "A", change: str = "", net: Any = (), **training: Any) -> Dict[str, Any]:
    made = cifar_resnet(depth, option=option, **dict(net))  # type: ignore[arg-type]
    return {**settings(made, **training), "change": change}


ARMS: Dict[str, Any] = {f"{kind} {depth}": arm(depth, option) for depth in DEPTHS
                        for kind, option in (("plain", "none"), ("residual", "A"))}
ARMS.update({
    "plain 20, twice as long": arm(20, "none", epochs=40), "residual 20, zero γ": arm(20, net={"zero_gamma": True}),
    "residual 20, no warm-up": arm(20, warmup=0.0),
    "residual 20, zero γ, no warm-up": arm(20, net={"zero_gamma": True}, warmup=0.0),
    "residual 32, option B": arm(32, "B"), "residual 32, option C": arm(32, "C"),
    "residual 32, shortcut halved": arm(32, change="halve"), "residual 32, dropout": arm(32, change="drop"),
    "residual 32, v2": arm(32, net={"version": "v2"}),
    "residual 32, ReLU before the addition": arm(32, change="relu first")})
SEEDS: Dict[str, Any] = {**dict.fromkeys(ARMS, range(5)), "plain 20, twice as long": range(2)}
STUDY = Study(
    name="small_nets",
    question="What do depth, shortcuts, the order of layers and zero γ change in small networks trained to the end?",
    arms=ARMS, run=run, seeds=SEEDS, edition=OFFICIAL,
    measures=(Measure("train_error", "share of the training images, after training", "lower"),
              Measure("val_accuracy", "share of the validation images", "higher"),
              Measure("val_loss", "nats", "lower")),
    minutes={**{name: int(name.split()[1].strip(",")) / 4 for name in ARMS}, "plain 20, twice as long": 10},
    smoke_arms=("plain 8", "residual 32, shortcut halved", "residual 32, dropout", "residual 32, v2",
                "residual 32, ReLU before the addition"))

if __name__ == "__main__":
    sys.exit(main(STUDY))
