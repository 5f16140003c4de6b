"""The loop that trains a net."""
import inspect
from typing import Any, Dict, NamedTuple

from resnet_gluon.exercises.judge import Exercise, Mistake, Subject, accepts, array, close, seeded

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, util
from mxnet.gluon import nn

CLASSES, FEATURES, BATCH, LR = 3, 6, 8, 0.1


def small_net():
    """A net that behaves differently in its two modes, always with the same parameters, and no random part."""
    net, random = nn.HybridSequential(), seeded(3)
    net.add(nn.Dense(5, in_units=FEATURES), nn.BatchNorm(in_channels=5), nn.Activation("relu"),
            nn.Dense(CLASSES, in_units=5))
    subject = Subject(net)
    shapes = {name: parameter.shape for name, parameter in subject.parameters.items() if name.endswith("weight")}
    subject.assign({name: random.normal(0, 0.5, shape) for name, shape in shapes.items()})
    return subject


def values(subject):
    """All its parameters, one after the other, without the running statistics."""
    return onp.concatenate([value.ravel() for value in subject.values(learned=True).values()])


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
FAULTY = (
    Faulty({"recorded": False}, *PREDICT_MODE),
    Faulty({"recorded": False, "backward": False}, *PREDICT_MODE),
    Faulty({"probabilities": True}, "softmax", "The loss is given probabilities, and applies a softmax of its own: "
                                               "give it the net's outputs."),
    Faulty({}, "passes", "Each batch is used twice: one pass over the batches is asked for.", times=2),
)


def train(net, batches, recorded=True, backward=True, probabilities=False, size=0):
    """The loop that is asked for; or, with other options, with one of the usual mistakes in it.

    recorded, backward: whether these two run in training mode. probabilities: the loss is given those, not logits.
    size: that each step is divided by, whatever its batch's.
    """
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": LR})
    loss_function, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    softmax = mx.npx.softmax if util.is_np_array() else mx.nd.softmax
    for images, labels in batches:
        with autograd.record(train_mode=recorded):
            outputs = net(images)
            loss = loss_function(softmax(outputs) if probabilities else outputs, labels)
        autograd.backward([loss], train_mode=backward)
        trainer.step(size or len(images))
        losses.append(float(loss.mean().asnumpy()))
    return losses


def trained(batches, **options):
    """The values that `train` leaves the small net with."""
    subject = small_net()
    subject.lend(lambda net: train(net, batches, **options))
    return values(subject)


def check_training_loop(report, attempt):
    """Check fit(net, batches, lr) → the mean loss of each batch, before the step that it leads to."""
    accepts(report, attempt, "net", "batches", "lr")
    batches, theirs, ours = make_batches(BATCH), small_net(), small_net()
    before = values(ours)
    losses, expected = fitted(report, attempt, theirs, batches), ours.lend(train, batches)
    step, wanted = values(theirs) - before, values(ours) - before
    examine_size(report, step, wanted)
    if not close(step, wanted, 1e-4):  # the usual weight decay is as small as that
        examine_direction(report, attempt, step, wanted, batches)
    if not report.findings:
        examine_losses(report, losses, expected)
        check_more_steps(report, attempt)


def fitted(report, attempt, subject, batches, lr=LR):
    """What the student's loop returns. What MXNet says about a missing `record` is put in plain words."""
    def fit():
        try:
            return subject.lend(attempt, batches, lr)
        except Exception as error:
            said = str(error)
            report.require("is_recording" not in said and "computational graph" not in said, "no-record", "The loss "
                           "cannot be differentiated: the forward pass was not recorded.",
                           hint="with autograd.record(): around the net and the loss.")
            report.require("has not been updated by backward" not in said, "no-backward", "The parameters are updated "
                           "by gradients that nobody has computed.", hint="loss.backward() comes before the step.")
            raise
    losses = report.call("fit(net, batches, lr)", fit, gives="the list of losses")
    report.require(not inspect.isgenerator(losses), "generator", "A function with `yield` in it runs only while "
                   "somebody asks for its values: return a list instead.")
    return losses


def examine_size(report, step, expected):
    """How far the first batch moves the parameters, where it moves them along the gradient."""
    report.require(onp.isfinite(step).all(), "not-finite", "After one batch parameters are not finite.")
    report.require(step.any(), "no-update", "The parameters are the same after training as before.",
                   hint="Is there a step after each backward pass?")
    factor = float(step @ expected / (expected @ expected))
    if close(step, expected) or not close(step, factor * expected):
        return
    report.name_mistake(factor, [
        Mistake(-1, "ascent", "The parameters go up the gradient, so that the loss grows."),
        Mistake(BATCH, "batch-size", "The gradients of a batch's images are added up, not averaged: the step grows "
                                     "with the size of the batch."),
        Mistake(1 / BATCH, "batch-size", "The gradient is divided by the batch size twice."),
    ], same=lambda found, usual: abs(found / usual - 1) < 0.02, expected="a step of lr · mean gradient",
        observed=f"{factor:.3g} times that")
    report.stop("step-size", "The step has the right direction and the wrong size.", expected="lr · mean gradient",
                observed=f"{factor:.3g} times that", hint="Is it `lr` that the optimizer is given, and the batch size "
                "that the step is divided by?")


def examine_direction(report, attempt, step, expected, batches):
    """Say which usual mistake moves the parameters in this way."""
    moved, size = step != 0, onp.abs(step)[onp.abs(expected) > 0.01 * onp.abs(expected).max()]
    report.require(moved.all() or not close(step[moved], expected[moved]), "part-trained", "Only some of the "
                   "parameters are updated.", expected=f"{len(step)} numbers", observed=f"{moved.sum()} numbers",
                   hint="net.collect_params() has all of them.")
    report.require(size.max() > 1.01 * size.min(), "optimizer", "All parameters move by the "
                   "same amount, which only the gradient's sign decides: that is not plain SGD.", hint="gluon.Trainer("
                   "net.collect_params(), 'sgd', {'learning_rate': lr})")
    subject = small_net()
    before = values(subject)
    report.name_mistake(step, [
        Mistake(trained(faulty.times * batches, **faulty.options) - before, faulty.rule, faulty.message)
        for faulty in FAULTY], same=close)
    decay = (step - expected) @ before / (before @ before)
    report.require(not close(step - expected, decay * before, 0.1), "weight-decay", "The parameters shrink besides "
                   "following the gradient: that is weight decay, and plain SGD has none.")
    fitted(report, attempt, subject, batches, lr=0.0)
    report.require(onp.array_equal(values(subject), before), "net-reset", "With a learning rate of 0 the parameters "
                   "are not what they were. Is the net initialised anew? It should go on from where it is.")
    report.stop("function", "One batch changes the parameters in another way than a step of gradient descent on the "
                "mean cross-entropy.", hint="Which loss is it? Is there weight decay? Do outputs and labels belong "
                "together?")


def examine_losses(report, losses, expected):
    """The list that is returned."""
    try:
        found = [float(loss.asnumpy() if hasattr(loss, "asnumpy") else loss) for loss in losses]
    except (TypeError, ValueError):
        report.stop("losses", "The list should hold one number for each batch.", observed=type(losses).__name__)
    report.require(len(found) == len(expected), "losses", "The list should hold one number for each batch.",
                   expected=len(expected), observed=len(found))
    if close(onp.array(found), onp.array(expected)):
        return
    message = "The losses are not the mean cross-entropy of each batch before its step."
    if close(onp.array(found[:1]), BATCH * onp.array(expected[:1])):
        message = "The losses are sums over the batch, not means."
    report.find("loss-values", message, expected=[round(loss, 4) for loss in expected],
                observed=[round(loss, 4) for loss in found])


def check_more_steps(report, attempt):
    """Check three batches, the last of them smaller, and another learning rate."""
    batches, theirs, ours = make_batches(BATCH, BATCH, 3), small_net(), small_net()
    losses, expected = fitted(report, attempt, theirs, batches), ours.lend(train, batches)
    if close(values(theirs), values(ours), 1e-3):
        examine_losses(report, losses, expected)
    else:
        examine_later_steps(report, values(theirs), batches)
    subject = small_net()
    before = values(subject)
    fitted(report, attempt, subject, batches, lr=0.0)
    report.expect(onp.array_equal(values(subject), before), "learning-rate", "With a learning rate of 0 the "
                  "parameters change: `lr` is not used, or is not all that moves them.")


def examine_later_steps(report, found, batches):
    """Say which usual mistake leads to these values after three batches."""
    for used in (1, 2):
        report.require(not close(found, trained(batches[:used]), 1e-3), "batches-left-out", "Some batches do not "
                       "train the net.", expected=3, observed=used, hint="Is `return` inside the loop?")
    report.require(not close(found, trained(batches, size=BATCH), 1e-3), "batch-size", "The last batch is smaller, but "
                   "its step is divided by the size of the others.", hint="trainer.step(len(images))")
    report.find("later-steps", "The first step is right, but not those after it.", hint="Is there momentum? Is a "
                "gradient added to the one before? Does each batch get its step, and with the same learning rate?")


TRAINING_LOOP = Exercise(
    "training-loop", 4, "medium",
    "a function fit(net, batches, lr): one pass of plain SGD over the batches → list of each one's mean "
    "cross-entropy",
    check_training_loop, (
        "Record the net and the loss, go backwards, take a step.",
        "gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': lr}), and trainer.step(len(images)).",
        "The loss function gives one number an image. Keep the mean of each batch, from before its step."))
