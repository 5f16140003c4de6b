"""MXNet computes with all cores: it counts them while it is imported, so each case is a process of its own."""
import os
import subprocess
import sys

from resnet_gluon import threads

import pytest

USED = """
import time
from mxnet import np, npx
npx.set_np()
x = np.ones((400, 3000))
npx.fully_connected(x, x, num_hidden=400, no_bias=True).wait_to_read()
wall, work = time.perf_counter(), time.process_time()
for _ in range(30):
    npx.fully_connected(x, x, num_hidden=400, no_bias=True)
npx.waitall()
print(os.environ.get("OMP_NUM_THREADS"), (time.process_time() - work) / (time.perf_counter() - wall))
"""


def run(program, **environment):
    clean = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    return subprocess.run([sys.executable, "-c", "import os\n" + program], capture_output=True, text=True, check=True,
                          env={**clean, **environment})


def test_the_package_imported_first_takes_every_core():
    count, cores_used = run("import resnet_gluon" + USED).stdout.split()
    assert count == str(threads.physical_cores()) and float(cores_used) > 0.6 * min(int(count), 2)


def test_the_environment_has_the_last_word():
    done = run("import resnet_gluon" + USED, OMP_NUM_THREADS="1")
    count, cores_used = done.stdout.split()
    assert count == "1" and float(cores_used) < 1.3


@pytest.mark.skipif(threads.physical_cores() <= max(1, os.cpu_count() // 2), reason="MXNet would use them all anyway")
def test_mxnet_imported_first_is_said():
    assert "MXNet was imported before resnet_gluon and computes with half" in run("import mxnet, resnet_gluon").stderr
    assert run("import resnet_gluon, mxnet").stderr == ""


def test_cores_are_no_more_than_the_process_may_use(monkeypatch, tmp_path):
    monkeypatch.setattr(threads.psutil, "cpu_count", lambda logical: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    limit = tmp_path / "cpu.max"
    for text, cores in (("max 100000", 6), ("350000 100000", 3), ("50000 100000", 1), ("nonsense", 6)):
        limit.write_text(text)
        monkeypatch.setattr(threads, "LIMIT", str(limit))
        assert threads.physical_cores() == cores
    monkeypatch.setattr(threads, "LIMIT", str(tmp_path / "absent"))
    assert threads.physical_cores() == 6
