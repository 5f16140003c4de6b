"""The search that all data sets share: places in order, the first usable one, and what was wrong with the others."""
import os
from pathlib import Path
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple

from resnet_gluon.notices import warn
from resnet_gluon.settings import folder_in


class DataNotFound(RuntimeError):
    """No place held a usable copy; the message lists every place and what was wrong with it."""


class FileRefused(ValueError):
    """A file that is not what its data set needs. `path` names it."""

    def __init__(self, path: Any, why: Any) -> None:
        super().__init__(f"{short(path)} refused: {why}")
        self.path = path


class Place(NamedTuple):
    """Where to look. label: for failures; source: what a data set says of itself; asked: the reader named it."""
    label: str
    source: str
    read: Callable[[], Any]
    asked: bool = False


def short(path: Any) -> str:
    """`path` with the home folder written as ~."""
    home, path = os.path.expanduser("~"), str(path)
    return "~" + path[len(home):] if path.startswith(home + os.sep) else path


def cache_folder(name: str) -> Path:
    """Where earlier downloads of this data set are."""
    import pooch
    return Path(pooch.os_cache("resnet-gluon"), name)


def folder_place(label: str, folder: Any, read: Callable[[Any], Any], asked: bool = False) -> Place:
    """The place `folder`, which `read(folder)` reads."""
    return Place(label, f"{label} ({short(folder)})", lambda: read(folder), asked)


def asked_for(root: Any, variable: str, read: Callable[[Any], Any]) -> List[Place]:
    """The places that a reader names: `root`, and the folder in this environment variable."""
    named = (("the folder given", root), (variable, folder_in(variable)))
    return [folder_place(label, folder, read, asked=True) for label, folder in named if folder is not None]


def first_usable(places: Sequence[Place]) -> Tuple[Optional[str], Any, List[str]]:
    """(source, what was read, failures) of the first place whose `read()` succeeds.

    Failures are lines that say what was wrong elsewhere. Refused files, and places that the reader asked for, are said
    in a warning too. Where no place is usable: (None, None, failures).
    """
    failures: List[str] = []
    for place in places:
        try:
            return place.source, place.read(), failures
        except (OSError, ValueError) as error:  # FileRefused is a ValueError; requests' errors are OSErrors
            failures.append(f"{place.label}: {error}")
            if place.asked or isinstance(error, FileRefused):
                warn(f"{failures[-1]}. The search goes on.")
    return None, None, failures
