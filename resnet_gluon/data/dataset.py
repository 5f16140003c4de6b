"""What all data sets have in common: three splits, the statistics they are normalised with, and how they are fed."""
from resnet_gluon.arguments import positive_int
from resnet_gluon.data.batches import Batches, Split

import numpy as np

SPLIT_SEED = 2015  # of the training / validation split: fixed, so that all runs select on the same images


def stratified(labels, share=12, seed=SPLIT_SEED):
    """Indices of training and validation images: one in `share` of every class, drawn with `seed`, validates."""
    order = np.random.default_rng(seed).permutation(len(labels))
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
    share : int
        One of so many training images of each class is for validation.
    batch_size : int
        Of the batches, where their maker is not given another.
    train_images : int, optional
        Keep only so many images of the training split.
    quiet : bool
        True: do not print the line that says what was loaded.

    Attributes: name, edition, source, classes, batch_size; train, val, test : Split; mean, std : of the training
    split, on the scale 0 … 1, one number or one a channel.
    """

    items = "images"

    def __init__(self, name, edition, source, arrays, classes, *, share=12, batch_size=128, train_images=None,
                 quiet=False):
        self.name, self.edition, self.source, self.classes = name, edition, source, tuple(classes)
        self.batch_size = positive_int("batch_size", batch_size)
        images, labels, test_images, test_labels = arrays
        training, validation = stratified(labels, share)
        if train_images is not None:
            training = training[:positive_int("train_images", train_images)]
        self.train = Split(images[training], labels[training], len(self.classes))
        self.val = Split(images[validation], labels[validation], len(self.classes)) if len(validation) else self.train
        self.test = Split(test_images, test_labels, len(self.classes))
        self.mean, self.std = self.train.statistics()
        if np.min(self.std) == 0:
            raise ValueError(f"{name}: a channel of the training split has the same value everywhere")
        if not quiet:
            print(self)

    def __str__(self):
        validation = ("the training split again for validation" if self.val is self.train else
                      f"{len(self.val):,} validation")
        return (f"{self.name}, edition {self.edition}: {len(self.train):,} training, {validation} "
                f"and {len(self.test):,} test {self.items} from {self.source}")

    def batches(self, split, batch_size=None, **options):
        """`Batches` of one of the splits, normalised with the training split's statistics."""
        return Batches(split, batch_size or self.batch_size, self.mean, self.std, **options)

    def text_labels(self, indices):
        """Class names of these labels."""
        return [self.classes[int(i)] for i in indices]

    # The two names by which d2l's Trainer asks for data.

    def train_dataloader(self):
        return self.batches(self.train, shuffle=True)

    def val_dataloader(self):
        return self.batches(self.val)
