"""What cannot be launched is said in words, before anything starts."""
import socket
import sys

from resnet_gluon.cluster import Job
from resnet_gluon.cluster.job import LAUNCHERS, free_ports

import pytest

PYTHON = (sys.executable, "-c", "pass")


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A machine on which these programs alone are installed."""
    def only(*names):
        for name in names:
            (tmp_path / name).write_text("#!/bin/sh\n")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
    return only


@pytest.mark.parametrize("options, message", [
    ({"workers": 0}, "workers must be an integer of at least 1, but 0 was given"),
    ({"servers": 0}, "servers must be an integer of at least 1, but 0 was given"),
    ({"servers": 1.5}, "servers must be"),
    ({"launcher": "yarn"}, "launcher must be one of 'local', 'ssh', 'mpi', 'slurm', 'kubernetes', but 'yarn' was"),
    ({"command": ()}, "there is no command to launch"),
    ({"command": ("no-such-program",)}, "no-such-program is no program that can be run"),
    ({"port": 0}, "a port is 1 to 65535, but 0 was given"),
    ({"hostfile": "hosts"}, "a hostfile is for the launchers ssh and mpi; local takes none")])
def test_bad_jobs_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        Job(**{"command": PYTHON, "workers": 2, **options}).check()


def test_a_good_one_is_not():
    Job(PYTHON, 2, 1, port=free_ports(1)[0]).check()


@pytest.mark.parametrize("launcher, program", [pair for pair in LAUNCHERS.items() if pair[1]])
def test_a_launcher_whose_program_is_missing(programs, launcher, program):
    programs()
    with pytest.raises(ValueError, match=f"the launcher {launcher} needs the program {program}, which is not"):
        Job(PYTHON, 2, 1, launcher).check()


def test_a_taken_port():
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        with pytest.raises(ValueError, match=f"port {taken.getsockname()[1]} cannot be used: Address already in use"):
            Job(PYTHON, 2, port=taken.getsockname()[1]).check()


def test_hosts_are_read_and_reached(programs, tmp_path):
    programs("ssh")
    file = tmp_path / "hosts"
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        there.listen()
        port = there.getsockname()[1]
        file.write_text(f"127.0.0.1:{port} slots=4\n\n# a remark\n")
        job = Job(PYTHON, 2, 1, "ssh", file)
        assert job.hosts() == [("127.0.0.1", port)]
        job.check()
    with pytest.raises(ValueError, match=f"the host 127.0.0.1 cannot be reached at port {port}: Connection refused"):
        job.check()


@pytest.mark.parametrize("text, message", [
    ("", "holds no host"), ("one two\n", "should hold a host, or host:port, a line, but holds 'one two'"),
    ("one:two\n", "holds 'one:two'"), ("no-such-host.invalid\n", "the host no-such-host.invalid has no address"),
    (None, "cannot be read")])
def test_bad_hostfiles_are_named(programs, tmp_path, text, message):
    programs("ssh")
    if text is not None:
        (tmp_path / "hosts").write_text(text)
    with pytest.raises(ValueError, match=message):
        Job(PYTHON, 2, 1, "ssh", tmp_path / "hosts").check()


def test_what_else_remote_launchers_need(programs):
    programs("ssh", "srun", "kubectl")
    with pytest.raises(ValueError, match="the launcher ssh needs --hostfile FILE"):
        Job(PYTHON, 2, 1, "ssh").check()
    with pytest.raises(ValueError, match="--port is for the launcher local"):
        Job(PYTHON, 2, 1, "slurm", port=4000).check()
    with pytest.raises(ValueError, match="needs Python's package of that name|needs --image NAME"):
        Job(PYTHON, 2, 1, "kubernetes").check()


def test_ssh_takes_no_single_quotes(programs, tmp_path):
    programs("ssh")
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        there.listen()
        (tmp_path / "hosts").write_text(f"127.0.0.1:{there.getsockname()[1]}\n")
        with pytest.raises(ValueError, match="cannot hold a single quote"):
            Job(("python", "-c", "print('x')"), 2, 1, "ssh", tmp_path / "hosts").check()


def test_free_ports_are_free_different_and_in_order():
    ports = free_ports(5)
    assert ports == sorted(set(ports)) and len(ports) == 5 and all(port >= 1024 for port in ports)
    for port in ports:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
