"""The whole way from the source to the grades: what each submission gets, and that it harms no other."""
import csv
import html
import re
import shutil
import subprocess

from resnet_gluon.exercises import check

import nbformat
import pytest
from submissions import ASSIGNMENT, FAULTY, HARMFUL, NAME, SOURCE, faulty, hostile, solutions, solved, tampered


@pytest.fixture(scope="module")
def graded(course, make):
    """The course, when everybody has been graded."""
    release = nbformat.read(course / "release" / ASSIGNMENT / f"{NAME}.ipynb", as_version=4)
    students = {"source": SOURCE, "untouched": release, "good": solved(release), "tampered": tampered(release)}
    students.update((name, faulty(release, old, new)) for name, (old, new, _, _) in FAULTY.items())
    for name, (code, _) in HARMFUL.items():
        students[name] = hostile(release, code.replace("COURSE", str(course)))
    archive = course / "downloaded" / ASSIGNMENT / "archive"
    archive.mkdir(parents=True)
    for student, notebook in students.items():
        nbformat.write(notebook, archive / f"{student}_{NAME}.ipynb")
    (archive / f"broken_{NAME}.ipynb").write_text("{ not a notebook")
    make("collect", course)
    make("grade", course)
    return course


@pytest.fixture(scope="module")
def grades(graded):
    with (graded / "grades.csv").open(newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file) if row["assignment"] == ASSIGNMENT}


def feedback(course, student):
    """What a student reads."""
    text = (course / "feedback" / student / ASSIGNMENT / f"{NAME}.html").read_text(encoding="utf8")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


@pytest.mark.parametrize("student", ("source", "good"))
def test_what_is_right_gets_full_marks(graded, grades, student):
    row = grades[student]
    assert (row["score"], row["max_score"], row["note"]) == ("8.0", "8.0", "")
    assert "8.0 / 8.0" in feedback(graded, student)


@pytest.mark.parametrize("student", ("untouched", "tampered", "broken"))
def test_what_was_not_done_gets_nothing(grades, student):
    assert grades[student]["score"] == "0.0"


@pytest.mark.parametrize("student", FAULTY)
def test_a_fault_costs_its_task_and_the_feedback_says_why(graded, grades, student):
    old, new, wrong, points = FAULTY[student]
    assert float(grades[student]["score"]) == points
    namespace = {}
    exec("from mxnet import npx\nfrom mxnet.gluon import nn\nnpx.set_np()", namespace)
    exec("\n".join(solutions().values()).replace(old, new), namespace)
    for name, attempt in wrong.items():
        message = check(name, namespace[attempt], seconds=60).findings[0].message
        assert " ".join(message.split()) in feedback(graded, student)


@pytest.mark.parametrize("student", HARMFUL)
def test_harm_earns_nothing_and_the_note_says_why(graded, grades, student):
    words = HARMFUL[student][1]
    assert grades[student]["score"] == "0.0"
    assert words in grades[student]["note"] and words in feedback(graded, student)


def test_tests_that_were_changed_come_back(graded):
    notebook = nbformat.read(graded / "autograded" / "tampered" / ASSIGNMENT / f"{NAME}.ipynb", as_version=4)
    tests = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert [cell.metadata.nbgrader.points for cell in tests] == [2, 4, 2]
    assert all("assert result.passed" in cell.source and cell.outputs for cell in tests)


def test_what_could_not_be_graded_is_said(grades):
    assert "could not be graded" in grades["broken"]["note"]


def test_with_bubblewrap_harm_reaches_nothing(graded, make):
    """The burglar behind a wall: there is an empty folder in the course's place."""
    if not shutil.which("bwrap") or subprocess.run(["bwrap", "--ro-bind", "/", "/", "true"]).returncode:
        pytest.skip("bubblewrap is not installed, or not allowed")
    with (graded / "nbgrader_config.py").open("a") as file:
        file.write("c.BoxedExecute.launcher = BUBBLEWRAP\nc.CourseDirectory.student_id = '[bg][uo]*'\n")
    before = (graded / "submitted" / "good" / ASSIGNMENT / f"{NAME}.ipynb").stat().st_mtime_ns
    said = make("grade", graded)
    assert "good: marked" in said and "burglar: it wrote outside its folder: gradebook.db" in said
    assert (graded / "submitted" / "good" / ASSIGNMENT / f"{NAME}.ipynb").stat().st_mtime_ns == before
