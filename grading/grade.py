"""Marks all submissions of an assignment, each on its own, and writes grades.csv whatever comes of them."""
import fcntl
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, List, Optional, Sequence, Tuple

from grading.assignments import Assignment, Faulty, assignment
from grading.containing import SAID, Containment, Limits, best_wall, package, python
from grading.gradebook import Book
from grading.marking import Judge, Verdict
from grading.notebooks import Cell
from grading.reading import Refused, shown
from grading.scratch import remove, scratch
from grading.seals import Seal
from grading.submissions import Submission, submissions
from grading.writing import Outcome, outcomes, write_all, write_grades

ALL, SOME, NONE = 0, 1, 2  # how `grade` ends: all marked, some not, nothing at all


class Stopped(Exception):
    """Why no further submission can be graded."""


def grade(course: Path, name: str, limits: Limits, wall: str = "") -> int:
    """Grade the assignment `name` of a course. wall: one of `containing.WALLS`; "" for the best that works here."""
    try:
        asked = assignment(str(course), name)
        with locked(course):
            return grade_all(course, asked, limits, wall)
    except (Faulty, Refused) as error:
        print(f"grade: {error}", file=sys.stderr)
        return NONE


def grade_all(course: Path, asked: Assignment, limits: Limits, wall: str) -> int:
    """Grade one assignment, and return how that ended."""
    book = opened(course, asked)
    found: List[Outcome] = []
    try:
        with scratch() as folder, Judge(folder) as judge:
            waiting = submissions(str(course), asked)
            wall = wall or best_wall(folder)
            print(f"grade: {SAID[wall]}", flush=True)
            grader = Grader(course, asked, limits, wall, folder, judge, book)
            for number, submission in enumerate(waiting):
                found.append(grader.grade(submission, number))
                print(found[-1].said, flush=True)
    finally:
        write_grades(course, table(book), [*earlier(course, asked, found), *found])
        if book is not None:
            book.close()
    return summary(found)


class Grader:
    """All that grading a submission takes, besides the submission."""

    def __init__(self, course: Path, asked: Assignment, limits: Limits, wall: str, folder: Path, judge: Judge,
                 book: Optional[Book]) -> None:
        self.course, self.asked, self.limits, self.wall = course, asked, limits, wall
        self.folder, self.judge, self.book = folder, judge, book
        self.stopped = ""
        self.environment = Seal([package(), *map(Path, python())]) if wall == "none" else None

    def grade(self, submission: Submission, number: int) -> Outcome:
        """Mark one submission and write it up. Whatever goes wrong is a note in its own row."""
        verdicts: List[Verdict] = []
        try:
            if submission.refused or self.stopped:
                raise Refused(submission.refused or self.stopped)
            verdicts, reason = self.mark(submission, number)
            why = ""
            submission.notes += [reason] * bool(reason)
        except Exception as error:  # nothing that a submission brings about may stop the others
            why = shown(str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}", 500)
        points = {test.name: test.points * (number < len(verdicts) and verdicts[number].passed)
                  for number, test in enumerate(self.asked.tests)}
        outcome = Outcome(submission.student, submission.place, self.asked.name, str(submission.time or ""),
                          float(sum(points.values())), self.asked.points, not why,
                          "; ".join([f"not marked: {why}"] * bool(why) + submission.notes))
        if submission.known:
            outcome = self.enter(outcome, points, submission)
        return self.write(outcome, submission.cells, verdicts)

    def mark(self, submission: Submission, number: int) -> Tuple[List[Verdict], str]:
        """Return the verdicts, and why the student's process was stopped, if it was."""
        place = self.folder / str(number)
        place.mkdir()
        contained = Containment(self.wall, place, self.limits, self.asked.beside)
        cells = [cell.source for cell in [*self.asked.missing(submission.cells), *submission.cells] if self.runs(cell)]
        seal = Seal([self.course]) if self.wall == "none" else None
        try:
            verdicts = self.judge.mark(cells, self.asked.tests, contained)
            reason = contained.reason()
        finally:
            remove(place)
            changed = [name for one in (seal, self.environment) if one is not None for name in one.broken()]
            if changed:
                self.stopped = (f"grading was stopped: while the submission of {submission.student} ran, "
                                f"{len(changed)} files of the course or of Python changed: {', '.join(changed[:3])}")
        if changed:
            raise Refused(f"files outside its folder changed while it ran: {', '.join(changed[:3])}")
        return verdicts, reason

    def runs(self, cell: Cell) -> bool:
        """Whether a cell is run: code, but for the tests, which are the judge's, and what students check with."""
        tests = {test.name for test in self.asked.tests}
        return cell.kind == "code" and "skip-execution" not in cell.tags and cell.name not in tests

    def enter(self, outcome: Outcome, points: dict, submission: Submission) -> Outcome:
        """Enter the points into the gradebook, and say what is no longer there: a mark that was better than none."""
        if self.book is None:
            return with_note(outcome, "the gradebook could not be used")
        try:
            before = self.book.score(outcome.student)
            self.book.enter(outcome.student, points, submission.time)
        except Exception as error:
            return with_note(outcome, f"the gradebook did not take it: {shown(str(error))}")
        if not outcome.marked and before:
            return with_note(outcome, f"an earlier submission had {before:g} of {outcome.max_score:g}, which no longer "
                                      "counts")
        return outcome

    def write(self, outcome: Outcome, cells: Sequence[Cell], verdicts: Sequence[Verdict]) -> Outcome:
        """Write the page and what else is kept of it."""
        try:
            write_all(self.course, self.asked, outcome, cells, verdicts)
        except Exception as error:
            return with_note(outcome, f"its page could not be written: {shown(str(error))}")
        return outcome


def with_note(outcome: Outcome, note: str) -> Outcome:
    """Return the same outcome with one more note."""
    return Outcome(**{**outcome.__dict__, "note": "; ".join(filter(None, (outcome.note, note)))})


def opened(course: Path, asked: Assignment) -> Optional[Book]:
    """Open the gradebook; None where that fails, for grades.csv comes all the same."""
    try:
        return Book(course, asked)
    except Exception as error:
        print(f"grade: the gradebook cannot be used, so marks given by hand are left out: {shown(str(error), 300)}",
              file=sys.stderr)
        return None


def table(book: Optional[Book]) -> List[dict]:
    """Return the gradebook's rows, none where there is no gradebook."""
    try:
        return book.rows() if book is not None else []
    except Exception as error:
        print(f"grade: the gradebook cannot be read: {shown(str(error), 300)}", file=sys.stderr)
        return []


def earlier(course: Path, asked: Assignment, found: Sequence[Outcome]) -> List[Outcome]:
    """Return what came of earlier gradings, but for the submissions that were graded just now."""
    now = {outcome.place for outcome in found}
    return [one for one in outcomes(course) if one.assignment != asked.name or one.place not in now]


def summary(found: Sequence[Outcome]) -> int:
    """Say how many were marked and who was not, and return how the command ends."""
    unmarked = [outcome.student for outcome in found if not outcome.marked]
    marked = len(found) - len(unmarked)
    print(f"grade: {marked} of {len(found)} submissions marked; see grades.csv, and feedback/ for each student")
    if unmarked:
        print(f"grade: not marked: {', '.join(unmarked)}", file=sys.stderr)
    if not marked:
        print("grade: nothing could be graded" if found else "grade: nothing was handed in", file=sys.stderr)
        return NONE
    return SOME if unmarked else ALL


@contextmanager
def locked(course: Path) -> Iterator[None]:
    """Keep a second grading of the same course from starting."""
    descriptor = os.open(course, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused("this course is being graded by another process; wait until it has ended") from None
    finally:
        os.close(descriptor)
