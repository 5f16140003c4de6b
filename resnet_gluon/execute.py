"""Execute a notebook from a clean kernel, as it goes on the terminal."""
import asyncio
import os
import signal
import sys
from pathlib import Path

from resnet_gluon.bounded import content_of, refusing
from resnet_gluon.files import save_text

import nbformat
from jinja2 import DictLoader
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor

LARGEST = 512 << 20  # bytes of a notebook
WIDGET = "application/vnd.jupyter.widget-view+json"

#: nbconvert's page, with the alternative texts that figures carry in their metadata; its own template leaves them out.
PAGE = """{%- extends 'lab/index.html.j2' -%}
{%- block data_png scoped -%}
{%- set words = output | get_metadata('alt', 'image/png') -%}
{%- if words -%}{{ super() | replace('<img src', '<img alt="' ~ (words | escape_html) ~ '" src', 1) }}
{%- else -%}{{ super() }}{%- endif -%}
{%- endblock data_png -%}
"""


class Terminal:
    """Passes a kernel's output on: as it comes to a terminal, in finished lines and without bars to a file."""

    def __init__(self, stream):
        self.stream, self.live, self.pending = stream, stream.isatty(), ""

    def write(self, text):
        if not self.live:
            *lines, self.pending = (self.pending + text).split("\n")
            text = "".join(line.rstrip("\r").rsplit("\r", 1)[-1] + "\n" for line in lines)
        self.stream.write(text)
        self.stream.flush()


class Runner(NotebookClient):
    """A `NotebookClient` that shows which cell runs and what it prints."""

    def __init__(self, notebook, folder):
        super().__init__(notebook, timeout=None, kernel_name="python3", record_timing=False,
                         resources={"metadata": {"path": str(folder)}})
        self.terminal = Terminal(sys.stdout)
        self.on_notebook_start, self.on_cell_start = self.pass_on_interrupts, self.announce

    async def pass_on_interrupts(self, notebook):
        """Ctrl-C goes to the cell that runs, as in Jupyter, where nbclient would kill the kernel."""
        def interrupt():
            asyncio.ensure_future(ensure_async(self.km.interrupt_kernel()))
        asyncio.get_event_loop().add_signal_handler(signal.SIGINT, interrupt)

    def announce(self, cell, cell_index):
        if cell.cell_type == "code":
            first_line = cell.source.strip().split("\n")[0]
            self.terminal.write(f"[cell {cell_index + 1}/{len(self.nb.cells)}] {first_line[:90]}\n")

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "stream":
            self.terminal.write(msg["content"]["text"])
        return super().process_message(msg, cell, cell_index)


def clear_bars(notebook):
    """Keep of each output what a reader would see at the end: of a bar that was cleared, and of a widget, nothing."""
    CoalesceStreamsPreprocessor().preprocess(notebook, {})
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.text.endswith("\r"):
                output.text = output.text[:output.text.rfind("\n") + 1]
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs
                            if output.get("text") != "" and WIDGET not in output.get("data", {})]


def read_notebook(path):
    """The notebook in this file. Raises ValueError for whatever is no notebook, FileNotFoundError for none."""
    with refusing(lambda why: ValueError(f"{path} is no notebook: {why}"), but=FileNotFoundError):
        notebook = nbformat.reads(content_of(path, LARGEST).decode("utf-8-sig"), as_version=4)
        nbformat.validate(notebook)
        return notebook


def execute(path, target=None):
    """Run the notebook at `path` top to bottom in a fresh kernel of this environment and write it to `target`.

    The kernel's working folder is the notebook's. `target` (default: `path`) is written whole, also where a cell
    fails: up to that cell then, and `CellExecutionError` is raised. Returns the notebook. Raises ValueError for a file
    that is no notebook.
    """
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # a kernel named python3 in the home folder must not take over
    os.environ["RESNET_GLUON_BARS"] = "text"  # a terminal cannot show widgets
    notebook = read_notebook(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    try:
        Runner(notebook, Path(path).resolve().parent).execute()
    finally:
        clear_bars(notebook)
        save_text(target or path, nbformat.writes(notebook) + "\n")
    return notebook


def save_html(notebook, path):
    """Write the notebook as one HTML page that needs nothing from the network: figures are inside."""
    exporter = HTMLExporter(embed_images=True, mathjax_url="", require_js_url="", jupyter_widgets_base_url="",
                            template_file="course.html.j2", extra_loaders=[DictLoader({"course.html.j2": PAGE})])
    exporter.log.setLevel("ERROR")  # it would ask for alternative texts
    page, _ = exporter.from_notebook_node(notebook)
    save_text(path, page)
