"""The command line: `make run`'s machinery, on a notebook of a few cells."""
import json
import re
import signal
import subprocess
import sys

from resnet_gluon.__main__ import main

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
def test_run_leaves_notebook_page_and_last_lines(tmp_path, capsys):
    notebook = write(tmp_path / "job.ipynb", PICTURE, BAR, BAR.replace('print("a line")', ""), RESULT)
    main(["run", str(notebook), "--folder", str(tmp_path / "runs")])
    out = capsys.readouterr().out
    assert "[cell 1/4] %matplotlib inline" in out and "a line" in out
    last = out.strip().splitlines()[-4:]
    assert last[0].startswith("test accuracy  0.9000 on 1,000 images (95 % interval 0.8800 to 0.9200)")
    assert [line.split()[0] for line in last] == ["test", "data", "seconds", "files"]
    executed = nbformat.read(tmp_path / "runs" / "job.ipynb", as_version=4)
    assert [cell.execution_count for cell in executed.cells] == [1, 2, 3, 4]
    assert executed.cells[1].outputs[0].text.strip() == "a line"  # of the bar nothing is left
    assert executed.cells[2].outputs == []
    page = (tmp_path / "runs" / "job.html").read_text(encoding="utf8")
    assert "data:image/png;base64," in page
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', page)


@pytest.mark.slow
def test_a_failing_cell_ends_the_run_and_leaves_what_was_done(tmp_path, capsys):
    notebook = write(tmp_path / "job.ipynb", "print('so far')", "1 / 0", "print('never')")
    with pytest.raises(SystemExit) as end:
        main(["run", str(notebook), "--folder", str(tmp_path / "runs")])
    assert "ZeroDivisionError" in str(end.value)
    executed = nbformat.read(tmp_path / "runs" / "job.ipynb", as_version=4)
    assert [cell.execution_count for cell in executed.cells] == [1, 2, None]
    assert not (tmp_path / "runs" / "job.html").exists()


@pytest.mark.slow
def test_an_old_result_is_not_taken_for_a_new_one(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "resnet18-test.json").write_text(json.dumps({"accuracy": 1, "interval": [1, 1], "n": 1, "data": ""}))
    with pytest.raises(SystemExit, match="resnet18-test.json"):
        main(["run", str(write(tmp_path / "job.ipynb", "print()")), "--folder", str(folder)])


def test_a_missing_notebook_is_named(tmp_path):
    with pytest.raises(SystemExit, match="absent.ipynb"):
        main(["run", str(tmp_path / "absent.ipynb"), "--folder", str(tmp_path)])


@pytest.mark.slow
def test_ctrl_c_reaches_the_cell_and_ends_the_run_in_words(tmp_path):
    notebook = write(tmp_path / "job.ipynb", "import time\nprint('waiting', flush=True)\ntime.sleep(60)")
    command = [sys.executable, "-m", "resnet_gluon", "run", str(notebook), "--folder", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as job:
        while "waiting" not in job.stdout.readline():
            pass
        job.send_signal(signal.SIGINT)
        _, errors = job.communicate(timeout=30)
    assert job.returncode == 1 and "time.sleep(60)" in errors and "KeyboardInterrupt" in errors
    assert "nbclient" not in errors


@pytest.mark.slow
def test_notebooks_are_executed_in_place_and_nothing_of_an_earlier_run_is_gone_on_with(tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_RUNS", str(tmp_path / "mine"))
    where = "import os; print(os.environ['RESNET_GLUON_RUNS'], os.listdir(os.environ['RESNET_GLUON_RUNS']))"
    one, two = write(tmp_path / "1.ipynb", where), write(tmp_path / "2.ipynb", "print(2)")
    main(["execute", str(one), str(two)])
    printed = nbformat.read(one, as_version=4).cells[0].outputs[0].text
    assert "mine" not in printed and printed.endswith("[]\n")
    assert nbformat.read(two, as_version=4).cells[0].outputs[0].text == "2\n"


def test_the_command_line_explains_itself(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "run" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([])


@pytest.mark.slow
def test_help_is_quick_to_come():
    """Without what runs notebooks."""
    program = ("import sys; from resnet_gluon.__main__ import main\ntry: main(['run', '--help'])\n"
               "except SystemExit: print(*sys.modules)")
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "--folder" in out and not {"nbclient", "nbconvert", "IPython"} & set(out.split())


def test_the_job_is_the_notebook_that_trains_and_its_folder_the_one_that_it_keeps():
    from pathlib import Path

    from resnet_gluon.__main__ import NOTEBOOK, RUN
    source = (Path(__file__).parent.parent / NOTEBOOK).read_text(encoding="utf8")
    assert f'\\"{RUN}\\"' in source and "resnet18-test.json" in source
