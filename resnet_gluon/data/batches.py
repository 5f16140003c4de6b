"""A split of a data set, and how it is fed: whole batches from uint8 arrays, with no Python loop over images."""
from dataclasses import dataclass, replace
from typing import Any, Dict, Iterator, Sequence, Tuple, Union

from resnet_gluon.arguments import positive_int
from resnet_gluon.data.augment import augment, check_augmentation

import mxnet as mx
import numpy as np

BATCHES_AT_A_TIME = 8  # are made in one go: making an MXNet array costs as much as filling it with 300 images
Scale = Union[float, Sequence[float]]  # one number, or one a channel


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Images, or series, with their labels and the scale on which a net sees them.

    Parameters
    ----------
    images : numpy.ndarray
        uint8, (n, H, W) in grey or (n, C, H, W); or float32, (n, C, W), for series.
    labels : numpy.ndarray
        Integers, (n,), 0 ≤ label < num_classes.
    num_classes : int
    mean, std : float, or list of float, optional
        What batches are normalised with, on the scale 0 … 1: one number, or one a channel. Default: `statistics()`.
        The splits of a `Dataset` all have those of its training split.

    Raises ValueError for anything else.
    """
    images: np.ndarray
    labels: np.ndarray
    num_classes: int = 10
    mean: Scale = None  # type: ignore[assignment]  # filled in below
    std: Scale = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
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
        if self.mean is None or self.std is None:
            for name, own in zip(("mean", "std"), self.statistics()):
                object.__setattr__(self, name, own if getattr(self, name) is None else getattr(self, name))
        channels = self.channels_first.shape[1]
        if any(np.size(number) not in (1, channels) for number in (self.mean, self.std)):
            raise ValueError(f"mean and std must be one number, or one for each of the {channels} channels, but "
                             f"{self.mean} and {self.std} were given")

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"Split({len(self):,} {self.items} {self.images.shape[1:]}, {self.num_classes} classes)"

    @property
    def items(self) -> str:
        """What it holds: "images" or "series"."""
        return "images" if self.images.dtype == np.uint8 else "series"

    def take(self, indices: Any) -> "Split":
        """The split of these images alone, on the same scale; `indices` is anything NumPy indexes with."""
        return replace(self, images=self.images[indices], labels=self.labels[indices])

    def normalised(self, mean: Scale, std: Scale) -> "Split":
        """The same images on another scale."""
        return replace(self, mean=mean, std=std)

    def batches(self, batch_size: int = 128, **options: Any) -> "Batches":
        """`Batches` of this split. **options: `shuffle`, `flip`, `shift`, `rotate`, `seed`."""
        return Batches(self, batch_size, **options)

    @property
    def channels_first(self) -> np.ndarray:
        """The images as (n, C, H, W), the series as they are: (n, C, W)."""
        return self.images[:, None] if self.images.dtype == np.uint8 and self.images.ndim == 3 else self.images

    def statistics(self) -> Tuple[Scale, Scale]:
        """Mean and standard deviation of the pixels, scaled to 0 … 1; of colour images and series one a channel."""
        if self.images.dtype != np.uint8:
            return self.images.mean((0, 2)).tolist(), self.images.std((0, 2)).tolist()
        levels, means, deviations = np.arange(256) / 255, [], []
        for channel in self.channels_first.swapaxes(0, 1):
            share = np.bincount(channel.ravel(), minlength=256) / channel.size
            mean = share @ levels
            means.append(mean)
            deviations.append(np.sqrt(share @ (levels - mean) ** 2))
        return (means[0], deviations[0]) if self.images.ndim == 3 else (means, deviations)


class Batches:
    """Batches of one split: normalised images, float32 (n, C, H, W), or series (n, C, W), and labels, int32 (n,).

    All are on the CPU. Iterating gives epoch 0, then 1 …; `epoch(k)` gives any.

    Parameters
    ----------
    split : Split
    batch_size : int
    shuffle : bool
        A fresh order each epoch; the last, incomplete batch is left out then, so that all batches have one shape.
    flip, shift, rotate : bool, int, float
        As in `augment`.
    seed : int
        Order and augmentation of epoch k follow from (seed, k) alone.

    Raises ValueError for arguments out of range, and where a batch would be empty.
    """

    def __init__(self, split: Split, batch_size: int = 128, *, shuffle: bool = False, flip: bool = False,
                 shift: int = 0, rotate: float = 0, seed: int = 0) -> None:
        positive_int("batch_size", batch_size)
        check_augmentation(flip, shift, rotate)
        if (flip or shift or rotate) and split.items != "images":
            raise ValueError("flip, shift and rotate are for images, but the split holds series")
        if shuffle and batch_size > len(split):
            raise ValueError(f"batch_size={batch_size}, but the split holds only {len(split)} {split.items}")
        axes = (-1,) + (1,) * (split.channels_first.ndim - 2)
        self.mean = np.reshape(np.asarray(split.mean), axes)  # (C, 1, 1)
        self.std = np.reshape(np.asarray(split.std), axes)
        if not (self.std > 0).all():
            raise ValueError(f"a standard deviation of {split.std} cannot normalise: is a channel the same everywhere?")
        self.split = split
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.augmentation: Dict[str, Any] = {"flip": flip, "shift": shift, "rotate": rotate}
        self.seed = seed
        self.epochs_served = 0

    def __repr__(self) -> str:
        return f"Batches({len(self)} of {self.batch_size} from {self.split!r})"

    def __len__(self) -> int:
        whole, rest = divmod(len(self.split), self.batch_size)
        return whole + (rest > 0 and not self.shuffle)

    def __iter__(self) -> Iterator[Tuple[Any, Any]]:
        self.epochs_served += 1
        return self.epoch(self.epochs_served - 1)

    def epoch(self, number: int) -> Iterator[Tuple[Any, Any]]:
        """The batches of epoch `number`, 0 for the first."""
        random = np.random.default_rng((self.seed, number))
        order = random.permutation(len(self.split)) if self.shuffle else np.arange(len(self.split))
        order, size = order[:len(self) * self.batch_size], self.batch_size
        for start in range(0, len(order), BATCHES_AT_A_TIME * size):
            chosen = order[start:start + BATCHES_AT_A_TIME * size]
            changed = augment(self.split.channels_first[chosen], random, **self.augmentation)
            images = self.normalise(changed)                                # (n, C, H, W)
            labels = mx.np.array(self.split.labels[chosen], dtype="int32")  # (n,)
            for i in range(0, len(chosen), size):
                yield images[i:i + size], labels[i:i + size]

    def normalise(self, images: np.ndarray) -> Any:
        """As float32, less the split's mean, divided by its standard deviation."""
        levels = 255 if images.dtype == np.uint8 else 1
        scaled = np.multiply(images, (1 / (levels * self.std)).astype(np.float32), dtype=np.float32)
        scaled -= (self.mean / self.std).astype(np.float32)
        return mx.np.array(scaled)  # (n, C, H, W)
