"""Takes in what was downloaded: notebooks, and zip files of notebooks, each under its student's name.

Names say whose a file is: STUDENT_NOTEBOOK.ipynb, with no `_` in STUDENT. A zip file whose own name begins with
`STUDENT_` can hold that student's files alone; one without a `_` can hold anybody's, as a course's website packs them.
What is refused is named, and stops nothing else.
"""
import os
import shutil
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

from grading.notebooks import LARGEST
from grading.reading import Refused, folder, names, read, shown, write_bytes
from grading.submissions import LONGEST_NAME, MOST_FILES, fit_for_a_gradebook

LARGEST_ZIP, MOST_DOWNLOADED = 1 << 30, 100_000


@dataclass(frozen=True)
class Found:
    """One file of a student. place: where it was found; rank: which counts where there are two, the smaller."""
    student: str
    name: str
    data: bytes
    place: str
    rank: int
    time: str = ""


def collect(course: Path, assignment: str) -> int:
    """Fill `submitted` from `downloaded/ASSIGNMENT/archive`. Returns 0: all taken, 1: some not, 2: nothing."""
    archive = course / "downloaded" / assignment / "archive"
    refused: List[str] = []
    taken: Dict[Tuple[str, str], Tuple[int, str]] = {}
    try:
        for found in candidates(str(archive), refused):
            key = (found.student, found.name)
            if key in taken and taken[key][0] <= found.rank:
                refused.append(f"{found.place}: {taken[key][1]} is taken instead")
                continue
            if found.student not in {student for student, _ in taken}:
                clear(course, found.student, assignment)
            taken[key] = (found.rank, found.place)
            store(course, found, assignment)
    except Refused as error:
        refused.append(str(error))
    for line in refused:
        print(f"collect: not taken: {line}", file=sys.stderr)
    print(f"collect: {len(taken)} notebooks of {len({student for student, _ in taken})} students are in submitted/")
    return 2 if not taken else 1 if refused else 0


def candidates(archive: str, refused: List[str]) -> Iterator[Found]:
    """Give all files that could be taken; notes what is none."""
    with folder(archive) as top:
        inside = names(top, MOST_DOWNLOADED)
        for name in sorted(inside, key=lambda name: (not name.endswith(".ipynb"), "_" not in name, name)):
            if name.startswith("."):
                continue
            try:
                if name.endswith(".ipynb"):
                    student, rest = owner(name)
                    yield Found(student, rest, read(name, LARGEST, at=top), shown(name), 0)
                elif name.endswith(".zip"):
                    yield from members(name, read(name, LARGEST_ZIP, at=top), refused)
                else:
                    raise Refused("a notebook (.ipynb) or a zip file is expected")
            except Refused as error:
                refused.append(f"{shown(name)}: {error}")


def owner(name: str) -> Tuple[str, str]:
    """Return the student and the notebook's name, from a file's name."""
    student, _, rest = name.partition("_")
    if not rest or not fit_for_a_gradebook(student) or not fit_for_a_gradebook(rest) or len(rest) > LONGEST_NAME:
        raise Refused("its name should be STUDENT_NOTEBOOK.ipynb, such as alice_residual_block.ipynb")
    return student, rest


def members(zip_name: str, data: bytes, refused: List[str]) -> Iterator[Found]:
    """Give the notebooks in a zip file. Nothing goes to the disk, and of no member more than a notebook's size."""
    only = zip_name.partition("_")[0] if "_" in zip_name else None
    with opened(data) as archive:
        infos = [info for info in archive.infolist() if info.filename.endswith(".ipynb")
                 and not os.path.basename(info.filename).startswith((".", "__MACOSX"))]
        if len(infos) > (MOST_FILES if only is None else 20):
            raise Refused(f"it holds {len(infos):,} notebooks, which are too many")
        for info in infos:
            place = f"{shown(info.filename)} in {shown(zip_name)}"
            try:
                student, rest = owner(os.path.basename(info.filename))
                if only is not None and student != only:
                    raise Refused(f"a zip file of {shown(only)} can hold no file of {shown(student)}")
                yield Found(student, rest, content(archive, info), place, 1 if only else 2)
            except Refused as error:
                refused.append(f"{place}: {error}")


def opened(data: bytes) -> zipfile.ZipFile:
    """Open a zip file. Raises Refused for what is none."""
    try:
        return zipfile.ZipFile(BytesIO(data))
    except Exception as error:  # zipfile has several
        raise Refused(f"it is not a zip file that can be read: {shown(str(error))}") from None


def content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a member, of at most a notebook's size whatever the directory says."""
    try:
        with archive.open(info) as file:
            data = file.read(LARGEST + 1)
    except Exception as error:  # encrypted, damaged, of an unknown method
        raise Refused(f"it cannot be read: {shown(str(error))}") from None
    if len(data) > LARGEST:
        raise Refused(f"it has more than {LARGEST:,} bytes")
    return data


def clear(course: Path, student: str, assignment: str) -> None:
    """Remove what was collected of a student before."""
    place = course / "submitted" / student / assignment
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True)


def store(course: Path, found: Found, assignment: str) -> None:
    """Write one notebook to where it is graded."""
    write_bytes(str(course / "submitted" / found.student / assignment / found.name), found.data)
