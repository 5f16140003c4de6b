"""Files that are whole or not there, and checkpoints: arrays and facts under a checksum. Data, never code."""
import hashlib
import io
import json
import os
import re
from contextlib import contextmanager
from math import prod
from pathlib import Path

from resnet_gluon.bounded import Archive, Malformed, Source, parse_json, refusing, regular_file, shape_of

import mxnet as mx
import numpy as np

VERSION = 2
FIRST_EDITION = (" Format 1 is the first edition's, whose networks had other names for their parts: finish the run "
                 'with that edition, or go on from its best.params with load_weights(net, file, "first edition").')
HEAD = re.compile(rb"resnet_gluon checkpoint (\d+) ([0-9a-f]{64})")
#: An array's header as NumPy writes it: the type of its numbers, whether columns come first, the shape.
NPY = re.compile(rb"\{'descr': '([<>|][biufc]\d\d?)', 'fortran_order': (True|False), "
                 rb"'shape': \(([\d, ]{0,200})\), \} *\n")
LARGEST = 64 << 30  # bytes of a checkpoint: a ResNet-152 with Adam's state, for each of 64 devices
FACTS = 128 << 20  # bytes of its facts: the losses of three million steps


class CheckpointRefused(ValueError):
    """A file that is not a checkpoint to go on from; the message names the file and says why."""


def synchronise_folder(folder):
    """Have the disk remember which names the folder holds, so that a rename outlives a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def whole_file(path):
    """Yields a temporary path; what is written there takes `path`'s place at the end, or vanishes on an error.

    A reader, or a kill, meets the old file or the new one, never half of one.
    """
    temporary = Path(f"{path}.part")
    try:
        yield temporary
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
        synchronise_folder(temporary.parent)
    finally:
        if temporary.exists():
            temporary.unlink()


def save_text(path, text):
    """Write a UTF-8 text file, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf8")


def save_parameters(net, path):
    """`net.save_parameters(path)`, whole or not at all."""
    mx.npx.waitall()  # right after a use in predict mode weights can still be being rearranged, and be read half-way
    with whole_file(path) as temporary:
        net.save_parameters(str(temporary))
        mx.npx.load(str(temporary))  # MXNet does not notice a disk that was full for the very last bytes


def write_checkpoint(path, arrays, facts):
    """Write a dict of NumPy arrays and a dict of plain values, whole or not at all.

    One line of text, "resnet_gluon checkpoint VERSION SHA-256", then what the SHA-256 is of: a NumPy archive (.npz)
    of the arrays, and of the facts as JSON.
    """
    archive = io.BytesIO()
    np.savez(archive, facts=np.frombuffer(json.dumps(facts).encode(), np.uint8), **arrays)
    content = archive.getbuffer()
    with whole_file(path) as temporary, open(temporary, "wb") as stream:
        stream.write(f"resnet_gluon checkpoint {VERSION} {hashlib.sha256(content).hexdigest()}\n".encode())
        stream.write(content)


def read_checkpoint(path):
    """The (arrays, facts) that `write_checkpoint` wrote. Raises CheckpointRefused for whatever is anything else."""
    unlike = f"{path} has a checksum that fits, but not a checkpoint's content: "
    with refusing(lambda why: CheckpointRefused(f"{path}: {why}"), but=CheckpointRefused), \
            regular_file(path, LARGEST) as source:
        check_head(path, source)
        with refusing(lambda why: CheckpointRefused(unlike + why)):
            return read_content(source)


def check_head(path, source):
    """Raise CheckpointRefused where the first line is another one, or its checksum not that of what follows."""
    head, found, _ = source.read(200).partition(b"\n")
    match = HEAD.fullmatch(head)
    if not match or not found:
        raise CheckpointRefused(f"{path} is not a checkpoint of this package")
    version, checksum = match[1].decode(), match[2].decode()
    if version != str(VERSION):
        raise CheckpointRefused(f"{path} has the checkpoint format {version}; this package reads format {VERSION}."
                                + (FIRST_EDITION if version == "1" else ""))
    source.seek(len(head) + 1)
    digest = hashlib.sha256()
    while source.left:
        digest.update(source.exactly(min(1 << 20, source.left)))
    if digest.hexdigest() != checksum:
        raise CheckpointRefused(f"{path} is damaged or cut short: its checksum does not fit its content")


def read_content(source: Source):
    """The arrays and facts of the archive after the first line."""
    archive = Archive(source)
    arrays = {}
    for name in archive.members:
        if not name.endswith(".npy"):
            raise Malformed("one of its members is no array")
        arrays[name[:-len(".npy")]] = npy_array(archive.read(name, FACTS if name == "facts.npy" else LARGEST))
    if "facts" not in arrays or arrays["facts"].dtype != np.uint8:
        raise Malformed("it has no facts")
    facts = parse_json(arrays.pop("facts").tobytes())
    if not isinstance(facts, dict):
        raise Malformed("its facts are no dictionary")
    return arrays, facts


def npy_array(raw):
    """The array of numbers in NumPy's format (`numpy.lib.format`, versions 1 to 3, whose header is code there)."""
    size = 10 if raw[6:7] == b"\1" else 12
    length = int.from_bytes(raw[8:size], "little")
    match = NPY.fullmatch(raw, size, min(size + length, len(raw)))
    if raw[:6] != b"\x93NUMPY" or raw[6:8] not in (b"\1\0", b"\2\0", b"\3\0") or not match:
        raise Malformed("one of its members is no array of numbers")
    dtype = np.dtype(match[1].decode())
    shape = shape_of([int(number) for number in match[3].split(b",") if number.strip()])
    if prod(shape) * dtype.itemsize != len(raw) - size - length:
        raise Malformed(f"one of its arrays does not fit its shape {shape}")
    flat = np.frombuffer(bytearray(memoryview(raw)[size + length:]), dtype)
    return flat.reshape(shape, order="F" if match[2] == b"True" else "C")
