"""A notebook from a clean kernel, as it goes on the terminal."""
import io
import re

from resnet_gluon.execute import WIDGET, Terminal, clear_bars, execute, save_html

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from small_notebooks import PICTURE, write


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_RUNS", "set by the test, to be restored after it")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")


@pytest.mark.slow
def test_execution_in_place_is_from_a_clean_kernel_and_repeats(tmp_path):
    notebook = write(tmp_path / "a.ipynb", "import os; print(os.path.basename(os.getcwd()) != '')", "x = 1; print(x)")
    execute(notebook)
    first = notebook.read_text()
    execute(notebook)
    assert notebook.read_text() == first
    assert nbformat.read(notebook, as_version=4).cells[1].outputs[0].text == "1\n"


@pytest.mark.slow
def test_where_a_cell_fails_what_was_done_is_written_and_the_error_raised(tmp_path, capsys):
    notebook, target = write(tmp_path / "a.ipynb", "print('so far')", "1 / 0", "print('never')"), tmp_path / "b.ipynb"
    before = notebook.read_text()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(notebook, target)
    cells = nbformat.read(target, as_version=4).cells
    assert [cell.execution_count for cell in cells] == [1, 2, None] and cells[0].outputs[0].text == "so far\n"
    assert cells[1].outputs[0].ename == "ZeroDivisionError" and notebook.read_text() == before
    assert capsys.readouterr().out.startswith("[cell 1/3] print('so far')\nso far\n[cell 2/3] 1 / 0\n")


@pytest.mark.slow
def test_a_page_has_its_figures_inside_and_needs_no_network(tmp_path):
    save_html(execute(write(tmp_path / "a.ipynb", PICTURE)), tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf8")
    assert "data:image/png;base64," in page
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', page)


def test_of_bars_and_widgets_nothing_is_left():
    cell = nbformat.v4.new_code_cell("", outputs=[
        nbformat.v4.new_output("stream", name="stdout", text="a line\n"),
        nbformat.v4.new_output("stream", name="stdout", text="\r 50%|##  |\r100%|####|\r          \r"),
        nbformat.v4.new_output("display_data", data={WIDGET: {}, "text/plain": "a bar"}),
        nbformat.v4.new_output("display_data", data={"text/plain": "a figure"})])
    only_a_bar = nbformat.v4.new_code_cell("", outputs=[
        nbformat.v4.new_output("stream", name="stdout", text="\r 50%|##  |\r          \r")])
    words = nbformat.v4.new_markdown_cell("words")
    clear_bars(nbformat.v4.new_notebook(cells=[cell, only_a_bar, words]))
    assert [output.get("text") or output.data["text/plain"] for output in cell.outputs] == ["a line\n", "a figure"]
    assert only_a_bar.outputs == []


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
