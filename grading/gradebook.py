"""Keeps the marks in nbgrader's gradebook, where they can be looked at and changed by hand, and reads all of them."""
import os
import sys
import warnings
from pathlib import Path
from typing import Any, Dict, List, Optional

from grading.assignments import Assignment

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
           "late_submission_penalty", "score", "max_score")


class Book:
    """The gradebook of a course, `gradebook.db`."""

    def __init__(self, course: Path, assignment: Assignment) -> None:
        from nbgrader.api import Gradebook  # takes a second

        # nbgrader calls alembic by name: the environment's programs have to be found.
        os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        warnings.filterwarnings("ignore", module="nbgrader")  # of nbgrader about its own database
        self.assignment = assignment
        self.gradebook = Gradebook(f"sqlite:///{course / 'gradebook.db'}", "resnet-gluon")
        self.prepare()

    def prepare(self) -> None:
        """Enter the assignment's tests, as `make assignment` does: the gradebook may be new."""
        name, notebook, book = self.assignment.name, self.assignment.notebook, self.gradebook
        book.update_or_create_assignment(name)
        book.update_or_create_notebook(notebook, name)
        for test in self.assignment.tests:
            book.update_or_create_grade_cell(test.name, notebook, name, max_score=test.points, cell_type="code")

    def score(self, student: str) -> Optional[float]:
        """Return what a student has for the assignment; None if nothing was marked before."""
        from nbgrader.api import MissingEntry

        try:
            return float(self.gradebook.find_submission(self.assignment.name, student).score)
        except MissingEntry:
            return None

    def enter(self, student: str, points: Dict[str, float], time: Any = None) -> None:
        """Enter the points of each test. What an instructor has given by hand stays, and counts."""
        name, book = self.assignment.name, self.gradebook
        try:
            book.update_or_create_student(student)
            book.update_or_create_submission(name, student, timestamp=time)
            for test, given in points.items():
                grade = book.find_grade(test, self.assignment.notebook, name, student)
                grade.auto_score = given
                grade.needs_manual_grade = grade.manual_score is not None
            book.db.commit()
        except BaseException:
            book.db.rollback()
            raise

    def rows(self) -> List[Dict[str, str]]:
        """Return all marks, of all assignments: a row for each student and assignment, by COLUMNS."""
        from nbgrader.api import MissingEntry

        rows = []
        for assignment in self.gradebook.assignments:
            for student in self.gradebook.students:
                values: Dict[str, Any] = dict.fromkeys(COLUMNS, None)
                values.update({word: getattr(student, word) for word in ("last_name", "first_name", "email")})
                values.update(assignment=assignment.name, duedate=assignment.duedate, student_id=student.id,
                              max_score=assignment.max_score, raw_score=0.0, late_submission_penalty=0.0, score=0.0)
                try:
                    found = self.gradebook.find_submission(assignment.name, student.id)
                except MissingEntry:
                    pass
                else:
                    penalty = found.late_submission_penalty or 0.0
                    values.update(timestamp=found.timestamp, raw_score=found.score, late_submission_penalty=penalty,
                                  score=max(0.0, found.score - penalty))
                rows.append({word: "" if value is None else str(value) for word, value in values.items()})
        return rows

    def close(self) -> None:
        self.gradebook.close()
