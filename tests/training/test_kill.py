"""SIGKILL at any moment costs nothing: the resumed run ends as the one that was never touched, to the last bit."""
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).parent / "killed_run.py"
STEPS = 6 * 512 // 16


def start(*arguments):
    command = [sys.executable, "-W", "ignore::DeprecationWarning", SCRIPT, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(folder, *arguments):
    """The step that the run begins with, and what it comes to."""
    out, err = start(folder, *arguments).communicate()
    assert err == ""
    begun, result = out.splitlines()
    return int(begun), result.split()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    begun, result = finish(tmp_path_factory.mktemp("untouched"))
    assert begun == 0 and int(result[1]) == STEPS
    return result


def test_killed_twenty_times_at_random_moments(untouched, tmp_path):
    moments, begun, runs = random.Random(20151210), [], 0
    while len(begun) < 20:
        runs += 1
        steps = []
        while len(begun) + len(steps) < 20:
            child = start(tmp_path / f"run{runs}")
            steps.append(int(child.stdout.readline()))
            time.sleep(moments.uniform(0, 0.6))
            if child.poll() is not None:
                steps.pop()  # it came to its end before it was killed
                break
            child.send_signal(signal.SIGKILL)
            child.communicate()
        step, result = finish(tmp_path / f"run{runs}")
        assert result == untouched
        assert sorted(steps) == steps and step >= steps[-1]  # each went on at least from where the one before had begun
        begun += steps
    assert sum(step > 0 for step in begun) > 10


def test_killed_while_a_checkpoint_is_written(untouched, tmp_path):
    """Before and after each rename, and with half of a file on the disk."""
    counts, begun = random.Random(7), []
    for call in ("fsync", "replace") * 6:
        child = start(tmp_path, call, counts.randint(1, 24))
        begun += map(int, child.communicate()[0].split())  # nothing, if it came no farther than to the lock
        assert child.returncode == -signal.SIGKILL
    step, result = finish(tmp_path)
    assert result == untouched and begun + [step] == sorted(begun + [step]) and step > 12


@pytest.mark.parametrize("count", (2, 3, 4))
def test_killed_while_a_damaged_checkpoint_is_replaced(untouched, tmp_path, count):
    """The good one must not be lost between the bad one and the new one."""
    start(tmp_path, "replace", 40).communicate()
    last = tmp_path / "last.checkpoint"
    last.write_bytes(last.read_bytes()[:1000])
    child = start(tmp_path, "replace", count)
    begun = int(child.communicate()[0])
    assert begun > 0 and child.returncode == -signal.SIGKILL
    if last.exists() and last.stat().st_size == 1000:
        last.unlink()  # or the end would say, on stderr, that it is refused
    step, result = finish(tmp_path)
    assert step >= begun and result == untouched
