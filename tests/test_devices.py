"""All GPUs or the CPU; and all cores: MXNet counts them while it is imported, so each case is a process of its own."""
import os
import subprocess
import sys

from resnet_gluon.devices import devices, physical_cores, use_all_cores

import mxnet as mx
import psutil
import pytest

MODULE = sys.modules[devices.__module__]

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


@pytest.mark.slow
def test_the_package_imported_first_takes_every_core():
    count, cores_used = run("import resnet_gluon" + USED).stdout.split()
    assert count == str(physical_cores()) and float(cores_used) > 0.6 * min(int(count), 2)


@pytest.mark.slow
def test_the_environment_has_the_last_word():
    done = run("import resnet_gluon" + USED, OMP_NUM_THREADS="1")
    count, cores_used = done.stdout.split()
    assert count == "1" and float(cores_used) < 1.3


@pytest.mark.slow
@pytest.mark.skipif(physical_cores() <= max(1, os.cpu_count() // 2), reason="MXNet would use them all anyway")
def test_mxnet_imported_first_is_said_at_the_line_of_the_import(tmp_path):
    assert "MXNet was imported before resnet_gluon and computes with half" in run("import mxnet, resnet_gluon").stderr
    assert run("import resnet_gluon, mxnet").stderr == ""
    (tmp_path / "mine.py").write_text("import mxnet\nimport resnet_gluon\n")
    said = run(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import mine").stderr
    assert "mine.py:2: UserWarning: MXNet was imported before" in said and "import resnet_gluon" in said.splitlines()[1]


def test_cores_are_no_more_than_the_process_may_use(monkeypatch, tmp_path):
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    limit = tmp_path / "cpu.max"
    for text, cores in (("max 100000", 6), ("350000 100000", 3), ("50000 100000", 1), ("nonsense", 6)):
        limit.write_text(text)
        monkeypatch.setattr(MODULE, "LIMIT", str(limit))
        assert physical_cores() == cores
    monkeypatch.setattr(MODULE, "LIMIT", str(tmp_path / "absent"))
    assert physical_cores() == 6


def test_devices_are_all_gpus_or_the_cpu(monkeypatch):
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 2)
    assert devices() == [mx.gpu(0), mx.gpu(1)]
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 0)
    assert devices() == [mx.cpu()]

    def no_driver():
        raise mx.MXNetError("no driver")
    monkeypatch.setattr(mx.context, "num_gpus", no_driver)
    assert devices() == [mx.cpu()]


def test_a_number_of_threads_that_was_chosen_is_left_alone(monkeypatch, recwarn):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    use_all_cores()
    assert os.environ["OMP_NUM_THREADS"] == "3" and len(recwarn) == 0


@pytest.mark.parametrize("asked, threads, said", [
    ("abc", "64", True), ("1e3", "64", True), ("0", "64", True), ("-2", "64", True), ("9" * 20, "64", True),
    ("", "64", False), ("3,2", "3", False), (" 3 ", "3", False)])
def test_a_number_of_threads_at_which_mxnet_would_abort_is_replaced(monkeypatch, recwarn, asked, threads, said):
    monkeypatch.setattr(MODULE, "physical_cores", lambda: 64)
    monkeypatch.delitem(sys.modules, "mxnet")
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    use_all_cores()
    assert os.environ["OMP_NUM_THREADS"] == threads
    assert [str(warning.message) for warning in recwarn] == said * [
        f"OMP_NUM_THREADS should be a number of threads, but {asked!r} was given: 64, the number of cores, is used. "
        "Set it to a number, or unset it."]


@pytest.mark.slow
def test_mxnet_starts_in_spite_of_it():
    done = run("import resnet_gluon, mxnet; print(mxnet.np.ones((3,)).sum())", OMP_NUM_THREADS="abc")
    assert done.stdout == "3.0\n" and "but 'abc' was given" in done.stderr


def test_it_is_set_before_mxnet_is_imported_and_said_after(monkeypatch, recwarn):
    monkeypatch.setattr(MODULE, "physical_cores", lambda: 64)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.delenv("OMP_NUM_THREADS")
    use_all_cores()  # MXNet is here already
    assert "OMP_NUM_THREADS" not in os.environ and "set OMP_NUM_THREADS=64" in str(recwarn[0].message)
    assert recwarn[0].filename == __file__
    monkeypatch.delitem(sys.modules, "mxnet")
    use_all_cores()
    assert os.environ["OMP_NUM_THREADS"] == "64"
