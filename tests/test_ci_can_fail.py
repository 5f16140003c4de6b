"""The suite goes red where a notebook is broken: `make check-notebooks`, CI's own command, on broken copies."""
import subprocess
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "notebooks" / "02_residual_block.ipynb"


def wrong_shape(notebook):
    output = next(o for cell in notebook.cells for o in cell.get("outputs", []) if "(4, 6, 3, 3)" in o.get("text", ""))
    output.text = output.text.replace("(4, 6, 3, 3)", "(4, 6, 4, 4)")


def exception(notebook):
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code" and not cell.metadata.get("tags"))
    cell.source += "\nraise RuntimeError('broken')"


def stripped(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def no_longer_errs(notebook):
    cell = next(cell for cell in notebook.cells if "raises-exception" in cell.metadata.get("tags", []))
    cell.source = cell.source.replace("Residual(64)", "Residual(64, use_1x1conv=True)")


def nothing(notebook):
    pass


@pytest.mark.parametrize("damage, red, trace", [
    (nothing, False, "passed"), (wrong_shape, True, "(4, 6, 4, 4)"), (exception, True, "caused an exception"),
    (stripped, True, "test_compared_cells_have_outputs"), (no_longer_errs, True, "use_1x1conv=True")])
def test_a_broken_notebook_turns_the_suite_red(tmp_path, damage, red, trace):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    damage(notebook)
    nbformat.write(notebook, tmp_path / NOTEBOOK.name)
    result = subprocess.run(["make", "--no-print-directory", "check-notebooks", f"NOTEBOOKS={tmp_path}"], cwd=ROOT,
                            capture_output=True, text=True, timeout=300)
    assert (result.returncode != 0) == red, result.stdout[-3000:] + result.stderr[-1000:]
    assert trace in result.stdout
