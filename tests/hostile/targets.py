"""What fuzzing gives to each loader: bytes, made into a file whose checksums fit, so that what lies behind them is met.

A corpus is in `corpus/LOADER/`, as `make_corpus.py` writes it.
"""
import gzip
import hashlib
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, NamedTuple

from resnet_gluon.data import FileRefused, cifar10, fashion_mnist, ucr
from resnet_gluon.files import CheckpointRefused, read_checkpoint
from resnet_gluon.weights import WeightsRefused, read_tensors


class Target(NamedTuple):
    """A loader. made: writes bytes into a folder, and returns what to read. modules: its lines, for the coverage."""
    read: Callable
    error: Any
    made: Callable
    modules: tuple


class Anything:
    """A table of checksums that knows all of them."""

    def __init__(self, *value):
        self.value = value

    def __contains__(self, _):
        return True

    def __getitem__(self, _):
        return self.value[0]

    def get(self, _, default=None):
        return self.value[0]

    def values(self):
        return self

    def __iter__(self):
        return iter(("cifar-10-binary.tar.gz",))


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def written(name):
    """The bytes as they are, in a file."""
    def made(content, folder):
        path = Path(folder, name)
        path.write_bytes(content)
        return path
    return made


def pytorch_zip(content, folder):
    """A zip as it is; whatever else as the pickle in one."""
    if content[:2] != b"PK":
        content = zipped({"net/data.pkl": content, "net/data/0": bytes(16), "net/data/1": bytes(8)})
    return written("weights")(content, folder)


def checkpoint(content, folder):
    """A zip under a fitting checksum; an array, or facts, in such a zip; whatever else as it is."""
    facts = b"\x93NUMPY\1\0\x46\0{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }".ljust(79) + b"\n{}"
    if content[:6] == b"\x93NUMPY":
        content = zipped({"facts.npy": facts, "a.npy": content})
    elif content[:1] in (b"{", b"["):
        shape = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({len(content)},), }}".encode().ljust(117) + b"\n"
        content = zipped({"facts.npy": b"\x93NUMPY\1\0\x76\0" + shape + content})
    if content[:2] == b"PK":
        content = b"resnet_gluon checkpoint 2 " + hashlib.sha256(content).hexdigest().encode() + b"\n" + content
    return written("last.checkpoint")(content, folder)


def fashion(content, folder):
    """A gzip file as it is; whatever else compressed. Every checksum counts as known."""
    fashion_mnist.CHECKSUMS = Anything((fashion_mnist.OFFICIAL, fashion_mnist.FILES[0]))
    content = content if content[:2] == b"\x1f\x8b" else gzip.compress(content, 1)
    return written(fashion_mnist.FILES[0] + ".gz")(content, folder)


def cifar(content, folder):
    """A .tar.gz as it is, a tar compressed, whatever else as one of six files. Every checksum counts as known.

    Python's pickles are left out: they are opened only under the checksums of the published files.
    """
    cifar10.CHECKSUMS, cifar10.ARCHIVES = Anything(""), Anything()
    cifar10.pickle = SimpleNamespace(loads=refuse)
    if content[:2] == b"\x1f\x8b" or content[257:262] == b"ustar":
        content = content if content[:2] == b"\x1f\x8b" else gzip.compress(content, 1)
        return written("cifar-10-binary.tar.gz")(content, folder)
    batches = Path(folder, "batches")
    batches.mkdir(exist_ok=True)
    for name in cifar10.BATCHES:
        (batches / (name + ".bin")).write_bytes(content if name == cifar10.BATCHES[2] else bytes(3073))
    return batches


def refuse(*_, **__):
    raise ValueError("a pickle")


def series(content, folder):
    """Training and test file, with a line of "%" between them."""
    train, _, test = content.partition(b"\n%\n")
    written("Small_TRAIN.ts")(train, folder)
    return written("Small_TEST.ts")(test or train, folder).parent


WEIGHTS = ("bounded", "weights.arrays", "weights.tensor_files")
PYTORCH = ("weights.pytorch_files", "weights.unpickling")
TARGETS = {
    "pytorch-zip": Target(read_tensors, WeightsRefused, pytorch_zip, WEIGHTS + PYTORCH),
    "pytorch-legacy": Target(read_tensors, WeightsRefused, written("weights"), WEIGHTS + PYTORCH),
    "safetensors": Target(read_tensors, WeightsRefused, written("weights"), WEIGHTS),
    "mxnet": Target(read_tensors, WeightsRefused, written("weights"), WEIGHTS),
    "checkpoint": Target(read_checkpoint, CheckpointRefused, checkpoint, ("bounded", "files")),
    "fashion-mnist": Target(fashion_mnist.read_file, FileRefused, fashion, ("bounded", "data.fashion_mnist")),
    "cifar-10": Target(cifar10.read_place, FileRefused, cifar, ("bounded", "data.cifar10")),
    "ucr": Target(lambda folder: ucr.read_folder("Small", folder), FileRefused, series, ("bounded", "data.ucr"))}


def attempt(name, content, folder):
    """Whether the loader reads a file of these bytes. Raises whatever it raises but its one error."""
    target = TARGETS[name]
    asked = target.made(content, folder)
    try:
        target.read(asked)
    except target.error as error:
        if "MemoryError" in str(error) or "RecursionError" in str(error):
            raise AssertionError(f"refused for want of room only: {error}") from error
        return False
    return True
