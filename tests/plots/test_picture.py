"""A picture in a notebook: its words, its size and its one PNG, whatever others have said of how figures are shown."""
from base64 import b64decode

from resnet_gluon.execute import save_html
from resnet_gluon.plots.picture import Picture, announce, nothing
from resnet_gluon.plots.style import PIXELS

import matplotlib
import nbformat
import pytest
from nbclient import NotebookClient

matplotlib.use("Agg")
DRAW = "figure = plots.spread({'one': [1, 2], 'other': [2, 4]}, 'accuracy')"


@pytest.fixture
def picture():
    figure = Picture(figsize=(3, 2))
    figure.add_subplot().plot([0, 1])
    figure.alt = "A line that rises."
    return figure


def test_the_same_figure_is_the_same_bytes(picture):
    assert picture.png() == picture.png()


def test_what_a_notebook_is_given(picture):
    data, metadata = picture.for_notebook()
    assert metadata == {"alt": "A line that rises.", "width": 300, "height": 200}
    png = b64decode(data)
    assert png == picture.png() and int.from_bytes(png[16:20], "big") == 2 * 3 * PIXELS
    assert picture._repr_png_() == (data, metadata) and nothing(picture) is None


def test_without_jupyter_nothing_is_announced(picture, monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    announce()


@pytest.fixture(scope="module")
def notebook():
    """Cells that draw, executed in a kernel, after and before others say how figures are shown."""
    sources = ["%matplotlib inline\nfrom resnet_gluon import plots\nfrom matplotlib import pyplot as plt\n"
               "from matplotlib_inline.backend_inline import set_matplotlib_formats",
               DRAW, f"set_matplotlib_formats('svg')\n{DRAW}", f"set_matplotlib_formats('retina')\n{DRAW}",
               f"{DRAW}\nplt.close()\nhandle = display(figure, display_id=True)\nhandle.update(figure)",
               "lines = plt.plot([0, 1])"]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(made, kernel_name="python3", timeout=120).execute()
    return made


@pytest.mark.slow
@pytest.mark.parametrize("cell", (1, 2, 3, 4))
def test_an_output_is_one_png_with_alternative_text(notebook, cell):
    output, = (output for output in notebook.cells[cell].outputs if output.output_type == "display_data")
    assert set(output.data) == {"text/plain", "image/png"}
    about = output.metadata["image/png"]
    assert about["alt"].startswith("accuracy, mean and 95 % interval: one 1.5") and about["width"] == 760


@pytest.mark.slow
def test_other_figures_are_shown_as_their_owners_want(notebook):
    output, = notebook.cells[5].outputs
    assert "width" in output.metadata["image/png"] and "alt" not in output.metadata["image/png"]


@pytest.mark.slow
def test_the_page_has_the_words(notebook, tmp_path):
    save_html(notebook, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf8")
    assert page.count('<img alt="accuracy, mean and 95 % interval') == page.count('width="760"') == 4
