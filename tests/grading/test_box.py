"""The parts of the box, one by one, without nbgrader's long way."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

GRADING = Path(__file__).parents[2] / "grading"


@pytest.fixture(scope="module")
def box():
    pytest.importorskip("nbgrader", reason="nbgrader is not installed (make grading-setup)")
    sys.path.insert(0, str(GRADING))
    import box
    sys.path.remove(str(GRADING))
    return box


def fenced(folder, code):
    """What code says behind the fence."""
    code = f"import runpy\nrunpy.run_path({str(GRADING / 'fence.py')!r})\n{code}"
    return subprocess.run([sys.executable, "-c", code], env=dict(os.environ, RESNET_GLUON_BOX=str(folder)), cwd=folder,
                          capture_output=True, text=True)


@pytest.mark.parametrize("code", (
    "open('OUT', 'w')", "open('OUT', 'r+')", "import os; os.remove('OUT')", "import os; os.rename('inside', 'OUT')",
    "import pathlib; pathlib.Path('OUT').mkdir()", "import shutil; shutil.rmtree('OUT')",
    "import os; os.symlink('OUT', 'link'); open('link', 'a')"))
def test_the_fence_refuses_to_write_outside(tmp_path, code):
    folder, out = tmp_path / "box", tmp_path / "out"
    folder.mkdir()
    out.write_text("as it was")
    (folder / "inside").write_text("")
    result = fenced(folder, code.replace("OUT", str(out)))
    assert "PermissionError: outside this submission's folder" in result.stderr
    assert out.read_text() == "as it was" and str(out) in (folder / "outside").read_text()


def test_the_fence_lets_other_things_pass(tmp_path):
    code = "open('x', 'w').write('y'); open('/dev/null', 'w'); open(runpy.__file__)\nimport os; os.remove('x')"
    assert fenced(tmp_path, code).returncode == 0
    assert not (tmp_path / "outside").exists()


def test_the_fence_keeps_the_grading_process(tmp_path):
    assert "PermissionError" in fenced(tmp_path, "import os; os.kill(os.getppid(), 0)").stderr


def test_files_are_put_back(box, tmp_path):
    for name in ("kept", "changed", "deep/removed"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    before = box.files_of(tmp_path)
    (tmp_path / "changed").write_text("other")
    (tmp_path / "deep" / "removed").unlink()
    (tmp_path / "deep").rmdir()
    (tmp_path / "new").write_text("new")
    assert box.put_back(before, tmp_path) == {"changed", "deep/removed", "new"}
    assert box.files_of(tmp_path) == before


def test_processes_do_not_outlive_the_box(box, tmp_path):
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"],
                               env=dict(os.environ, RESNET_GLUON_BOX=str(tmp_path)), start_new_session=True,
                               stdout=subprocess.PIPE)
    sleeper.stdout.readline()
    box.end_processes("another box")
    assert sleeper.poll() is None
    box.end_processes(str(tmp_path))
    assert sleeper.wait(10) == -9
