import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = ("release", "submitted", "autograded", "feedback", "downloaded", "gradebook.db*", "grades.csv", "__pycache__")


@pytest.fixture(scope="session")
def make():
    """`make`, as instructors use it, on a course in a folder of its own."""
    def call(target, course, assignment="02-residual-block"):
        result = subprocess.run(
            ["make", "--no-print-directory", target, f"COURSE={course}", f"A={assignment}", f"PY={sys.executable}"],
            cwd=ROOT, capture_output=True, text=True, timeout=900, env=dict(os.environ, OMP_NUM_THREADS="1"))
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
        return result.stdout + result.stderr
    return call


@pytest.fixture(scope="session")
def course(make, tmp_path_factory):
    """A copy of the course, with its assignments generated. Notebooks run in the plain box, without bubblewrap."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed (make grading-setup)")
    course = tmp_path_factory.mktemp("grading") / "course"
    shutil.copytree(ROOT / "grading", course, ignore=shutil.ignore_patterns(*MADE))
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.BoxedExecute.seconds = 45\nc.BoxedExecute.launcher = []\n")
    make("assignment", course)
    return course
