"""A run shared by two workers is the run of one; a job that loses a process ends by name, and goes on."""
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from resnet_gluon import fit
from resnet_gluon.cluster import Job, JobFailed, launch
from resnet_gluon.cluster.processes import END
from resnet_gluon.training.history import History

import numpy as np
import psutil
import pytest
from cluster import worker
from cluster.jobs import Output, kill, killer, processes, run

pytestmark = pytest.mark.slow
STEPS = 12


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    left = [process for process in psutil.Process().children(recursive=True) if "role.py" in str(process.cmdline())]
    assert not left


@pytest.fixture(scope="module")
def alone():
    """Parameters and history of one process that takes the whole batches."""
    net = worker.net()
    history = fit(net, worker.data(), worker.HOW, seed=5, progress=False)
    return worker.arrays(net), history


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    return run(folder), folder


def parameters(folder):
    with np.load(Path(folder, "found.npz")) as found:
        return [found[name] for name in found.files]


def test_two_workers_end_with_one_and_the_same_net_that_of_one_with_the_joint_batch(alone, shared):
    output, folder = shared
    first, second = (output.results[rank] for rank in (0, 1))
    assert first["checksum"] == second["checksum"] and first["losses"] == second["losses"]
    for ours, theirs in zip(parameters(folder), alone[0]):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(first["losses"], alone[1].steps["loss"], rtol=1e-4)


def test_only_the_first_writes_and_validates_and_the_history_says_who_took_part(alone, shared):
    output, folder = shared
    assert [output.results[rank]["epochs"] for rank in (0, 1)] == [2, 0]
    assert output.results[1]["workers"] == {"store": "dist_sync", "rank": 1, "count": 2}
    history = History.load(folder / "history.json")
    assert history.setting["workers"] == {"store": "dist_sync", "rank": 0, "count": 2}
    assert history.last.val_accuracy == pytest.approx(alone[1].last.val_accuracy)
    assert "workers" not in alone[1].setting


def test_every_line_says_whose_it_is(shared):
    assert all(line.startswith(("[worker 0] ", "[worker 1] ", "[server 0] ", "[scheduler] ")) for line in shared[0])
    for rank in (0, 1):
        assert [line for line in shared[0] if line.startswith(f"[worker {rank}] step")] == [
            f"[worker {rank}] step {step}" for step in range(1, STEPS + 1)]


def test_lost_messages_are_sent_again(shared, tmp_path, monkeypatch):
    """A tenth of all messages is dropped by ps-lite itself, which gives up after ten tries: the job starts anew."""
    for name, value in (("PS_DROP_MSG", "10"), ("PS_RESEND", "1"), ("PS_RESEND_TIMEOUT", "1000"),
                        ("PS_HEARTBEAT_INTERVAL", "0")):  # of which enough can be lost for a false alarm
        monkeypatch.setenv(name, value)
    output = run(tmp_path, restart=3)
    assert output.results[0]["checksum"] == output.results[1]["checksum"] == shared[0].results[0]["checksum"]


def test_a_role_that_dies_ends_the_job_by_name_and_restarts_go_on_to_its_end(shared, tmp_path):
    roles = ("worker 1", "server 0", "scheduler")
    output = Output(killer([(role, f"[worker 0] step {step}") for role, step in zip(roles, (4, 7, 10))]))
    began = time.monotonic()
    run(tmp_path, 0.3, say=output, restart=3)
    failures = [line for line in output if "ended with exit status 137" in line and "Starting anew" in line]
    assert [line.partition(" ended")[0] for line in failures] == list(roles)
    for failure, role in zip(failures, roles):
        assert f"[{role}] ended by SIGKILL" in failure
    assert output.results[0]["checksum"] == output.results[1]["checksum"] == shared[0].results[0]["checksum"]
    assert output.results[0]["losses"] == shared[0].results[0]["losses"]
    assert sum(line == "[worker 1] step 1" for line in output) == 1  # each went on, none began anew
    assert time.monotonic() - began < 4 * (60 + END)


@pytest.mark.long
@pytest.mark.parametrize("role", ("worker 0", "worker 1", "server 0", "scheduler"))
def test_ten_kills_at_random_moments(shared, tmp_path, role):
    moments, kills = random.Random(role), 0
    while kills < 10:
        folder = tmp_path / str(kills)
        killed = []

        def strike(role=role, killed=killed):
            time.sleep(moments.uniform(0, 10))
            if processes(role):
                killed.append(time.monotonic())
                kill(role)
        thread = threading.Thread(target=strike)
        thread.start()
        try:
            run(folder, 0.5)
        except JobFailed as failure:
            assert str(failure).startswith(f"{role} ended") and failure.status == 137
            assert time.monotonic() - killed[0] < 2 * END
            kills += 1
        thread.join()
        assert run(folder).results[0]["checksum"] == shared[0].results[0]["checksum"]


def python(code):
    return Job([sys.executable, "-c", code], workers=2)


def test_an_error_of_a_worker_ends_all_with_its_status_and_its_last_words():
    code = "import os, sys, time; time.sleep(60 * int(os.environ['RESNET_GLUON_LABEL'][-1])); sys.exit('no recipe')"
    with pytest.raises(JobFailed, match=r"(?s)worker 0 ended with exit status 1, .* words:\n.*no recipe") as told:
        launch(python(code), say=Output())
    assert told.value.status == 1


def test_what_a_worker_has_started_is_ended_with_it(tmp_path):
    code = ("import subprocess, sys, time; child = subprocess.Popen(['sleep', '99'])"
            f"; open({str(tmp_path)!r} + f'/{{child.pid}}', 'w'); time.sleep(1); sys.exit(3)")
    with pytest.raises(JobFailed) as told:
        launch(python(code), say=Output())
    assert told.value.status == 3
    assert list(tmp_path.iterdir()) and not any(psutil.pid_exists(int(path.name)) and psutil.Process(
        int(path.name)).status() != psutil.STATUS_ZOMBIE for path in tmp_path.iterdir())


def test_a_launcher_that_is_killed_takes_its_job_along(tmp_path):
    script = ("import sys; from resnet_gluon.cluster import Job, launch as go\n"
              "go(Job([sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(9)'], 1))")
    launcher = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    number = int(launcher.stdout.readline().rpartition(" ")[2])
    family = psutil.Process(launcher.pid).children(recursive=True)
    assert psutil.pid_exists(number) and len(family) >= 3
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    gone, left = psutil.wait_procs(family, timeout=END)
    assert not left
    launcher.stdout.close()


def test_ctrl_c_reaches_the_workers_which_may_end_well():
    lines = Output()
    code = ("import signal, sys, time; signal.signal(signal.SIGINT, lambda *_: sys.exit('stopped well')); "
            "print('ready', flush=True); time.sleep(60)")
    lines.on = lambda line: (sum("ready" in each for each in lines) == 2 and line.endswith("ready")
                             and os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt, match="The workers stopped together"):
        launch(python(code), say=lines)
    assert sum("stopped well" in line for line in lines) == 2
    assert any(line.startswith("Stopping: the workers stop together") for line in lines)


def test_bad_input_is_named_before_anything_starts():
    with pytest.raises(ValueError, match="workers must be an integer of at least 1, but 0 was given"):
        launch(Job([sys.executable], 0))
