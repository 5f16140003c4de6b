"""How data is fed: whole batches from uint8 arrays, with no Python loop over images."""
from dataclasses import dataclass

from resnet_gluon.arguments import not_negative, positive_int

import mxnet as mx
import numpy as np

BATCHES_AT_A_TIME = 8  # are made in one go: making an MXNet array costs as much as filling it with 300 images


@dataclass(frozen=True)
class Split:
    """Images and their labels.

    images: uint8, (n, H, W). labels: int32, (n,), 0 ≤ label < num_classes. Raises ValueError for anything else.
    """
    images: np.ndarray
    labels: np.ndarray
    num_classes: int = 10

    def __post_init__(self):
        if self.images.ndim != 3 or self.images.dtype != np.uint8 or len(self.images) == 0:
            raise ValueError("images must be a non-empty uint8 array (n, H, W), but "
                             f"{self.images.dtype} {self.images.shape} was given")
        if self.labels.shape != self.images.shape[:1]:
            raise ValueError(f"{len(self.images)} images need {len(self.images)} labels, one each, but labels of "
                             f"shape {self.labels.shape} were given")
        if self.labels.min() < 0 or self.labels.max() >= self.num_classes:
            raise ValueError(f"labels must be 0 to {self.num_classes - 1}, but {self.labels.min()} to "
                             f"{self.labels.max()} were given")
        object.__setattr__(self, "labels", self.labels.astype(np.int32))

    def __len__(self):
        return len(self.labels)

    def take(self, indices):
        """The split of these images alone; `indices` is anything NumPy indexes with."""
        return Split(self.images[indices], self.labels[indices], self.num_classes)

    def statistics(self):
        """Mean and standard deviation of the pixels, scaled to 0 … 1."""
        levels = np.arange(256) / 255
        share = np.bincount(self.images.ravel(), minlength=256) / self.images.size
        mean = share @ levels
        return mean, np.sqrt(share @ (levels - mean) ** 2)


def shifted(images, rows, columns, reach):
    """Each image moved by its own whole number of pixels, -reach … reach; black enters at the edge.

    images: (n, H, W); rows, columns: 0 … 2·reach, one for all images or (n,); `reach` leaves an image in place.
    """
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, images.shape[1:], axis=(1, 2))
    return windows[np.arange(len(images)), rows, columns]


class Batches:
    """Batches of one split: float32 images (n, 1, H, W), normalised, and int32 labels (n,), on the CPU.

    Parameters
    ----------
    split : Split
    batch_size : int
    mean, std : float
        Of the training split, whatever the split that is fed.
    shuffle : bool
        A fresh order each epoch; the last, incomplete batch is left out then, so that all batches have one shape.
    flip : bool
        Mirror half of the images, chosen at random.
    shift : int
        Move each image by up to so many pixels in either direction.
    seed : int
        Order and augmentation of epoch k follow from (seed, k) alone.

    Iterating gives epoch 0, then 1 …; `epoch(k)` gives any. Raises ValueError where a batch would be empty.
    """

    def __init__(self, split, batch_size, mean, std, *, shuffle=False, flip=False, shift=0, seed=0):
        positive_int("batch_size", batch_size)
        not_negative("shift", shift)
        if shuffle and batch_size > len(split):
            raise ValueError(f"batch_size={batch_size}, but the split holds only {len(split)} images")
        self.split, self.batch_size, self.mean, self.std = split, batch_size, mean, std
        self.shuffle, self.flip, self.shift, self.seed = shuffle, flip, shift, seed
        self.epochs_served = 0

    def __len__(self):
        whole, rest = divmod(len(self.split), self.batch_size)
        return whole + (rest > 0 and not self.shuffle)

    def __iter__(self):
        self.epochs_served += 1
        return self.epoch(self.epochs_served - 1)

    def epoch(self, number):
        """The batches of epoch `number`, 0 for the first."""
        random = np.random.default_rng((self.seed, number))
        order = random.permutation(len(self.split)) if self.shuffle else np.arange(len(self.split))
        order, size = order[:len(self) * self.batch_size], self.batch_size
        for start in range(0, len(order), BATCHES_AT_A_TIME * size):
            chosen = order[start:start + BATCHES_AT_A_TIME * size]
            images = self.normalise(self.augment(self.split.images[chosen], random))  # (n, 1, H, W)
            labels = mx.np.array(self.split.labels[chosen], dtype="int32")            # (n,)
            for i in range(0, len(chosen), size):
                yield images[i:i + size], labels[i:i + size]

    def augment(self, images, random):
        n = len(images)
        if self.flip:
            images = np.where(random.integers(2, size=(n, 1, 1), dtype=bool), images[:, :, ::-1], images)
        if self.shift:
            rows, columns = random.integers(2 * self.shift + 1, size=(2, n))
            images = shifted(images, rows, columns, self.shift)
        return images

    def normalise(self, images):
        scaled = np.multiply(images, np.float32(1 / (255 * self.std)), dtype=np.float32)
        scaled -= np.float32(self.mean / self.std)
        return mx.np.array(scaled[:, None])  # (n, 1, H, W)
