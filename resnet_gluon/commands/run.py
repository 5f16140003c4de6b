"""`python -m resnet_gluon run`: the course's main job, notebook 4 executed, with its results in a folder."""
import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

from resnet_gluon.commands.console import Failed, add_command
from resnet_gluon.commands.execute import executed
from resnet_gluon.commands.runs import in_words

NOTEBOOK = Path("notebooks/04_resnet18_fashion_mnist.ipynb")
RUN = "resnet18"  # the folder in which that notebook keeps its run


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    parser = add_command(
        commands, "run", work, "execute the training notebook; leave its results in a folder",
        "Execute the notebook that trains ResNet-18 and leave it in a folder with all outputs, as a page too, beside "
        "the trained parameters. A run that was stopped is gone on with.", ["", "--folder runs/again"],
        "What was trained is kept: the same command goes on with it.")
    parser.add_argument("notebook", metavar="NOTEBOOK", nargs="?", type=Path, default=NOTEBOOK,
                        help=f"(default: {NOTEBOOK})")
    parser.add_argument("--folder", metavar="DIR", type=Path, default=Path("runs"), help="(default: runs)")
    return parser


def work(arguments: argparse.Namespace) -> None:
    """Execute the notebook into the folder, and say what came of it."""
    from resnet_gluon.execute import save_html  # heavy, hence not for --help
    from resnet_gluon.training import discard
    notebook, folder = arguments.notebook, arguments.folder
    make(folder)
    os.environ["RESNET_GLUON_RUNS"] = str(folder.resolve())
    result = folder / "resnet18-test.json"
    if result.exists():  # an earlier run came to its end; one that was killed has no result, and is gone on with
        if (folder / RUN).exists():
            discard(folder / RUN)
        result.unlink()
    start = time.perf_counter()
    done = executed(notebook, folder / notebook.name)
    page = folder / notebook.with_suffix(".html").name
    save_html(done, page)
    if not result.exists():
        raise Failed(f"{notebook} was executed, but did not write its result, {result}")
    test = json.loads(result.read_text(encoding="utf8"))
    print("\n" + in_words(test, time.perf_counter() - start, folder / notebook.name, page, folder / RUN))


def make(folder: Path) -> None:
    """Make the folder of results, and see that it can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".resnet-gluon"
        probe.write_text("")
        probe.unlink()
    except (FileExistsError, NotADirectoryError):
        raise Failed(f"{folder} cannot be the folder of results: it, or a part of its path, is a file. Name another "
                     "by --folder.") from None
    except OSError as error:
        raise Failed(f"{folder} cannot be written: {error.strerror}. Name another folder by --folder.") from error
