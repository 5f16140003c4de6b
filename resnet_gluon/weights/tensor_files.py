"""Files of named tensors, read as NumPy arrays: PyTorch's (both formats), safetensors, and MXNet's own."""
import json
from math import prod
from typing import Any, Dict, List, Mapping

from resnet_gluon.bounded import (
    DESCRIPTION,
    Malformed,
    Source,
    brief,
    name_of,
    parse_json,
    refusing,
    regular_file,
    shape_of,
)
from resnet_gluon.files import whole_file
from resnet_gluon.weights.arrays import item_size, read_array
from resnet_gluon.weights.pytorch_files import read_pytorch
from resnet_gluon.weights.unpickling import WeightsRefused

import numpy as np

LARGEST = 4 << 30  # bytes of a file: the largest ResNet that was published with its weights has 3.3 GB
SAFETENSORS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "bf16", "I64": "<i8", "I32": "<i4", "I16": "<i2",
               "I8": "|i1", "U8": "|u1", "BOOL": "|b1"}
MXNET_MAGIC, MXNET_DENSE = 0x112, (0xF993FAC9, 0xF993FACA)  # of a file, of an array under either array interface
MXNET_TYPES = {0: "<f4", 1: "<f8", 2: "<f2", 3: "|u1", 4: "<i4", 5: "|i1", 6: "<i8", 7: "|b1"}


def number(source: Source, size: int, signed: bool = False) -> int:
    """The little-endian integer of `size` bytes that comes next."""
    return int.from_bytes(source.exactly(size), "little", signed=signed)


def read_safetensors(source: Source) -> Dict[str, np.ndarray]:
    """8 bytes of length, JSON, the arrays' bytes."""
    length = number(source, 8)
    if length > DESCRIPTION:
        raise Malformed(f"its header of {length:,} bytes is longer than any honest one")
    header, tensors, ranges = parse_json(source.exactly(length)), {}, []
    body = source.tell()
    if not isinstance(header, dict) or not all(isinstance(about, dict) for about in header.values()):
        raise Malformed("its header is no dictionary of tensors")
    for name, about in header.items():
        if name == "__metadata__":
            continue
        dtype, shape = about["dtype"], shape_of(about["shape"])
        start, end = shape_of(about["data_offsets"], "a pair of offsets")
        if type(dtype) is not str or dtype not in SAFETENSORS:
            raise Malformed(f"{brief(name)} is of a type that is not read")
        if start > end or body + end > source.size or end - start != prod(shape) * item_size(SAFETENSORS[dtype]):
            raise Malformed(f"{brief(name)} reaches beyond the file, or does not fit its shape")
        tensors[name_of(name, "a tensor's name")] = (start, SAFETENSORS[dtype], shape)
        ranges.append((start, end))
    ranges.sort()
    if any(end > start for (_, end), (start, _) in zip(ranges, ranges[1:])):
        raise Malformed("two of its tensors overlap")
    arrays = {}
    for name, (start, dtype, shape) in tensors.items():
        source.seek(body + start)
        arrays[name] = read_array(source, dtype, shape)
    return arrays


def write_safetensors(path: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name in the format safetensors, whole or not at all. Types: SAFETENSORS, but for bfloat16."""
    header, body, end = {}, [], 0
    names = {np.dtype(dtype): name for name, dtype in SAFETENSORS.items() if dtype != "bf16"}
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        header[name] = {"dtype": names[array.dtype.newbyteorder("<")], "shape": list(array.shape),
                        "data_offsets": [end, end + len(raw)]}
        body.append(raw)
        end += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # the arrays begin at a multiple of eight bytes
    with whole_file(path) as temporary:
        temporary.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(body))


def mxnet_array(source: Source) -> np.ndarray:
    if number(source, 4) not in MXNET_DENSE or number(source, 4, signed=True) != 0:
        raise Malformed("one of its arrays is sparse, or of an older format")
    dimensions = number(source, 4)
    shape = shape_of([number(source, 8, signed=True) for _ in range(min(dimensions, 9))])
    source.exactly(8)  # the device that it was on
    kind = number(source, 4, signed=True)
    if kind not in MXNET_TYPES:
        raise Malformed("one of its arrays is of a type that is not read")
    return read_array(source, MXNET_TYPES[kind], shape)


def read_mxnet(source: Source) -> Dict[str, np.ndarray]:
    """MXNet's .params: a header, dense arrays one after another, their names. (MXNet's reader trusts all it reads.)"""
    if source.left < 8 or number(source, 8) != MXNET_MAGIC:
        raise Malformed("it is damaged, or of no known format")
    source.exactly(8)
    arrays = [mxnet_array(source) for _ in range(number(source, 8))]
    names: List[str] = []
    for _ in range(number(source, 8)):
        text = source.exactly(number(source, 8)).decode("utf8")
        names.append(name_of(text.split(":", 1)[-1], "a tensor's name"))
    if len(set(names)) != len(arrays) or len(names) != len(arrays):
        raise Malformed("its arrays have no names, or two of them one name")
    if source.left:
        raise Malformed("it goes on after its end")
    return dict(zip(names, arrays))


def read_tensors(path: Any) -> Dict[str, np.ndarray]:
    """The tensors of a file by name, as NumPy arrays; "module.", which PyTorch's DataParallel puts first, is left out.

    Parameters
    ----------
    path : path
        PyTorch (zip or legacy; a state dict, or a dictionary with one under "state_dict", "model" …), safetensors, or
        MXNet's .params.

    Raises WeightsRefused for whatever is none of these, FileNotFoundError where there is no file.
    """
    with refusing(lambda why: WeightsRefused(f"{path} refused: {why}"), but=FileNotFoundError):
        with regular_file(path, LARGEST) as source:
            head = source.read(9)
            source.seek(0)
            if head[:4] == b"PK\x03\x04" or head[:2] == b"\x80\x02":
                tensors = read_pytorch(source, is_zip=head[:2] == b"PK")
            else:
                tensors = (read_safetensors if head[8:] == b"{" else read_mxnet)(source)
        short = {name[7:] if name.startswith("module.") else name: array for name, array in tensors.items()}
        if len(short) != len(tensors):
            raise Malformed('two of its tensors have one name but for "module."')
    return short
