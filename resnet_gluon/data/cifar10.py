"""CIFAR-10 (Krizhevsky 2009, "Learning multiple layers of features from tiny images"): where from, and verified.

Both published versions hold the same images: the python version in pickles, which are opened only once their checksum
is that of the published file, the binary version as 3,073 bytes an image.
"""
import hashlib
import pickle
import tarfile
from functools import partial
from pathlib import Path
from typing import Any, Tuple

from resnet_gluon.bounded import Malformed, Source, content_of, refusing, regular_file
from resnet_gluon.data.dataset import Dataset
from resnet_gluon.data.downloads import LOAD, Clock, alone, fetch
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

import numpy as np

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
EDITION = "2009"
BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch")

#: checksum of a file → which batch it is. md5: of the python version; sha1: of the binary version.
CHECKSUMS = {
    "c99cafc152244af753f735de768cd75f": BATCHES[0], "d4bba439e000b95fd0a9bffe97cbabec": BATCHES[1],
    "54ebc095f3ab1f0389bbae665268c751": BATCHES[2], "634d18415352ddfa80567beed471001a": BATCHES[3],
    "482c414d41f54cd18b22e5b47cb7c3cb": BATCHES[4], "40351d587109b95175f43aff81a1287e": BATCHES[5],
    "aadd24acce27caa71bf4b10992e9e7b2d74c2540": BATCHES[0], "c0ba65cce70568cd57b4e03e9ac8d2a5367c1795": BATCHES[1],
    "1dd00a74ab1d17a6e7d73e185b69dbf31242f295": BATCHES[2], "aab85764eb3584312d3c7f65fd2fd016e36a258e": BATCHES[3],
    "26e2849e66a845b7f1e4614ae70f4889ae604628": BATCHES[4], "67eb016db431130d61cd03c7ad570b013799c88c": BATCHES[5],
}
LARGEST = 40_000_000  # bytes of a batch: nothing longer is read
LARGEST_ARCHIVE = 180_000_000
ARCHIVES = {"cifar-10-binary.tar.gz": "md5:c32a1d4ab5d03f1284b67883e8d87530",
            "cifar-10-python.tar.gz": "md5:c58f30108f718f92721af3b95e74349a"}
INSIDE = ("", "cifar-10-batches-py", "cifar-10-batches-bin", *ARCHIVES)  # of a folder: where the files may be
URL = "https://www.cs.toronto.edu/~kriz/"
ADVICE = (f"Download one of {', '.join(ARCHIVES)} from {URL}cifar.html and name it, or a folder that holds it, in "
          "RESNET_GLUON_CIFAR10.")


def parse(content, name):
    """Images (10000, 3, 32, 32) and labels of one batch file. Raises Malformed for bytes that are not published."""
    digests = hashlib.md5(content).hexdigest(), hashlib.sha1(content).hexdigest()
    known = next((CHECKSUMS[digest] for digest in digests if digest in CHECKSUMS), None)
    if known is None or not name.startswith(known):
        raise Malformed(f"its bytes (md5 {digests[0]}) are not those of CIFAR-10's file of this name")
    if name.endswith(".bin"):
        rows = np.frombuffer(content, np.uint8).reshape(-1, 1 + 3 * 32 * 32)
        return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0].astype(np.int32)
    batch = pickle.loads(content, encoding="bytes")  # known, byte for byte
    return np.asarray(batch[b"data"], np.uint8).reshape(-1, 3, 32, 32), np.asarray(batch[b"labels"], np.int32)


def wanted(names):
    """Which six of the names that there are hold the batches. Raises FileNotFoundError where one is missing."""
    suffix = ".bin" if BATCHES[0] + ".bin" in names else ""
    missing = [name + suffix for name in BATCHES if name + suffix not in names]
    if missing:
        raise FileNotFoundError(f"there is no {', '.join(missing)}")
    return [name + suffix for name in BATCHES]


def joined(parts):
    """The four arrays, from images and labels of the six batches."""
    return (*(np.concatenate(arrays) for arrays in zip(*parts[:5])), *parts[5])


def check_archive(source: Source) -> None:
    """Raise Malformed where a file is none of the published archives."""
    checksum = hashlib.md5()
    while source.left:
        checksum.update(source.exactly(min(1 << 20, source.left)))
    source.seek(0)
    if f"md5:{checksum.hexdigest()}" not in ARCHIVES.values():
        raise Malformed(f"its md5, {checksum.hexdigest()}, is not that of {' or '.join(ARCHIVES)}")


def verify(path: Any, of: Any) -> None:
    """Raise FileRefused, which calls the file `of`, where it is none of the published archives."""
    with refusing(lambda why: FileRefused(of, why)), regular_file(path, LARGEST_ARCHIVE) as source:
        check_archive(source)


def read_archive(path):
    """The four arrays of a published .tar.gz, known by its checksum before it is opened.

    Nothing is written: members are read, by their last name, if they are files.
    """
    with refusing(lambda why: FileRefused(path, why)), regular_file(path, LARGEST_ARCHIVE) as source:
        check_archive(source)
        with tarfile.open(fileobj=source, mode="r:gz") as archive:
            contents = {}
            for member in archive:
                name = Path(member.name).name
                if member.isfile() and member.size < LARGEST and name.startswith(BATCHES):
                    contents[name] = archive.extractfile(member).read()
        try:
            names = wanted(contents)
        except FileNotFoundError as error:
            raise Malformed(str(error)) from None
        return joined([parse(contents[name], name) for name in names])


def read_folder(folder):
    """The four arrays of a folder with the files."""
    parts = []
    for name in wanted({name for name in (*BATCHES, *(f"{name}.bin" for name in BATCHES)) if (folder / name).exists()}):
        with refusing(partial(FileRefused, folder / name)):
            parts.append(parse(content_of(folder / name, LARGEST), name))
    return joined(parts)


def read_place(place):
    """The four arrays of an archive, of a folder with the files, or of a folder that holds one of these."""
    errors = []
    for path in (Path(place, part) for part in INSIDE):
        try:
            if path.name.endswith(".gz") and path.exists() or path.is_file():
                return read_archive(path)
            if any((path / f"{BATCHES[0]}{suffix}").exists() for suffix in ("", ".bin")):
                return read_folder(path)
        except (OSError, ValueError) as error:
            errors.append(error if isinstance(error, FileRefused) else FileRefused(path, error))
    if errors:
        raise errors[0]
    raise FileNotFoundError(f"{short(place)} holds neither CIFAR-10's files nor one of its archives")


def download(archive: str, clock: Clock) -> Any:
    """The four arrays of a published archive, fetched from the authors' site if it is not there, or not right."""
    folder = cache_folder("cifar-10")
    path = folder / archive
    with alone(folder, clock):
        try:
            verify(path, path)
        except FileRefused:
            fetch(URL + archive, path, LARGEST_ARCHIVE, clock, partial(verify, of=path))
    return read_archive(path)


def find(root: Any, allow_download: bool) -> Tuple[str, Any]:
    """The first usable copy: (source, arrays). Raises DataNotFound where there is none."""
    places = asked_for(root, "RESNET_GLUON_CIFAR10", read_place)
    places.append(folder_place("an earlier download", cache_folder("cifar-10"), read_place))
    if allow_download:
        clock = Clock(3 * LOAD)  # for up to 340 MB
        places += [Place(f"download of {URL}{archive}", URL + archive, partial(download, archive, clock))
                   for archive in ARCHIVES]
    source, arrays, failures = first_usable(places)
    if arrays is None:
        raise DataNotFound("No usable copy of CIFAR-10. Tried:\n  " + "\n  ".join(failures) + "\n" + ADVICE)
    return str(source), arrays


class CIFAR10(Dataset):
    """CIFAR-10: 45,000 / 5,000 / 10,000 colour images of 32×32 in ten classes, verified, split and ready to be fed.

    Looked for in: `root`; $RESNET_GLUON_CIFAR10; an earlier download; the authors' site. Each of these can be one of
    the two published archives (python or binary version), or a folder with an archive or with the files that it holds.

    Parameters
    ----------
    root : path, optional
    download : bool
        False: do not try the authors' site (163 MB).
    **options
        `batch_size`, `train_images`, `quiet` as in `Dataset`, whose attributes it has.

    Raises DataNotFound (a RuntimeError) that lists every place tried.
    """

    def __init__(self, root: Any = None, *, download: bool = True, **options: Any) -> None:
        source, arrays = find(root, download)
        super().__init__("CIFAR-10", EDITION, source, arrays, CLASSES, validation=10, **options)
