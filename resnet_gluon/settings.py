"""The course's environment variables, read in this one place.

RESNET_GLUON_BUDGET   smoke | laptop | full: how much the notebooks train (default: laptop)
RESNET_GLUON_DATA     a folder with the four Fashion-MNIST files
RESNET_GLUON_CIFAR10  an archive of CIFAR-10, or a folder with its files
RESNET_GLUON_UCR      a folder with time series in .ts files
RESNET_GLUON_BARS     text: progress bars as plain text in notebooks too
RESNET_GLUON_RUNS     where trained parameters and figures go (default: `runs` beside `notebooks`)
"""
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from resnet_gluon.arguments import choose


@dataclass(frozen=True)
class Budget:
    """What a notebook may spend.

    recipe: of the main job; train_images: cap on its training split (None: all of it);
    study_images, study_epochs: the same for the small studies; series_epochs: of those on time series; repeats: with
    how many seeds, where the spread is the point; floor, study_floor: the accuracy that every honest run of the main
    job, and of a study, exceeds.
    """
    name: str
    recipe: str
    train_images: Optional[int]
    study_images: int
    study_epochs: int
    series_epochs: int
    repeats: int
    floor: float
    study_floor: float


BUDGETS = {budget.name: budget for budget in (
    Budget("smoke", recipe="smoke", train_images=1_500, study_images=500, study_epochs=1, series_epochs=2, repeats=2,
           floor=0.15, study_floor=0),
    Budget("laptop", recipe="quick", train_images=None, study_images=10_000, study_epochs=4, series_epochs=150,
           repeats=5, floor=0.91, study_floor=0.7),
    Budget("full", recipe="default", train_images=None, study_images=55_000, study_epochs=10, series_epochs=150,
           repeats=5, floor=0.91, study_floor=0.7),
)}


def budget():
    """The budget that RESNET_GLUON_BUDGET names. Raises ValueError for an unknown name."""
    return choose("RESNET_GLUON_BUDGET", os.environ.get("RESNET_GLUON_BUDGET", "laptop"), BUDGETS)


def folder_in(variable):
    """The path that this environment variable holds, or None."""
    name = os.environ.get(variable)
    return Path(name) if name else None


def data_folder():
    return folder_in("RESNET_GLUON_DATA")


def cifar10_folder():
    return folder_in("RESNET_GLUON_CIFAR10")


def ucr_folder():
    return folder_in("RESNET_GLUON_UCR")


def text_bars():
    """Whether bars are plain text in Jupyter too: where a notebook runs without a page to show widgets on."""
    return os.environ.get("RESNET_GLUON_BARS") == "text"


def runs_folder():
    """Where results go: made if it is not there. A notebook's working folder is its own, hence the default."""
    folder = Path(os.environ.get("RESNET_GLUON_RUNS") or "../runs")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
