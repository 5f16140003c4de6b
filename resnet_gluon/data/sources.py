"""Where Fashion-MNIST comes from: folders, mirrors, the bundled subset; and how a file is known to be what it claims.

Fashion-MNIST: Xiao, Rasul and Vollgraf 2017 (arXiv:1708.07747), MIT licence. Two editions exist: that of 2017-08-26
held duplicates, that of 2017-08-31 does not (zalandoresearch/fashion-mnist#44). Accuracies on them differ.
"""
import gzip
import hashlib
import os
import warnings
import zlib
from functools import partial
from pathlib import Path

from resnet_gluon.settings import data_folder

import numpy as np

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
OFFICIAL, OLD, SUBSET = "2017-08-31", "2017-08-26 (with duplicates)", "2017-08-31 (subset)"

#: checksum → (edition, file). md5 is of the decompressed bytes; of the old edition only the sha1 of the .gz is known.
CHECKSUMS = {
    "md5:f4a8712d7a061bf5bd6d2ca38dc4d50a": (OFFICIAL, FILES[0]),
    "md5:9018921c3c673c538a1fc5bad174d6f9": (OFFICIAL, FILES[1]),
    "md5:8181f5470baa50b63fa0f6fddb340f0a": (OFFICIAL, FILES[2]),
    "md5:15d484375f8d13e6eb1aabb0c3f46965": (OFFICIAL, FILES[3]),
    "gz-sha1:0cf37b0d40ed5169c6b3aba31069a9770ac9043d": (OLD, FILES[0]),
    "gz-sha1:236021d52f1e40852b06a4c3008d8de8aef1e40b": (OLD, FILES[1]),
    "gz-sha1:626ed6a7c06dd17c0eec72fa3be1740f146a2863": (OLD, FILES[2]),
    "gz-sha1:17f9ab60e7257a1620f4ad76bbbaf857c3920701": (OLD, FILES[3]),
    "md5:5ea348305eca07bfe76ed7f42143dabf": (SUBSET, FILES[0]),
    "md5:a1647a8931db75920068476cfb1909a4": (SUBSET, FILES[1]),
    "md5:c5442ce2f064c32bf3ec2983a505322f": (SUBSET, FILES[2]),
    "md5:a00963b89d54a5ab6dc42b2b2c57c0e7": (SUBSET, FILES[3]),
}
LARGEST = 16 + 60_000 * 28 * 28  # bytes of the largest file, decompressed: nothing longer is read

DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
SUBSET_FOLDER = Path(__file__).with_name("fashion_mnist_subset")
ASKED_FOR = ("the folder given", "RESNET_GLUON_DATA", "RESNET_GLUON_CIFAR10")  # places whose failure is worth a warning
MIRRORS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)


class DataNotFound(RuntimeError):
    """No place held a usable copy; the message lists every place and what was wrong with it."""


class FileRefused(ValueError):
    """A file that is not, byte for byte, part of a known edition. `path` names it."""

    def __init__(self, path, why):
        super().__init__(f"{short(path)} refused: {why}")
        self.path = path


def short(path):
    """`path` with the home folder written as ~."""
    home, path = os.path.expanduser("~"), str(path)
    return "~" + path[len(home):] if path.startswith(home + os.sep) else path


def read_file(path):
    """Decompress (if it ends in .gz), verify and parse one file: returns (edition, file name, uint8 array)."""
    try:
        raw = Path(path).read_bytes()
        content = raw
        if str(path).endswith(".gz"):
            with gzip.open(path) as stream:
                content = stream.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused(path, f"it cannot be read ({error})") from error
    md5, sha1 = "md5:" + hashlib.md5(content).hexdigest(), "gz-sha1:" + hashlib.sha1(raw).hexdigest()
    known = CHECKSUMS.get(md5) or CHECKSUMS.get(sha1)
    if known is None:
        raise FileRefused(path, f"its decompressed bytes ({md5}) belong to no known edition of Fashion-MNIST")
    dimensions = content[3]  # IDX format: two zeros, the type, the number of dimensions, each as a big-endian int32
    shape = np.frombuffer(content, ">i4", count=dimensions, offset=4)
    return known + (np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape),)


def read_folder(folder):
    """Read the four files of one folder: returns (edition, [train images, train labels, test images, test labels]).

    Raises FileNotFoundError where one of them is missing, FileRefused where one is not what its name says or where
    they are of different editions.
    """
    editions, arrays = [], []
    for name in FILES:
        path = next((p for p in (Path(folder, name + ".gz"), Path(folder, name)) if p.is_file()), None)
        if path is None:
            raise FileNotFoundError(f"{short(folder)} has no {name}.gz")
        edition, content_name, array = read_file(path)
        if content_name != name:
            raise FileRefused(path, f"its content is that of {content_name}")
        if editions and edition != editions[0]:
            raise FileRefused(path, f"it is of edition {edition}, the files beside it are of {editions[0]}")
        editions.append(edition)
        arrays.append(array)
    return editions[0], arrays


def cache_folder(name="fashion-mnist"):
    import pooch
    return Path(pooch.os_cache("resnet-gluon"), name)


def folders(root):
    """(label, folder) of every place on this machine, in the order in which they are looked at."""
    of_mxnet = Path(os.environ.get("MXNET_HOME") or os.path.expanduser("~/.mxnet"), "datasets", "fashion-mnist")
    places = ((ASKED_FOR[0], root), (ASKED_FOR[1], data_folder()), ("MXNet's folder", of_mxnet),
              ("Debian's package dataset-fashion-mnist", DEBIAN_FOLDER), ("an earlier download", cache_folder()))
    return [(label, folder) for label, folder in places if folder is not None]


def download(mirror, folder):
    """Fetch what `folder` lacks of the four files from `mirror`, and read the folder. Refused files are deleted."""
    import pooch
    for path in (Path(folder, name + ".gz") for name in FILES):
        try:
            if path.is_file():
                read_file(path)
        except FileRefused:
            path.unlink()  # damaged since it was downloaded: it is not to cost the first mirror its turn
    fetcher = pooch.create(path=folder, base_url=mirror, registry={name + ".gz": None for name in FILES},
                           retry_if_failed=1)
    for name in FILES:
        fetcher.fetch(name + ".gz", downloader=pooch.HTTPDownloader(progressbar=True, timeout=20))
    try:
        return read_folder(folder)
    except FileRefused as error:
        Path(error.path).unlink()
        raise


def first_usable(places):
    """(source, what was read, failures) of the first of these (label, source, read) whose `read()` succeeds.

    Failures are lines that say what was wrong elsewhere; refused files, and places that were asked for, are said in a
    warning too. Where no place is usable: (None, None, failures).
    """
    failures = []
    for label, source, read in places:
        try:
            return source, read(), failures
        except (OSError, ValueError) as error:  # FileRefused is a ValueError; requests' errors are OSErrors
            failures.append(f"{label}: {error}")
            if isinstance(error, FileRefused) or label in ASKED_FOR:
                warnings.warn(f"{failures[-1]}. The search goes on.", stacklevel=4)
    return None, None, failures


def find(root=None, allow_download=True, allow_subset=True):
    """The first usable copy: returns (edition, source, arrays). See `resnet_gluon.data.FashionMNIST`."""
    places = [(label, f"{label} ({short(folder)})", partial(read_folder, folder)) for label, folder in folders(root)]
    if allow_download:
        places += [(f"download from {mirror}", mirror, partial(download, mirror, cache_folder())) for mirror in MIRRORS]
    source, found, failures = first_usable(places)
    if found is None and allow_subset:
        subset = ("the bundled subset", "the subset bundled with resnet_gluon", partial(read_folder, SUBSET_FOLDER))
        source, found, more = first_usable([subset])
        failures += more
        if found:
            warnings.warn("Full Fashion-MNIST was not found; the bundled subset is used instead. Accuracies will be "
                          "lower. Tried:\n  " + "\n  ".join(failures), stacklevel=3)
    if found is None:
        raise DataNotFound("No usable copy of Fashion-MNIST. Tried:\n  " + "\n  ".join(failures) + "\nInstall Debian's "
                           "package dataset-fashion-mnist, or put the four .gz files of "
                           "github.com/zalandoresearch/fashion-mnist into a folder and name it in RESNET_GLUON_DATA.")
    return found[0], source, found[1]
