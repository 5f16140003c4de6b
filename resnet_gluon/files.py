"""Files that are whole or not there, and checkpoints: arrays and facts under a checksum. Data, never code."""
import hashlib
import io
import json
import os
import re
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import mxnet as mx
import numpy as np

VERSION = 2
FIRST_EDITION = (" Format 1 is the first edition's, whose networks had other names for their parts: finish the run "
                 'with that edition, or go on from its best.params with load_weights(net, file, "first edition").')
HEAD = re.compile(rb"resnet_gluon checkpoint (\d+) ([0-9a-f]{64})")


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
    try:
        head, _, content = Path(path).read_bytes().partition(b"\n")
    except OSError as error:
        raise CheckpointRefused(f"{path} cannot be read: {error.strerror}") from error
    match = HEAD.fullmatch(head)
    if not match:
        raise CheckpointRefused(f"{path} is not a checkpoint of this package")
    version, checksum = match[1].decode(), match[2].decode()
    if version != str(VERSION):
        raise CheckpointRefused(f"{path} has the checkpoint format {version}; this package reads format {VERSION}."
                                + (FIRST_EDITION if version == "1" else ""))
    if hashlib.sha256(content).hexdigest() != checksum:
        raise CheckpointRefused(f"{path} is damaged or cut short: its checksum does not fit its content")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return arrays, json.loads(arrays.pop("facts").tobytes())
    except (ValueError, KeyError, EOFError, OSError, BadZipFile) as error:
        raise CheckpointRefused(f"{path} has a checksum that fits, but not a checkpoint's content: {error}") from error
