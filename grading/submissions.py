"""Finds what was handed in, and takes from it what is needed: the notebook's cells, and when it came.

What is refused, or odd, is said in words for the student's own row and page; it never stops the others.
"""
import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import List, Optional

from grading.assignments import Assignment
from grading.notebooks import LARGEST, Cell, parse
from grading.reading import Refused, folder, names, read, shown

MOST_STUDENTS, MOST_FILES = 100_000, 1000
LONGEST_NAME = 100
TIME = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?:[ T](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)?"
                  r" ?(?:UTC|Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))?")


@dataclass
class Submission:
    """What one student has handed in.

    student: the name for the gradebook, and `place` the one of folders made for it, which differ only where the name
    is odd. cells: of the notebook. refused: why it is not marked, else "". notes: what the student should know.
    """
    student: str
    place: str
    cells: List[Cell] = field(default_factory=list)
    time: Optional[datetime] = None
    refused: str = ""
    notes: List[str] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """Whether the name can stand in a gradebook as it is."""
        return self.student == self.place


def fit_for_a_gradebook(name: str) -> bool:
    """Whether a student's name is text of one line that no spreadsheet takes for a formula, and no shell for a flag."""
    return len(name) <= LONGEST_NAME and name.isprintable() and re.match(r"\w", name) is not None \
        and not set(name) & set('/\\:*?"<>|')


def unfit(name: str) -> Submission:
    """A submission under a name that cannot be used."""
    mark = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    found = Submission(shown(name).lstrip("=+-@"), re.sub(r"[^A-Za-z0-9]", "_", name[:40]) + "-" + mark)
    found.refused = ("the name of its folder cannot be used: at most 100 letters, digits and signs, the first a letter "
                     "or a digit, none of them / \\ : * ? \" < > |")
    return found


def submissions(course: str, assignment: Assignment) -> List[Submission]:
    """Return what all students have handed in for an assignment. Raises Refused where there is no such folder."""
    found = []
    with folder(os.path.join(course, "submitted")) as top:
        for name in names(top, MOST_STUDENTS):
            if name.startswith(".") or not handed_in(name, assignment.name, top):
                continue
            found.append(taken(name, assignment, top) if fit_for_a_gradebook(name) else unfit(name))
    return found


def handed_in(student: str, assignment: str, top: int) -> bool:
    """Whether there is anything for this assignment. Where it is of a wrong kind, that is said later."""
    about = os.stat(student, dir_fd=top, follow_symlinks=False)
    if not stat.S_ISDIR(about.st_mode):
        return not stat.S_ISREG(about.st_mode)  # plain files lie about, and are no student's
    try:
        with folder(student, at=top) as inside:
            os.stat(assignment, dir_fd=inside, follow_symlinks=False)
    except FileNotFoundError:
        return False
    except (Refused, OSError):
        return True
    return True


def taken(student: str, assignment: Assignment, top: int) -> Submission:
    """One student's submission."""
    found = Submission(student, student)
    try:
        with folder(student, at=top) as outer, folder(assignment.name, at=outer) as inner:
            inside = names(inner, MOST_FILES)
            found.time = time_of(inside, inner, found.notes)
            name = notebook_of(inside, assignment, found.notes)
            found.cells = parse(read(name, LARGEST, at=inner))
    except Refused as error:
        found.refused = str(error)
    except Exception as error:  # nothing that is in a submission may stop the others
        found.refused = f"it could not be read: {type(error).__name__}: {shown(str(error))}"
    return found


def notebook_of(inside: List[str], assignment: Assignment, notes: List[str]) -> str:
    """Return the name of the notebook: as the assignment's, or of the only one that is there."""
    wanted = f"{assignment.notebook}.ipynb"
    others = [name for name in inside if name.endswith(".ipynb") and not name.startswith(".")]
    if wanted in inside:
        return wanted
    if len(others) == 1:
        notes.append(f"taken from {shown(others[0])}, since there is no {wanted}")
        return others[0]
    there = ", ".join(map(shown, inside[:5])) or "nothing"
    raise Refused(f"there is no {wanted} in it; there is {there}")


def time_of(inside: List[str], at: int, notes: List[str]) -> Optional[datetime]:
    """Return when it was handed in, in UTC, as nbgrader's exchange and `make collect` note it."""
    if "timestamp.txt" not in inside:
        return None
    try:
        said = TIME.fullmatch(read("timestamp.txt", LONGEST_NAME, at=at).decode("ascii").strip())
        if said is None:
            raise ValueError
        time = datetime.fromisoformat(f"{said['day']} {said['time'] or '00:00'}")
        hours, minutes = int(said["hours"] or 0), int(said["minutes"] or 0)
        return time - (-1 if said["sign"] == "-" else 1) * timedelta(hours=hours, minutes=minutes)
    except (Refused, ValueError, OverflowError):
        notes.append("marked without the time of handing in: its timestamp.txt cannot be read")
        return None
