"""A run's folder: what `fit` needs to go on after a kill, to the last bit, and the parameters that did best.

    last.checkpoint, previous.checkpoint    the two newest states, see checkpoint.py
    best.params                             of the epoch with the highest validation accuracy, in MXNet's format
    history.json                            of the run so far
    lock                                    held while a process works here
"""
import fcntl
import os
import time
import warnings
from dataclasses import asdict
from pathlib import Path

from resnet_gluon.checkpoint import CheckpointRefused, read_checkpoint, save_parameters, write_checkpoint

import numpy as np
from mxnet import MXNetError


class RunInUse(RuntimeError):
    """Another process works in the folder."""


class Diverged(FloatingPointError):
    """The loss or a parameter is no longer finite."""


def capture(net, trainer):
    """Every number that training goes on from, as NumPy arrays by name: parameters and momentum.

    Nothing else is needed: data order and random numbers of a step follow from (seed, step), and the learning rate
    from the step.
    """
    arrays = {}
    for name, parameter in net._collect_params_with_prefix().items():  # the names that save_parameters uses
        for i, value in enumerate(parameter.list_data()):  # running statistics are each device's own
            arrays[f"parameter/{name}/{i}"] = value.asnumpy()
    for index, state in trainer._updaters[0].states.items():
        if state is not None:  # no momentum
            arrays[f"momentum/{index}"] = state.asnumpy()
    return arrays


def reinstate(net, trainer, arrays, step):
    """Put what `capture` gave in place again. Where it does not fit: KeyError or ValueError, before any change."""
    places = {f"parameter/{name}/{i}": value for name, parameter in net._collect_params_with_prefix().items()
              for i, value in enumerate(parameter.list_data())}
    unexpected = {name for name in arrays if name.startswith("parameter/")} - set(places)
    if unexpected:
        raise ValueError(f"{min(unexpected)} has no place here")
    for name, place in places.items():
        if arrays[name].shape != place.shape or arrays[name].dtype != place.dtype:
            raise ValueError(f"{name} is {arrays[name].dtype} {arrays[name].shape} there and "
                             f"{place.dtype} {place.shape} here")
    for name, place in places.items():
        place[:] = arrays[name]
    optimizer = trainer._optimizer
    optimizer.begin_num_update = optimizer.num_update = step
    for device, updater in enumerate(trainer._updaters):
        for index, parameter in enumerate(trainer._params):
            if f"momentum/{index}" in arrays:
                state = optimizer.create_state_multi_precision(index, parameter.list_data()[device])
                state[:] = arrays[f"momentum/{index}"]
                updater.states[index], updater.states_synced[index] = state, True


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
    minutes, steps : float, int or None
        How often `due` says yes.
    """

    def __init__(self, path, net, trainer, history, minutes, steps):
        self.path = path and Path(path)
        self.net, self.trainer, self.history, self.minutes, self.steps = net, trainer, history, minutes, steps
        self.saved, self.saved_step = time.monotonic(), None

    def __enter__(self):
        if self.path:
            self.path.mkdir(parents=True, exist_ok=True)
            self.lock = open(self.path / "lock", "a+", encoding="ascii")
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system drops it when the process ends
            except OSError as error:
                self.lock.seek(0)
                owner = self.lock.read().strip()
                self.lock.close()
                raise RunInUse(f"{self.path} is in use by another run (process {owner or 'unknown'}). Wait for it, "
                               "stop it, or choose another folder.") from error
            self.lock.truncate(0)
            self.lock.write(f"{os.getpid()}\n")
            self.lock.flush()
        return self

    def __exit__(self, *_):
        if self.path:
            self.lock.close()

    def candidates(self):
        return [file for file in (self.path / "last.checkpoint", self.path / "previous.checkpoint") if file.exists()]

    def begin(self, resume):
        """The step to go on from: 0 for a new run, else that of the newest checkpoint which is sound and this run's.

        Raises ValueError where there are checkpoints but `resume` is False, and CheckpointRefused where none will do.
        """
        if not self.path or not self.candidates():
            return 0
        if not resume:
            raise ValueError(f"{self.path} holds a run already: resume=True goes on with it; for a new one choose "
                             "another folder, or delete this one")
        refusals = []
        for file in self.candidates():
            try:
                self.saved_step = self.load(file)
            except CheckpointRefused as error:
                refusals.append(str(error))
                continue
            if refusals:
                warnings.warn(f"{refusals[0]}. Going on from {file.name}, step {self.saved_step}.", stacklevel=3)
            return self.saved_step
        raise CheckpointRefused("; ".join(refusals) + ". Delete the folder's contents to begin anew.")

    def load(self, file):
        """Reinstate the state in `file`; returns its step."""
        arrays, facts = read_checkpoint(file)
        try:
            history, step = facts["history"], facts["step"]
            unlike = differences(history["setting"]["arguments"], self.history.setting["arguments"])
            if unlike:
                raise CheckpointRefused(f"{file} belongs to another run: {'; '.join(unlike)}")
            reinstate(self.net, self.trainer, arrays, step)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, CheckpointRefused):
                raise
            raise CheckpointRefused(f"{file} belongs to another net: {error}") from error
        elsewhere = differences(history["setting"]["environment"], self.history.setting["environment"])
        if elsewhere:
            warnings.warn(f"{self.path} was begun under other conditions: {'; '.join(elsewhere)}. Going on, but the "
                          "result can differ in its last bits.", stacklevel=4)
        self.history.steps, self.history.epochs = history["steps"], history["epochs"]
        self.history.seconds = history["seconds"]
        return step

    def rescue(self):
        """What is left of the run, should it end now: a sentence, or nothing."""
        if self.saved_step is None:
            return ""
        return f" {self.path} holds the state after step {self.saved_step}; resume=True goes on from there."

    def diverged(self, what, step):
        """The error to raise: what happened, when, what helps, what is left."""
        rate = self.history.steps["lr"][step - 1]
        return Diverged(f"{what} at step {step}, learning rate {rate:.3g}. A smaller lr or a longer warmup is the "
                        f"usual remedy.{self.rescue()}")

    def due(self, step):
        """Whether the state should be saved after this step."""
        return bool(self.path) and (bool(self.steps) and step % self.steps == 0
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
        last, new = self.path / "last.checkpoint", self.path / "new.checkpoint"
        try:
            if best:
                save_parameters(self.net, self.path / "best.params")
            write_checkpoint(new, arrays, {"step": step, "history": asdict(self.history)})
            if last.exists():
                os.replace(last, self.path / "previous.checkpoint")
            os.replace(new, last)
            self.history.save(self.path / "history.json")
            self.saved_step = step
        except (OSError, MXNetError) as error:
            warnings.warn(f"the checkpoint after step {step} could not be written: {error}. Training goes on."
                          + self.rescue(), stacklevel=3)
        self.saved = time.monotonic()
