"""How many answers of a net are right: the loop that counts them, and the share of the best two."""
from resnet_gluon.exercises.checks.training import CLASSES, FEATURES, small_net
from resnet_gluon.exercises.judge import Exercise, Mistake, accepts, array, as_number, number, seeded
from resnet_gluon.training import Evaluation

import numpy as onp

#: Right answers in each batch, and its images: so that every usual mistake gives another number.
RIGHT, SIZES = (14, 25, 4), (30, 30, 11)


def same_share(found, share):
    """Whether two shares differ by rounding alone."""
    return abs(found - share) < 1e-5


def check_evaluate(report, attempt):
    """Check evaluate(net, batches) → the share of right answers, in predict mode."""
    accepts(report, attempt, "net", "batches")
    subject = small_net()
    batches = make_batches(subject)
    given = [(array(images), array(labels).astype("int32")) for images, labels in batches]
    before = subject.values()
    found = report.call("evaluate(net, batches)", subject.lend, attempt, given, gives="the share of right answers")
    after = subject.values()
    report.expect(all(onp.array_equal(before[name], after[name]) for name in before), "changes-net", "The net is "
                  "another one after the evaluation: its parameters or running statistics have changed.",
                  hint="Evaluate in predict mode, outside record().")
    found = as_number(report, found, "The function should return one number.")
    name_accuracy(report, found, subject, batches)


def make_batches(subject):
    """Images and labels, of which the net knows as many as RIGHT says."""
    random, batches = seeded(5), []
    for right, size in zip(RIGHT, SIZES):
        images = random.normal(1, 2, (size, FEATURES))
        answers = subject.numpy(images).argmax(axis=1)
        batches.append((images, onp.where(onp.arange(size) < right, answers, (answers + 1) % CLASSES)))
    return batches


def name_accuracy(report, found, subject, batches):
    """Say which usual mistake gives this number."""
    right, total = sum(RIGHT), sum(SIZES)
    share = right / total
    least = sum((subject.numpy(x).argmin(axis=1) == labels).sum() for x, labels in batches) / total
    trained = sum((subject.numpy(x, training=True).argmax(axis=1) == labels).sum() for x, labels in batches) / total
    last, size = RIGHT[-1], SIZES[-1]
    mistakes = [
        Mistake(trained, "predict-mode", "The net is evaluated in training mode: batch normalisation uses the batch."),
        Mistake(sum(n / of for n, of in zip(RIGHT, SIZES)) / 3, "batch-means", "The mean of the batches' accuracies "
                "is taken, but the last batch has fewer images."),
        Mistake(100 * share, "percent", "The accuracy should be a share, not per cent."),
        Mistake(right, "counted", "The number of right answers should be divided by the number of images."),
        Mistake(1 - share, "error-rate", "That is the share of wrong answers."),
        Mistake(least, "argmin", "The class with the smallest output is taken for the answer."),
        Mistake(last / size, "last-batch", "Only the last batch is counted."),
        Mistake(RIGHT[0] / SIZES[0], "first-batch", "Only the first batch is counted. Is `return` inside the loop?"),
        Mistake(last / total, "last-batch", "Only the last batch's right answers are counted: add them up."),
        Mistake(right / size, "last-batch", "Only the last batch's images are counted: add them up."),
        Mistake(right / (3 * SIZES[0]), "batch-size", "Every batch is taken to be as large as the first."),
        Mistake(right / 3, "batches-counted", "The right answers are divided by the number of batches."),
        Mistake(0, "zero", "The share is 0. Is it computed with //, or is something else compared with the labels?"),
    ]
    rule, message = "accuracy", "That is not the share of right answers."
    if abs(found - share) <= 0.005:
        rule, message = "rounded", "The share is rounded: return all of it, and round where it is shown."
    report.answer(found, share, mistakes, (rule, message), same=same_share, expected=f"{share:.4f}",
                  observed=f"{found:.4f}",
                  hint="The answer to an image is the class with the largest output: argmax over axis 1.")


def check_top2(report, attempt):
    """Check top2(evaluation) → the share of images whose class is among the two most probable."""
    accepts(report, attempt, "evaluation")
    random = seeded(7)
    probabilities = random.dirichlet(onp.ones(6), 200).astype("float32")
    labels = random.integers(6, size=200).astype("int32")
    places = onp.argsort(-probabilities, axis=1) == labels[:, None]  # (200, 6): where each image's class comes
    top1, top2, top3 = (float(places[:, :k].any(axis=1).mean()) for k in (1, 2, 3))
    least = float(places[:, -2:].any(axis=1).mean())
    found = number(report, "top2(evaluation)", attempt, Evaluation(labels, probabilities))
    report.answer(found, top2, [
        Mistake(top1, "top-1", "That is the accuracy: only the most probable class counts."),
        Mistake(top3, "top-3", "Three classes count, and two should."),
        Mistake(top2 - top1, "second-only", "Only the second most probable class counts."),
        Mistake(least, "least-probable", "The two least probable classes count: argsort sorts upwards."),
        Mistake(100 * top2, "percent", "The answer should be a share, not per cent."),
        Mistake(1 - top2, "error-rate", "That is the share of the others."),
        Mistake(top2 / 2, "averaged", "The mean runs over both places. An image counts once, if either is right."),
        Mistake(200 * top2, "counted", "The number of right images should be divided by that of all."),
    ], ("share", "That is not the share."), same=same_share, expected=f"{top2:.4f}", observed=f"{found:.4f}")


EVALUATE = Exercise(
    "evaluate", 4, "easy",
    "a function evaluate(net, batches) → the share of right answers, of all images, in predict mode",
    check_evaluate, (
        "The answer is the class with the largest output.",
        "Add up the right answers and the images, and divide once, in the end.",
        "Outside record() a net is in predict mode. answers = "
        "net(images).argmax(axis=1).astype(labels.dtype), and (answers == labels).sum() of them are right."))
TOP_2_ACCURACY = Exercise(
    "top-2-accuracy", 4, "easy",
    "a function top2(evaluation) → the share of images whose class is among the two most probable",
    check_top2, (
        "evaluation.probabilities has a row for each image, evaluation.labels its class.",
        "argsort sorts each row upwards: the two most probable classes come last.",
        "Compare both columns with labels[:, None]; any(axis=1) says whether either is right."))
