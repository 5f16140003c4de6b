"""Reads an assignment's source: which tests it has, what they ask, and what they are worth."""
import ast
import os
from dataclasses import dataclass
from typing import List, Optional, Tuple

from grading.notebooks import Cell, parse
from grading.reading import Refused, read

LARGEST = 100 << 20  # bytes; an instructor's own file


class Faulty(Exception):
    """What is wrong with an assignment's source, for the instructor."""


@dataclass(frozen=True)
class Test:
    """One test with its points.

    name: of its cell in the gradebook. title: of the task. exercise: the name of a course's exercise, or the
    expression that is one. own: code that makes that exercise, of an instructor's own; "" for the course's. attempt:
    the student's name for what is asked.
    """
    name: str
    title: str
    points: float
    exercise: str
    attempt: str
    own: str = ""


@dataclass(frozen=True)
class Assignment:
    """One assignment. notebook: its name without the ending; beside: paths of the files that students get with it."""
    name: str
    notebook: str
    cells: Tuple[Cell, ...]
    tests: Tuple[Test, ...]
    beside: Tuple[str, ...]

    @property
    def points(self) -> float:
        return sum(test.points for test in self.tests)

    def missing(self, cells: List[Cell]) -> List[Cell]:
        """Return the locked code cells of the source, tests apart, of which a submission has no copy."""
        there = {cell.name for cell in cells} | {cell.id for cell in cells}
        return [cell for cell in self.cells if cell.kind == "code" and cell.says("locked") and not cell.says("grade")
                and not {cell.name, cell.id} & there]


def assignment(course: str, name: str) -> Assignment:
    """Read the assignment `name` of a course. Raises Faulty."""
    folder = os.path.join(course, "source", name)
    try:
        inside = sorted(os.listdir(folder))
    except OSError:
        raise Faulty(f"there is no assignment {name!r}: {folder} is not a folder that can be read") from None
    found = [entry for entry in inside if entry.endswith(".ipynb") and not entry.startswith(".")]
    if len(found) != 1:
        raise Faulty(f"{folder} holds {len(found)} notebooks; an assignment is one")
    try:
        cells = parse(read(os.path.join(folder, found[0]), LARGEST))
    except Refused as error:
        raise Faulty(f"{folder}/{found[0]}: {error}") from None
    tests = tests_of(cells)
    if not tests:
        raise Faulty(f"{folder}/{found[0]} has no test with points, so there is nothing to mark")
    beside = tuple(os.path.join(folder, entry) for entry in inside
                   if not entry.startswith(".") and not entry.endswith(".ipynb"))
    return Assignment(name, found[0][:-len(".ipynb")], tuple(cells), tuple(tests), beside)


def tests_of(cells: List[Cell]) -> List[Test]:
    """Return the tests, each with the title of its task: the last heading above it."""
    tests, title = [], ""
    for cell in cells:
        if cell.kind == "markdown":
            title = next((line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")), title)
        elif cell.kind == "code" and cell.says("grade") and not cell.says("solution"):
            tests.append(test_of(cell, title))
    return tests


def test_of(cell: Cell, title: str) -> Test:
    """One test. What stands in front of its `check(…)` is kept where that names an exercise of the instructor's own."""
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError as error:
        raise Faulty(f"the cell {cell.name} is not Python: {error}") from None
    for number, statement in enumerate(statements):
        call = check_in(statement)
        if call is None:
            continue
        exercise, attempt = call.args[:2]
        if not isinstance(attempt, ast.Name):
            raise Faulty(f"the cell {cell.name} should call check(exercise, name of the student's class or function)")
        points = float(cell.says("points") or 0)
        if isinstance(exercise, ast.Constant) and isinstance(exercise.value, str):
            return Test(cell.name, title, points, exercise.value, attempt.id)
        before = "\n\n".join(ast.get_source_segment(cell.source, part) or "" for part in statements[:number])
        return Test(cell.name, title, points, ast.get_source_segment(cell.source, exercise) or "", attempt.id, before)
    raise Faulty(f'the cell {cell.name} has points, and no check("exercise", MyClass) to decide them')


def check_in(statement: ast.stmt) -> Optional[ast.Call]:
    """The call of `check` in a statement, if there is one."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check" \
                and len(node.args) >= 2:
            return node
    return None
