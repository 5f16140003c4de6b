"""`python -m resnet_gluon execute NOTEBOOK…`: notebooks executed in place, from a clean kernel each."""
import argparse
import os
import tempfile
from asyncio import CancelledError
from pathlib import Path
from typing import Any, Optional

from resnet_gluon.commands.console import Failed, add_command


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    parser = add_command(
        commands, "execute", work, "execute notebooks in place, from a clean kernel each",
        "Execute notebooks top to bottom and write their outputs into them. Nothing of an earlier run is gone on with.",
        ["notebooks/05_depth.ipynb", "notebooks/*.ipynb"],
        "The notebook that ran holds the outputs so far; those before it are done.")
    parser.add_argument("notebooks", metavar="NOTEBOOK", nargs="+", type=Path)
    return parser


def work(arguments: argparse.Namespace) -> None:
    """Execute each notebook; the first that fails ends it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RESNET_GLUON_RUNS"] = folder
        for notebook in arguments.notebooks:
            executed(notebook)


def executed(notebook: Path, target: Optional[Path] = None) -> Any:
    """The notebook, executed into `target` or in place. Raises Failed with the error of the cell that failed."""
    from resnet_gluon.execute import execute  # heavy, hence not for --help

    from nbclient.exceptions import CellExecutionError, DeadKernelError
    try:
        return execute(notebook, target)
    except CellExecutionError as error:
        raise Failed(f"a cell of {notebook} failed\n{error}") from error
    except CancelledError:  # what nbclient makes of Ctrl-C before the kernel is ready
        raise KeyboardInterrupt from None
    except DeadKernelError as error:
        raise Failed(f"the kernel of {notebook} died, as it does where memory is short. What a run in it had trained "
                     "is kept: the same command goes on with it.") from error
