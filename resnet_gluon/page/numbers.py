"""A net's numbers as a page holds them: batch normalisation folded away, weights in few bits with a scale a channel."""
import base64
import zlib
from typing import Any, Dict, List, Literal, Optional, Tuple

import numpy as np

Bits = Literal[8, 7, 6, 32]  # of a weight; 32: float32


def value(parameter: Any) -> np.ndarray:
    """A parameter's values, from its first device."""
    return parameter.data(parameter.list_ctx()[0]).asnumpy()


def affine(norm: Any) -> Tuple[np.ndarray, np.ndarray]:
    """What batch normalisation does to a channel in prediction: times the first, plus the second."""
    gamma = value(norm.gamma)
    if norm._kwargs.get("fix_gamma"):
        gamma = np.ones_like(gamma)
    scale = gamma.astype("float64") / np.sqrt(value(norm.running_var).astype("float64") + norm._kwargs["eps"])
    return scale, value(norm.beta) - value(norm.running_mean) * scale


def folded(layer: Any, norm: Optional[Any]) -> Tuple[np.ndarray, np.ndarray]:
    """Weight and bias of a convolution, or a dense layer, that also does what the normalisation behind it did."""
    weight = value(layer.weight).astype("float64")
    bias = np.zeros(len(weight)) if layer.bias is None else value(layer.bias).astype("float64")
    if norm is not None:
        scale, shift = affine(norm)
        weight = weight * scale.reshape(-1, *(1,) * (weight.ndim - 1))
        bias = bias * scale + shift
    return weight, bias


def quantised(weight: np.ndarray, bits: int = 8) -> Tuple[np.ndarray, np.ndarray]:
    """A weight as int8 of which only so many bits are used, and the number by which each output channel is multiplied.

    The most negative number is not used, so that a channel and its negative are kept alike.
    """
    largest = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
    scale = np.where(largest > 0, largest / (2 ** (bits - 1) - 1), 1.0)
    return np.rint(weight / scale.reshape(-1, *(1,) * (weight.ndim - 1))).astype("int8"), scale


class Store:
    """All numbers of a net in two rows: `weights`, int8 or float32, and `floats`: scales, biases, shifts.

    A step of the net says where in them its own begin.
    """

    def __init__(self, bits: Bits) -> None:
        self.bits = bits
        self.parts: Dict[str, List[np.ndarray]] = {"weights": [], "floats": []}

    def add(self, row: str, *arrays: np.ndarray) -> int:
        """Put the arrays at a row's end; where they begin."""
        start = sum(part.size for part in self.parts[row])
        self.parts[row] += [np.ravel(array) for array in arrays]
        return start

    def layer(self, layer: Any, norm: Optional[Any] = None) -> Dict[str, Any]:
        """Keep a convolution or dense layer: where its numbers are, and its weight's shape."""
        weight, bias = folded(layer, norm)
        kept, scale = (weight, np.ones(len(weight))) if self.bits == 32 else quantised(weight, self.bits)
        return {"shape": list(weight.shape), "weights": self.add("weights", kept),
                "floats": self.add("floats", scale, bias)}

    def row(self, name: str) -> np.ndarray:
        """One of the two rows, whole."""
        kind = "int8" if name == "weights" and self.bits < 32 else "float32"
        return np.concatenate([np.zeros(0), *self.parts[name]]).astype(kind)


def as_text(array: np.ndarray) -> str:
    """An array's bytes, little-endian, compressed, as base64: what a page can hold."""
    return base64.b64encode(zlib.compress(array.astype(array.dtype.newbyteorder("<")).tobytes(), 9)).decode("ascii")
