"""Files in PyTorch's two formats and in safetensors' format, written without PyTorch."""
import io
import json
import pickle
import struct
import sys
import types
import zipfile
from collections import OrderedDict
from contextlib import contextmanager

import numpy as np

STORAGES = {"float32": "FloatStorage", "float16": "HalfStorage", "float64": "DoubleStorage", "int64": "LongStorage"}


@contextmanager
def stand_ins():
    """Modules with the names that PyTorch's pickles refer to."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in STORAGES.values():
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2():
        """Only its name is pickled."""
    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2, torch._utils = _rebuild_tensor_v2, utils
    before = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules.update({"torch": torch, "torch._utils": utils})
    try:
        yield torch
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


class Storage:
    def __init__(self, key, array):
        self.key, self.array = key, array


class Tensor:
    """Pickled as PyTorch pickles an array: a view of a storage."""

    def __init__(self, storage, shape, strides, offset=0):
        self.parts = (storage, offset, tuple(shape), tuple(strides), False, OrderedDict())

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.parts


class Pickler(pickle.Pickler):
    extra = (None,)  # what the legacy format adds to a reference

    def persistent_id(self, thing):
        if isinstance(thing, Storage):
            kind = getattr(sys.modules["torch"], STORAGES[thing.array.dtype.name])
            return ("storage", kind, thing.key, "cpu", thing.array.size) + self.extra
        return None


class ZipPickler(Pickler):
    extra = ()


def as_tensors(arrays):
    """{name: Tensor}, and the storages: C order, a storage each."""
    storages = [Storage(str(i), array.ravel()) for i, array in enumerate(arrays.values())]
    return OrderedDict((name, Tensor(storage, array.shape, [s // array.itemsize for s in array.strides]))
                       for (name, array), storage in zip(arrays.items(), storages)), storages


def pickled(thing, pickler=pickle.Pickler):
    stream = io.BytesIO()
    pickler(stream, protocol=2).dump(thing)
    return stream.getvalue()


def legacy(found, storages):
    with stand_ins():
        parts = [pickled(0x1950a86a20f9469cfc6c), pickled(1001), pickled({"protocol_version": 1001,
                                                                          "little_endian": True}),
                 pickled(found, Pickler), pickled([storage.key for storage in storages])]
    return b"".join(parts + [struct.pack("<q", s.array.size) + s.array.tobytes() for s in storages])


def zipped(found, storages, compression=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with stand_ins(), zipfile.ZipFile(stream, "w", compression) as archive:
        archive.writestr("net/data.pkl", pickled(found, ZipPickler))
        archive.writestr("net/byteorder", "little")
        for storage in storages:
            archive.writestr(f"net/data/{storage.key}", storage.array.tobytes())
    return stream.getvalue()


def safetensors(arrays):
    kinds, header, body = {"float32": "F32", "float16": "F16", "int64": "I64"}, {"__metadata__": {"format": "pt"}}, b""
    for name, array in arrays.items():
        header[name] = {"dtype": kinds[array.dtype.name], "shape": list(array.shape),
                        "data_offsets": [len(body), len(body) + array.nbytes]}
        body += array.tobytes()
    head = json.dumps(header).encode()
    return struct.pack("<Q", len(head)) + head + body


def bfloat16(array):
    """As safetensors, one tensor "x" of the upper halves of the floats."""
    body = (np.asarray(array, "<f4").view("<u4") >> 16).astype("<u2").tobytes()
    head = json.dumps({"x": {"dtype": "BF16", "shape": list(array.shape), "data_offsets": [0, len(body)]}}).encode()
    return struct.pack("<Q", len(head)) + head + body
