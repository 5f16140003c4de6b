"""Writes what comes of a grading: each student's page, the marked notebook for nbgrader's viewer, grades.csv."""
import csv
import io
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from grading.assignments import Assignment, Test
from grading.gradebook import COLUMNS
from grading.marking import Verdict
from grading.notebooks import Cell
from grading.reading import clean, write

LONGEST_CELL = 20_000  # characters of a cell on a page
PAGE = Path(__file__).with_name("feedback.html")


@dataclass(frozen=True)
class Outcome:
    """What came of one submission. marked: whether there is a verdict; note: what should be known besides the score."""
    student: str
    place: str
    assignment: str
    time: str
    score: float
    max_score: float
    marked: bool
    note: str = ""

    @property
    def said(self) -> str:
        """One line for whoever grades."""
        score = f"{self.score:g} of {self.max_score:g}" if self.marked else "NOT MARKED"
        return f"{self.student}: {score}" + (f" ({self.note})" if self.note else "")


def write_all(course: Path, assignment: Assignment, outcome: Outcome, cells: Sequence[Cell],
              verdicts: Sequence[Verdict]) -> None:
    """Write all that is kept of one submission: its page, the marked notebook, and the outcome itself."""
    feedback = folder(course, "feedback", outcome)
    write(str(feedback / f"{assignment.notebook}.html"), page(assignment, outcome, cells, verdicts))
    kept = folder(course, "autograded", outcome)
    write(str(kept / f"{assignment.notebook}.ipynb"), notebook(assignment, cells, verdicts))
    write(str(kept / "outcome.json"), json.dumps(asdict(outcome), indent=1))


def folder(course: Path, step: str, outcome: Outcome) -> Path:
    """The folder of one student's results. Where something else has its name, that goes."""
    place = course / step / outcome.place / outcome.assignment
    place.mkdir(parents=True, exist_ok=True)
    return place


def page(assignment: Assignment, outcome: Outcome, cells: Sequence[Cell], verdicts: Sequence[Verdict]) -> str:
    """Return a student's page. All that comes from the student is text in it: nothing is rendered, run or loaded."""
    from jinja2 import Environment

    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        PAGE.read_text(encoding="utf8"))
    pairs: List[Tuple[Test, Optional[Verdict]]] = [
        (test, verdicts[number] if number < len(verdicts) else None) for number, test in enumerate(assignment.tests)]
    shown = [(cell.kind, clean(cell.source[:LONGEST_CELL]), len(cell.source) > LONGEST_CELL) for cell in cells
             if cell.source.strip()]
    return clean(template.render(assignment=assignment, outcome=outcome, pairs=pairs, cells=shown))


def notebook(assignment: Assignment, cells: Sequence[Cell], verdicts: Sequence[Verdict]) -> str:
    """Return the marked notebook: the student's cells; in each test's the assignment's text and the findings."""
    numbers = {test.name: number for number, test in enumerate(assignment.tests)}
    left = {cell.name: cell for cell in assignment.cells if cell.name}
    made = []
    for cell in [*cells, *(cell for cell in assignment.cells if cell.name in numbers)]:
        ours = left.pop(cell.name, None)
        if ours is None and cell in assignment.cells:
            continue  # a test that is there already
        made.append(marked_cell(cell, ours, numbers, verdicts))
    language = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": made, "metadata": language, "nbformat": 4, "nbformat_minor": 4}, indent=1)


def marked_cell(cell: Cell, ours: Optional[Cell], numbers: Dict[str, int],
                verdicts: Sequence[Verdict]) -> Dict[str, object]:
    """One cell. What a student wrote is shown as code, whatever it is: as text it could run in the viewer's browser."""
    about = {"nbgrader": dict(ours.about)} if ours is not None and ours.about else {}
    if ours is not None and ours.kind == "markdown" and ours.source == cell.source:
        return {"cell_type": "markdown", "metadata": about, "source": ours.source}
    number = numbers.get(ours.name) if ours is not None else None
    shown: List[Dict[str, object]] = []
    if number is not None and number < len(verdicts):
        shown = outputs(verdicts[number])
    text = ours.source if ours is not None and number is not None else clean(cell.source)
    return {"cell_type": "code", "metadata": about, "source": text, "outputs": shown, "execution_count": None}


def outputs(found: Verdict) -> List[Dict[str, object]]:
    """What a test's cell shows: its findings, as an error where it was not passed."""
    text = "\n".join(f"{finding.get('rule', '')}: {finding.get('message', '')}" for finding in found.findings)
    if found.passed:
        return [{"output_type": "stream", "name": "stdout", "text": "passed\n"}]
    return [{"output_type": "error", "ename": "NotPassed", "evalue": text, "traceback": [text]}]


def outcomes(course: Path) -> List[Outcome]:
    """Return what came of all submissions so far, of all assignments."""
    found = []
    for path in sorted((course / "autograded").glob("*/*/outcome.json")):
        try:
            found.append(Outcome(**json.loads(path.read_text(encoding="utf8"))))
        except (OSError, ValueError, TypeError):
            continue
    return found


def write_grades(course: Path, rows: Sequence[Dict[str, str]], found: Sequence[Outcome]) -> None:
    """Write grades.csv: the gradebook's rows with notes, and a row for whatever the gradebook does not know."""
    notes = {(outcome.assignment, outcome.student): outcome for outcome in found}
    table = []
    for row in rows:
        outcome = notes.pop((row["assignment"], row["student_id"]), None)
        table.append({**row, "note": note_of(course, row, outcome)})
    for outcome in notes.values():
        table.append({**dict.fromkeys(COLUMNS, ""), "assignment": outcome.assignment, "student_id": outcome.student,
                      "timestamp": outcome.time, "raw_score": str(outcome.score), "late_submission_penalty": "0.0",
                      "score": str(outcome.score), "max_score": str(outcome.max_score), "note": outcome.note})
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, "note"])
    writer.writeheader()
    writer.writerows(table)
    write(str(course / "grades.csv"), text.getvalue())


def note_of(course: Path, row: Dict[str, str], outcome: Optional[Outcome]) -> str:
    """Return what the row of a student in the gradebook says besides its marks."""
    submitted = os.path.lexists(course / "submitted" / row["student_id"] / row["assignment"])
    if outcome is None:
        return "not marked yet" if submitted else "not submitted"
    gone = "" if submitted else "what was handed in is no longer there"
    return "; ".join(filter(None, (outcome.note, gone)))
