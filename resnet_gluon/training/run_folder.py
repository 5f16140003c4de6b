"""A run's folder: what `fit` needs to go on after a kill, to the last bit, and the parameters that did best.

    last.checkpoint, previous.checkpoint    the two newest states, see files.py
    best.params                             of the epoch with the highest validation accuracy, in MXNet's format
    history.json                            of the run so far, and under "net" how the net is made
    lock                                    held while a process works here
"""
import contextlib
import fcntl
import os
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

from resnet_gluon.devices import devices as all_devices
from resnet_gluon.files import CheckpointRefused, read_checkpoint, save_parameters, write_checkpoint
from resnet_gluon.nets import Network, make_net
from resnet_gluon.notices import warn
from resnet_gluon.training.history import History
from resnet_gluon.training.state import differences, identity, reinstate
from resnet_gluon.weights import load_weights

import numpy as np
from mxnet import MXNetError


class RunInUse(RuntimeError):
    """Another process works in the folder."""


class FolderLock:
    """Within `with FolderLock(path):` no other process works in this folder, which is made if it is not there.

    Raises RunInUse where one does. The system drops the lock when the process ends, however it ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> "FolderLock":
        self.path.mkdir(parents=True, exist_ok=True)
        self.file = open(self.path / "lock", "a+b", buffering=0)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.file.seek(0)
            owner = self.file.read().decode().strip() or "unknown"
            self.file.close()
            raise RunInUse(f"{self.path} is in use by another run (process {owner}). Wait for it, stop it, or "
                           "choose another folder.") from error
        except OSError as error:
            self.file.close()
            raise RunInUse(f"{self.path} cannot be locked: {error}. Choose a folder on a local disk.") from error
        with contextlib.suppress(OSError):  # a full disk: the lock holds without the number
            self.file.truncate(0)
            self.file.write(f"{os.getpid()}\n".encode())
        return self

    def __exit__(self, *_: Any) -> None:
        self.file.close()


def discard(path: Any) -> None:
    """Delete a run's folder. Raises RunInUse where another process works in it."""
    with FolderLock(Path(path)):
        shutil.rmtree(path)


def load_run(path: Any, devices: Optional[List[Any]] = None) -> Network:
    """The net that a run's folder holds, made anew, with the parameters of its best epoch.

    Raises FileNotFoundError where the folder holds no run with a best epoch, and ValueError where its net was not made
    by a function of the family.
    """
    history = History.load(Path(path, "history.json"))
    made = history.setting.get("net")
    if made is None:
        raise ValueError(f"{path} does not say how its net is made: make it yourself, and load best.params into it")
    net = make_net(made)
    return load_weights(net, Path(path, "best.params"), "same", devices=devices or all_devices())


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
        return "" if self.saved_step is None else f" {self.path} keeps the state after step {self.saved_step}."

    def due(self, step: int) -> bool:
        """Whether the state should be saved after this step."""
        if not self.path:
            return False
        counted = self.steps is not None and step % self.steps == 0
        return counted or time.monotonic() - self.saved >= 60 * self.minutes

    def save(self, arrays: Dict[str, np.ndarray], step: int, best: bool = False) -> None:
        """Save the state after `step` steps; the last one becomes the previous one. `best`: the parameters as well.

        A full disk, or another failure to write, is said in a warning; the run goes on.
        """
        if not self.path:
            return
        if best:  # first: a kill between the two files costs nothing, since the epoch's end is repeated then
            with self.failures_said(f"best.params of epoch {len(self.history.epochs)} could not be written, and is "
                                    "still an earlier epoch's"):
                save_parameters(self.net, self.path / "best.params")
        last, new = self.path / "last.checkpoint", self.path / "new.checkpoint"
        with self.failures_said(f"the checkpoint after step {step} could not be written"):
            write_checkpoint(new, arrays, {"step": step, "history": asdict(self.history)})
            if last.exists() and last not in self.refused:
                os.replace(last, self.path / "previous.checkpoint")
            os.replace(new, last)
            self.refused, self.saved_step = {}, step
        self.save_history()
        self.saved = time.monotonic()

    def save_history(self) -> None:
        if self.path:
            with self.failures_said("history.json could not be written"):
                self.history.save(self.path / "history.json")

    @contextlib.contextmanager
    def failures_said(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, MXNetError) as error:
            warn(f"{what}: {error}. Training goes on.{self.rescue()}")
