"""The whole way from the source to the grades: what each submission gets, and that it harms no other."""
import csv
import html
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from submissions import ASSIGNMENT, FAULTY, NAME, SOURCE, faulty, hostile, hostile_codes, solutions, solved, tampered

pytest.importorskip("nbgrader", reason="nbgrader is not installed (make grading-setup)")
ROOT = Path(__file__).parents[2]
LIMITS = "--BoxedExecute.seconds=40"


def make(course, target, *variables):
    result = subprocess.run(
        ["make", "--no-print-directory", target, f"COURSE={course}", f"A={ASSIGNMENT}", f"PY={sys.executable}",
         *variables], cwd=ROOT, capture_output=True, text=True, timeout=600, env=dict(os.environ, OMP_NUM_THREADS="1"))
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout + result.stderr


def hand_in(course, students):
    """Put notebooks where `make collect` finds them."""
    archive = course / "downloaded" / ASSIGNMENT / "archive"
    archive.mkdir(parents=True)
    for student, notebook in students.items():
        nbformat.write(notebook, archive / f"{student}_{NAME}.ipynb")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which everybody has been graded."""
    course = tmp_path_factory.mktemp("grading") / "course"
    tracked = shutil.ignore_patterns("release", "submitted", "autograded", "feedback", "downloaded", "gradebook.db",
                                     "grades.csv", "__pycache__")
    shutil.copytree(ROOT / "grading", course, ignore=tracked)
    make(course, "assignment")
    release = nbformat.read(course / "release" / ASSIGNMENT / f"{NAME}.ipynb", as_version=4)
    students = {"source": SOURCE, "untouched": release, "good": solved(release), "tampered": tampered(release)}
    students.update((name, faulty(release, old, new)) for name, (old, new, _, _) in FAULTY.items())
    students.update((name, hostile(release, code)) for name, (code, _) in hostile_codes(course).items())
    hand_in(course, students)
    (course / "downloaded" / ASSIGNMENT / "archive" / f"broken_{NAME}.ipynb").write_text("{ not a notebook")
    make(course, "collect")
    began = time.perf_counter()
    print(make(course, "grade", f"LIMITS={LIMITS}"))
    print(f"graded {len(students)} submissions in {time.perf_counter() - began:.0f} s")
    return course


@pytest.fixture(scope="module")
def grades(course):
    with (course / "grades.csv").open(newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file) if row["assignment"] == ASSIGNMENT}


def feedback(course, student):
    text = (course / "feedback" / student / ASSIGNMENT / f"{NAME}.html").read_text(encoding="utf8")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


@pytest.mark.parametrize("student", ("source", "good"))
def test_what_is_right_gets_full_marks(course, grades, student):
    row = grades[student]
    assert (row["score"], row["max_score"], row["note"]) == ("8.0", "8.0", "")
    assert "8.0 / 8.0" in feedback(course, student)


@pytest.mark.parametrize("student", ("untouched", "tampered", "broken"))
def test_what_was_not_done_gets_nothing(grades, student):
    assert grades[student]["score"] == "0.0"


@pytest.mark.parametrize("student", FAULTY)
def test_a_fault_costs_its_task_and_the_feedback_says_why(course, grades, student):
    from resnet_gluon.exercises import check
    old, new, wrong, points = FAULTY[student]
    assert float(grades[student]["score"]) == points
    namespace = {}
    exec("from mxnet import npx\nfrom mxnet.gluon import nn\nnpx.set_np()", namespace)
    exec("\n".join(solutions().values()).replace(old, new), namespace)
    for name, attempt in wrong.items():
        message = check(name, namespace[attempt]).findings[0].message
        assert " ".join(message.split()) in feedback(course, student)


@pytest.mark.parametrize("student", hostile_codes(""))
def test_harm_earns_nothing_and_the_note_says_why(course, grades, student):
    _, words = hostile_codes("")[student]
    assert grades[student]["score"] == "0.0"
    assert words in grades[student]["note"] and words in feedback(course, student)


def test_tests_that_were_changed_come_back(course):
    graded = nbformat.read(course / "autograded" / "tampered" / ASSIGNMENT / f"{NAME}.ipynb", as_version=4)
    tests = [cell for cell in graded.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert [cell.metadata.nbgrader.points for cell in tests] == [2, 4, 2]
    assert all("assert result.passed" in cell.source for cell in tests)


def test_what_could_not_be_graded_is_said(grades):
    assert "could not be graded" in grades["broken"]["note"]
