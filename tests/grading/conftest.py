import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = ("release", "submitted", "autograded", "feedback", "downloaded", "gradebook.db*", "grades.csv", "*.py", "*.html",
        "__pycache__")


@pytest.fixture(scope="session")
def make():
    """`make`, as instructors use it, on a course in a folder of its own. Gives its exit status and what it said."""
    def call(target, course, assignment="02-residual-block", limits=""):
        result = subprocess.run(
            ["make", "--no-print-directory", target, f"COURSE={course}", f"A={assignment}", f"PY={sys.executable}",
             f"LIMITS={limits}"], cwd=ROOT, capture_output=True, text=True, timeout=1800,
            env=dict(os.environ, OMP_NUM_THREADS="1"))
        return result.returncode, result.stdout + result.stderr
    return call


@pytest.fixture(scope="session")
def new_course(tmp_path_factory):
    """Makes a course of its own, in a folder whose name has a space."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed (make grading-setup)")

    def make():
        course = tmp_path_factory.mktemp("grading") / "my course"
        shutil.copytree(ROOT / "grading", course, ignore=shutil.ignore_patterns(*MADE))
        shutil.copy(ROOT / "grading" / "nbgrader_config.py", course)
        return course
    return make


@pytest.fixture(scope="session")
def course(make, new_course):
    """A course with its assignments generated."""
    course = new_course()
    status, said = make("assignment", course)
    assert status == 0, said
    return course
