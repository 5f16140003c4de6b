"""Fashion-MNIST: where its files are, how each is known to be what it claims, and the data set that they make.

Xiao, Rasul and Vollgraf 2017 (arXiv:1708.07747), MIT licence. Two editions exist: that of 2017-08-26 held duplicates,
that of 2017-08-31 does not (zalandoresearch/fashion-mnist#44). Accuracies on them differ.
"""
import hashlib
import os
import zlib
from functools import partial
from pathlib import Path
from typing import Any, List, Optional, Tuple

from resnet_gluon.bounded import Malformed, content_of, refusing, shape_of
from resnet_gluon.data.dataset import Dataset
from resnet_gluon.data.downloads import Clock, alone, fetch
from resnet_gluon.data.sources import (
    DataNotFound,
    FileRefused,
    Place,
    asked_for,
    cache_folder,
    first_usable,
    folder_place,
    short,
)
from resnet_gluon.notices import warn

import numpy as np

CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
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
COMPRESSED = LARGEST + (1 << 16)  # bytes of a file, as it lies there or comes

DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
SUBSET_FOLDER = Path(__file__).with_name("fashion_mnist_subset")
MIRRORS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)


def read_file(path: Any, name: Optional[str] = None, of: Any = None) -> Tuple[str, str, np.ndarray]:
    """Decompress (if its name ends in .gz), verify and parse one file: returns (edition, file name, uint8 array).

    name: which file it is to be, if that is known. of: what to call it in errors, and by which name to go.
    """
    of = of or path
    with refusing(lambda why: FileRefused(of, why), but=FileNotFoundError):
        raw = content_of(path, COMPRESSED)
        content = decompressed(raw) if str(of).endswith(".gz") else raw
        md5, sha1 = "md5:" + hashlib.md5(content).hexdigest(), "gz-sha1:" + hashlib.sha1(raw).hexdigest()
        edition, content_name = CHECKSUMS.get(md5) or CHECKSUMS.get(sha1) or (None, None)
        if edition is None or content_name is None:
            raise Malformed(f"its decompressed bytes ({md5}) belong to no known edition of Fashion-MNIST")
        if name is not None and content_name != name:
            raise Malformed(f"its content is that of {content_name}")
        dimensions = content[3]  # IDX format: two zeros, the type, the number of dimensions, each as a big-endian int32
        shape = shape_of(np.frombuffer(content, ">i4", count=min(dimensions, 9), offset=4).tolist())
        return edition, content_name, np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def decompressed(raw: bytes) -> bytes:
    """The one member of a gzip file, at most as long as the longest file. Raises Malformed for whatever is else."""
    member = zlib.decompressobj(31)
    content = member.decompress(raw, LARGEST + 1)
    if len(content) > LARGEST:
        raise Malformed(f"it decompresses to more than the {LARGEST:,} bytes of the largest file")
    if not member.eof or member.unused_data.strip(b"\0"):
        raise Malformed("it is no whole gzip file, or more than one")
    return content


def read_folder(folder: Any) -> Tuple[str, List[np.ndarray]]:
    """Read the four files of one folder: returns (edition, [train images, train labels, test images, test labels]).

    Raises FileNotFoundError where one of them is missing, FileRefused where one is not what its name says or where
    they are of different editions.
    """
    editions: List[str] = []
    arrays: List[np.ndarray] = []
    for name in FILES:
        path = next((p for p in (Path(folder, name + ".gz"), Path(folder, name)) if p.exists()), None)
        if path is None:
            raise FileNotFoundError(f"{short(folder)} has no {name}.gz")
        edition, _, array = read_file(path, name)
        if editions and edition != editions[0]:
            raise FileRefused(path, f"it is of edition {edition}, the files beside it are of {editions[0]}")
        editions.append(edition)
        arrays.append(array)
    return editions[0], arrays


def download(mirror: str, folder: Any, clock: Clock) -> Tuple[str, List[np.ndarray]]:
    """Fetch what `folder` lacks of the four files from `mirror`, and read the folder.

    A file takes its place there only once it is known to be the one of this name. Where that gives two editions, all
    four come from the mirror. Raises FileRefused where a file is another one, and OSError where none comes.
    """
    with alone(Path(folder), clock):
        for keep in (True, False):
            if len({obtain(mirror, Path(folder), name, clock, keep) for name in FILES}) == 1:
                break
        return read_folder(folder)


def obtain(mirror: str, folder: Path, name: str, clock: Clock, keep: bool) -> str:
    """Have one file in `folder`, from `mirror` if it is not there, or not right, or not to be kept: its edition."""
    path = folder / (name + ".gz")
    if keep:
        try:
            return read_file(path, name)[0]
        except (FileNotFoundError, FileRefused):
            pass
    return str(fetch(mirror + path.name, path, COMPRESSED, clock, partial(read_file, name=name, of=path))[0])


def places(root: Any, allow_download: bool) -> List[Place]:
    """Every place in the order in which they are looked at, but for the bundled subset."""
    of_mxnet = Path(os.environ.get("MXNET_HOME") or os.path.expanduser("~/.mxnet"), "datasets", "fashion-mnist")
    cache = cache_folder("fashion-mnist")
    found = asked_for(root, "RESNET_GLUON_DATA", read_folder)
    for label, folder in (("MXNet's folder", of_mxnet), ("Debian's package dataset-fashion-mnist", DEBIAN_FOLDER),
                          ("an earlier download", cache)):
        found.append(folder_place(label, folder, read_folder))
    if allow_download:
        clock = Clock()
        found += [Place(f"download from {mirror}", mirror, partial(download, mirror, cache, clock))
                  for mirror in MIRRORS]
    return found


def find(root: Any, allow_download: bool, allow_subset: bool) -> Tuple[str, str, List[np.ndarray]]:
    """The first usable copy: (edition, source, arrays). Raises DataNotFound where there is none."""
    source, found, failures = first_usable(places(root, allow_download))
    if found is None and allow_subset:
        source, found, more = first_usable([Place("the bundled subset", "the subset bundled with resnet_gluon",
                                                  partial(read_folder, SUBSET_FOLDER))])
        failures += more
        if found is not None:
            warn("Full Fashion-MNIST was not found; the bundled subset is used instead. Accuracies will be lower. "
                 "Tried:\n  " + "\n  ".join(failures))
    if found is None:
        raise DataNotFound("No usable copy of Fashion-MNIST. Tried:\n  " + "\n  ".join(failures) + "\nInstall Debian's "
                           "package dataset-fashion-mnist, or put the four .gz files of "
                           "github.com/zalandoresearch/fashion-mnist into a folder and name it in RESNET_GLUON_DATA.")
    return found[0], str(source), found[1]


class FashionMNIST(Dataset):
    """Fashion-MNIST, verified, split and ready to be fed.

    Looked for in: `root`; $RESNET_GLUON_DATA; $MXNET_HOME/datasets/fashion-mnist; Debian's package
    dataset-fashion-mnist; an earlier download; the public mirrors; the subset of 6,000 images bundled with the
    package. Files are verified by the checksum of their decompressed bytes. What is refused, and a fall-back to the
    subset, is said in a warning; one line says what was loaded.

    Parameters
    ----------
    root : path, optional
        A folder with the four files, gzipped or not.
    download, subset : bool
        False: do not try the mirrors, do not fall back to the subset.
    **options
        `batch_size`, `train_images`, `quiet` as in `Dataset`.

    Attributes
    ----------
    train, val, test : Split
        55,000 / 5,000 / 10,000 images of the full set, 28×28, uint8. Training and validation are stratified by class
        and drawn with the fixed seed 2015. The test set is for the last cell only.
    mean, std : float
        Of the training split's pixels, on the scale 0 … 1.
    edition, source, is_subset : str, str, bool
        What was loaded and whence.

    Raises DataNotFound (a RuntimeError) that lists every place tried, and ValueError for arguments out of range.
    """

    def __init__(self, root: Any = None, *, download: bool = True, subset: bool = True, **options: Any) -> None:
        edition, source, arrays = find(root, download, subset)
        self.is_subset = edition == SUBSET
        super().__init__("Fashion-MNIST", edition, source, arrays, CLASSES, **options)
