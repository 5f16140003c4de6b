"""A course over time: handing in again, marks given by hand, what is broken, interrupted or done twice at once."""
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest
from submissions import ASSIGNMENT, NAME, ROOT, Run, faulty, hand_in, hand_in_witnesses, solved, with_cell

from grading.assignments import assignment
from grading.gradebook import Book

SQUEEZE = '''from mxnet.gluon import nn


class SqueezeExcite(nn.Block):
    def __init__(self, num_channels):
        super().__init__()
        self.pool, self.down = nn.GlobalAvgPool2D(), nn.Dense(num_channels // 2, activation="relu")
        self.up = nn.Dense(num_channels, activation="sigmoid")

    def forward(self, x):
        factors = self.up(self.down(self.pool(x)))
        return x * factors.reshape((*factors.shape, 1, 1))
'''


def grade(course, *options):
    return Run(course, "--seconds", "90", *options)


def again(course, student, notebook):
    shutil.rmtree(course / "submitted" / student)
    return hand_in(course, student, notebook)


def test_what_counts_is_what_was_handed_in_last(new_course):
    """Right, then broken, then faulty; and a mark given by hand in between stays."""
    course = new_course()
    hand_in(course, "alice", solved())
    hand_in(course, "bob", solved())
    first = grade(course)
    assert first.status == 0 and first.score("alice") == first.score("bob") == 8
    _, path = again(course, "alice", solved())
    path.write_text("{ broken")
    by_hand(course, "bob", "test-plain-block", 0.5)
    second = grade(course)
    assert second.status == 1 and second.score("alice") == 0 and second.score("bob") == 6.5
    note = second.rows["alice"]["note"]
    assert "not marked" in note and "an earlier submission had 8 of 8, which no longer counts" in note
    assert "no longer counts" in second.page("alice")
    shutil.rmtree(course / "submitted" / "bob")
    again(course, "alice", faulty("+ 2 * 2 * c_out", ""))
    third = grade(course)
    assert third.score("alice") == 6 and third.rows["alice"]["note"] == ""
    assert third.rows["bob"]["note"] == "what was handed in is no longer there"


def by_hand(course, student, test, points):
    book = Book(course, assignment(str(course), ASSIGNMENT))
    book.gradebook.find_grade(test, NAME, ASSIGNMENT, student).manual_score = points
    book.gradebook.db.commit()
    book.close()


def test_without_a_gradebook_the_table_comes_all_the_same(new_course):
    course = new_course()
    hand_in(course, "alice", solved())
    (course / "gradebook.db").mkdir()
    run = grade(course)
    assert run.score("alice") == 8 and "gradebook" in run.rows["alice"]["note"] and run.status == 0


def test_nothing_to_grade_is_said(new_course):
    course = new_course()
    (course / "submitted").mkdir()
    run = grade(course)
    assert run.status == 2 and "nothing was handed in" in run.said and run.rows == {}
    _, path = hand_in(course, "alice", solved())
    path.write_text("")
    run = grade(course)
    assert run.status == 2 and run.score("alice") == 0 and "not marked: alice" in run.said


def test_an_unknown_assignment_is_said(new_course):
    done = subprocess.run([sys.executable, "-m", "grading", "--course", str(new_course()), "grade", "x"], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "no assignment 'x'" in done.stderr and "Traceback" not in done.stderr


def test_an_exercise_of_ones_own_is_judged(new_course):
    """The worked example of README.md, pasted into a test, is judged apart like the course's own."""
    course = new_course()
    readme = (ROOT / "grading" / "README.md").read_text(encoding="utf8")
    example = next(block for block in re.findall(r"```python\n(.*?)```", readme, re.S) if "check_squeeze" in block)
    path = course / "source" / ASSIGNMENT / f"{NAME}.ipynb"
    import nbformat

    source = nbformat.read(path, as_version=4)
    test = next(cell for cell in source.cells if cell.id == "test-plain-block")
    test.source = f"{example}\n\nassert check(squeeze, SqueezeExcite).passed"
    nbformat.write(source, path)
    hand_in(course, "right", with_cell(solved(), SQUEEZE))
    hand_in(course, "wrong", with_cell(solved(), SQUEEZE.replace("x * factors", "x + factors")))
    run = grade(course)
    assert run.score("right") == 8 and run.score("wrong") == 6, run.said
    assert "one-factor" in run.page("wrong") or "average" in run.page("wrong")


def started(course, *options):
    """A grading that is under way: the student's code runs."""
    command = [sys.executable, "-m", "grading", "--course", str(course), "grade", ASSIGNMENT, *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_for(lambda: any("warden.py" in " ".join(cmdline(child)) and "answer" in " ".join(cmdline(child))
                         for child in psutil.Process(process.pid).children(recursive=True)))
    return process


def cmdline(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def wait_for(holds, seconds=180):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGKILL, *(
    pytest.param(number, marks=pytest.mark.long) for number in (signal.SIGTERM, signal.SIGINT))])
def test_an_interrupted_grading_leaves_nothing_behind(new_course, tmp_path, monkeypatch, number):
    """No process; and no folder, where it could still be removed: else it goes at the next start."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    course = new_course()
    hand_in(course, "sleeper", with_cell(solved(), "import time\ntime.sleep(1000)"))
    process = started(course, "--seconds", "300")
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    process.communicate(timeout=60)
    wait_for(lambda: not any(child.is_running() and child.status() != "zombie" for child in family))
    if number != signal.SIGKILL:
        assert os.listdir(tmp_path) == []
        return
    assert os.listdir(tmp_path)
    shutil.rmtree(course / "submitted")
    grade(course)
    assert os.listdir(tmp_path) == []


def test_a_course_is_graded_once_at_a_time(new_course):
    course = new_course()
    hand_in(course, "sleeper", with_cell(solved(), "import time\ntime.sleep(1000)"))
    process = started(course, "--seconds", "300")
    done = subprocess.run([sys.executable, "-m", "grading", "--course", str(course), "grade", ASSIGNMENT], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    process.terminate()
    process.communicate(timeout=60)
    assert done.returncode == 2 and "by another process" in done.stderr


def test_without_a_wall_what_changes_the_course_stops_the_grading(new_course):
    """It cannot be held there: it is noticed, said, and nobody after it is marked in a changed world."""
    course = new_course()
    hand_in_witnesses(course)
    code = f"open({str(course / 'source' / 'x')!r}, 'w')"
    hand_in(course, "a-honest", solved())
    hand_in(course, "u-burglar", with_cell(solved(), code))
    run = grade(course, "--wall", "none")
    assert "NOT contained" in run.said and run.status == 1
    assert run.score("a-honest") == 8
    assert "files outside its folder changed" in run.rows["u-burglar"]["note"]
    assert all("grading was stopped" in run.rows[f"witness-{n}"]["note"] for n in (1, 2, 3))
