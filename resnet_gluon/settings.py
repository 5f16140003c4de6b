"""The course's environment variables, read in this one place.

RESNET_GLUON_BUDGET   smoke | laptop | full: how much the notebooks train (default: laptop)
RESNET_GLUON_DATA     a folder with the four Fashion-MNIST files
RESNET_GLUON_CIFAR10  an archive of CIFAR-10, or a folder with its files
RESNET_GLUON_UCR      a folder with time series in .ts files
RESNET_GLUON_BARS     text: progress bars as plain text in notebooks too
RESNET_GLUON_KVSTORE  the store through which `fit` shares a run with other workers: `launch` sets it
RESNET_GLUON_JOIN_SECONDS  how long a worker waits for the others of its job (default: 60)
RESNET_GLUON_RUNS     where trained parameters and figures go (default: `../runs`, which for a notebook of the course is
                      beside `notebooks`)
"""
import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Optional

from resnet_gluon.notices import warn


def ensure_home() -> None:
    """Put a temporary folder in HOME where there is no home folder: Jupyter and Matplotlib fail without one."""
    if not os.environ.get("HOME"):
        os.environ.pop("HOME", None)  # empty is as good as unset: the system is asked then
    if os.path.expanduser("~") == "~":
        os.environ["HOME"] = tempfile.mkdtemp(prefix="resnet-gluon-home-")
        atexit.register(shutil.rmtree, os.environ["HOME"], ignore_errors=True)
        warn(f"There is no home folder: {os.environ['HOME']} is used until the end, so downloads are not kept. Name "
             "a folder in HOME to keep them.")


def budget_name() -> str:
    """The budget that RESNET_GLUON_BUDGET asks for: `resnet_gluon.budget()` is the budget of this name."""
    return os.environ.get("RESNET_GLUON_BUDGET", "laptop")


def folder_in(variable: str) -> Optional[Path]:
    """The path that this environment variable holds, or None."""
    name = os.environ.get(variable)
    return Path(name) if name else None


def kvstore_name() -> Optional[str]:
    """The store that RESNET_GLUON_KVSTORE names, or None."""
    return os.environ.get("RESNET_GLUON_KVSTORE") or None


def join_seconds() -> float:
    """How long a worker waits for the others. Raises ValueError where it is no number of seconds above 0."""
    text = os.environ.get("RESNET_GLUON_JOIN_SECONDS", "60")
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise ValueError(f"RESNET_GLUON_JOIN_SECONDS must be a number of seconds above 0, but {text!r} was given")
    return seconds


def text_bars() -> bool:
    """Whether bars are plain text in Jupyter too: where a notebook runs without a page to show widgets on."""
    return os.environ.get("RESNET_GLUON_BARS") == "text"


def runs_folder() -> Path:
    """Where results go: made if it is not there. A notebook's working folder is its own, hence the default."""
    folder = Path(os.environ.get("RESNET_GLUON_RUNS") or "../runs")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
