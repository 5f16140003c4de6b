"""A small net, batches for it, and the loop that trains it, with each of the usual mistakes."""
from typing import Any, Dict, NamedTuple

from resnet_gluon.exercises.judge import Subject, array, seeded

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, util
from mxnet.gluon import nn

CLASSES, FEATURES, BATCH, LR = 5, 6, 8, 0.1


def small_net():
    """A net that behaves differently in its two modes, always with the same parameters, and no random part.

    Its first layer has no batch normalisation behind it, which would hide what is done to the scale of the images.
    """
    net, random = nn.HybridSequential(), seeded(3)
    net.add(nn.Dense(8, in_units=FEATURES), nn.Activation("relu"), nn.Dense(7, in_units=8),
            nn.BatchNorm(in_channels=7), nn.Activation("relu"), nn.Dense(CLASSES, in_units=7))
    subject = Subject(net)
    shapes = {name: parameter.shape for name, parameter in subject.parameters.items()
              if name.endswith(("weight", "bias"))}
    subject.assign({name: random.normal(0, 0.5, shape) for name, shape in shapes.items()})
    return subject


def values(subject):
    """All its parameters, one after the other, without the running statistics."""
    return onp.concatenate([value.ravel() for value in subject.values(learned=True).values()])


def statistics(subject):
    """All running statistics, one after the other."""
    return onp.concatenate([value.ravel() for name, value in subject.values().items() if "running" in name])


def make_batches(*sizes):
    """Batches of these sizes, as MXNet's arrays."""
    random = seeded(4)
    return [(array(random.normal(1, 2, (size, FEATURES))), array(random.integers(CLASSES, size=size)))
            for size in sizes]


class Faulty(NamedTuple):
    """A usual mistake in the loop. options: of `train`; times: how often it gets the batch."""
    options: Dict[str, Any]
    rule: str
    message: str
    times: int = 1


PREDICT_MODE = ("predict-mode", "The net is trained in predict mode: batch normalisation uses its running statistics. "
                                "autograd.record() alone switches to training mode.")
SCALED = "The images are changed before the net sees them. They come normalised: no / 255, no other scale."
FAULTY = (
    Faulty({"recorded": False}, *PREDICT_MODE),
    Faulty({"recorded": False, "backward": False}, *PREDICT_MODE),
    Faulty({"probabilities": True}, "softmax", "The loss is given probabilities, and applies a softmax of its own: "
                                               "give it the net's outputs."),
    Faulty({"axis": 0}, "softmax-axis", "The softmax runs along the images, axis 0. It belongs along the classes, the "
                                        "last axis."),
    Faulty({}, "passes", "Each batch is used twice: one pass over the batches is asked for.", times=2),
    *(Faulty({"change": change}, "inputs-changed", SCALED) for change in (
        lambda x: x / 255, lambda x: (x - x.mean()) / x.std(), lambda x: x - x.mean())),
    *(Faulty({"shift": by}, "labels-changed", "The labels are changed before the loss sees them: they count from 0.")
      for by in (1, -1)),
)


def train(net, batches, recorded=True, backward=True, probabilities=False, size=0, axis=-1, change=None, shift=0,
          momentum=0.0):
    """The loop that is asked for; or, with other options, with one of the usual mistakes in it.

    recorded, backward: whether these two run in training mode. probabilities: the loss is given those, not logits.
    size: that each step is divided by, whatever its batch's. axis: the loss's. change: of the images; shift: of labels.
    """
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": LR, "momentum": momentum})
    numpy = util.is_np_array()
    softmax, log_softmax, pick = (getattr(mx.npx if numpy else mx.nd, name)
                                  for name in ("softmax", "log_softmax", "pick"))
    losses = []
    for images, labels in batches:
        with autograd.record(train_mode=recorded):
            outputs = net(change(images) if change else images)
            outputs = softmax(outputs) if probabilities else outputs
            loss = -pick(log_softmax(outputs, axis=axis), (labels + shift) % CLASSES)
        autograd.backward([loss], train_mode=backward)
        trainer.step(size or len(images))
        losses.append(float(loss.mean().asnumpy()))
    return losses


def trained(batches, statistics_too=False, **options):
    """The values that `train` leaves the small net with. statistics_too: its running statistics as well."""
    subject = small_net()
    subject.lend(lambda net: train(net, batches, **options))
    return (values(subject), statistics(subject)) if statistics_too else values(subject)
