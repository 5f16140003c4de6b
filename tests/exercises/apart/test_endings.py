"""Code that ends its process, its connection or its time: a finding with a name, and never a pass."""
import time

from resnet_gluon.exercises.apart import CannotStart, Limits

import pytest
from solutions import BLOCK, IMPORTS, TOWER, judged, rules

CALLED = "def blocks_for(depth):\n    {}\n    return (depth - 2) // 2\n"
FIND = """
import os, socket, stat
def connections():
    for number in range(3, 200):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            pass
"""
ENDINGS = [
    ("import os; os._exit(0)", "process-ended"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "process-ended"),
    ("import ctypes; ctypes.string_at(0)", "process-ended"),
    ("import sys; sys.exit()", "exception"),
    ("raise KeyboardInterrupt", "exception"),
    ("[os.close(number) for number in connections()]", "process-ended"),
    ("[os.write(number, b'garbage! ' * 9) for number in connections()]", "answer-unreadable"),
    ("[os.write(number, bytes(100)) for number in connections()]", "answer-unreadable"),
    ("while True: [os.write(number, b'A' * 100_000) for number in connections()]", "answer-unreadable"),
    ("while True: print('x' * 1000)", "time-limit"),
    ("(1 << (1 << 36)) % 7", None),
    ("import re; re.match('(a+)+$', 'a' * 60 + 'b')", "time-limit"),  # a loop in C, which nothing in Python ends
    ("return [depth] * 10_000_000", "exception"),
    ("x = []\n    x.append(x)\n    return x", "exception"),
]


@pytest.mark.slow
@pytest.mark.parametrize("code, rule", ENDINGS)
def test_an_attempt_that_ends_its_process_is_named_and_the_next_one_is_judged(code, rule):
    cells = [IMPORTS, FIND, CALLED.format(code), TOWER.replace("blocks_for", "right")]
    ended, right = judged(cells, ("tower-depth", "blocks_for"), ("tower-depth", "right"), limits=Limits(seconds=4))
    assert not ended.passed and (rule is None or rules(ended) == [rule]), ended
    assert right.passed, right


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["import os; os._exit(3)", "while True: pass", "raise SystemExit", "def broken(:",
                                  "import builtins; builtins.print = builtins.len = None", "%%time\nx = 1\n!ls",
                                  "%reset -f\nBOX = ''", "import os; os.environ.clear(); os.chdir('/')"])
def test_a_cell_that_fails_stops_none_of_the_others(cell):
    right, = judged([IMPORTS, cell, TOWER], ("tower-depth", "blocks_for"), limits=Limits(cells=6))
    assert right.passed, right


@pytest.mark.slow
def test_what_is_not_there_says_which_cell_raised():
    cells = [IMPORTS, "1 / 0", "broken = (", BLOCK]
    missing, there = judged(cells, ("tower-depth", "blocks_for"), ("residual-block", "MyResidual"))
    assert rules(missing) == ["not-defined"] and "cell 2 raised ZeroDivisionError" in missing.findings[0].observed
    assert "cell 3 raised SyntaxError" in missing.findings[0].observed and there.passed


def test_a_process_that_does_not_start_is_nobodys_fault():
    def wrap(command, **options):
        import subprocess
        return subprocess.Popen(["false"], **options)
    with pytest.raises(CannotStart):
        judged([TOWER], ("tower-depth", "blocks_for"), wrap=wrap)


@pytest.mark.slow
def test_time_is_bounded_for_each_check():
    began = time.monotonic()
    verdicts = judged(["def f(depth):\n    while True: pass"], *[("tower-depth", "f")] * 2, limits=Limits(seconds=1))
    assert [rules(verdict) for verdict in verdicts] == [["time-limit"]] * 2 and time.monotonic() - began < 60
