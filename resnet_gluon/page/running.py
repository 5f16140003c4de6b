"""What a page computes, in NumPy: for checking a page before it is written, and for its tests."""
from typing import Any, Dict, Sequence

from resnet_gluon.page.packing import Packed

import numpy as np

BATCH = 100  # images at once


def predict(packed: Packed, images: np.ndarray, scales: Sequence[Sequence[float]] = ()) -> np.ndarray:
    """Logits, (n, classes), of images as the net sees them, float32 (n, C, H, W).

    scales: how much of (x, f) each block adds; empty: all of both.
    """
    return np.concatenate([maps(packed, images[start:start + BATCH], scales)[packed.steps[-1]["to"]]
                           for start in range(0, len(images), BATCH)])


def maps(packed: Packed, images: np.ndarray, scales: Sequence[Sequence[float]] = ()) -> Dict[str, np.ndarray]:
    """All feature maps by name, for a few images."""
    found = {"image": images.astype("float32")}
    for step in packed.steps:
        result = OPS[step["op"]](packed, step, found[step["from"]], found, scales)
        found[step["to"]] = np.maximum(result, 0) if step.get("relu") else result
    return found


def numbers(packed: Packed, step: Dict[str, Any]) -> Any:
    """A layer's weight and bias, as float32."""
    shape, at = step["shape"], step["floats"]
    scale, bias = packed.floats[at:at + 2 * shape[0]].reshape(2, shape[0])
    kept = packed.weights[step["weights"]:step["weights"] + int(np.prod(shape))].reshape(shape)
    return kept.astype("float32") * scale.reshape(-1, *(1,) * (len(shape) - 1)), bias


def windows(x: np.ndarray, kernel: Sequence[int], stride: Sequence[int], pad: Sequence[int], fill: float) -> np.ndarray:
    """(n, C, H', W', kh, kw): the windows that a convolution or a pooling looks at."""
    padded = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in pad)), constant_values=fill)
    found = np.lib.stride_tricks.sliding_window_view(padded, tuple(kernel), axis=(2, 3))  # type: ignore[call-overload]
    return found[:, :, ::stride[0], ::stride[1]]


def conv(packed: Packed, step: Any, x: np.ndarray, *_: Any) -> np.ndarray:
    weight, bias = numbers(packed, step)
    seen = windows(x, step["shape"][2:], step["stride"], step["pad"], 0)
    return np.tensordot(seen, weight, ((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + bias[:, None, None]


def maxpool(packed: Packed, step: Any, x: np.ndarray, *_: Any) -> np.ndarray:
    return windows(x, step["kernel"], step["stride"], step["pad"], -np.inf).max(axis=(4, 5))


def affine(packed: Packed, step: Any, x: np.ndarray, *_: Any) -> np.ndarray:
    channels = x.shape[1]
    scale, shift = packed.floats[step["floats"]:step["floats"] + 2 * channels].reshape(2, channels, 1, 1)
    return x * scale + shift


def pad(packed: Packed, step: Any, x: np.ndarray, *_: Any) -> np.ndarray:
    after = step["channels"] - step["before"] - x.shape[1]
    return np.pad(x[:, :, ::step["stride"], ::step["stride"]], ((0, 0), (step["before"], after), (0, 0), (0, 0)))


def add(packed: Packed, step: Any, f: np.ndarray, found: Dict[str, np.ndarray], scales: Any) -> np.ndarray:
    of_x, of_f = scales[step["block"]] if len(scales) else (1, 1)
    return of_f * f if step["x"] is None else of_x * found[step["x"]] + of_f * f


def mean(packed: Packed, step: Any, x: np.ndarray, *_: Any) -> np.ndarray:
    return x.mean(axis=(2, 3))


def dense(packed: Packed, step: Any, x: np.ndarray, *_: Any) -> np.ndarray:
    weight, bias = numbers(packed, step)
    return x @ weight.T + bias


OPS: Dict[str, Any] = {"conv": conv, "maxpool": maxpool, "affine": affine, "pad": pad, "add": add, "mean": mean,
                       "dense": dense}
