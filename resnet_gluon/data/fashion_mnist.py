"""What the data is: Fashion-MNIST, its splits, its statistics and where it came from."""
from resnet_gluon.arguments import positive_int
from resnet_gluon.data import sources
from resnet_gluon.data.batches import Batches, Split

import numpy as np

SPLIT_SEED = 2015  # of the training / validation split: fixed, so that all runs select on the same images
CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def stratified(labels, seed=SPLIT_SEED):
    """Indices of training and validation images: a twelfth of every class, drawn with `seed`, is for validation."""
    order = np.random.default_rng(seed).permutation(len(labels))
    validation = np.concatenate([of_class[:len(of_class) // 12] for of_class in
                                 (order[labels[order] == label] for label in np.unique(labels))])
    is_validation = np.isin(order, validation)
    return order[~is_validation], order[is_validation]


class FashionMNIST:
    """Fashion-MNIST, verified, split and ready to be fed.

    Looked for in: `root`; $RESNET_GLUON_DATA; $MXNET_HOME/datasets/fashion-mnist; Debian's package
    dataset-fashion-mnist; an earlier download; the public mirrors; the subset of 6,000 images bundled with the
    package. Files are verified by the checksum of their decompressed bytes. What is refused, and a fall-back to the
    subset, is said in a warning; one line says what was loaded.

    Parameters
    ----------
    root : path, optional
        A folder with the four files, gzipped or not.
    batch_size : int
        Of the batches, where their maker is not given another.
    download, subset : bool
        False: do not try the mirrors, do not fall back to the subset.
    train_images : int, optional
        Keep only so many images of the training split.
    quiet : bool
        True: do not print the line.

    Attributes
    ----------
    train, val, test : Split
        55,000 / 5,000 / 10,000 images of the full set, 28×28, uint8. Training and validation are stratified by class
        and drawn with the fixed seed 2015. The test set is for the last cell only.
    mean, std : float
        Of the training split's pixels, on the scale 0 … 1.
    edition, source, is_subset : str, str, bool
        What was loaded and whence.

    Raises DataNotFound (a RuntimeError) that lists every place tried, and ValueError for arguments out of range.
    """

    classes = CLASSES

    def __init__(self, root=None, *, batch_size=128, download=True, subset=True, train_images=None, quiet=False):
        self.batch_size = positive_int("batch_size", batch_size)
        self.edition, self.source, arrays = sources.find(root, download, subset)
        self.is_subset = self.edition == sources.SUBSET
        images, labels, test_images, test_labels = arrays
        training, validation = stratified(labels)
        if train_images is not None:
            training = training[:positive_int("train_images", train_images)]
        self.train = Split(images[training], labels[training])
        self.val = Split(images[validation], labels[validation])
        self.test = Split(test_images, test_labels)
        self.mean, self.std = self.train.statistics()
        if not quiet:
            print(self)

    def __str__(self):
        return (f"Fashion-MNIST, edition {self.edition}: {len(self.train):,} training, {len(self.val):,} validation "
                f"and {len(self.test):,} test images from {self.source}")

    def batches(self, split, batch_size=None, **options):
        """`Batches` of one of the splits, normalised with the training split's statistics."""
        return Batches(split, batch_size or self.batch_size, self.mean, self.std, **options)

    def text_labels(self, indices):
        """Class names of these labels."""
        return [CLASSES[int(i)] for i in indices]

    # The two names by which d2l's Trainer asks for data.

    def train_dataloader(self):
        return self.batches(self.train, shuffle=True)

    def val_dataloader(self):
        return self.batches(self.val)
