"""Files of tensors in each format; what is damaged, or no such file, is refused."""
import random
import zipfile

from resnet_gluon import WeightsRefused, read_tensors
from resnet_gluon.weights.tensor_files import write_safetensors

import mxnet as mx
import numpy as onp
import pytest
import torch_files
from weight_files import KINDS, written


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ("float32", "int64"))
def test_every_format_gives_the_arrays_that_were_written(kind, dtype, tmp_path):
    arrays = {"conv.weight": onp.arange(24).reshape(2, 3, 4).astype(dtype), "bn.bias": onp.arange(5).astype(dtype)}
    found = read_tensors(written(tmp_path / "w", arrays, kind))
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert (found[name] == array).all() and found[name].shape == array.shape


@pytest.mark.parametrize("dtype", ("float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool", ">f4"))
def test_what_is_written_as_safetensors_is_read_again(dtype, tmp_path):
    arrays = {"a": onp.arange(6).reshape(3, 2).astype(dtype).T, "b": onp.zeros((), dtype),
              "empty": onp.ones((0, 3), dtype)}
    write_safetensors(tmp_path / "w.safetensors", arrays)
    found = read_tensors(tmp_path / "w.safetensors")
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].shape == array.shape and (found[name] == array).all()
        assert found[name].dtype == onp.dtype(dtype).newbyteorder("<")


def test_a_file_that_is_not_there_is_another_fault(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_tensors(tmp_path / "absent")
    assert issubclass(WeightsRefused, ValueError)


def test_bfloat16_becomes_float32(tmp_path):
    array = onp.array([1.5, -2, 0.15625], dtype="float32")
    (tmp_path / "w").write_bytes(torch_files.bfloat16(array))
    assert read_tensors(tmp_path / "w")["x"].tolist() == array.tolist()


@pytest.mark.parametrize("content, reason", [
    (b"", "damaged, or of no known format"), (b"hello", "damaged, or of no known format"),
    (torch_files.pickled({"a": 1}), "not one of PyTorch's"),
    (torch_files.zipped({}, []), "no dictionary of tensors"),
    (torch_files.zipped({}, [], zipfile.ZIP_DEFLATED), "compressed"),
    (torch_files.safetensors({})[:-1] + b"!", "damaged")])
def test_what_is_no_file_of_tensors_is_refused(content, reason, tmp_path):
    (tmp_path / "w").write_bytes(content)
    with pytest.raises(WeightsRefused, match=reason):
        read_tensors(tmp_path / "w")


@pytest.mark.parametrize("kind", KINDS)
def test_mutations_are_refused_or_read_and_nothing_else(kind, tmp_path):
    """None of these formats but the zip has a checksum, so that numbers can change unseen; a crash would be a fault."""
    arrays = {"conv.weight": onp.ones((3, 2), "float32"), "bn.num_batches_tracked": onp.array([3])}
    whole, numbers, refused = written(tmp_path / "whole", arrays, kind).read_bytes(), random.Random(0), 0
    for _ in range(400):
        content = bytearray(whole)
        if numbers.random() < 0.3:
            content = content[:numbers.randrange(len(content))]
        else:
            for _ in range(numbers.randint(1, 4)):
                content[numbers.randrange(len(content))] = numbers.randrange(256)
        (tmp_path / "w").write_bytes(bytes(content))
        try:
            tensors = read_tensors(tmp_path / "w")
            assert all(isinstance(array, onp.ndarray) for array in tensors.values())
        except WeightsRefused:
            refused += 1
    assert refused > 100


def test_sparse_arrays_of_mxnet_are_refused(tmp_path):
    """MXNet writes where their indices say, wherever that is."""
    with mx.util.np_array(False), mx.util.np_shape(False):
        mx.nd.save(str(tmp_path / "w"), {"a": mx.nd.sparse.row_sparse_array((onp.ones((1, 4)), [3]), shape=(8, 4))})
    with pytest.raises(WeightsRefused, match="sparse"):
        read_tensors(tmp_path / "w")


def test_overlapping_tensors_of_safetensors_are_refused(tmp_path):
    content = torch_files.safetensors({"a": onp.zeros(4, "float32"), "b": onp.zeros(4, "float32")})
    (tmp_path / "w").write_bytes(content.replace(b"[16, 32]", b"[ 0, 16]"))
    with pytest.raises(WeightsRefused, match="overlap"):
        read_tensors(tmp_path / "w")
