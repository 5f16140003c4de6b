"""The gallery shows every picture; it is executed by hand, and whenever the long tests are."""
import ast
import subprocess
import sys
from pathlib import Path

from resnet_gluon import plots

import nbformat
import pytest

TOOL = Path(__file__).parents[1] / "tools" / "gallery.py"


@pytest.fixture(scope="module")
def pictures():
    """The titles and cells of the tool, without executing it."""
    tree = ast.parse(TOOL.read_text(encoding="utf8"))
    return next(ast.literal_eval(node.value) for node in tree.body
                if isinstance(node, ast.Assign) and node.targets[0].id == "PICTURES")


def test_every_function_that_draws_is_shown(pictures):
    called = {node.func.attr for _, source in pictures for node in ast.walk(ast.parse(source))
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
              and getattr(node.func.value, "id", "") == "plots"}
    assert called == set(plots.__all__) - {"LiveCurves"}


def test_no_title_comes_twice(pictures):
    titles = [title for title, _ in pictures]
    assert len(set(titles)) == len(titles)


@pytest.mark.long
def test_all_pictures_have_words_and_few_bytes(pictures, tmp_path):
    subprocess.run([sys.executable, str(TOOL), str(tmp_path)], check=True)
    notebook = nbformat.read(tmp_path / "gallery.ipynb", as_version=4)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ()) if "image/png" in
             output.get("data", {})]
    assert len(shown) == len(pictures)
    for output in shown:
        assert output.metadata["image/png"]["alt"] and len(output.data["image/png"]) * 3 / 4 <= 200_000
