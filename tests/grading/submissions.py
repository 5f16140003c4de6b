"""Submissions of the assignment on notebook 2: right, faulty, tampered with; and a class that is graded."""
import copy
import csv
import html
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
ASSIGNMENT, NAME = "02-residual-block", "residual_block"
SOURCE = nbformat.read(ROOT / "grading" / "source" / ASSIGNMENT / f"{NAME}.ipynb", as_version=4)

# What is changed in the right solutions, which tasks are then wrong, and what they are worth (2, 4 and 2 points).
FAULTY = {
    "no-relu": ("F.npx.relu(y + (x if self.conv3 is None else self.conv3(x)))",
                "y + (x if self.conv3 is None else self.conv3(x))", {"residual-block": "MyResidual"}, 4),
    "no-stride": ("kernel_size=1, strides=strides)", "kernel_size=1)", {"residual-block": "MyResidual"}, 4),
    "no-gamma": ("branch = 9 * c_in * c_out + 9 * c_out * c_out + 2 * 2 * c_out",
                 "branch = 9 * c_in * c_out + 9 * c_out * c_out", {"residual-parameters": "parameters"}, 6),
    "no-second-relu": ("return F.npx.relu(self.bn2(self.conv2(y)))", "return self.bn2(self.conv2(y))",
                       {"plain-block": "MyPlain"}, 6),
    "shared-norm": ("self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()", "self.bn1 = self.bn2 = nn.BatchNorm()",
                    {"plain-block": "MyPlain", "residual-block": "MyResidual"}, 2),
}
#: Honest students of a class that is attacked, and their marks.
WITNESSES = {"witness-1": ("", "", 8), "witness-2": (*FAULTY["no-gamma"][:2], 6),
             "witness-3": (*FAULTY["no-relu"][:2], 4)}


def solutions(notebook=SOURCE):
    """The code of its solution cells, by task."""
    return {cell.id: cell.source for cell in notebook.cells if cell.id.startswith("solution-")}


def handed_out():
    """The notebook as students get it, without nbgrader's long way: gaps for solutions, tests that say nothing."""
    notebook = copy.deepcopy(SOURCE)
    for cell in notebook.cells:
        for hidden, instead in (("SOLUTION", "        raise NotImplementedError"), ("HIDDEN TESTS", "")):
            cell.source = re.sub(f" *### BEGIN {hidden}.*?### END {hidden}", instead, cell.source, flags=re.DOTALL)
    return notebook


def solved(release=None):
    """The release with the right solutions in it, as a good student hands it in."""
    notebook = copy.deepcopy(release) if release is not None else handed_out()
    for cell in notebook.cells:
        if cell.id.startswith("solution-"):
            cell.source = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", solutions()[cell.id])
    return notebook


def faulty(old, new):
    notebook = solved()
    for cell in notebook.cells:
        if old and cell.id.startswith("solution-"):
            cell.source = cell.source.replace(old, new)
    assert not old or notebook != solved()
    return notebook


def tampered():
    """Nothing solved, and tests that always pass, are worth more, are gone, or are to be skipped."""
    notebook = handed_out()
    tests = [cell for cell in notebook.cells if cell.id.startswith("test-")]
    tests[0].source, tests[0].metadata.nbgrader.points = "assert True", 100
    tests[1].metadata.tags = ["skip-execution"]
    notebook.cells.remove(tests[2])
    return notebook


def with_cell(notebook, code, place=2):
    """A notebook with one more cell of code."""
    notebook = copy.deepcopy(notebook)
    notebook.cells.insert(place, new_code_cell(code))
    return notebook


def hand_in(course, student, notebook, assignment=ASSIGNMENT, name=NAME):
    """Put a notebook where it is graded from."""
    place = Path(course) / "submitted" / student / assignment
    place.mkdir(parents=True)
    path = place / f"{name}.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf8")
    return place, path


def hand_in_witnesses(course):
    for student, (old, new, _) in WITNESSES.items():
        hand_in(course, student, faulty(old, new))


class Graded:
    """What a grading has left: `rows` of grades.csv by student, and the pages."""

    def __init__(self, course, assignment=ASSIGNMENT):
        self.course, self.assignment = course, assignment
        with (course / "grades.csv").open(newline="", encoding="utf8") as file:
            found = [row for row in csv.DictReader(file) if row["assignment"] == assignment]
        self.rows = {row["student_id"]: row for row in found}
        assert len(self.rows) == len(found), "a student has two rows"

    def score(self, student):
        return float(self.rows[student]["score"])

    def page(self, student, name=NAME):
        """What a student reads, as text."""
        path = next(self.course.glob(f"feedback/{student}/{self.assignment}/{name}.html"))
        return " ".join(html.unescape(re.sub(r"<[^>]+>", "", path.read_text(encoding="utf8"))).split())

    def assert_witnesses(self):
        """The honest have what they deserve, whatever the others did."""
        assert {student: self.score(student) for student in WITNESSES} == {
            student: points for student, (_, _, points) in WITNESSES.items()}, self.said
        assert not any(self.rows[student]["note"] for student in WITNESSES)
        assert all("/ 8.0" in self.page(student) for student in WITNESSES)


class Run(Graded):
    """A grading that was run here: how it ended (`status`), what it `said`, and how many `seconds` it took."""

    def __init__(self, course, *options, assignment=ASSIGNMENT, most=1800):
        command = [sys.executable, "-m", "grading", "--course", str(course), "grade", assignment, *options]
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=most, check=False)
        self.said, self.status, self.seconds = done.stdout.decode(), done.returncode, time.monotonic() - began
        super().__init__(course, assignment)
