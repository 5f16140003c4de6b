"""Files of named tensors, read as NumPy arrays: PyTorch's (both formats), safetensors, and MXNet's own.

Formats: PyTorch's `torch/serialization.py` (legacy: five pickles, then the storages; zip: `data.pkl`, and one member a
storage); safetensors: 8 bytes of length, JSON, bytes.
"""
import io
import json
import zipfile
from math import prod
from pathlib import Path
from typing import Any, Dict

from resnet_gluon.weights.unpickling import Tensor, WeightsRefused, unpickle

import numpy as np

LEGACY_MAGIC = 0x1950a86a20f9469cfc6c
SAFETENSORS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "bf16", "I64": "<i8", "I32": "<i4", "I16": "<i2",
               "I8": "|i1", "U8": "|u1", "BOOL": "|b1"}
MXNET_MAGIC, MXNET_DENSE = 0x112, (0xF993FAC9, 0xF993FACA)  # of a file, of an array under either array interface
MXNET_TYPES = {0: "<f4", 1: "<f8", 2: "<f2", 3: "|u1", 4: "<i4", 5: "|i1", 6: "<i8", 7: "|b1"}
NESTED = ("state_dict", "model", "net", "model_state_dict")  # keys under which training scripts put the state dict


def as_array(raw, dtype):
    """Bytes as a flat array; bfloat16, which NumPy lacks, as float32."""
    if dtype == "bf16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
    return np.frombuffer(raw, dtype)


def item_size(dtype):
    return 2 if dtype == "bf16" else np.dtype(dtype).itemsize


def resolve(tensor, storages):
    """The array of one `Tensor`, a view. Raises WeightsRefused where it reaches beyond its storage."""
    storage, offset, shape, strides = tensor
    flat = storages[storage.key]
    numbers = (offset, *shape, *strides)
    if any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in numbers) or len(shape) != len(strides):
        raise WeightsRefused(f"a tensor of shape {shape}, strides {strides} and offset {offset}")
    last = offset + sum((n - 1) * stride for n, stride in zip(shape, strides))
    if prod(shape) > len(flat) or (prod(shape) and last >= len(flat)):
        raise WeightsRefused(f"a tensor of shape {tuple(shape)} reaches beyond its storage of {len(flat)} numbers")
    steps = [stride * flat.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(flat[offset:], shape, steps, writeable=False)


def read_legacy(content):
    stream = io.BytesIO(content)

    if unpickle(stream) != LEGACY_MAGIC:
        raise WeightsRefused("it is a pickle, but not one of PyTorch's")
    unpickle(stream)  # the protocol's version
    if not unpickle(stream).get("little_endian", True):
        raise WeightsRefused("its numbers are big-endian")
    found = unpickle(stream)
    keys, references = [str(key) for key in unpickle(stream)], storages_of(found)
    storages = {}
    for key in keys:
        size = int.from_bytes(stream.read(8), "little")
        dtype = references[key].dtype if key in references else None
        if dtype is None or size != references[key].size:
            raise WeightsRefused(f"its storage {key} does not fit what refers to it")
        raw = stream.read(size * item_size(dtype))
        if len(raw) != size * item_size(dtype):
            raise WeightsRefused("it ends too early")
        storages[key] = as_array(raw, dtype)
    return found, storages


def read_zip(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            raise WeightsRefused("its members are compressed, which PyTorch's are not")
        pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise WeightsRefused("it is an archive without PyTorch's data.pkl")
        root = pickles[0][:-len("data.pkl")]
        if root + "byteorder" in archive.namelist() and archive.read(root + "byteorder") != b"little":
            raise WeightsRefused("its numbers are big-endian")
        found = unpickle(io.BytesIO(archive.read(pickles[0])))
        return found, {key: as_array(archive.read(f"{root}data/{key}"), storage.dtype)
                       for key, storage in storages_of(found).items()}


def read_safetensors(content):
    length = int.from_bytes(content[:8], "little")
    header, body = json.loads(content[8:8 + length].decode("utf8")), memoryview(content)[8 + length:]
    tensors, ranges = {}, []
    for name, about in header.items():
        if name == "__metadata__":
            continue
        dtype, shape, (start, end) = SAFETENSORS[about["dtype"]], tuple(about["shape"]), about["data_offsets"]
        if not 0 <= start <= end <= len(body) or end - start != prod(shape) * item_size(dtype):
            raise WeightsRefused(f"{name} reaches beyond the file, or does not fit its shape")
        tensors[name] = as_array(body[start:end], dtype).reshape(shape)
        ranges.append((start, end))
    ranges.sort()
    if any(end > start for (_, end), (start, _) in zip(ranges, ranges[1:])):
        raise WeightsRefused("two of its tensors overlap")
    return tensors


def storages_of(found):
    """{key: Storage} of all tensors in nested dictionaries and lists, each looked at once."""
    storages, waiting, seen = {}, [found], set()
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, Tensor):
            storages.setdefault(thing.storage.key, thing.storage)
        elif isinstance(thing, (dict, list, tuple)):
            waiting += thing.values() if isinstance(thing, dict) else thing
    return storages


def state_dict(found):
    """The dictionary of tensors in what a training script has saved."""
    for _ in range(len(NESTED)):  # no deeper: a hostile file's dictionary can hold itself
        inner = [found[key] for key in NESTED if isinstance(found, dict) and isinstance(found.get(key), dict)]
        found = inner[0] if inner else found
    tensors = found.items() if isinstance(found, dict) else ()
    tensors = {name: value for name, value in tensors if isinstance(value, Tensor)}
    if not tensors:
        raise WeightsRefused("it holds no dictionary of tensors")
    return tensors


def read_mxnet(content):
    """MXNet's .params: a header, dense arrays one after another, their names. (MXNet's reader trusts all it reads.)"""
    stream = io.BytesIO(content)

    def number(kind):
        return int(np.frombuffer(stream.read(np.dtype(kind).itemsize), kind)[0])

    def array():
        if number("<u4") not in MXNET_DENSE or number("<i4") != 0:
            raise WeightsRefused("one of its arrays is sparse, or of an older format")
        shape = tuple(number("<i8") for _ in range(number("<u4")))
        stream.read(8)  # the device that it was on
        kind = MXNET_TYPES[number("<i4")]
        if min(shape, default=0) < 0 or prod(shape) * item_size(kind) > len(content):
            raise WeightsRefused("it ends too early")
        return as_array(stream.read(prod(shape) * item_size(kind)), kind).reshape(shape)

    if number("<u8") != MXNET_MAGIC:
        raise WeightsRefused("it is of no known format")
    stream.read(8)
    arrays = [array() for _ in range(number("<u8"))]
    names = [stream.read(number("<u8")).decode("utf8") for _ in range(number("<u8"))]
    if len(names) != len(arrays):
        raise WeightsRefused("its arrays have no names")
    return {name.split(":", 1)[-1]: array for name, array in zip(names, arrays)}


def read_tensors(path: Any) -> Dict[str, np.ndarray]:
    """The tensors of a file by name, as NumPy arrays; "module.", which PyTorch's DataParallel puts first, is left out.

    Parameters
    ----------
    path : path
        PyTorch (zip or legacy; a state dict, or a dictionary with one under "state_dict", "model" …), safetensors, or
        MXNet's .params.

    Raises WeightsRefused for whatever is none of these, FileNotFoundError where there is no file.
    """
    content = Path(path).read_bytes()
    try:
        if content[:4] == b"PK\x03\x04" or content[:2] == b"\x80\x02":
            found, storages = read_zip(content) if content[:2] == b"PK" else read_legacy(content)
            tensors = {name: resolve(tensor, storages) for name, tensor in state_dict(found).items()}
        elif content[8:9] == b"{":
            tensors = read_safetensors(content)
        else:
            tensors = read_mxnet(content)
    except (WeightsRefused, MemoryError) as error:
        raise WeightsRefused(f"{path} refused: {error}") from None
    except Exception as error:  # whatever a damaged file makes of a parser
        raise WeightsRefused(f"{path} refused: it is damaged, or of no known format ({error!r})") from error
    return {name[7:] if name.startswith("module.") else name: array for name, array in tensors.items()}
