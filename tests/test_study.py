"""The runner of studies, with a toy in place of training: kills, two at a time, a full disk. Rows: test_rows.py."""
import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from experiments import rows

pytestmark = pytest.mark.slow  # each test starts processes
ROOT = Path(__file__).parents[1]


class Toy:
    """The toy study's command line, with folders of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "results" / "toy.json"
        self.begun = folder / "begun"
        (folder / "temporary").mkdir()

    def start(self, *arguments, **environment):
        full = {**os.environ, "RESNET_GLUON_RUNS": str(self.folder / "runs"),
                "TMPDIR": str(self.folder / "temporary"), "TOY_BEGUN": str(self.begun)}
        before = environment.pop("before", ["-m", "tests.toy_study"])
        command = [sys.executable, *before, "--results", str(self.file.parent), *arguments]
        return subprocess.Popen(command, cwd=ROOT, env={**full, **environment}, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def call(self, *arguments, **environment):
        """Exit status, what was printed, what was said."""
        process = self.start(*arguments, **environment)
        out, errors = process.communicate(timeout=60)
        return process.returncode, out, errors

    def rows(self):
        content = json.loads(self.file.read_text(encoding="utf8"))
        assert not list(rows.validator().iter_errors(content))
        return content["rows"]

    def processes(self):
        """Those that work for this study, runners and runs."""
        commands = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
        return [command for command in commands if str(self.folder) in " ".join(command)]

    def runs(self):
        return sorted((row["arm"], row["seed"]) for row in self.rows())


ALL = sorted((arm, seed) for arm in ("small", "large, and wide") for seed in range(3))


@pytest.fixture
def toy(tmp_path):
    return Toy(tmp_path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A toy study that has run; tests copy it."""
    toy = Toy(tmp_path_factory.mktemp("finished"))
    toy.status, toy.out, toy.errors = toy.call("--jobs", "2")
    return toy


@pytest.fixture
def done(finished, toy):
    toy.file.parent.mkdir()
    toy.file.write_text(finished.file.read_text(encoding="utf8"), encoding="utf8")
    return toy


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def test_a_study_runs_and_its_file_says_all(finished):
    assert finished.status == 0, finished.errors
    assert finished.runs() == ALL
    row = next(row for row in finished.rows() if row["arm"] == "large, and wide" and row["seed"] == 2)
    assert row["values"] == {"size": 12, "nested": {"a/b": [1, None]}}
    assert row["configuration"] == {"size": 10} and row["edition"] == "of toys" and row["threads"] == 1
    assert row["first_losses"] == [1, 10 / 3]
    assert row["command"] == "python -m tests.toy_study --arms 'large, and wide' --seeds 2"
    content = json.loads(finished.file.read_text(encoding="utf8"))
    assert content["summary"]["small"]["size"]["mean"] == 2 and content["paired"][0]["mean"] == 9
    assert "0 runs missing" in finished.out
    lines = [line for line in finished.file.read_text(encoding="utf8").splitlines() if '"seed"' in line]
    assert len(lines) == 6, "a line a row"


def test_what_is_there_is_not_run_again(done):
    status, out, _ = done.call()
    assert status == 0 and not done.begun.exists() and "0 runs missing" in out


def test_a_kill_of_the_runner_costs_the_runs_it_was_in(toy):
    process = toy.start("--jobs", "2", TOY_SLEEP="0.8")
    wait_for(lambda: toy.file.exists() and len(toy.rows()) >= 2)
    process.kill()
    process.communicate()
    kept = toy.runs()
    wait_for(lambda: not toy.processes(), seconds=15)
    assert 2 <= len(kept) < 6
    toy.begun.unlink()
    status, _, errors = toy.call("--jobs", "2")
    assert status == 0, errors
    assert toy.runs() == ALL
    assert len(toy.begun.read_text().splitlines()) == 6 - len(kept), "only what was missing"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_leaves_no_process(toy, number):
    process = toy.start("--jobs", "2", TOY_SLEEP="30")
    wait_for(lambda: toy.begun.exists() and len(toy.begun.read_text().splitlines()) == 2)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and "stopped" in errors and "Traceback" not in errors
    assert not toy.processes()


def test_two_runners_lose_and_double_nothing(toy):
    both = [toy.start("--jobs", "2", TOY_SLEEP="0.3") for _ in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert toy.runs() == ALL
    assert len(toy.begun.read_text().splitlines()) == 6, "each run by one of the two"


def test_an_unknown_arm_is_named_with_those_there_are(toy):
    status, _, errors = toy.call("--arms", "small", "huge")
    assert status == 2 and "unknown arm 'huge'" in errors and "'large, and wide'" in errors


def test_a_changed_grid_makes_rows_stale_and_keeps_them(done):
    arms = json.dumps({"small": {"size": 2}, "third": {"size": 3}})
    status, out, errors = done.call("--seeds", "0", TOY_ARMS=arms)
    assert status == 0, errors
    assert "stale: small, seed 0: configuration.size was 1 and is 2" in out
    assert "stale: large, and wide, seed 1: the study has no arm 'large, and wide' now" in out
    assert len(done.rows()) == 8 and {row["arm"] for row in done.rows()} == {"small", "large, and wide", "third"}
    assert json.loads(done.file.read_text(encoding="utf8"))["summary"]["small"]["size"]["mean"] == 2


def test_other_first_steps_warn(done):
    assert done.call("--check")[0] == 0
    assert done.call("--check", TOY_LOSS="1.5")[0] == 1
    status, _, errors = done.call("--arms", "small", "--seeds", "3", TOY_LOSS="1.5")
    assert status == 0 and "Warning: toy, small: step 1 of seed" in errors, "before a row is added to others of its arm"


def test_a_run_that_fails_is_named_and_the_others_go_on(toy):
    status, _, errors = toy.call("--seeds", "0", TOY_FAIL="small")
    assert status == 1 and "small, seed 0, ended with status 1" in errors and "as it was told" in errors
    assert toy.runs() == [("large, and wide", 0)]


def test_a_row_holds_the_configuration_that_ran(toy):
    status, out, _ = toy.call("--arms", "small", "--seeds", "0", TOY_CHANGED="1")
    row, = toy.rows()
    assert status == 0 and row["configuration"] == {"size": 5} and row["values"]["size"] == 5
    assert "stale: small, seed 0" in out and "1 runs missing" in out


def test_a_full_disk_keeps_the_old_file_and_prints_the_row(done):
    before = done.file.read_text(encoding="utf8")
    limit = (len(before.encode()) + 200, resource.RLIM_INFINITY)  # a file may not become longer than this
    limited = f"""import resource, runpy
resource.setrlimit(resource.RLIMIT_FSIZE, {limit})
runpy.run_module("tests.toy_study", run_name="__main__", alter_sys=True)"""
    status, _, errors = done.call("--seeds", "7", "--arms", "small", before=["-c", limited])
    assert status == 1 and "cannot be written: File too large" in errors, errors
    assert done.file.read_text(encoding="utf8") == before
    row = next(line for line in errors.splitlines() if line.startswith("{"))
    (done.folder / "rescued").write_text(row + "\n", encoding="utf8")
    assert done.call("--adopt", str(done.folder / "rescued"))[0] == 0
    assert done.runs() == sorted([*ALL, ("small", 7)])


def test_a_study_of_time_waits_until_it_is_alone(toy):
    with open(toy.folder / "temporary" / f"resnet-gluon-studies-{os.getuid()}.lock", "a") as other:
        fcntl.flock(other, fcntl.LOCK_SH)  # as a study that runs holds it
        process = toy.start("--arms", "small", TOY_ALONE="1")
        assert "waits" in process.stderr.readline()
        assert not toy.begun.exists()
        fcntl.flock(other, fcntl.LOCK_UN)
        process.communicate(timeout=30)
    assert process.returncode == 0 and len(toy.rows()) == 3


def test_smoke_leaves_nothing(toy):
    status, _, errors = toy.call("--smoke", TOY_SLEEP="30", TOY_FAIL="small")
    assert status == 1 and "1 of 2 arms in miniature" in errors and "as it was told" in errors
    assert not toy.file.exists() and not toy.processes()
