"""Labelled time series of the UCR archive (Dau et al. 2018, arXiv:1810.07758), from .ts files such as sktime ships.

Five sets come inside sktime's wheel, which the set-up installs; it need not be imported for them.
"""
import hashlib
import io
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, List, Tuple

from resnet_gluon.bounded import Malformed, brief, content_of, refusing
from resnet_gluon.data.dataset import Dataset
from resnet_gluon.data.sources import DataNotFound, FileRefused, asked_for, first_usable, folder_place, short

import numpy as np

#: name: md5 of the training and the test file as sktime 1.2.0 ships them.
CHECKSUMS = {
    "GunPoint": ("b7901fea64f1478306a5b2fd24bbadf3", "29b4dcc6cc288913e3d4b9dc414844ad"),
    "ItalyPowerDemand": ("5b8ff57b23e07dfa4913ac19e402db52", "5b922219fc85af1fa441fde521f7a25d"),
    "ArrowHead": ("b18c59c3492e526b7d999e5e1b645c92", "23178830d6783546d363da685f593f5b"),
    "OSULeaf": ("352ada2ec17753ad2f6908063f97bb94", "e8e9a5c1bff95a2bbcac1e024cd6be01"),
    "ACSF1": ("3e40c2609d59dc2f34ad069333beff5c", "8f1b297ec9583daad694b5890fffb78f"),
}


LARGEST = 512 << 20  # bytes of a file
MOST, LONGEST, LONGEST_LABEL = 200_000, 1_000_000, 100  # series; values of one in all its dimensions; characters


def parse_series(line: str) -> Tuple[np.ndarray, str]:
    """One series, float32 (C, W), and its label: values between commas, dimensions and the label between colons."""
    if line.count(",") + line.count(":") > LONGEST:
        raise Malformed(f"one of its series has more than {LONGEST:,} values")
    *channels, label = line.split(":")
    if len(label) > LONGEST_LABEL:
        raise Malformed(f"one of its labels has {len(label):,} characters")
    try:
        values = [[float(value) for value in channel.split(",")] for channel in channels]
    except ValueError as error:
        raise Malformed(f"its series are not numbers ({brief(str(error))})") from None
    if not values or len({len(channel) for channel in values}) != 1:
        raise Malformed("its series are not of one length")
    with np.errstate(over="ignore"):  # it is then infinite, and refused
        return np.array(values, np.float32), label.strip()


def parse(content: bytes) -> Tuple[np.ndarray, List[str]]:
    """Series, float32 (n, C, W), and their labels' names, of a .ts file of series of one length.

    Raises Malformed for whatever else there is.
    """
    head, _, body = content.decode("utf8").partition("@data")
    if not body or "@classlabel true" not in head.lower():
        raise Malformed("it is no .ts file with labels")
    found: List[Tuple[np.ndarray, str]] = []
    for line in filter(None, map(str.strip, io.StringIO(body, newline=None))):
        found.append(parse_series(line))
        if len(found) > MOST:
            raise Malformed(f"it has more than {MOST:,} series")
    if not found or len({series.shape for series, _ in found}) != 1:
        raise Malformed("its series are not of one length, or there are none")
    series = np.array([series for series, _ in found])
    if not np.isfinite(series).all():
        raise Malformed("its series hold something that is not finite")
    return series, [label for _, label in found]


def read_folder(name, folder):
    """Edition, classes and the four arrays of a set whose two files are in `folder`, or in a folder of its name."""
    read, known = [], []
    for part, checksum in zip(("TRAIN", "TEST"), CHECKSUMS.get(name, (None, None))):
        path = next((path for path in (Path(folder, name, f"{name}_{part}.ts"), Path(folder, f"{name}_{part}.ts"))
                     if path.exists()), None)
        if path is None:
            raise FileNotFoundError(f"{short(folder)} has no {name}_{part}.ts")
        with refusing(partial(FileRefused, path)):
            content = content_of(path, LARGEST)
            known.append(hashlib.md5(content).hexdigest() == checksum)
            read.append(parse(content))
    if read[0][0].shape[1:] != read[1][0].shape[1:]:
        raise FileRefused(folder, f"{name}'s training and test series differ in shape: "
                                  f"{read[0][0].shape[1:]} and {read[1][0].shape[1:]}")
    classes = sorted(set(read[0][1]))
    numbers = {label: number for number, label in enumerate(classes)}
    if not set(read[1][1]) <= set(classes):
        raise FileRefused(folder, f"{name}'s test labels are not all among the training labels {brief(str(classes))}")
    arrays = [part for series, labels in read
              for part in (series, np.array([numbers[label] for label in labels], np.int32))]
    return "as in sktime 1.2.0" if all(known) else "of unknown checksum", classes, arrays


def sktime_folder():
    """The folder of data inside the installed sktime, or None."""
    spec = find_spec("sktime")
    return Path(spec.submodule_search_locations[0], "datasets", "data") if spec else None


class UCR(Dataset):
    """A set of the UCR archive by its name: "GunPoint", "ItalyPowerDemand", "ArrowHead", "OSULeaf", "ACSF1" ….

    Looked for in: `root`; $RESNET_GLUON_UCR; the installed sktime. The archive's own division into training and test
    series is kept. There are too few training series to hold some back: `val` is the training split again, so that its
    accuracy is no estimate of anything, and nothing should be chosen by it.

    Parameters
    ----------
    name : str
    root : path, optional
        A folder with NAME_TRAIN.ts and NAME_TEST.ts, or with a folder NAME that holds them.
    **options
        `batch_size`, `train_images`, `quiet` as in `Dataset`, whose attributes it has. `edition` says whether the files
        are, byte for byte, those that sktime ships.

    Raises DataNotFound (a RuntimeError) that lists every place tried.
    """

    def __init__(self, name: str, root: Any = None, *, batch_size: int = 16, **options: Any) -> None:
        places = asked_for(root, "RESNET_GLUON_UCR", partial(read_folder, name))
        if sktime_folder():
            inside = folder_place("sktime", sktime_folder(), partial(read_folder, name))
            places.append(inside._replace(source="the package sktime"))
        source, found, failures = first_usable(places)
        if found is None:
            raise DataNotFound(f"No usable copy of {name}. Tried:\n  " + "\n  ".join(failures or ["nowhere"])
                                       + "\nCall make setup, which brings sktime, or name a folder with "
                                       f"{name}_TRAIN.ts and {name}_TEST.ts in RESNET_GLUON_UCR.")
        edition, classes, arrays = found
        super().__init__(name, edition, str(source), arrays, classes, validation=None, batch_size=batch_size, **options)
