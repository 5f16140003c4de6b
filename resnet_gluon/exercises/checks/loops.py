"""Check of the loop that trains a net."""
import inspect

from resnet_gluon.exercises.judge.calling import accepts
from resnet_gluon.exercises.judge.comparing import close
from resnet_gluon.exercises.judge.subject import array, assign

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, util
from mxnet.gluon import nn

CLASSES, FEATURES, BATCH, LR = 3, 6, 8, 0.1


def small_net():
    """A net that behaves differently in its two modes, always with the same parameters, and no random part."""
    net, random = nn.HybridSequential(), onp.random.default_rng(3)
    net.add(nn.Dense(5, in_units=FEATURES), nn.BatchNorm(in_channels=5), nn.Activation("relu"),
            nn.Dense(CLASSES, in_units=5))
    net.initialize()
    for name, parameter in net.collect_params().items():
        if name.endswith("weight"):
            assign(parameter, random.normal(0, 0.5, parameter.shape))
    return net


def values(net):
    """All its parameters, one after the other, without the running statistics."""
    mx.nd.waitall()
    arrays = [p.data().asnumpy().ravel() for p in net.collect_params().values() if p.grad_req != "null"]
    return onp.concatenate(arrays)


def make_batches(*sizes):
    random = onp.random.default_rng(4)
    return [(array(random.normal(1, 2, (size, FEATURES))), array(random.integers(CLASSES, size=size)))
            for size in sizes]


def train(net, batches, recorded=True, backward=True, probabilities=False, size=None):
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


PREDICT_MODE = ("predict-mode", "The net is trained in predict mode: batch normalisation uses its running statistics. "
                                "autograd.record() alone switches to training mode.")
#: Options of `train`, how often it gets the batch, and what they are called.
MISTAKES = (({"recorded": False}, 1, *PREDICT_MODE), ({"recorded": False, "backward": False}, 1, *PREDICT_MODE),
            ({"probabilities": True}, 1, "softmax", "The loss is given probabilities, and applies a softmax of its "
                                                    "own: give it the net's outputs."),
            ({}, 2, "passes", "Each batch is used twice: one pass over the batches is asked for."))


def check_training_loop(report, attempt):
    """fit(net, batches, lr) → the mean loss of each batch, before the step that it leads to."""
    accepts(report, attempt, "net", "batches", "lr")
    batches = make_batches(BATCH)
    theirs, ours = small_net(), small_net()
    before = values(ours)
    losses = fitted(report, attempt, theirs, batches)
    expected = train(ours, batches)
    step, wanted = values(theirs) - before, values(ours) - before
    examine_size(report, step, wanted)
    if not close(step, wanted, 1e-4):  # the usual weight decay is as small as that
        examine_direction(report, attempt, step, wanted, batches)
    if not report.findings:
        examine_losses(report, losses, expected)
        check_more_steps(report, attempt)


def fitted(report, attempt, net, batches, lr=LR):
    """What the student's loop returns. What MXNet says about a missing `record` is put in plain words."""
    try:
        losses = attempt(net, batches, lr)
    except Exception as error:
        if "is_recording" in str(error) or "computational graph" in str(error):
            report.stop("no-record", "The loss cannot be differentiated: the forward pass was not recorded.",
                        hint="with autograd.record(): around the net and the loss.")
        if "has not been updated by backward" in str(error):
            report.stop("no-backward", "The parameters are updated by gradients that nobody has computed.",
                        hint="loss.backward() comes before the step.")
        report.raised("fit(net, batches, lr)", error)
    report.require(losses is not None, "no-return", "The loop returns nothing, and should return the list of losses.")
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
    rules = ((-1, "ascent", "The parameters go up the gradient, so that the loss grows."),
             (BATCH, "batch-size", "The gradients of a batch's images are added up, not averaged: the step grows with "
                                   "the size of the batch."),
             (1 / BATCH, "batch-size", "The gradient is divided by the batch size twice."))
    for number, rule, message in rules:
        if abs(factor / number - 1) < 0.02:
            report.stop(rule, message, expected="a step of lr · mean gradient", observed=f"{factor:.3g} times that")
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
    for options, times, rule, message in MISTAKES:
        net = small_net()
        before = values(net)
        train(net, times * batches, **options)
        report.require(not close(step, values(net) - before), rule, message)
    net = small_net()
    before = values(net)
    decay = (step - expected) @ before / (before @ before)
    report.require(not close(step - expected, decay * before, 0.1), "weight-decay", "The parameters shrink besides "
                   "following the gradient: that is weight decay, and plain SGD has none.")
    fitted(report, attempt, net, batches, lr=0.0)
    report.require(onp.array_equal(values(net), before), "net-reset", "With a learning rate of 0 the parameters are "
                   "not what they were. Is the net initialised anew? It should go on from where it is.")
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
    if not close(onp.array(found), onp.array(expected)):
        summed = close(onp.array(found[:1]), BATCH * onp.array(expected[:1]))
        report.find("loss-values", "The losses are sums over the batch, not means." if summed else "The losses are not "
                    "the mean cross-entropy of each batch before its step.",
                    expected=[round(loss, 4) for loss in expected], observed=[round(loss, 4) for loss in found])


def check_more_steps(report, attempt):
    """Three batches, the last of them smaller, and another learning rate."""
    batches, theirs, ours = make_batches(BATCH, BATCH, 3), small_net(), small_net()
    losses, expected = fitted(report, attempt, theirs, batches), train(ours, batches)
    if close(values(theirs), values(ours), 1e-3):
        examine_losses(report, losses, expected)
    else:
        for used in (1, 2):
            ours = small_net()
            train(ours, batches[:used])
            report.require(not close(values(theirs), values(ours), 1e-3), "batches-left-out", "Some batches do not "
                           "train the net.", expected=3, observed=used, hint="Is `return` inside the loop?")
        ours = small_net()
        train(ours, batches, size=BATCH)
        report.require(not close(values(theirs), values(ours), 1e-3), "batch-size", "The last batch is smaller, but "
                       "its step is divided by the size of the others.", hint="trainer.step(len(images))")
        report.find("later-steps", "The first step is right, but not those after it.", hint="Is there momentum? Is a "
                    "gradient added to the one before? Does each batch get its step, and with the same learning rate?")
    net = small_net()
    fitted(report, attempt, net, batches, lr=0.0)
    report.expect(onp.array_equal(values(net), values(small_net())), "learning-rate", "With a learning rate of 0 the "
                  "parameters change: `lr` is not used, or is not all that moves them.")
