"""The loop that trains a net."""
import contextlib
import inspect

from resnet_gluon.exercises.checks.loops import (
    BATCH,
    FAULTY,
    LR,
    make_batches,
    small_net,
    statistics,
    train,
    trained,
    values,
)
from resnet_gluon.exercises.judge import Exercise, Mistake, accepts, close

import numpy as onp


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
        examine_statistics(report, theirs, ours)
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


def examine_statistics(report, theirs, ours):
    """The running statistics, which training moves as well."""
    report.expect(close(statistics(theirs), statistics(ours), 1e-3), "running-statistics", "The parameters are right, "
                  "but not batch normalisation's running statistics, with which the net predicts.", hint="Each batch "
                  "goes through the net once, in training mode, and nothing sets the statistics besides.")


def examine_size(report, step, expected):
    """How far the first batch moves the parameters, where it moves them along the gradient."""
    report.require(onp.isfinite(step).all(), "not-finite", "After one batch parameters are not finite.")
    report.require(step.any(), "no-update", "The parameters are the same after training as before.",
                   hint="Is there a step after each backward pass? Does each batch count, the first one too?")
    factor = float(step @ expected / (expected @ expected))
    if close(step, expected) or not close(step, factor * expected):
        return
    report.name_mistake(factor, [
        Mistake(-1, "ascent", "The parameters go up the gradient, so that the loss grows: the sign of the step is "
                              "wrong."),
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
        examine_kept(report, losses, expected)
        examine_losses(report, losses, expected)
        examine_statistics(report, theirs, ours)
    else:
        examine_later_steps(report, values(theirs), batches)
    subject = small_net()
    before = values(subject)
    fitted(report, attempt, subject, batches, lr=0.0)
    report.expect(onp.array_equal(values(subject), before), "learning-rate", "With a learning rate of 0 the "
                  "parameters change: `lr` is not used, or is not all that moves them.")


def examine_kept(report, losses, expected):
    """Whether the losses of an earlier call are still there."""
    with contextlib.suppress(TypeError):
        report.require(len(losses) <= len(expected), "kept-between-calls", "The list of a second call still holds the "
                       "losses of the first.", expected=len(expected), observed=len(losses),
                       hint="Make the list inside the function.")


def examine_later_steps(report, found, batches):
    """Say which usual mistake leads to these values after three batches."""
    all_count = "Some batches do not train the net: all should, the first and the last too."
    by_sum = sorted(batches, key=lambda batch: float(batch[0].sum().asnumpy()))
    swapped = "The batches are used in another order than they come in."
    report.name_mistake(found, [
        *(Mistake(trained(used), "batches-left-out", all_count + " Is `return` inside the loop?")
          for used in (batches[:1], batches[:2], batches[1:], batches[::2])),
        *(Mistake(trained(used), "batch-order", swapped) for used in (batches[::-1], by_sum, by_sum[::-1])),
        Mistake(trained(2 * batches), "passes", "There are two passes over the batches: one is asked for."),
        Mistake(trained(batches, size=BATCH), "batch-size", "The last batch is smaller, but its step is divided by the "
                "size of the others: trainer.step(len(images))."),
        *(Mistake(trained(batches, momentum=momentum), "momentum", "The first step is right, but those after it go on "
                  "in its direction: that is momentum, and plain SGD has none.") for momentum in (0.9, 0.5, 0.99)),
    ], same=lambda one, other: close(one, other, 1e-3))
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
