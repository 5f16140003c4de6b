"""Judging apart: which code counts, what is asked, how the process is started and what it can see."""
import subprocess
import time
from pathlib import Path

from resnet_gluon.exercises import Exercise, check
from resnet_gluon.exercises.apart import Limits, judge_apart
from resnet_gluon.exercises.apart.judging import judge_attempt
from resnet_gluon.exercises.apart.student import Student
from resnet_gluon.exercises.catalogue import BY_NAME
from resnet_gluon.exercises.judge import build, random_input

import pytest
from solutions import BLOCK, IMPORTS, PLAIN, TOWER, judged, rules

SEEN = """
import os, sys
def where():
    return [os.getcwd(), os.environ["HOME"], sorted(os.environ), os.getpid() == os.getpgid(0)]
"""


def asked(name, wanted):
    """An exercise whose check asks for one value, and gives it to `wanted`."""
    return Exercise(name, 1, "easy", name, lambda report, attempt: wanted.append(attempt()))


@pytest.mark.slow
def test_the_last_definition_counts_as_in_a_notebook():
    wrong, right = judged([IMPORTS, TOWER, BLOCK, PLAIN, TOWER.replace("// 2", "// 3"), TOWER],
                          ("residual-block", "MyResidual"), ("tower-depth", "blocks_for"))
    assert rules(wrong) == ["shortcut-missing"] and right.passed
    assert [wrong.exercise, right.exercise] == ["residual-block", "tower-depth"]


@pytest.mark.slow
def test_the_process_has_an_empty_folder_of_its_own_and_little_of_the_environment(monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "1")
    found, commands = [], []

    def wrap(command, **options):
        commands.append(command)
        assert list(Path(options["cwd"]).iterdir()) == []
        return subprocess.Popen(command, **options)

    exercise = asked("where", found)
    one, two = judge_apart([SEEN], [(exercise, "where"), (exercise, "where")], wrap=wrap)
    assert one.passed and two.passed and len(commands) == 1 and found[0] == found[1]
    folder, home, names, leads = found[0]
    assert folder == home != str(Path.cwd()) and "SECRET_OF_THE_GRADER" not in names and leads
    assert not Path(folder).exists()


@pytest.mark.slow
def test_a_secret_decides_which_numbers_are_asked():
    found = []
    echo = Exercise("echo", 1, "easy", "x", lambda report, attempt: found.append(attempt(random_input((2, 3)))))
    with Student(["def same(x): return x"]) as student:
        for secret in (1, 1, 2, None, None):
            assert judge_attempt(student, echo, "same", secret).passed
    one, again, two, nobody, knows = (array.tolist() for array in found)
    assert one == again and all(a != b for a, b in ((one, two), (one, nobody), (nobody, knows)))
    assert random_input((2, 3)).tolist() == random_input((2, 3)).tolist()


@pytest.mark.slow
def test_an_exercise_of_ones_own_goes_the_same_way():
    def bright(report, attempt):
        subject, call = build(report, attempt, 8)
        x = random_input((2, 8, 5, 4))
        report.expect((subject.numpy(x) == 2 * x).all(), "twice", f"{call} should double.")

    cell = "class {}(nn.Block):\n    def __init__(self, n):\n        super().__init__()\n" \
           "    def forward(self, x):\n        return {} * x\n"
    exercise = Exercise("twice", 1, "easy", "twice", bright)
    right, wrong = judged([IMPORTS, cell.format("A", 2), cell.format("B", 3)], (exercise, "A"), (exercise, "B"))
    assert right.passed and rules(wrong) == ["twice"]


@pytest.mark.slow
def test_a_warm_check_takes_little_time():
    with Student([IMPORTS, BLOCK]) as student:
        judge_attempt(student, BY_NAME["residual-block"], "MyResidual")
        began = time.process_time(), seconds_of(student)
        assert judge_attempt(student, BY_NAME["residual-block"], "MyResidual").passed
        assert time.process_time() - began[0] + seconds_of(student) - began[1] < 2.5


def seconds_of(student):
    import psutil
    times = psutil.Process(student.process.pid).cpu_times()
    return times.user + times.system


@pytest.mark.slow
def test_a_file_that_grows_and_memory_are_bounded():
    cells = ["def f(depth):\n    open('large', 'wb').write(bytes(3 << 20))",
             "def g(depth):\n    return bytearray(9 << 30)"]
    written, taken = judged(cells, ("tower-depth", "f"), ("tower-depth", "g"), limits=Limits(file=1))
    assert not written.passed and not taken.passed


@pytest.mark.slow
@pytest.mark.skipif(subprocess.run(["sh", "-c", "bwrap --ro-bind / / true"], capture_output=True).returncode != 0,
                    reason="bubblewrap does not work here")
def test_it_answers_from_within_a_container():
    wall = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid", "--unshare-net",
            "--die-with-parent"]

    def wrap(command, **options):
        home = options["cwd"]
        return subprocess.Popen([*wall, "--bind", home, home, *command], **options)
    right, = judged([IMPORTS, BLOCK], ("residual-block", "MyResidual"), wrap=wrap)
    assert right.passed, right


@pytest.mark.slow
def test_a_check_in_a_file_goes_apart_too(tmp_path):
    script = tmp_path / "mine.py"
    script.write_text("import resnet_gluon\nfrom resnet_gluon.exercises import check\n" + IMPORTS + BLOCK + """
import time
from numpy import allclose
if __name__ == "__main__":
    nn.Conv2D.hybrid_forward = None  # only in this process
    print(check("residual-block", MyResidual, apart=True))
    print(check("receptive-field", 40, apart=True))
    print(check("tower-depth", None, apart=True))
""")
    import sys
    said = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=300)
    assert said.stdout.splitlines() == ["residual-block: right", "receptive-field: right",
                                        "tower-depth: not attempted yet"], said.stderr


def test_what_has_no_source_says_so():
    result = check("tower-depth", eval("lambda depth: 1"), apart=True)
    assert [finding.rule for finding in result.findings] == ["no-source"]
