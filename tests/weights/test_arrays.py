import io

from resnet_gluon.bounded import Malformed, Source
from resnet_gluon.weights.arrays import as_array, item_size, read_array

import numpy as np
import pytest


@pytest.mark.parametrize("dtype", ("<f4", "<f8", "<f2", "<i8", "|u1", "|b1"))
def test_bytes_become_arrays_of_their_type(dtype):
    array = np.array([0, 1, 1, 0]).astype(dtype)
    assert (as_array(array.tobytes(), dtype) == array).all() and item_size(dtype) == array.itemsize


def test_bfloat16_becomes_float32():
    halves = (np.array([1.5, -2.0], "<f4").view("<u4") >> 16).astype("<u2")
    found = as_array(halves.tobytes(), "bf16")
    assert found.tolist() == [1.5, -2.0] and found.dtype == np.float32 and item_size("bf16") == 2


def test_an_array_is_read_from_where_the_file_is():
    content = b"head" + np.arange(6, dtype="<f4").tobytes() + b"rest"
    source = Source(io.BytesIO(content), len(content))
    assert source.exactly(4) == b"head"
    assert read_array(source, "<f4", (2, 3)).tolist() == [[0, 1, 2], [3, 4, 5]] and source.read() == b"rest"
    source.seek(4)
    with pytest.raises(Malformed, match="it ends too early"):
        read_array(source, "<f4", (10 ** 6, 10 ** 6))
