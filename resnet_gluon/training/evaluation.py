"""How good a net is on one split, and how sure one can be of it."""
import json
import math
from dataclasses import dataclass, replace
from typing import Any, List, Optional, Tuple

from resnet_gluon.data.augment import views
from resnet_gluon.data.batches import Split
from resnet_gluon.devices import devices as all_devices
from resnet_gluon.files import save_text

import numpy as onp
from mxnet import gluon, npx

BATCH_SIZE = 500


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """A net's answers to one split. labels: int32, (n,). probabilities: float32, (n, classes). items: of what."""
    labels: onp.ndarray
    probabilities: onp.ndarray
    items: str = "images"

    @property
    def n(self) -> int:
        return len(self.labels)

    @property
    def predictions(self) -> onp.ndarray:
        """The most probable class of each image, (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        return float((self.predictions == self.labels).mean())

    @property
    def interval(self) -> Tuple[float, float]:
        """Wilson's 95 % interval of the accuracy: what other test sets of this size would do to the number.

        Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
        """
        z, n, p = 1.959964, self.n, self.accuracy
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return centre - half, centre + half

    @property
    def loss(self) -> float:
        """Mean cross-entropy, in nats."""
        of_label = self.probabilities[onp.arange(self.n), self.labels].astype(float)
        return float(-onp.log(onp.maximum(of_label, 1e-30)).mean())

    @property
    def confusion(self) -> onp.ndarray:
        """Counts, (classes, classes): row the true class, column the predicted one."""
        classes = self.probabilities.shape[1]
        return onp.bincount(self.labels * classes + self.predictions, minlength=classes ** 2).reshape(classes, classes)

    @property
    def recall(self) -> onp.ndarray:
        """Share of each class that is recognised, (classes,); nan for a class without images."""
        totals = self.confusion.sum(axis=1)
        return onp.diag(self.confusion) / onp.where(totals > 0, totals, onp.nan)

    def mistakes(self, count: int) -> onp.ndarray:
        """Indices of the `count` wrong answers given with most confidence, the surest first."""
        wrong = onp.flatnonzero(self.predictions != self.labels)
        return wrong[onp.argsort(-self.probabilities[wrong].max(axis=1), kind="stable")[:count]]

    def save(self, path: Any, data: Any) -> None:
        """Write the accuracy, its interval, the confusion matrix and the data's description as JSON, whole or not."""
        numbers = {"accuracy": self.accuracy, "interval": self.interval, "n": self.n, "loss": self.loss,
                   "confusion": self.confusion.tolist(), "data": str(data)}
        try:
            save_text(path, json.dumps(numbers, indent=1))
        except OSError as error:  # a test set is opened once: what it said must not be lost with the file
            raise type(error)(f"{path} could not be written ({error.strerror}). What it was to hold: {self}") from error

    def __repr__(self) -> str:
        return f"Evaluation({self})"

    def __str__(self) -> str:
        low, high = self.interval
        return f"accuracy {self.accuracy:.4f} on {self.n:,} {self.items} (95 % interval {low:.4f} to {high:.4f})"


def scatter(images: Any, labels: Any, devices: List[Any]) -> List[Tuple[Any, Any]]:
    """The batch in shares: a list of (images, labels), one for each device.

    Shares are equal or differ by one image. Of a batch with fewer images than there are devices some devices get none.
    """
    return list(zip(gluon.utils.split_and_load(images, devices, even_split=False),
                    gluon.utils.split_and_load(labels, devices, even_split=False)))


def evaluate(net: Any, split: Split, devices: Optional[List[Any]] = None, *, mirror: bool = False,
             shift: int = 0) -> Evaluation:
    """A net's answers to every image of a split, in predict mode.

    Parameters
    ----------
    net : gluon.Block
        With parameters, on `devices`.
    split : Split
        For instance `data.val`; it carries the scale on which the net sees it.
    devices : list of mxnet.Context, optional
        Default: all that `resnet_gluon.devices()` finds.
    mirror, shift : bool, int
        Average the probabilities over an image's `views`, as in Krizhevsky et al. 2012, section 4.1: for nets that
        were trained on such views.

    Raises TypeError for what is no split, ValueError for arguments out of range.
    """
    if not isinstance(split, Split):
        raise TypeError(f"evaluate(net, split) takes a split, such as data.val, but a {type(split).__name__} was given")
    total: Any = 0  # becomes (n, classes)
    count = 0
    for view in views(split.images, mirror, shift):
        answers = []
        for batch in replace(split, images=view).batches(BATCH_SIZE):
            answers += [npx.softmax(net(images)) for images, _ in scatter(*batch, devices or all_devices())]
        total = total + onp.concatenate([answer.asnumpy() for answer in answers])
        count += 1
    return Evaluation(split.labels, total / count, split.items)
