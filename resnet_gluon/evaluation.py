"""How good a net is on one split, and how sure one can be of it."""
import json
import math
from dataclasses import dataclass

from resnet_gluon.checkpoint import save_text
from resnet_gluon.data.batches import Split, shifted
from resnet_gluon.devices import devices as all_devices

import numpy as onp
from mxnet import gluon, npx

BATCH_SIZE = 500


@dataclass(frozen=True)
class Evaluation:
    """A net's answers to one split. labels: int32, (n,). probabilities: float32, (n, classes). items: of what."""
    labels: onp.ndarray
    probabilities: onp.ndarray
    items: str = "images"

    @property
    def n(self):
        return len(self.labels)

    @property
    def predictions(self):
        """The most probable class of each image, (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self):
        return float((self.predictions == self.labels).mean())

    @property
    def interval(self):
        """Wilson's 95 % interval of the accuracy: what other test sets of this size would do to the number.

        Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
        """
        z, n, p = 1.959964, self.n, self.accuracy
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return centre - half, centre + half

    @property
    def loss(self):
        """Mean cross-entropy, in nats."""
        of_label = self.probabilities[onp.arange(self.n), self.labels].astype(float)
        return float(-onp.log(onp.maximum(of_label, 1e-30)).mean())

    @property
    def confusion(self):
        """Counts, (classes, classes): row the true class, column the predicted one."""
        classes = self.probabilities.shape[1]
        return onp.bincount(self.labels * classes + self.predictions, minlength=classes ** 2).reshape(classes, classes)

    @property
    def recall(self):
        """Share of each class that is recognised, (classes,); nan for a class without images."""
        totals = self.confusion.sum(axis=1)
        return onp.diag(self.confusion) / onp.where(totals > 0, totals, onp.nan)

    def mistakes(self, count):
        """Indices of the `count` wrong answers given with most confidence, the surest first."""
        wrong = onp.flatnonzero(self.predictions != self.labels)
        return wrong[onp.argsort(-self.probabilities[wrong].max(axis=1), kind="stable")[:count]]

    def save(self, path, data):
        """Write the accuracy, its interval, the confusion matrix and the data's description as JSON, whole or not."""
        numbers = {"accuracy": self.accuracy, "interval": self.interval, "n": self.n, "loss": self.loss,
                   "confusion": self.confusion.tolist(), "data": str(data)}
        save_text(path, json.dumps(numbers, indent=1))

    def __str__(self):
        low, high = self.interval
        return f"accuracy {self.accuracy:.4f} on {self.n:,} {self.items} (95 % interval {low:.4f} to {high:.4f})"


def scatter(images, labels, devices):
    """The batch in equal shares: a list of (images, labels), one for each device."""
    return list(zip(gluon.utils.split_and_load(images, devices, even_split=False),
                    gluon.utils.split_and_load(labels, devices, even_split=False)))


def views(images, mirror, shift):
    """The images; with `shift` also moved as far up, down, left and right; with `mirror` each of these mirrored too."""
    if (mirror or shift) and images.dtype != onp.uint8:
        raise ValueError("mirror and shift are for images, but the split holds series")
    moves = [(0, 0), (shift, 0), (-shift, 0), (0, shift), (0, -shift)] if shift else [(0, 0)]
    for down, right in moves:
        moved = shifted(images, shift - down, shift - right, shift) if shift else images
        yield moved
        if mirror:
            yield moved[..., ::-1]


def evaluate(net, data, split, devices=None, mirror=False, shift=0):
    """Put every image of `split` through `net` in predict mode: returns an `Evaluation`.

    `data` gives the statistics that the images are normalised with, `split` is one of its splits. The net must be on
    `devices` (default: all that `resnet_gluon.devices()` finds). With `mirror` and `shift` the probabilities are means
    over an image's `views`, as in Krizhevsky et al. 2012, section 4.1: for nets that were trained on such views.
    """
    total, count = 0, 0
    for view in views(split.images, mirror, shift):
        answers = []
        for batch in data.batches(Split(view, split.labels, split.num_classes), BATCH_SIZE):
            answers += [npx.softmax(net(images)) for images, _ in scatter(*batch, devices or all_devices())]
        total = total + onp.concatenate([answer.asnumpy() for answer in answers])  # (n, classes)
        count += 1
    return Evaluation(split.labels, total / count, getattr(data, "items", "images"))
