"""What is handed out holds no solution and no hidden test, and every source solves its own tasks."""
import re
from pathlib import Path

from resnet_gluon.exercises import check

import nbformat
import pytest

SOURCES = sorted((Path(__file__).parents[2] / "grading" / "source").glob("*/*.ipynb"))


def names(sources):
    return [path.parent.name for path in sources]


def cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def hidden(source):
    """The lines of a cell that students must not get."""
    parts = re.findall(r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END", source, re.DOTALL)
    return [line.strip() for part in parts for line in part.splitlines() if line.strip()]


def test_there_is_an_assignment_for_notebooks_2_3_4_and_6():
    assert [name[:2] for name in names(SOURCES)] == ["02", "03", "04", "06"]


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_releases_hold_neither_solutions_nor_tests(course, source):
    released = {cell.id: cell.source for cell in cells(course / "release" / source.parent.name / source.name)}
    assert list(released) == [cell.id for cell in cells(source)]
    text = "\n".join(released.values())
    assert not any(word in text for word in ("SOLUTION", "HIDDEN", "assert", ".passed"))
    for cell in cells(source):
        secret = hidden(cell.source)
        assert bool(secret) == cell.id.startswith(("solution-", "test-"))
        assert not set(secret) & {line.strip() for line in released[cell.id].splitlines()}
        if cell.id.startswith("solution-"):
            assert "your code here" in released[cell.id]


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_sources_solve_their_own_tasks(source):
    namespace = {}
    for cell in cells(source):
        if cell.metadata.get("tags") != ["skip-execution"]:
            exec(cell.source, namespace)  # a test that fails raises
    assert 2 <= sum(cell.id.startswith("test-") for cell in cells(source)) <= 4


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_students_check_what_is_marked(source):
    """The cell that students run, and the hidden test behind it, ask for the same."""
    by_id = {cell.id: cell.source for cell in cells(source)}
    for name in [cell[len("check-"):] for cell in by_id if cell.startswith("check-")]:
        call = re.match(r'check\("([\w-]+)", (\w+)\)', by_id[f"check-{name}"])
        assert call[1] == name and not check(name, None).passed
        assert f'result = check("{name}", {call[2]})' in by_id[f"test-{name}"]
