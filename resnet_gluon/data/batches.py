"""How data is fed: whole batches from uint8 arrays, with no Python loop over images."""
from dataclasses import dataclass

from resnet_gluon.arguments import not_negative, positive_int

import mxnet as mx
import numpy as np

BATCHES_AT_A_TIME = 8  # are made in one go: making an MXNet array costs as much as filling it with 300 images


@dataclass(frozen=True)
class Split:
    """Images, or series, and their labels.

    images: uint8, (n, H, W) in grey or (n, C, H, W); or float32, (n, C, W), for series. labels: int32, (n,),
    0 ≤ label < num_classes. Raises ValueError for anything else.
    """
    images: np.ndarray
    labels: np.ndarray
    num_classes: int = 10

    def __post_init__(self):
        object.__setattr__(self, "images", np.asarray(self.images))
        object.__setattr__(self, "labels", np.asarray(self.labels))
        kind = self.images.dtype, self.images.ndim
        if kind not in ((np.uint8, 3), (np.uint8, 4), (np.float32, 3)) or len(self.images) == 0:
            raise ValueError("images must be a non-empty uint8 array (n, H, W) or (n, C, H, W), or series float32 "
                             f"(n, C, W), but {self.images.dtype} {self.images.shape} was given")
        if self.labels.shape != self.images.shape[:1]:
            raise ValueError(f"{len(self.images)} images need {len(self.images)} labels, one each, but labels of "
                             f"shape {self.labels.shape} were given")
        if not np.issubdtype(self.labels.dtype, np.integer):
            raise ValueError(f"labels must be integers, but {self.labels.dtype} was given")
        if self.images.dtype == np.float32 and not np.isfinite(self.images).all():
            raise ValueError("the series hold numbers that are not finite")
        if self.labels.min() < 0 or self.labels.max() >= self.num_classes:
            raise ValueError(f"labels must be 0 to {self.num_classes - 1}, but {self.labels.min()} to "
                             f"{self.labels.max()} were given")
        object.__setattr__(self, "labels", self.labels.astype(np.int32))

    def __len__(self):
        return len(self.labels)

    def take(self, indices):
        """The split of these images alone; `indices` is anything NumPy indexes with."""
        return Split(self.images[indices], self.labels[indices], self.num_classes)

    @property
    def channels_first(self):
        """The images as (n, C, H, W), the series as they are: (n, C, W)."""
        return self.images[:, None] if self.images.dtype == np.uint8 and self.images.ndim == 3 else self.images

    def statistics(self):
        """Mean and standard deviation of the pixels, scaled to 0 … 1; of colour images and series one a channel."""
        if self.images.dtype != np.uint8:
            return self.images.mean((0, 2)).tolist(), self.images.std((0, 2)).tolist()
        levels, pairs = np.arange(256) / 255, []
        for channel in self.channels_first.swapaxes(0, 1):
            share = np.bincount(channel.ravel(), minlength=256) / channel.size
            mean = share @ levels
            pairs.append((mean, np.sqrt(share @ (levels - mean) ** 2)))
        return pairs[0] if self.images.ndim == 3 else tuple(list(numbers) for numbers in zip(*pairs))


def shifted(images, rows, columns, reach):
    """Each image moved by its own whole number of pixels, -reach … reach; black enters at the edge.

    images: (n, H, W) or (n, C, H, W); rows, columns: 0 … 2·reach, one for all images or (n,); `reach` leaves an image
    in place.
    """
    padded = np.pad(images, ((0, 0),) * (images.ndim - 2) + ((reach, reach), (reach, reach)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, images.shape[-2:], axis=(-2, -1))
    each = np.arange(len(images))
    return windows[each, :, rows, columns] if images.ndim == 4 else windows[each, rows, columns]


def rotated(images, degrees):
    """Each image turned about its middle by its own angle, bilinearly; the edge is repeated outwards.

    images: uint8, (n, H, W) or (n, C, H, W); degrees: (n,), anticlockwise.
    """
    from scipy.ndimage import map_coordinates
    height, width = images.shape[-2:]
    turn = np.deg2rad(degrees)[:, None, None]
    down, right = np.arange(height)[:, None] - (height - 1) / 2, np.arange(width) - (width - 1) / 2
    rows = np.cos(turn) * down + np.sin(turn) * right + (height - 1) / 2   # (n, H, W): where a pixel comes from
    columns = np.cos(turn) * right - np.sin(turn) * down + (width - 1) / 2
    each = np.broadcast_to(np.arange(len(images))[:, None, None], rows.shape)
    channels = images[:, None] if images.ndim == 3 else images
    turned = [map_coordinates(channels[:, c], (each, rows, columns), order=1, mode="nearest")
              for c in range(channels.shape[1])]
    return np.stack(turned, axis=1).reshape(images.shape)


class Batches:
    """Batches of one split: float32 images (n, C, H, W), or series (n, C, W), normalised, and int32 labels (n,), on the
    CPU.

    Parameters
    ----------
    split : Split
    batch_size : int
    mean, std : float, or list of float
        Of the training split, whatever the split that is fed: one, or one a channel.
    shuffle : bool
        A fresh order each epoch; the last, incomplete batch is left out then, so that all batches have one shape.
    flip : bool
        Mirror half of the images, chosen at random.
    shift : int
        Move each image by up to so many pixels in either direction.
    rotate : float
        Turn each image by up to so many degrees in either direction.
    seed : int
        Order and augmentation of epoch k follow from (seed, k) alone.

    Iterating gives epoch 0, then 1 …; `epoch(k)` gives any. Raises ValueError where a batch would be empty.
    """

    def __init__(self, split, batch_size, mean, std, *, shuffle=False, flip=False, shift=0, rotate=0,
                 seed=0):
        positive_int("batch_size", batch_size)
        not_negative("shift", shift)
        not_negative("rotate", rotate)
        if (flip or shift or rotate) and split.images.dtype != np.uint8:
            raise ValueError("flip, shift and rotate are for images, but the split holds series")
        if shuffle and batch_size > len(split):
            raise ValueError(f"batch_size={batch_size}, but the split holds only {len(split)} images")
        axes = (-1,) + (1,) * (split.channels_first.ndim - 2)
        self.mean, self.std = np.reshape(mean, axes), np.reshape(std, axes)  # (C, 1, 1)
        if any(len(number) not in (1, split.channels_first.shape[1]) for number in (self.mean, self.std)):
            raise ValueError(f"mean and std must be one number, or one for each of the {split.channels_first.shape[1]} "
                             f"channels, but {mean} and {std} were given")
        self.split, self.batch_size, self.shuffle, self.seed = split, batch_size, shuffle, seed
        self.flip, self.shift, self.rotate = flip, shift, rotate
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
            images = self.normalise(self.augment(self.split.channels_first[chosen], random))  # (n, C, H, W)
            labels = mx.np.array(self.split.labels[chosen], dtype="int32")                    # (n,)
            for i in range(0, len(chosen), size):
                yield images[i:i + size], labels[i:i + size]

    def augment(self, images, random):
        n = len(images)
        if self.flip:
            mirrored = random.integers(2, size=(n, 1, 1), dtype=bool)[:, None]
            images = np.where(mirrored, images[..., ::-1], images)
        if self.shift:
            rows, columns = random.integers(2 * self.shift + 1, size=(2, n))
            images = shifted(images, rows, columns, self.shift)
        if self.rotate:
            images = rotated(images, random.uniform(-self.rotate, self.rotate, size=n))
        return images

    def normalise(self, images):
        levels = 255 if images.dtype == np.uint8 else 1
        scaled = np.multiply(images, (1 / (levels * self.std)).astype(np.float32), dtype=np.float32)
        scaled -= (self.mean / self.std).astype(np.float32)
        return mx.np.array(scaled)  # (n, C, H, W)
