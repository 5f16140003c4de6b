"""Check of the loop that counts a net's right answers."""
from resnet_gluon.exercises.checks.loops import CLASSES, FEATURES, small_net
from resnet_gluon.exercises.checks.numbers import as_number
from resnet_gluon.exercises.judge.calling import accepts
from resnet_gluon.exercises.judge.subject import array

import numpy as onp
from mxnet import autograd

#: Right answers in each batch, and its images: so that every usual mistake gives another number.
RIGHT, SIZES = (14, 25, 4), (30, 30, 11)


def check_evaluate(report, attempt):
    """evaluate(net, batches) → the share of right answers, in predict mode."""
    accepts(report, attempt, "net", "batches")
    net, random = small_net(), onp.random.default_rng(5)
    batches = []
    for right, size in zip(RIGHT, SIZES):
        images = array(random.normal(1, 2, (size, FEATURES)))
        answers = net(images).asnumpy().argmax(axis=1)
        labels = onp.where(onp.arange(size) < right, answers, (answers + 1) % CLASSES)
        batches.append((images, array(labels).astype("int32")))
    before = [p.data().asnumpy() for p in net.collect_params().values()]
    found = report.call("evaluate(net, batches)", attempt, net, batches)
    report.require(found is not None, "no-return", "The function returns nothing.")
    after = [p.data().asnumpy() for p in net.collect_params().values()]
    report.expect(all(map(onp.array_equal, before, after)), "changes-net", "The net is another one after the "
                  "evaluation: its parameters or running statistics have changed.",
                  hint="Evaluate in predict mode, outside record().")
    found = as_number(report, found, "The function should return one number.")
    name_accuracy(report, found, net, batches)


def name_accuracy(report, found, net, batches):
    """Say which usual mistake gives this number."""
    right, total = sum(RIGHT), sum(SIZES)
    share = right / total
    if abs(found - share) < 1e-5:
        return
    with autograd.train_mode():
        trained = sum((net(x).asnumpy().argmax(1) == y.asnumpy()).sum() for x, y in batches) / total
    least = sum((net(x).asnumpy().argmin(1) == y.asnumpy()).sum() for x, y in batches) / total
    for value, rule, message in (
            (trained, "predict-mode", "The net is evaluated in training mode: batch normalisation uses the batch."),
            (sum(n / size / 3 for n, size in zip(RIGHT, SIZES)), "batch-means", "The mean of the batches' accuracies "
             "is taken, but the last batch has fewer images."),
            (100 * share, "percent", "The accuracy should be a share, not per cent."),
            (right, "counted", "The number of right answers should be divided by the number of images."),
            (1 - share, "error-rate", "That is the share of wrong answers."),
            (least, "argmin", "The class with the smallest output is taken for the answer."),
            (RIGHT[-1] / SIZES[-1], "last-batch", "Only the last batch is counted."),
            (RIGHT[0] / SIZES[0], "first-batch", "Only the first batch is counted. Is `return` inside the loop?"),
            (RIGHT[-1] / total, "last-batch", "Only the last batch's right answers are counted: add them up."),
            (right / SIZES[-1], "last-batch", "Only the last batch's images are counted: add them up."),
            (right / (3 * SIZES[0]), "batch-size", "Every batch is taken to be as large as the first."),
            (right / 3, "batches-counted", "The right answers are divided by the number of batches."),
            (0, "zero", "The share is 0. Is it computed with //, or is something else compared with the labels?")):
        if abs(found - value) < 1e-5:
            report.stop(rule, message, expected=f"{share:.4f}", observed=f"{found:.4f}")
    report.require(abs(found - share) > 0.005, "rounded", "The share is rounded: return all of it, and round where it "
                   "is shown.", expected=f"{share:.4f}", observed=f"{found:.4f}")
    report.find("accuracy", "That is not the share of right answers.", expected=f"{share:.4f}", observed=f"{found:.4f}",
                hint="The answer to an image is the class with the largest output: argmax over axis 1.")
