"""What nbval does not notice about committed outputs: it passes a notebook without any."""
import re
from pathlib import Path

import nbformat
import pytest

DRAWS = re.compile(r"\bplots\.\w+\(|d2l\.plot\(|d2l\.show_images\(|d2l\.Trainer\(")
PACKAGE_IMPORT = re.compile(r"^(?:from|import) resnet_gluon\b", re.MULTILINE)
LINES = 12  # of a cell, but for one that is the lesson itself and says so by its tag
#: What the package has a name for, so that no notebook has to reach into it, or has to count positions.
NOT_IN_A_NOTEBOOK = ("data.mean =", "data.std =", "share=", "budget().name", "_collect_params_with_prefix", "**{**",
                     "// 56", "get_internals", "net[:-2]", "net[3:-2]", "list(net)")
PICTURES = {"image/png", "image/svg+xml"}
#: True as soon as all notebooks have been executed with the pictures that have words.
ALTERNATIVES = False
BYTES = 200_000  # of a picture


def pytest_generate_tests(metafunc):
    folder = Path(metafunc.config.getoption("--notebooks"))
    paths = sorted(folder.glob("*.ipynb"))
    assert paths, f"no notebooks in {folder}"
    metafunc.parametrize("notebook", [nbformat.read(path, as_version=4) for path in paths],
                         ids=[path.stem for path in paths])


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def text(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_was_run_from_a_clean_kernel_top_to_bottom(notebook):
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))


def test_compared_cells_have_outputs(notebook):
    compared = [cell for cell in code(notebook) if "nbval-check-output" in tags(cell)]
    assert [cell.source for cell in compared if not cell.outputs] == []


def test_every_drawing_is_a_picture(notebook):
    for cell in code(notebook):
        if DRAWS.search(cell.source):
            kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
            assert kinds & PICTURES, cell.source


@pytest.mark.skipif(not ALTERNATIVES, reason="the committed pictures come from before there were alternative texts")
def test_every_picture_has_alternative_text_and_is_not_large(notebook):
    for cell in code(notebook):
        for output in cell.outputs:
            for kind in PICTURES & set(output.get("data", {})):
                assert output.metadata.get(kind, {}).get("alt"), cell.source
                size = len(output.data[kind]) * 3 // 4 if kind == "image/png" else len(output.data[kind])
                assert size <= BYTES, cell.source


def test_errors_are_expected_and_compared(notebook):
    for cell in code(notebook):
        if any(output.output_type == "error" for output in cell.outputs) or "raises-exception" in tags(cell):
            assert {"raises-exception", "nbval-check-output"} <= set(tags(cell)), cell.source
            assert any(output.output_type == "error" for output in cell.outputs), cell.source


def test_no_warnings_or_leftovers_of_bars(notebook):
    for cell in code(notebook):
        assert not [output for output in cell.outputs if output.get("name") == "stderr"], cell.source
        assert "\r" not in text(cell), cell.source


def test_training_was_on_the_full_set(notebook):
    assert not [cell.source for cell in code(notebook) if "(subset)" in text(cell)]


def test_the_first_cell_imports_the_package_in_three_statements(notebook):
    assert 1 <= len(PACKAGE_IMPORT.findall(code(notebook)[0].source)) <= 3


def test_the_package_is_imported_at_the_top_and_for_the_exercises_alone(notebook):
    for cell in code(notebook)[1:]:
        imported = [line for line in cell.source.splitlines() if PACKAGE_IMPORT.match(line)]
        assert imported in ([], ["from resnet_gluon.exercises import check, hint"]), cell.source


def test_nothing_that_the_package_has_a_name_for(notebook):
    everything = "\n".join(cell.source for cell in notebook.cells)
    assert [words for words in NOT_IN_A_NOTEBOOK if words in everything] == []


def test_outputs_name_no_place_on_the_machine_that_made_them(notebook):
    for cell in code(notebook):
        assert not re.search(r"/(tmp|home|root|work)\b", str(cell.outputs)), cell.source


def test_house_rules(notebook):
    """One idea in a notebook and short cells; what it costs at the top, exercises at the end."""
    assert notebook.cells[0].source.startswith("# ") and "**It costs**" in notebook.cells[0].source
    assert "%matplotlib inline" in code(notebook)[0].source
    sections = [cell.source for cell in notebook.cells if cell.cell_type == "markdown" and "## " in cell.source]
    assert "## Exercises" in sections[-1]
    for cell in code(notebook):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        assert lines <= LINES or "the-lesson" in tags(cell), cell.source
