"""Images changed at random for training, and shown in several views at the end."""
from typing import Any, Iterator

from resnet_gluon.arguments import not_negative, whole_number

import numpy as np


def check_augmentation(flip: Any, shift: Any, rotate: Any) -> None:
    """Raise a ValueError for what is out of range: `shift` is whole pixels, `rotate` degrees."""
    whole_number("shift", shift)
    not_negative("rotate", rotate)
    true_or_false("flip", flip)


def true_or_false(name: str, value: Any) -> None:
    """Raise a ValueError for anything else."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, but {value!r} was given")


def augment(images: np.ndarray, random: np.random.Generator, *, flip: bool = False, shift: int = 0,
            rotate: float = 0) -> np.ndarray:
    """The images, changed each in its own way.

    Parameters
    ----------
    images : uint8, (n, C, H, W)
    random : numpy.random.Generator
        Where the chances come from.
    flip : bool
        Mirror half of them.
    shift : int
        Move each by up to so many pixels in either direction.
    rotate : float
        Turn each by up to so many degrees in either direction.

    Returns uint8, (n, C, H, W). Raises ValueError for arguments out of range.
    """
    check_augmentation(flip, shift, rotate)
    n = len(images)
    if flip:
        mirrored = random.integers(2, size=(n, 1, 1), dtype=bool)[:, None]
        images = np.where(mirrored, images[..., ::-1], images)
    if shift:
        rows, columns = random.integers(2 * shift + 1, size=(2, n))
        images = shifted(images, rows, columns, shift)
    if rotate:
        images = rotated(images, random.uniform(-rotate, rotate, size=n))
    return images


def shifted(images: np.ndarray, rows: Any, columns: Any, reach: int) -> np.ndarray:
    """Each image moved by its own whole number of pixels, -reach … reach; black enters at the edge.

    images: (n, H, W) or (n, C, H, W); rows, columns: 0 … 2·reach, one for all images or (n,); `reach` leaves an image
    where it is.
    """
    padded = np.pad(images, ((0, 0),) * (images.ndim - 2) + ((reach, reach), (reach, reach)))
    windows: Any = np.lib.stride_tricks.sliding_window_view(padded, images.shape[-2:], axis=(-2, -1))  # type: ignore
    each = np.arange(len(images))
    return windows[each, :, rows, columns] if images.ndim == 4 else windows[each, rows, columns]


def rotated(images: np.ndarray, degrees: np.ndarray) -> np.ndarray:
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


def views(images: np.ndarray, mirror: bool, shift: int) -> Iterator[np.ndarray]:
    """The images; with `shift` also moved as far up, down, left and right; with `mirror` each of these mirrored too."""
    true_or_false("mirror", mirror)
    whole_number("shift", shift)
    if (mirror or shift) and images.dtype != np.uint8:
        raise ValueError("mirror and shift are for images, but the split holds series")
    moves = [(0, 0), (shift, 0), (-shift, 0), (0, shift), (0, -shift)] if shift else [(0, 0)]
    for down, right in moves:
        moved = shifted(images, shift - down, shift - right, shift) if shift else images
        yield moved
        if mirror:
            yield moved[..., ::-1]
