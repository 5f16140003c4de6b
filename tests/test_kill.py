"""SIGKILL at any moment costs nothing: the resumed run ends as the one that was never touched, to the last bit."""
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "killed_run.py"
STEPS = 6 * 512 // 16


def start(*arguments):
    command = [sys.executable, "-W", "ignore::DeprecationWarning", SCRIPT, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(folder):
    out, err = start(folder).communicate()
    assert err == ""
    return out.split()[1:]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    result = finish(tmp_path_factory.mktemp("untouched"))
    assert int(result[1]) == STEPS
    return result


def test_killed_twenty_times_at_random_moments(untouched, tmp_path):
    moments, kills, runs = random.Random(20151210), 0, 0
    while kills < 20:
        runs += 1
        while True:
            child = start(tmp_path / f"run{runs}")
            assert child.stdout.readline() == "ready\n", child.stderr.read()
            time.sleep(moments.uniform(0, 0.6))
            if child.poll() is not None:
                break
            child.send_signal(signal.SIGKILL)
            child.communicate()
            kills += 1
            if kills == 20:
                break
        assert finish(tmp_path / f"run{runs}") == untouched


def test_killed_while_a_checkpoint_is_written(untouched, tmp_path):
    """Before and after each rename, and with half of a file on the disk."""
    counts = random.Random(7)
    for call in ("fsync", "replace") * 6:
        child = start(tmp_path, call, counts.randint(1, 24))
        child.communicate()
        assert child.returncode == -signal.SIGKILL
    assert finish(tmp_path) == untouched
