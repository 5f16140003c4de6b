"""`launch`: the job that it makes of a command line, and how it ends. Jobs themselves: tests/cluster."""
import sys

from resnet_gluon.cluster import Job, JobFailed

import pytest

TRAIN = [sys.executable, "-m", "resnet_gluon", "train", "--recipe", "smoke", "--folder", "runs/x"]


@pytest.fixture
def seen(monkeypatch):
    found = []
    monkeypatch.setattr("resnet_gluon.cluster.launch", lambda job, restart: found.append((job, restart)))
    return found


def test_options_make_the_job_and_restarts_resume(command, seen, tmp_path):
    command("launch", "-n", 2, "-s", 1, "--restart", 3, "--", *TRAIN[3:])
    assert seen == [(Job(TRAIN, 2, 1, again=TRAIN + ["--resume"]), 3)]
    command("launch", "-n", 4, "-s", 2, "--launcher", "ssh", "--hostfile", tmp_path / "h", "--", *TRAIN[3:], "--resume")
    resumed = TRAIN + ["--resume"]
    assert seen[1] == (Job(resumed, 4, 2, "ssh", tmp_path / "h", again=resumed), 0)


def test_a_script_is_a_job_too(command, seen, tmp_path):
    script = tmp_path / "mine.py"
    script.write_text("")
    command("launch", "-n", 1, "-s", 1, "--", script, "a", "--resume")
    assert seen[0][0].command == [sys.executable, str(script), "a", "--resume"]


@pytest.mark.parametrize("options, message", [
    (("-n", 2, "-s", 1), "launch: there is nothing to launch: give it after --"),
    (("-n", 2, "-s", 1, "--", "evaluate", "x"), "launch: a job is `train` with its options, or a script in Python"),
    (("-n", 2, "-s", 1, "--", "none.py"), "launch: there is no script none.py"),
    (("-n", 0, "-s", 1, "--", "train"), "launch: workers must be an integer of at least 1, but 0 was given"),
    (("-n", 1, "-s", -1, "--", "train"), "launch: servers must be an integer of at least 1"),
    (("-n", 1, "-s", 1, "--restart", -1, "--", "train"), "launch: --restart must be an integer of at least 0")])
def test_mistakes_are_sentences(command, options, message):
    with pytest.raises(SystemExit) as told:
        command("launch", *options)
    assert str(told.value).startswith(message) and "\n" not in str(told.value)


def test_the_exit_status_is_that_of_what_failed(command, monkeypatch, capsys):
    def fail(job, restart):
        raise JobFailed("worker 1 ended by SIGKILL", 137)
    monkeypatch.setattr("resnet_gluon.cluster.launch", fail)
    with pytest.raises(SystemExit) as told:
        command("launch", "-n", 2, "-s", 1, "--", "train")
    assert told.value.code == 137 and capsys.readouterr().err == "launch: worker 1 ended by SIGKILL\n"
