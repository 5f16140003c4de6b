"""A run's folder: what `fit` needs to go on after a kill, to the last bit, and the parameters that did best.

    last.checkpoint, previous.checkpoint    the two newest states, see checkpoint.py
    best.params                             of the epoch with the highest validation accuracy, in MXNet's format
    history.json                            of the run so far
    lock                                    held while a process works here
"""
import contextlib
import fcntl
import os
import shutil
import time
import warnings
from dataclasses import asdict
from pathlib import Path

from resnet_gluon.arguments import not_negative, positive_int
from resnet_gluon.checkpoint import CheckpointRefused, read_checkpoint, save_parameters, write_checkpoint
from resnet_gluon.history import History

import numpy as np
from mxnet import MXNetError, npx


class RunInUse(RuntimeError):
    """Another process works in the folder."""


class Diverged(FloatingPointError):
    """The loss or a parameter is no longer finite."""


def discard(path):
    """Delete a run's folder. Raises RunInUse where another process works in it."""
    with RunFolder(path, None, None, None, minutes=0, steps=None):
        shutil.rmtree(path)


def places(net, trainer):
    """Every array that training goes on from, by name: on each device parameters, and the optimizer's for each.

    Nothing else is needed: data order and random numbers of a step follow from (seed, step), and the learning rate
    from the step. Names are those of `save_parameters`; the global ones depend on which nets a process made before.
    """
    found = {}
    for name, parameter in net._collect_params_with_prefix().items():
        index = trainer._param2idx[parameter.name]
        for device, value in enumerate(parameter.list_data()):
            found[f"parameter/{name}/{device}"] = value
            if index not in trainer._updaters[device].states and parameter.grad_req != "null":
                state = trainer._optimizer.create_state_multi_precision(index, value)
                trainer._updaters[device].states[index] = state
                trainer._updaters[device].states_synced[index] = True
            state = trainer._updaters[device].states.get(index)
            for number, array in enumerate(state if isinstance(state, tuple) else (state,)):  # Adam has two
                if array is not None:  # without momentum there is none
                    found[f"momentum/{name}/{device}" + f"/{number}" * (number > 0)] = array
    return found


def capture(net, trainer):
    """The numbers in all `places`, as NumPy arrays by name."""
    npx.waitall()  # see `save_parameters`
    return {name: array.asnumpy() for name, array in places(net, trainer).items()}


def reinstate(net, trainer, arrays, step):
    """Put what `capture` gave in place again. Raises ValueError, before any change, where it does not fit."""
    here = places(net, trainer)
    if set(here) != set(arrays):
        raise ValueError(f"{min(set(here) ^ set(arrays))} is on one side only")
    for name, array in here.items():
        if arrays[name].shape != array.shape or arrays[name].dtype != array.dtype:
            raise ValueError(f"{name} is {arrays[name].dtype} {arrays[name].shape} there and "
                             f"{array.dtype} {array.shape} here")
    for name, array in here.items():
        array[:] = arrays[name]
    trainer._optimizer.begin_num_update = trainer._optimizer.num_update = step


def differences(theirs, ours):
    """What makes two runs different ones, in words."""
    return [f"{name} is {theirs.get(name)!r} there and {ours.get(name)!r} here"
            for name in sorted({*theirs, *ours}) if theirs.get(name) != ours.get(name)]


class RunFolder:
    """The folder of one run of `fit`, locked inside `with`. With `path=None` nothing is kept, only checked.

    Parameters
    ----------
    path : path or None
    net, trainer, history
        What is saved and reinstated.
    minutes, steps : float; int or None
        How often `due` says yes.
    """

    def __init__(self, path, net, trainer, history, minutes, steps):
        not_negative("save_minutes", minutes)
        if steps is not None:
            positive_int("save_steps", steps)
        self.path = path and Path(path)
        self.net, self.trainer, self.history, self.minutes, self.steps = net, trainer, history, minutes, steps
        self.saved, self.saved_step, self.refused = time.monotonic(), None, {}

    def __enter__(self):
        if self.path:
            self.path.mkdir(parents=True, exist_ok=True)
            self.lock = open(self.path / "lock", "a+b", buffering=0)
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system drops it when the process ends
            except BlockingIOError as error:
                self.lock.seek(0)
                owner = self.lock.read().decode().strip() or "unknown"
                self.lock.close()
                raise RunInUse(f"{self.path} is in use by another run (process {owner}). Wait for it, stop it, or "
                               "choose another folder.") from error
            except OSError as error:
                self.lock.close()
                raise RunInUse(f"{self.path} cannot be locked: {error}. Choose a folder on a local disk.") from error
            with contextlib.suppress(OSError):  # a full disk: the lock holds without the number
                self.lock.truncate(0)
                self.lock.write(f"{os.getpid()}\n".encode())
        return self

    def __exit__(self, *_):
        if self.path:
            self.lock.close()

    def candidates(self):
        """What to go on from, best first. "new" is there if a kill came while the files changed their names."""
        return [file for file in (self.path / f"{name}.checkpoint" for name in ("new", "last", "previous"))
                if file.exists()]

    def begin(self, resume):
        """The step to go on from: 0 for a new run, else that of the newest checkpoint which is sound and this run's.

        Raises ValueError where there are checkpoints but `resume` is False, and CheckpointRefused where none will do.
        """
        if not self.path or not self.candidates():
            return 0
        if not resume:
            raise ValueError(f"{self.path} holds a run already: resume=True goes on with it; for a new one choose "
                             "another folder, or delete this one")
        for file in self.candidates():
            try:
                self.saved_step = self.load(file)
            except CheckpointRefused as error:
                self.refused[file] = str(error)
                continue
            if self.refused:
                warnings.warn(f"{'; '.join(self.refused.values())}. Going on from {file.name}, step "
                              f"{self.saved_step}.", stacklevel=3)
            self.save_history()
            return self.saved_step
        raise CheckpointRefused("; ".join(self.refused.values()) + ". For a new run choose another folder.")

    def load(self, file):
        """Reinstate the state in `file`; returns its step."""
        arrays, facts = read_checkpoint(file)
        try:
            theirs, step = History(**facts["history"]), facts["step"]
            unlike = differences(theirs.setting["arguments"], self.history.setting["arguments"])
            if unlike:
                raise CheckpointRefused(f"{file} belongs to another run: {'; '.join(unlike)}")
            reinstate(self.net, self.trainer, arrays, step)
        except CheckpointRefused:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointRefused(f"{file} belongs to another net: {error}") from error
        now = self.history.setting["environments"][0]
        elsewhere = differences(theirs.setting["environments"][-1], now)
        if elsewhere:
            warnings.warn(f"{self.path} was begun under other conditions: {'; '.join(elsewhere)}. Going on, but the "
                          "result can differ in its last bits.", stacklevel=4)
            theirs.setting["environments"].append(now)
        vars(self.history).update(vars(theirs), stopped=None)
        return step

    def rescue(self):
        """What is left of the run, should it end now: a sentence, or nothing."""
        return "" if self.saved_step is None else f" {self.path} keeps the state after step {self.saved_step}."

    def diverged(self, what, step):
        """The error to raise: what happened, when, what helps, what is left."""
        rate = self.history.steps["lr"][step - 1]
        return Diverged(f"{what} at step {step}, learning rate {rate:.3g}. Begin anew with a smaller lr or a longer "
                        f"warmup, in another folder.{self.rescue()}")

    def due(self, step):
        """Whether the state should be saved after this step."""
        return bool(self.path) and (self.steps is not None and step % self.steps == 0
                                    or time.monotonic() - self.saved >= 60 * self.minutes)

    def save(self, step, best=False):
        """Save the state after `step` steps; the last one becomes the previous one. `best`: the parameters as well.

        A full disk, or another failure to write, is said in a warning; the run goes on. Raises Diverged for
        parameters that are not finite, which must not take the place of good ones.
        """
        arrays = capture(self.net, self.trainer)
        broken = [name for name, array in arrays.items() if not np.isfinite(array).all()]
        if broken:
            raise self.diverged(f"{broken[0]} holds numbers that are not finite", step)
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

    def save_history(self):
        if self.path:
            with self.failures_said("history.json could not be written"):
                self.history.save(self.path / "history.json")

    @contextlib.contextmanager
    def failures_said(self, what):
        try:
            yield
        except (OSError, MXNetError) as error:
            warnings.warn(f"{what}: {error}. Training goes on.{self.rescue()}", stacklevel=5)
