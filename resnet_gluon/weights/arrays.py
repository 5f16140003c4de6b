"""Flat arrays from bytes, in the types that files of tensors have."""
from math import prod
from typing import Any, Tuple

from resnet_gluon.bounded import Source

import numpy as np


def as_array(raw: Any, dtype: str) -> np.ndarray:
    """Bytes as a flat array; bfloat16, which NumPy lacks, as float32."""
    if dtype == "bf16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
    return np.frombuffer(raw, dtype)


def item_size(dtype: str) -> int:
    """Bytes of one number in a file."""
    return 2 if dtype == "bf16" else np.dtype(dtype).itemsize


def read_array(source: Source, dtype: str, shape: Tuple[int, ...]) -> np.ndarray:
    """The array that comes next. Raises Malformed, before anything is read, where the file ends earlier."""
    return as_array(source.exactly(prod(shape) * item_size(dtype)), dtype).reshape(shape)
