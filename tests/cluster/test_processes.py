"""A family of processes: watched, heard, ended and collected, whatever happens."""
import os
import signal
import sys
import time

from resnet_gluon.cluster.processes import Family, JobFailed

import psutil
import pytest


@pytest.fixture
def lines():
    return []


def start(family, name, code):
    family.start(name, [sys.executable, "-c", code], dict(os.environ))


def test_lines_are_whole_and_all_of_them_come(lines):
    with Family(lines.append) as family:
        for name in ("a", "b"):
            start(family, f"worker {name}", f"for i in range(500): print('{name}' * 100, i)")
        family.watch()
    assert sorted(lines) == sorted(f"{name * 100} {i}" for name in "ab" for i in range(500))


def test_a_failure_has_a_name_a_status_and_last_words_and_ends_the_others(lines):
    with pytest.raises(JobFailed, match=r"(?s)^worker b ended with exit status 7, .*:\n  10\n.*\n  19$") as told, \
            Family(lines.append) as family:
        start(family, "worker a", "import time; time.sleep(99)")
        start(family, "worker b", "import sys\nfor i in range(20): print(i, flush=True)\nsys.exit(7)")
        others = [psutil.Process(child.process.pid) for child in family.children]
        family.watch()
    assert told.value.status == 7 and not any(process.is_running() for process in others)


def test_a_signal_is_named_as_a_shell_counts_it(lines):
    with pytest.raises(JobFailed, match="server 0 ended by SIGKILL.*Its last words:\n  nothing") as told, \
            Family(lines.append) as family:
        start(family, "server 0", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        start(family, "worker 0", "import time; time.sleep(99)")
        family.watch()
    assert told.value.status == 137


def test_a_server_that_is_done_too_early_is_a_failure(lines, monkeypatch):
    monkeypatch.setattr("resnet_gluon.cluster.processes.END", 0.3)
    with pytest.raises(JobFailed, match="server 0 ended with exit status 0 before the others were done"), \
            Family(lines.append) as family:
        start(family, "server 0", "pass")
        start(family, "worker 0", "import time; time.sleep(99)")
        family.watch()


def test_one_that_will_not_end_is_ended(lines, monkeypatch):
    monkeypatch.setattr("resnet_gluon.cluster.processes.END", 0.5)
    with Family(lines.append) as family:
        start(family, "server 0", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', "
                                  "flush=True); time.sleep(99)")
        while not lines:
            time.sleep(0.01)
        child = psutil.Process(family.children[0].process.pid)
        start(family, "worker 0", "pass")
        family.watch()
    assert not child.is_running()


def test_sigterm_ends_the_job_too(lines):
    with pytest.raises(SystemExit) as told, Family(lines.append) as family:
        start(family, "worker 0", "import time; time.sleep(99)")
        child = psutil.Process(family.children[0].process.pid)
        os.kill(os.getpid(), signal.SIGTERM)
        family.watch()
    assert told.value.code == 143 and not child.is_running()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
