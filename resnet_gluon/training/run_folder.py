"""A run's folder: what `fit` needs to go on after a kill, to the last bit, and the parameters that did best.

    last.checkpoint, previous.checkpoint    the two newest states, see files.py
    best.params                             of the epoch with the highest validation accuracy, in MXNet's format
    history.json                            of the run so far, and under "net" how the net is made
    lock                                    held while a process works here
"""
import contextlib
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

from resnet_gluon.devices import devices as all_devices
from resnet_gluon.files import CheckpointRefused, read_checkpoint, save_parameters, write_checkpoint
from resnet_gluon.nets import Network, make_net
from resnet_gluon.notices import warn
from resnet_gluon.training.folder_lock import FolderLock, RunInUse
from resnet_gluon.training.history import History
from resnet_gluon.training.spare import BEST, Spare, kept_at, say_if_short
from resnet_gluon.training.state import differences, identity, reinstate
from resnet_gluon.weights import load_weights

import numpy as np
from mxnet import MXNetError


def load_run(path: Any, devices: Optional[List[Any]] = None) -> Network:
    """The net that a run's folder holds, made anew, with the parameters of its best epoch.

    Raises FileNotFoundError where the folder holds no run with a best epoch, and ValueError where its net was not made
    by a function of the family.
    """
    path = kept_at(path)
    history = History.load(path / "history.json")
    made = history.setting.get("net")
    if made is None:
        raise ValueError(f"{path} does not say how its net is made: make it yourself, and load best.params into it")
    net = make_net(made)
    return load_weights(net, path / BEST, "same", devices=devices or all_devices())


class RunFolder:
    """What one run of `fit` keeps in a folder, between `with`'s lock and its end. With `path=None` it keeps nothing.

    net, trainer, history: what is saved and reinstated. minutes, steps: how often `due` says yes.
    """

    def __init__(self, path: Any, net: Any, trainer: Any, history: History, minutes: float,
                 steps: Optional[int]) -> None:
        self.path = Path(path) if path else None
        self.net = net
        self.trainer = trainer
        self.history = history
        self.minutes = minutes
        self.steps = steps
        self.saved = time.monotonic()
        self.saved_step: Optional[int] = None
        self.spare = Spare(self.path) if self.path else None
        self.refused: Dict[Path, str] = {}

    def __enter__(self) -> "RunFolder":
        self.lock: Any = FolderLock(self.path) if self.path else contextlib.nullcontext()
        self.lock.__enter__()
        return self

    def __exit__(self, *_: Any) -> None:
        self.lock.__exit__(None, None, None)

    def candidates(self) -> List[Path]:
        """What to go on from, best first. "new" is there if a kill came while the files changed their names."""
        if not self.path:
            return []
        return [file for file in (self.path / f"{name}.checkpoint" for name in ("new", "last", "previous"))
                if file.exists()]

    def begin(self, resume: bool) -> int:
        """The step to go on from: 0 for a new run, else that of the newest checkpoint which is sound and this run's.

        Raises ValueError where there are checkpoints but `resume` is False, and CheckpointRefused where none will do.
        """
        candidates = self.candidates()
        if self.path:
            say_if_short(self.path, self.net)
        if not candidates:
            return 0
        if not resume:
            raise ValueError(f"{self.path} holds a run already: resume=True goes on with it; for a new one choose "
                             "another folder, or delete this one")
        for file in candidates:
            try:
                step = self.saved_step = self.load(file)
            except CheckpointRefused as error:
                self.refused[file] = str(error)
                continue
            if self.refused:
                warn(f"{'; '.join(self.refused.values())}. Going on from {file.name}, step {step}.")
            self.save_history()
            return step
        raise CheckpointRefused("; ".join(self.refused.values()) + ". For a new run choose another folder.")

    def load(self, file: Path) -> int:
        """Reinstate the state in `file`; returns its step."""
        arrays, facts = read_checkpoint(file)
        try:
            theirs, step = History(**facts["history"]), int(facts["step"])
            unlike = differences(identity(theirs.setting), identity(self.history.setting))
            if unlike:
                raise CheckpointRefused(f"{file} belongs to another run: {'; '.join(unlike)}")
            reinstate(self.net, self.trainer, arrays, step)
        except CheckpointRefused:
            raise
        except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:
            raise CheckpointRefused(f"{file} belongs to another net: {error}") from error
        now = self.history.setting["environments"][0]
        elsewhere = differences(theirs.setting["environments"][-1], now)
        if elsewhere:
            warn(f"{self.path} was begun under other conditions: {'; '.join(elsewhere)}. Going on, but the result can "
                 "differ in its last bits.")
            theirs.setting["environments"].append(now)
        vars(self.history).update(vars(theirs), stopped=None)
        return step

    def rescue(self) -> str:
        """What is left of the run, should it end now: a sentence, or nothing."""
        place = self.spare and self.spare.path or self.path
        return "" if self.saved_step is None else f" {place} keeps the state after step {self.saved_step}."

    def due(self, step: int) -> bool:
        """Whether the state should be saved after this step."""
        if not self.path:
            return False
        counted = self.steps is not None and step % self.steps == 0
        return counted or time.monotonic() - self.saved >= 60 * self.minutes

    def save(self, arrays: Dict[str, np.ndarray], step: int, best: bool = False) -> None:
        """Save the state after `step` steps; the last one becomes the previous one. `best`: the parameters as well.

        A full disk, or another failure to write, is said in a warning; the state is kept in a spare folder then, and
        the run goes on.
        """
        if not self.spare:
            return
        facts = {"step": step, "history": asdict(self.history)}
        failures = self.write(arrays, facts, best)
        if not failures:
            self.spare.leave()
            self.saved_step = step
        else:
            where = self.spare.keep(self.net, arrays, facts, self.history, best)
            if self.spare.path:
                self.saved_step = step
            warn(f"{'; '.join(failures)}. Training goes on.{'' if self.spare.path else self.rescue()} {where}")
        self.saved = time.monotonic()

    def write(self, arrays: Dict[str, np.ndarray], facts: Dict[str, Any], best: bool) -> List[str]:
        """Write the state into the folder. Returns, in words, what could not be written, and why."""
        assert self.path and self.spare
        failures: List[str] = []
        try:
            self.lock.renew()
        except (OSError, RunInUse) as error:
            return [f"the checkpoint after step {facts['step']} could not be written: {error}"]
        # the parameters first: a kill between the two files costs nothing, since the epoch's end is repeated then
        with noting(failures, "best.params could not be written, and is still an earlier epoch's"):
            if best:
                save_parameters(self.net, self.path / BEST)
            else:
                self.spare.bring_best()
        last, new = self.path / "last.checkpoint", self.path / "new.checkpoint"
        with noting(failures, f"the checkpoint after step {facts['step']} could not be written"):
            write_checkpoint(new, arrays, facts)
            if last.exists() and last not in self.refused:
                os.replace(last, self.path / "previous.checkpoint")
            os.replace(new, last)
            self.refused = {}
        with noting(failures, "history.json could not be written"):
            self.history.save(self.path / "history.json")
        return failures

    def save_history(self) -> None:
        """Write history.json anew."""
        failures: List[str] = []
        if self.path:
            with noting(failures, "history.json could not be written"):
                self.history.save(self.path / "history.json")
        for failure in failures:
            warn(f"{failure}. Training goes on.")


@contextlib.contextmanager
def noting(failures: List[str], what: str) -> Iterator[None]:
    """Within it a failure to write is noted, and goes no further."""
    try:
        yield
    except (OSError, MXNetError) as error:
        failures.append(f"{what}: {str(error).strip().splitlines()[-1]}")  # MXNet's have lines of C++ before
