"""Where a run is kept whose own folder cannot be written: in a temporary one, so that no training is lost."""
import shutil
import tempfile
from math import prod
from pathlib import Path
from typing import Any, Dict, Optional

from resnet_gluon.files import save_parameters, whole_file, write_checkpoint
from resnet_gluon.notices import warn

import numpy as np
from mxnet import MXNetError

BEST = "best.params"
#: A run's folder: the spare folder in which this process had to keep what the folder lacks.
IN_USE: Dict[Path, Path] = {}


def kept_at(path: Any) -> Path:
    """Where the run of this folder is: there, or in the spare folder that this process had to take."""
    return IN_USE.get(Path(path).resolve(), Path(path))


def say_if_short(path: Path, net: Any) -> None:
    """Warn, before any time is spent, where the disk has less room than the run's files will take.

    That is three checkpoints, each with a momentum for each parameter, and the parameters.
    """
    needed = 7 * sum(prod(parameter.shape) * 4 for parameter in net.collect_params().values())
    free = shutil.disk_usage(path).free
    if free < needed:
        warn(f"The disk of {path} has {free / 1e6:,.0f} MB left, and the run's files take up to "
             f"{needed / 1e6:,.0f} MB: make room, or choose another folder.")


class Spare:
    """The spare folder of one run's folder: made when it is needed, gone when it is needed no more."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path: Optional[Path] = None

    def keep(self, net: Any, arrays: Dict[str, np.ndarray], facts: Dict[str, Any], history: Any, best: bool) -> str:
        """Keep the state here, as `fit` could go on from it. `best`: the net's parameters are the best so far.

        Returns a sentence that says where it is, or that it is nowhere.
        """
        try:
            if self.path is None:
                self.path = Path(tempfile.mkdtemp(prefix=f"{self.home.name}-"))
            if best:
                save_parameters(net, self.path / BEST)
            elif not (self.path / BEST).exists() and (self.home / BEST).exists():
                shutil.copyfile(self.home / BEST, self.path / BEST)
            write_checkpoint(self.path / "last.checkpoint", arrays, facts)
            history.save(self.path / "history.json")
        except (OSError, MXNetError) as error:
            self.leave()
            return (f"Nor could a temporary folder be written ({error}): the net is in memory alone, and "
                    "net.save_parameters(file) keeps it.")
        IN_USE[self.home.resolve()] = self.path
        return f"The run is kept in {self.path} instead: when there is room, copy what is in it into {self.home}."

    def bring_best(self) -> None:
        """Put the best parameters that are only here into the run's folder."""
        if self.path is not None and (self.path / BEST).exists():
            with whole_file(self.home / BEST) as temporary:
                shutil.copyfile(self.path / BEST, temporary)

    def leave(self) -> None:
        """Delete the spare folder, if there is one: all is in the run's folder again, or nothing anywhere."""
        if self.path is not None:
            shutil.rmtree(self.path, ignore_errors=True)
            IN_USE.pop(self.home.resolve(), None)
            self.path = None
