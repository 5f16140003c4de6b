"""The wheel's tracker, mended: with programs in place of ssh, mpirun and srun that run things here."""
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

from resnet_gluon.cluster import Job, JobFailed, launch, tracker
from resnet_gluon.cluster.launcher import numeric_hosts

import psutil
import pytest
from cluster import worker
from cluster.jobs import WORKER, Output

#: What each is called with ends in the command: for ssh one string, for the others words.
PROGRAMS = {
    "ssh": 'for last; do :; done\nexec sh -c "$last"',
    "mpirun": 'if [ "$1" = --version ]; then echo "mpirun (Open MPI) 4"; exit; fi\ncount=$2; shift 2\n'
              'while [ "$1" = -x ]; do export "$2"; shift 2; done\n[ "$1" = --hostfile ] && shift 2\n'
              'while [ "$1" = -x ]; do export "$2"; shift 2; done\n'
              'for i in $(seq "$count"); do "$@" & children="$children $!"; done\n'
              'for child in $children; do wait "$child" || exit $?; done',
    "srun": 'while [ "${1#-}" != "$1" ]; do case $1 in -n) count=$2; shift 2;; -N) shift 2;; *) shift;; esac; done\n'
            'for i in $(seq "$count"); do "$@" & children="$children $!"; done\n'
            'for child in $children; do wait "$child" || exit $?; done'}


@pytest.fixture
def programs(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, code in PROGRAMS.items():
        (folder / name).write_text(f"#!/bin/sh\n{code}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr("resnet_gluon.cluster.job.check_host", lambda host, port: None)
    (tmp_path / "hosts").write_text("localhost slots=2\n")
    yield tmp_path
    assert not [process for process in psutil.Process().children(recursive=True) if "role.py" in str(process.cmdline())]


def test_isalive_is_back_and_only_in_that_process():
    assert not hasattr(threading.Thread, "isAlive") or sys.version_info < (3, 9)


@pytest.mark.slow
def test_a_job_over_ssh(programs):
    output = Output()
    launch(Job([sys.executable, str(WORKER), str(programs / "run")], 2, 1, "ssh", programs / "hosts"), say=output)
    results = output.results
    assert results[0]["checksum"] == results[1]["checksum"] and len(results[0]["losses"]) == 2 * 6
    assert "[worker 0] joined as rank 0 of 2" in output and worker.HOW.epochs == results[0]["epochs"]


@pytest.mark.slow
@pytest.mark.parametrize("launcher", ("ssh", "mpi", "slurm"))
def test_what_fails_somewhere_ends_the_job_with_its_status(programs, launcher):
    output = Output()
    code = "import sys; print('a b', '$HOME', flush=True); sys.exit(7)"
    if launcher == "ssh":
        code = code.replace("'", '"')
    job = Job([sys.executable, "-c", code], 2, 1, launcher, programs / "hosts" if launcher != "slurm" else None)
    with pytest.raises(JobFailed, match=rf"(?s)^the job on {launcher} ended with exit status 7.*ended with e") as told:
        launch(job, say=output)
    assert told.value.status == 7
    assert any(line.startswith("[worker ") and line.endswith("] a b $HOME") for line in output)


def test_words_for_a_shell_that_sits_inside_single_quotes():
    words = ["a b", '"x"', "$HOME", "*", "ü", "a;b", "--lr=0.1", "back\\slash"]
    told = subprocess.run(["sh", "-c", "printf '%s\\n' " + " ".join(map(tracker.escape, words))], capture_output=True,
                          text=True)
    assert told.stdout.splitlines() == words


def test_names_of_hosts_become_addresses(tmp_path):
    (tmp_path / "hosts").write_text("localhost:2222\n127.0.0.1\n")
    with numeric_hosts(Job(["x"], 1, 1, "ssh", tmp_path / "hosts")) as path, open(path) as file:
        assert file.read() == "127.0.0.1:2222\n127.0.0.1:22\n"
    with numeric_hosts(Job(["x"], 1, 1, "mpi", tmp_path / "hosts")) as path, open(path) as file:
        assert file.read() == "127.0.0.1\n127.0.0.1\n"
    with numeric_hosts(Job(["x"], 1)) as path:
        assert path is None


def test_on_kubernetes_all_jobs_are_handed_in(tmp_path):
    """With a package in place of `kubernetes` that writes down what it is asked for."""
    (tmp_path / "kubernetes.py").write_text(
        "import types\n"
        "class Made(types.SimpleNamespace):\n"
        "    def __init__(self, **parts):\n"
        "        super().__init__(kind=type(self).__name__, **parts)\n"
        "client = types.SimpleNamespace(**{name: type(name, (Made,), {}) for name in ('V1ServiceSpec', 'V1ServicePort',"
        " 'V1Service', 'V1ObjectMeta', 'V1Container', 'V1PodTemplateSpec', 'V1PodSpec', 'V1Job', 'V1JobSpec')})\n"
        "client.V1EnvVar = lambda name, value: types.SimpleNamespace(name=name, value=value)\n"
        "client.V1Job.__init__ = lambda self, kind=None, api_version=None, **parts: Made.__init__(self, **parts)\n"
        "def hand_in(self, namespace, body):\n"
        f"    open({str(tmp_path / 'handed in')!r}, 'a').write(body.metadata.name + ' ')\n"
        "    return body\n"
        "api = type('Api', (), {'create_namespaced_job': hand_in, 'create_namespaced_service': hand_in})\n"
        "client.CoreV1Api = client.BatchV1Api = api\n"
        "config = types.SimpleNamespace(load_kube_config=lambda: None)\n")
    told = subprocess.run([sys.executable, tracker.__file__, "--cluster", "kubernetes", "--num-workers", "2",
                           "--num-servers", "1", "--", "python", "role.py"], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(tmp_path)}, timeout=60)
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "handed in").read_text().split() == [
        "mx-sched", "mx-sched", "mx-server-0", "mx-worker-0", "mx-worker-1"]


@pytest.mark.parametrize("error, status", [(subprocess.CalledProcessError(9, "x"), 9), (ValueError("no"), 1),
                                           (subprocess.CalledProcessError(-9, "x"), 247)])
def test_an_error_in_a_thread_ends_the_tracker(monkeypatch, capsys, error, status):
    ended = []
    monkeypatch.setattr(os, "_exit", ended.append)
    tracker.end_with_the_first_that_failed(SimpleNamespace(exc_value=error, thread=threading.current_thread()))
    assert ended == [status] and str(error) in capsys.readouterr().err
