"""What runs for each role: its output, its end, and its leash."""
import os
import pickle
import subprocess
import sys
import time

from resnet_gluon.cluster import role

import pytest


def start(code, **environment):
    return subprocess.Popen([sys.executable, role.__file__, sys.executable, "-c", code], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                            env={**os.environ, "DMLC_ROLE": "worker", **environment})


def test_lines_have_the_name_before_them_and_the_status_is_the_child_s():
    role_ = start("import sys; print('bar\\rbar done'); print('no', file=sys.stderr); sys.exit(5)",
                  RESNET_GLUON_LABEL="worker 3")
    out, err = role_.communicate()
    assert err == "" and role_.returncode == 5
    assert sorted(out.splitlines()) == ["[worker 3] bar done", "[worker 3] ended with exit status 5", "[worker 3] no"]


def test_without_a_name_it_is_the_rank_as_soon_as_that_is_known():
    out, _ = start("print('early', flush=True); print('joined as rank 1 of 2'); print('late')").communicate()
    early, joined, late = out.splitlines()
    assert early.startswith("[worker ") and ":" in early and (joined, late) == (
        "[worker 1] joined as rank 1 of 2", "[worker 1] late")


def test_a_child_ended_by_a_signal():
    role_ = start("import os; os.kill(os.getpid(), 11)", RESNET_GLUON_LABEL="worker 0")
    assert role_.communicate()[0] == "[worker 0] ended by SIGSEGV\n" and role_.returncode == 139


def test_it_does_not_wait_for_what_the_child_has_left_behind():
    began = time.monotonic()
    role_ = start("import subprocess; subprocess.Popen(['sleep', '30']); print('done')", RESNET_GLUON_LABEL="worker 0")
    assert role_.stdout.readline() == "[worker 0] done\n" and role_.wait() == 0
    assert time.monotonic() - began < 20
    os.killpg(role_.pid, 9)


def test_the_leash():
    role_ = start("import time; print('up', flush=True); time.sleep(99)", RESNET_GLUON_LEASH="1")
    assert "up" in role_.stdout.readline()
    role_.stdin.close()
    assert role_.wait(10) != 0


def test_a_server_takes_no_code(capsys):
    with pytest.raises(ValueError, match="this server takes no code"):
        role.refuse(pickle.dumps(1))
    assert "refused a pickled optimizer" in capsys.readouterr().out
