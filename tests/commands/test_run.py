"""`run`: `make run`'s machinery, on a notebook of a few cells."""
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from resnet_gluon.commands.run import NOTEBOOK, RUN

import nbformat
import pytest
from small_notebooks import BAR, PICTURE, write

RESULT = """from resnet_gluon.settings import runs_folder
(runs_folder() / "resnet18-test.json").write_text(
    '{"accuracy": 0.9, "interval": [0.88, 0.92], "n": 1000, "data": "some data"}')"""


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_RUNS", "set by the test, to be restored after it")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")


@pytest.mark.slow
def test_it_leaves_notebook_page_and_last_lines_in_a_folder_with_a_space(command, tmp_path):
    notebook = write(tmp_path / "job.ipynb", PICTURE, BAR, BAR.replace('print("a line")', ""), RESULT)
    out = command("run", notebook, "--folder", tmp_path / "my runs")
    assert "[cell 1/4] %matplotlib inline" in out and "a line" in out
    last = out.strip().splitlines()[-4:]
    assert last[0].startswith("test accuracy  0.9000 on 1,000 images (95 % interval 0.8800 to 0.9200)")
    assert [line.split()[0] for line in last] == ["test", "data", "seconds", "files"]
    executed = nbformat.read(tmp_path / "my runs" / "job.ipynb", as_version=4)
    assert [cell.execution_count for cell in executed.cells] == [1, 2, 3, 4]
    assert executed.cells[1].outputs[0].text.strip() == "a line"  # of the bar nothing is left
    assert executed.cells[2].outputs == []
    page = (tmp_path / "my runs" / "job.html").read_text(encoding="utf8")
    assert "data:image/png;base64," in page
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', page)


@pytest.mark.slow
def test_a_failing_cell_ends_the_run_and_leaves_what_was_done(command, tmp_path):
    notebook = write(tmp_path / "job.ipynb", "print('so far')", "1 / 0", "print('never')")
    with pytest.raises(SystemExit, match="(?s)^run: a cell of .*job.ipynb failed\n.*ZeroDivisionError"):
        command("run", notebook, "--folder", tmp_path / "runs")
    executed = nbformat.read(tmp_path / "runs" / "job.ipynb", as_version=4)
    assert [cell.execution_count for cell in executed.cells] == [1, 2, None]
    assert not (tmp_path / "runs" / "job.html").exists()


@pytest.mark.slow
def test_an_old_result_is_not_taken_for_a_new_one(fails, tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "resnet18-test.json").write_text(json.dumps({"accuracy": 1, "interval": [1, 1], "n": 1, "data": ""}))
    assert "did not write its result" in fails("run", write(tmp_path / "job.ipynb", "print()"), "--folder", folder)


def test_mistakes_are_a_sentence(fails, tmp_path, monkeypatch):
    assert "absent.ipynb" in fails("run", tmp_path / "absent.ipynb", "--folder", tmp_path)
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "runs"):
        assert f"{folder} cannot be the folder of results: it, or a part of its path, is a file. Name another" in fails(
            "run", "--folder", folder)

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")
    monkeypatch.setattr(Path, "write_text", refuse)
    assert f"{tmp_path} cannot be written: Read-only file system. Name another folder by --folder." in fails(
        "run", "--folder", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("when", ("a cell runs", "it starts"))
def test_ctrl_c_reaches_the_cell_and_ends_the_run_in_words(tmp_path, when):
    notebook = write(tmp_path / "job.ipynb", "import time\nprint('waiting', flush=True)\ntime.sleep(60)")
    program = "import sys\nfrom resnet_gluon.__main__ import main\nprint('here', flush=True)\nmain(sys.argv[1:])"
    command = [sys.executable, "-c", program, "run", str(notebook), "--folder", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=dict(os.environ)) as job:
        while ("waiting" if when == "a cell runs" else "here") not in job.stdout.readline():
            pass
        job.send_signal(signal.SIGINT)
        _, errors = job.communicate(timeout=60)
    assert job.returncode == 1 and "nbclient" not in errors
    if when == "a cell runs":
        assert "time.sleep(60)" in errors and "KeyboardInterrupt" in errors
    else:
        assert errors.endswith(("run: stopped by Ctrl-C. What was trained is kept: the same command goes on with it.\n",
                                "stopped by Ctrl-C, before anything was begun\n"))
        assert "Traceback" not in errors


def test_the_job_is_the_notebook_that_trains_and_its_folder_the_one_that_it_keeps():
    source = (Path(__file__).parents[2] / NOTEBOOK).read_text(encoding="utf8")
    assert f'\\"{RUN}\\"' in source and "resnet18-test.json" in source
