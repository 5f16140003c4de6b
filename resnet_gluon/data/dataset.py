"""What all data sets have in common: three splits, the statistics they are normalised with, and how they are fed."""
from typing import Any, List, Optional, Sequence, Tuple

from resnet_gluon.arguments import positive_int
from resnet_gluon.data.batches import Batches, Split

import numpy as np

SPLIT_SEED = 2015  # of the training / validation split: fixed, so that all runs select on the same images


def stratified(labels: np.ndarray, share: Optional[int] = 12, seed: int = SPLIT_SEED) -> Tuple[np.ndarray, np.ndarray]:
    """Indices of training and validation images: one in `share` of every class, drawn with `seed`, validates.

    `share=None`: none does.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    if share is None:
        return order, order[:0]
    positive_int("validation", share)
    validation = np.concatenate([of_class[:len(of_class) // share] for of_class in
                                 (order[labels[order] == label] for label in np.unique(labels))])
    is_validation = np.isin(order, validation)
    return order[~is_validation], order[is_validation]


class Dataset:
    """Splits `train`, `val` and `test` of one data set, with where they are from.

    Parameters
    ----------
    name, edition, source : str
        What was loaded and whence.
    arrays : (array, array, array, array)
        Training images and labels, test images and labels, as `Split` takes them.
    classes : sequence of str
        Their names.
    validation : int, optional
        One of so many training images of each class is for validation. None: none is held back, and `val` is the
        training split again, so that its accuracy is no estimate of anything.
    batch_size : int
        Of the batches that d2l's `Trainer` asks for.
    train_images : int, optional
        Keep only so many images of the training split.
    quiet : bool
        True: do not print the line that says what was loaded.

    Attributes
    ----------
    train, val, test : Split
        All three are on the scale of the training split: they carry its mean and standard deviation.
    name, edition, source, classes, batch_size
        As given.

    Raises ValueError for arguments out of range, and for a channel that is the same everywhere.
    """

    def __init__(self, name: str, edition: str, source: str, arrays: Sequence[Any], classes: Sequence[str], *,
                 validation: Optional[int] = 12, batch_size: int = 128, train_images: Optional[int] = None,
                 quiet: bool = False) -> None:
        self.name = name
        self.edition = edition
        self.source = source
        self.classes = tuple(classes)
        self.batch_size = positive_int("batch_size", batch_size)
        images, labels, test_images, test_labels = arrays
        training, held_back = stratified(labels, validation)
        if train_images is not None:
            training = training[:positive_int("train_images", train_images)]
        self.train = Split(images[training], labels[training], len(self.classes))
        if np.asarray(self.train.std).min() == 0:
            raise ValueError(f"{name}: a channel of the training split has the same value everywhere")
        scale: Any = {"num_classes": len(self.classes), "mean": self.train.mean, "std": self.train.std}
        self.val = Split(images[held_back], labels[held_back], **scale) if len(held_back) else self.train
        self.test = Split(test_images, test_labels, **scale)
        if not quiet:
            print(self)

    def __str__(self) -> str:
        validation = ("the training split again for validation" if self.val is self.train else
                      f"{len(self.val):,} validation")
        return (f"{self.name}, edition {self.edition}: {len(self.train):,} training, {validation} "
                f"and {len(self.test):,} test {self.test.items} from {self.source}")

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {len(split):,}" for name, split in
                          (("train", self.train), ("val", self.val), ("test", self.test)))
        return f"{type(self).__name__}({self.name}, edition {self.edition}: {sizes})"

    def text_labels(self, indices: Any) -> List[str]:
        """Class names of these labels."""
        return [self.classes[int(i)] for i in indices]

    # The two names by which d2l's Trainer asks for data.

    def train_dataloader(self) -> Batches:
        return self.train.batches(self.batch_size, shuffle=True)

    def val_dataloader(self) -> Batches:
        return self.val.batches(self.batch_size)
