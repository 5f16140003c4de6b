"""The loop that counts how many answers of a net are right."""
from resnet_gluon.exercises.checks.loops import CLASSES, FEATURES, small_net
from resnet_gluon.exercises.checks.top_two import same_share
from resnet_gluon.exercises.judge import Exercise, Mistake, accepts, array, as_number, seeded

import numpy as onp

#: Right answers in each batch, and its images: so that every usual mistake gives another number.
RIGHT, SIZES = (45, 125, 90, 60), (200, 200, 200, 110)
ROUNDED = "The share is rounded: return all of it, and round where it is shown."


def check_evaluate(report, attempt):
    """Check evaluate(net, batches) → the share of right answers, in predict mode."""
    accepts(report, attempt, "net", "batches")
    subject = small_net()
    batches = make_batches(subject)
    before = subject.values()
    found = evaluated(report, attempt, subject, batches)
    after = subject.values()
    report.expect(all(onp.array_equal(before[name], after[name]) for name in before), "changes-net", "The net is "
                  "another one after the evaluation: its parameters or running statistics have changed.",
                  hint="Evaluate in predict mode, outside record().")
    name_accuracy(report, found, subject, batches)
    if not report.faults:
        again, share = evaluated(report, attempt, subject, batches[1:]), sum(RIGHT[1:]) / sum(SIZES[1:])
        report.expect(same_share(again, share), "kept-between-calls", "The first call is right, and a second one with "
                      "other batches is not: something is kept between the calls.", expected=f"{share:.4f}",
                      observed=f"{again:.4f}", hint="Make counts and metrics anew inside the function.")


def evaluated(report, attempt, subject, batches):
    """What the student's function returns, as a number."""
    given = [(array(images), array(labels).astype("int32")) for images, labels in batches]
    found = report.call("evaluate(net, batches)", subject.lend, attempt, given, gives="the share of right answers")
    return as_number(report, found, "The function should return one number.")


def make_batches(subject):
    """Images and labels, of which the net knows as many as RIGHT says."""
    random, batches = seeded(5), []
    for right, size in zip(RIGHT, SIZES):
        images, off = random.normal(0.2, 0.7, (size, FEATURES)), random.integers(1, CLASSES, size)
        answers = subject.numpy(images).argmax(axis=1)
        batches.append((images, onp.where(onp.arange(size) < right, answers, (answers + off) % CLASSES)))
    return batches


def name_accuracy(report, found, subject, batches):
    """Say which usual mistake gives this number."""
    share = sum(RIGHT) / sum(SIZES)
    rule, message = "accuracy", "That is not the share of right answers."
    if any(same_share(found, round(share, digits)) for digits in (1, 2, 3)):
        rule, message = "rounded", ROUNDED
    mistakes = [*miscounted(share), *misjudged(subject, batches)]
    report.answer(found, share, mistakes, (rule, message), same=same_share, expected=f"{share:.4f}",
                  observed=f"{found:.4f}", hint="The answer to an image is the class with the largest output: argmax "
                  "over axis 1. Compare it with the label of the same image, count what is equal in all batches, and "
                  "divide by the number of all images: len(labels), added up.")


def miscounted(share):
    """What usual mistakes with the numbers of right answers and images give."""
    right, total, last, size, shares = sum(RIGHT), sum(SIZES), RIGHT[-1], SIZES[-1], [
        n / of for n, of in zip(RIGHT, SIZES)]
    means = "is taken, but each image counts the same: add up the right answers, and divide once."
    return [
        Mistake(sum(shares) / len(shares), "batch-means", "The mean of the batches' accuracies is taken, but the "
                                                          "last batch has fewer images."),
        Mistake(sum(shares), "batch-means", "The sum of the batches' accuracies " + means),
        Mistake(max(shares), "batch-means", "The largest of the batches' accuracies " + means),
        Mistake(onp.median(shares), "batch-means", "The median of the batches' accuracies " + means),
        Mistake(100 * share, "percent", "The accuracy should be a share, not per cent."),
        Mistake(right, "counted", "The number of right answers should be divided by the number of images."),
        Mistake(1 - share, "error-rate", "That is the share of wrong answers."),
        Mistake(last / size, "last-batch", "Only the last batch is counted."),
        Mistake(RIGHT[0] / SIZES[0], "first-batch", "Only the first batch is counted. Is `return` inside the loop?"),
        Mistake(last / total, "last-batch", "Only the last batch's right answers are counted: add them up."),
        Mistake(right / size, "last-batch", "Only the last batch's images are counted: add them up."),
        Mistake(sum(RIGHT[:-1]) / sum(SIZES[:-1]), "batches-left-out", "The last batch is left out. All count."),
        Mistake(sum(RIGHT[1:]) / sum(SIZES[1:]), "batches-left-out", "The first batch is left out. All count."),
        Mistake(right / (len(SIZES) * SIZES[0]), "batch-size", "Every batch is taken to be as large as the first."),
        Mistake(right / len(SIZES), "batches-counted", "The right answers are divided by the number of batches."),
        Mistake(right / (CLASSES * total), "classes-counted", "The right answers are divided by the number of outputs, "
                                                              "not by that of images."),
        Mistake(0, "zero", "The share is 0. Is it computed with //, or rounded, or is something else compared with the "
                           "labels? Each image has an answer of its own: argmax over axis 1, the classes'."),
    ]


def misjudged(subject, batches):
    """What usual mistakes with the net's outputs give."""
    images, labels = (onp.concatenate(parts) for parts in zip(*batches))

    def share(answers):
        return float((answers == labels).mean())

    def asked(change):
        return share(onp.concatenate([subject.numpy(change(x)).argmax(axis=1) for x, _ in batches]))

    scores = subject.numpy(images)
    powers = onp.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    trained = onp.concatenate([subject.numpy(x, training=True).argmax(axis=1) for x, _ in batches])
    by_class = [float((scores.argmax(axis=1) == labels)[labels == label].mean()) for label in set(labels.tolist())]
    of_label = probabilities[onp.arange(len(labels)), labels]
    inputs = "The images are changed before the net sees them. They come normalised: no / 255, no other scale."
    return [
        Mistake(share(trained), "predict-mode", "The net is evaluated in training mode: batch normalisation uses the "
                                                "batch."),
        Mistake(share(scores.argmin(axis=1)), "argmin", "The class with the smallest output is taken for the answer."),
        Mistake(share(abs(scores).argmax(axis=1)), "absolute", "The class with the largest absolute value is taken for "
                                                               "the answer: argmax of the outputs themselves."),
        Mistake(onp.mean(by_class), "class-means", "The mean of the classes' accuracies is taken, but each image "
                                                   "counts the same."),
        *(Mistake(asked(change), "inputs-changed", inputs) for change in (
            lambda x: x / 255, lambda x: (x - x.mean()) / x.std(), lambda x: x - x.mean(), lambda x: x - 0.5)),
        Mistake(float((onp.argsort(scores, axis=1)[:, -2:] == labels[:, None]).any(axis=1).mean()), "top-2", "The two "
                "largest outputs count as answers, and one should."),
        Mistake(float(of_label.mean()), "probabilities", "The probabilities of the labels are added up, not the right "
                                                         "answers: argmax."),
        *(Mistake(share(answers), "threshold", "The output is compared with a threshold. The answer is the class with "
                  "the largest output: argmax.") for answers in (scores[:, 0] > 0.5, scores[:, 1] > 0.5)),
    ]


EVALUATE = Exercise(
    "evaluate", 4, "easy",
    "a function evaluate(net, batches) → the share of right answers, of all images, in predict mode",
    check_evaluate, (
        "The answer is the class with the largest output.",
        "Add up the right answers and the images, and divide once, in the end.",
        "Outside record() a net is in predict mode. answers = "
        "net(images).argmax(axis=1).astype(labels.dtype), and (answers == labels).sum() of them are right."))
