"""PyTorch's files, both formats: legacy (five pickles, then the storages), zip (data.pkl, and one member a storage).

Format: PyTorch's `torch/serialization.py`.
"""
import io
from math import prod
from typing import Any, Dict, Tuple

from resnet_gluon.bounded import DESCRIPTION, Archive, Malformed, Source, brief, name_of
from resnet_gluon.weights.arrays import as_array, item_size, read_array
from resnet_gluon.weights.unpickling import Storage, Tensor, key_of, unpickle

import numpy as np

LEGACY_MAGIC = 0x1950a86a20f9469cfc6c
NESTED = ("state_dict", "model", "net", "model_state_dict")  # keys under which training scripts put the state dict


def read_pytorch(source: Source, is_zip: bool) -> Dict[str, np.ndarray]:
    """The tensors of a file by name: views of its storages. Raises Malformed for whatever is not PyTorch's."""
    found, storages = (read_zip if is_zip else read_legacy)(source)
    return {name: resolve(tensor, storages) for name, tensor in state_dict(found).items()}


def read_legacy(source: Source) -> Tuple[Any, Dict[str, np.ndarray]]:
    """What a file of the older format describes, and its storages by key."""
    stream = io.BytesIO(source.read(DESCRIPTION))
    if unpickle(stream) != LEGACY_MAGIC:
        raise Malformed("it is a pickle, but not one of PyTorch's")
    unpickle(stream)  # the protocol's version
    about = unpickle(stream)
    if not isinstance(about, dict) or about.get("little_endian", True) is not True:
        raise Malformed("its numbers are big-endian")
    found = unpickle(stream)
    keys, references = unpickle(stream), storages_of(found)
    if type(keys) is not list:
        raise Malformed("it has no list of its storages")
    source.seek(stream.tell())
    storages: Dict[str, np.ndarray] = {}
    for key in map(key_of, keys):
        if key in storages or key not in references:
            raise Malformed(f"its storage {brief(key)} is listed twice, or nothing refers to it")
        if int.from_bytes(source.exactly(8), "little") != references[key].size:
            raise Malformed(f"its storage {brief(key)} does not fit what refers to it")
        storages[key] = read_array(source, references[key].dtype, (references[key].size,))
    return found, storages


def read_zip(source: Source) -> Tuple[Any, Dict[str, np.ndarray]]:
    """What a file of the newer format describes, and its storages by key."""
    archive = Archive(source)
    pickles = [name for name in archive.members if name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise Malformed("it is an archive without PyTorch's data.pkl")
    root = pickles[0][:-len("data.pkl")]
    if root + "byteorder" in archive.members and archive.read(root + "byteorder", 20) != b"little":
        raise Malformed("its numbers are big-endian")
    found = unpickle(io.BytesIO(archive.read(pickles[0], DESCRIPTION)))
    storages = {}
    for key, storage in storages_of(found).items():
        raw = archive.read(f"{root}data/{key}")
        if len(raw) != storage.size * item_size(storage.dtype):
            raise Malformed(f"its storage {brief(key)} does not fit what refers to it")
        storages[key] = as_array(raw, storage.dtype)
    return found, storages


def storages_of(found: Any) -> Dict[str, Storage]:
    """{key: Storage} of all tensors in nested dictionaries and lists, each looked at once."""
    storages: Dict[str, Storage] = {}
    waiting, seen = [found], set()
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Tensor):
            if storages.setdefault(thing.storage.key, thing.storage) != thing.storage:
                raise Malformed(f"its tensors take its storage {brief(thing.storage.key)} for different things")
        elif isinstance(thing, (dict, list, tuple)) and id(thing) not in seen:
            seen.add(id(thing))
            waiting += thing.values() if isinstance(thing, dict) else thing
    return storages


def resolve(tensor: Tensor, storages: Dict[str, np.ndarray]) -> np.ndarray:
    """The array of one `Tensor`, a view. Raises Malformed where it reaches beyond its storage."""
    storage, offset, shape, strides = tensor
    if storage.key not in storages:
        raise Malformed(f"its storage {brief(storage.key)} is not there")
    flat = storages[storage.key]
    last = offset + sum((n - 1) * stride for n, stride in zip(shape, strides))
    if prod(shape) > len(flat) or (prod(shape) and last >= len(flat)):
        raise Malformed(f"a tensor of shape {shape} reaches beyond its storage of {len(flat)} numbers")
    steps = [stride * flat.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(flat[offset:], shape, steps, writeable=False)


def state_dict(found: Any) -> Dict[str, Tensor]:
    """The dictionary of tensors in what a training script has saved."""
    for _ in range(len(NESTED)):
        inner = [found[key] for key in NESTED if isinstance(found, dict) and isinstance(found.get(key), dict)]
        found = inner[0] if inner else found
    entries = found.items() if isinstance(found, dict) else ()
    tensors = {name_of(name, "a tensor's name"): value for name, value in entries if isinstance(value, Tensor)}
    if not tensors:
        raise Malformed("it holds no dictionary of tensors")
    return tensors
