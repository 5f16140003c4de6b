"""The share of images whose class is among the two most probable ones."""
from resnet_gluon.exercises.judge import Attempt, Exercise, Mistake, accepts, number, seeded
from resnet_gluon.training import Evaluation

import numpy as onp


def same_share(found, share):
    """Whether two shares differ by rounding alone."""
    return abs(found - share) < 1e-5


def check_top2(report, attempt):
    """Check top2(evaluation) → the share of images whose class is among the two most probable."""
    accepts(report, attempt, "evaluation")
    examine_top2(report, attempt, 7, (66, 31, 44, 26, 21, 12))
    if not report.faults:
        with report.at("With other probabilities, after the first call"):
            examine_top2(report, attempt, 9, (17, 9, 13, 11))


def examine_top2(report, attempt, seed, counts):
    """One call. counts: of how many images the most probable class is right, the second, and so on. Of the last image
    it is the second: it must not be left out.
    """
    random = seeded(seed)
    probabilities = random.dirichlet(onp.ones(len(counts)), sum(counts)).astype("float32")
    order = onp.argsort(-probabilities, axis=1)  # (images, classes): the most probable class first
    places = random.permutation(onp.repeat(onp.arange(len(counts)), counts))
    second = onp.flatnonzero(places == 1)[-1]
    places[[second, -1]] = places[[-1, second]]
    labels = order[onp.arange(len(places)), places].astype("int32")
    right = float((order[:, :2] == labels[:, None]).any(axis=1).mean())
    evaluation = Evaluation(labels, probabilities)
    found = number(report, "top2(evaluation)", Attempt.of(attempt), evaluation, expected=f"{right:.4f}")
    report.answer(found, right, [*misplaced(order, labels, right), *miscompared(probabilities, labels, right)],
                  ("share", "That is not the share."), same=same_share, expected=f"{right:.4f}",
                  observed=f"{found:.4f}", hint="argsort(axis=1) gives each row's classes from the least probable to "
                  "the most probable one. The last two are compared with the image's label, and an image counts once, "
                  "if either is it. Divide by the number of images.")


def misplaced(order, labels, right):
    """What it gives to take other places than the first two."""
    def share(*places):
        return float((order[:, list(places)] == labels[:, None]).any(axis=1).mean())

    last, hits = order.shape[1] - 1, (order[:, :2] == labels[:, None]).any(axis=1)
    classes = [float(hits[labels == label].mean()) for label in set(labels.tolist())]
    return [
        Mistake(share(0), "top-1", "That is the accuracy: only the most probable class counts."),
        Mistake(share(0, 1, 2), "top-3", "Three classes count, and two should."),
        Mistake(share(1), "second-only", "Only the second most probable class counts."),
        Mistake(share(last - 1, last), "least-probable", "The two least probable classes count: argsort "
                                                    "sorts upwards."),
        Mistake(share(last - 2, last - 1), "least-probable", "These are not the columns of the two most probable "
                                                             "classes: argsort sorts upwards, so those come last."),
        Mistake(min(1, 2 * share(0)), "twice", "Twice the accuracy is another number: compare the second most probable "
                                               "class with the label too."),
        Mistake(float(onp.mean(classes)), "class-means", "The mean of the classes' shares is taken, but each image "
                                                         "counts the same."),
        Mistake((hits.sum() - 1) / len(labels), "image-left-out", "The last image is left out."),
        Mistake(hits[:-1].mean(), "image-left-out", "The last image is left out."),
    ]


def miscompared(probabilities, labels, right):
    """What other usual mistakes give."""
    images, classes = probabilities.shape
    of_label = probabilities[onp.arange(images), labels]
    down, best = onp.argsort(probabilities, axis=0), onp.sort(probabilities, axis=1)[:, -2:]
    shifted = onp.argsort(probabilities, axis=1)[:, -2:] + 1
    compared = "Something else than a class is compared with the labels: argsort gives classes, sort gives their " \
               "probabilities. Or an image counts only where both are right (all instead of any), or // divides, or " \
               "it is rounded, or `return` is inside the loop."
    columns = "Rows and columns are mixed up: each row is an image, so the order is along axis 1."
    return [
        Mistake(100 * right, "percent", "The answer should be a share, not per cent."),
        Mistake(1 - right, "error-rate", "That is the share of the others, whose answers are wrong."),
        Mistake(right / 2, "averaged", "The mean runs over both places. An image counts once, if either is right."),
        Mistake(images * right, "counted", "The number of right images should be divided by that of all."),
        *(Mistake(right * images / of, "divided", "The right answers should be divided by the number of images.")
          for of in (images * classes, classes)),
        Mistake(float((down[:, -2:] == labels[:, None]).any(axis=1).mean()), "axis", columns),
        Mistake(float(best.sum(axis=1).mean()), "probabilities", "The two largest probabilities are added up. Compare "
                                                                 "their classes with the label."),
        *(Mistake(float((of_label > limit).mean()), "threshold", "The label's probability is compared with a number. "
                  "The two largest of the row decide.") for limit in (0.5, 0.25, 0.3, 0.2, 1 / classes)),
        Mistake(float((shifted == labels[:, None]).any(axis=1).mean()), "off-by-one", "Classes are counted from 0, as "
                "argsort does: 1 is added."),
        Mistake(1, "all-right", "Every image is counted as right. Is it compared with the label, and not with the "
                "prediction? Is it any(axis=1), one answer for each row, and not axis 0 or any() alone?"),
        *(Mistake(value, "none-right", "No image, or hardly one, is counted as right. " + compared)
          for value in (0, 1 / images)),
    ]


TOP_2_ACCURACY = Exercise(
    "top-2-accuracy", 4, "easy",
    "a function top2(evaluation) → the share of images whose class is among the two most probable",
    check_top2, (
        "evaluation.probabilities has a row for each image, evaluation.labels its class.",
        "argsort sorts each row upwards: the two most probable classes come last.",
        "Compare both columns with labels[:, None]; any(axis=1) says whether either is right."))
