"""`make run`'s machinery, on a notebook of a few cells."""
import io
import json
import re
import signal
import subprocess
import sys

from resnet_gluon.__main__ import main
from resnet_gluon.execute import Terminal, execute

import nbformat
import pytest

BAR = """import time, sys
from tqdm import tqdm
for _ in tqdm(range(3), leave=False, file=sys.stdout): time.sleep(0.2)
print("a line")"""
PICTURE = """%matplotlib inline
import matplotlib.pyplot as plt
figure = plt.figure(figsize=(1, 1))"""
RESULT = """from resnet_gluon.settings import runs_folder
(runs_folder() / "resnet18-test.json").write_text(
    '{"accuracy": 0.9, "interval": [0.88, 0.92], "n": 1000, "data": "some data"}')"""


def write(path, *cells):
    cells = [nbformat.v4.new_code_cell(source) for source in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_RUNS", "set by the test, to be restored after it")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")


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


def test_a_failing_cell_ends_the_run_and_leaves_what_was_done(tmp_path, capsys):
    notebook = write(tmp_path / "job.ipynb", "print('so far')", "1 / 0", "print('never')")
    with pytest.raises(SystemExit) as end:
        main(["run", str(notebook), "--folder", str(tmp_path / "runs")])
    assert "ZeroDivisionError" in str(end.value)
    executed = nbformat.read(tmp_path / "runs" / "job.ipynb", as_version=4)
    assert [cell.execution_count for cell in executed.cells] == [1, 2, None]
    assert not (tmp_path / "runs" / "job.html").exists()


def test_an_old_result_is_not_taken_for_a_new_one(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "resnet18-test.json").write_text(json.dumps({"accuracy": 1, "interval": [1, 1], "n": 1, "data": ""}))
    with pytest.raises(SystemExit, match="resnet18-test.json"):
        main(["run", str(write(tmp_path / "job.ipynb", "print()")), "--folder", str(folder)])


def test_a_missing_notebook_is_named(tmp_path):
    with pytest.raises(SystemExit, match="absent.ipynb"):
        main(["run", str(tmp_path / "absent.ipynb"), "--folder", str(tmp_path)])


def test_execution_in_place_is_from_a_clean_kernel_and_repeats(tmp_path):
    notebook = write(tmp_path / "a.ipynb", "import os; print(os.path.basename(os.getcwd()) != '')", "x = 1; print(x)")
    execute(notebook)
    first = notebook.read_text()
    execute(notebook)
    assert notebook.read_text() == first
    assert nbformat.read(notebook, as_version=4).cells[1].outputs[0].text == "1\n"


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


def test_bars_go_to_terminals_and_lines_to_files():
    class Screen(io.StringIO):
        def isatty(self):
            return True
    chunks = ["bar 1\r", "bar 2\r", "     \rline", " one\n", "line two\n"]
    screen, file = Screen(), io.StringIO()
    for stream in (screen, file):
        terminal = Terminal(stream)
        for chunk in chunks:
            terminal.write(chunk)
    assert screen.getvalue() == "".join(chunks)
    assert file.getvalue() == "line one\nline two\n"


def test_the_command_line_explains_itself(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "run" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([])
