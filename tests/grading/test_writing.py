"""What is written of a submission: a page and a notebook in which a student's text is text, and the table."""
import csv
import json

import nbformat
import pytest
from submissions import ASSIGNMENT, NAME, ROOT

from grading.assignments import assignment
from grading.gradebook import COLUMNS
from grading.marking import LONGEST_TEXT, Verdict, verdict
from grading.notebooks import Cell
from grading.writing import Outcome, notebook, outcomes, page, write_all, write_grades

EVIL = "<script>alert(1)</script></pre></textarea>{{ 7 * 7 }}\x00\x1b[31m\ud800&amp;"
OUTCOME = Outcome("alice", "alice", ASSIGNMENT, "", 6.0, 8.0, True, f"taken from {EVIL}")
VERDICTS = [Verdict(True), Verdict(False, ({"rule": "r", "message": EVIL, "observed": EVIL},)), Verdict(True)]
CELLS = [Cell("markdown", EVIL), Cell("raw", EVIL), Cell("code", EVIL), Cell("code", "mine", id="test-plain-block"),
         Cell("markdown", "again", id="test-plain-block")]


@pytest.fixture(scope="module")
def asked():
    return assignment(str(ROOT / "grading"), ASSIGNMENT)


def test_a_page_holds_no_markup_of_a_student(asked):
    text = page(asked, OUTCOME, CELLS, VERDICTS)
    assert "<script" not in text and "alert(1)" in text and "{{ 7 * 7 }}" in text
    assert "\x1b" not in text and "\x00" not in text
    assert text.count("<pre>") == text.count("</pre>")


def test_the_marked_notebook_is_one_and_shows_students_text_as_code(asked):
    made = nbformat.reads(notebook(asked, CELLS, VERDICTS), as_version=4)
    nbformat.validate(made)
    assert {cell.cell_type for cell in made.cells} == {"code"}
    tests = [cell for cell in made.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert [cell.metadata.nbgrader.grade_id for cell in tests] == [test.name for test in asked.tests]
    assert all("assert result.passed" in cell.source and cell.outputs for cell in tests)


def test_nothing_at_all_gives_a_page_and_a_notebook_too(asked):
    assert "0 / 4" in page(asked, OUTCOME, [], [])
    assert len(json.loads(notebook(asked, [], []))["cells"]) == len(asked.tests)


def test_of_findings_only_texts_are_taken():
    found = verdict({"passed": 1, "findings": [{"rule": "a", "message": "m" * 10 ** 6, "hint": 5, "remark": False},
                                               {"rule": "b", "message": "", "remark": True}] * 50})
    assert found.passed is False and len(found.findings) + len(found.remarks) == 20
    assert len(found.findings[0]["message"]) == LONGEST_TEXT and found.findings[0]["hint"] == "5"


def test_the_table_is_whole(asked, tmp_path):
    odd = Outcome("x\\ny", "x_y-1", ASSIGNMENT, "", 0.0, 8.0, False, "not marked: its name")
    for outcome in (OUTCOME, odd):
        write_all(tmp_path, asked, outcome, CELLS, VERDICTS)
    (tmp_path / "submitted" / "alice" / ASSIGNMENT).mkdir(parents=True)
    (tmp_path / "submitted" / "bob" / ASSIGNMENT).mkdir(parents=True)
    rows = [{**dict.fromkeys(COLUMNS, ""), "assignment": ASSIGNMENT, "student_id": name, "score": "6.0"}
            for name in ("alice", "bob", "carol")]
    write_grades(tmp_path, rows, outcomes(tmp_path))
    with (tmp_path / "grades.csv").open(newline="", encoding="utf8") as file:
        found = {row["student_id"]: row for row in csv.DictReader(file)}
    assert list(found) == ["alice", "bob", "carol", odd.student]
    assert [row["note"] for row in list(found.values())[1:]] == ["not marked yet", "not submitted", odd.note]
    assert (tmp_path / "feedback" / "x_y-1" / ASSIGNMENT / f"{NAME}.html").exists()
