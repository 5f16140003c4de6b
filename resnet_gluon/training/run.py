"""What surrounds the training loop, out of its way: history, folder, bar, Ctrl-C, losses that wait on the device."""
import math
import time
from contextlib import ExitStack
from itertools import islice
from math import prod
from typing import Any, Callable, Iterator, List, Optional, Tuple

from resnet_gluon.arguments import not_negative, positive_int
from resnet_gluon.data.batches import Batches
from resnet_gluon.training.history import History
from resnet_gluon.training.progress import Interrupt, Progress
from resnet_gluon.training.run_folder import RunFolder
from resnet_gluon.training.state import capture
from resnet_gluon.training.workers import Workers

import numpy as np

READ_LOSSES_EVERY = 20  # steps: reading a loss waits for the engine, and errors and bars should not lag far behind


class Diverged(FloatingPointError):
    """The loss or a parameter is no longer finite."""


def what_learns(net: Any) -> str:
    """A line about a trimmed net; nothing about a whole one."""
    whole = getattr(net, "whole", None)
    if whole is None:
        return ""
    weights, parameters = whole(), net._collect_params_with_prefix()
    away = sum(array.size - prod(parameters[name].shape) for name, array in weights.items())
    size = "×".join(map(str, net.trimmed_for))
    return f"training without the {away:,} weights that an image of size {size} never meets"


class Run:
    """One run of `fit`, from `with` to its end.

    Parameters
    ----------
    net, trainer
        What is trained, and by what.
    setting : dict
        As `describe_setting` gives it.
    batches : Batches
        Of one epoch after another.
    folder, resume, save_minutes, save_steps, progress, watch
        As in `fit`.
    workers : Workers
        Who takes part. Only the first of them has a folder, a bar and a watcher.
    """

    def __init__(self, net: Any, trainer: Any, setting: Any, batches: Batches, *, folder: Any, resume: bool,
                 save_minutes: float, save_steps: Optional[int], progress: bool,
                 watch: Optional[Callable[[History], None]], workers: Optional[Workers] = None) -> None:
        not_negative("save_minutes", save_minutes)
        if save_steps is not None:
            positive_int("save_steps", save_steps)
        self.net = net
        self.net_says = what_learns(net)
        self.trainer = trainer
        self.batches = batches
        self.resume = resume
        self.epochs = setting["training"]["epochs"]
        self.total = self.epochs * len(batches)
        self.history = History(setting)
        self.workers = workers or Workers()
        first = self.workers.first
        self.folder = RunFolder(folder if first else None, net, trainer, self.history, save_minutes, save_steps)
        self.shown = Progress(self.total * batches.batch_size, progress and first, watch if first else None)
        self.interrupted = Interrupt()
        self.waiting: List[Any] = []  # losses on the device that nobody has read yet
        self.asked = False  # whether any worker was asked to stop, as far as losses were read
        self.stopping = False

    def __enter__(self) -> "Run":
        with ExitStack() as stack:
            for part in (self.folder, self.shown, self.interrupted):
                stack.enter_context(part)
            self.parts = stack.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self.parts.__exit__(*error)

    def steps(self) -> Iterator[Tuple[int, Any]]:
        """Each step that is still to be made: its number, 1 for the first, and its batch. Ctrl-C ends them."""
        step = self.workers.same_start(self.folder.begin(self.resume), self.net, self.trainer)
        size = self.batches.batch_size
        self.shown.start(step * size)
        if self.net_says:
            self.shown.say(self.net_says)
        if step:
            self.shown.say(f"going on after step {step} of {self.total}")
        self.start = time.perf_counter() - self.history.seconds  # what was done before an interruption counts too
        while step < self.total and not self.stopping:
            epoch, done = divmod(step, len(self.batches))
            self.epoch_began, self.epoch_images = time.perf_counter(), (len(self.batches) - done) * size
            for batch in islice(self.batches.epoch(epoch), done, None):  # without what a resumed run has behind it
                step += 1
                yield step, batch
                if self.stopping:
                    break
        if step < self.total:
            self.history.stopped = f"Ctrl-C after step {step} of {self.total}"
            self.shown.say(f"{self.history.stopped}.{self.folder.rescue()}")
            self.folder.save_history()

    def note(self, step: int, loss: Any) -> None:
        """Keep this step's loss, an array on the device, and see to the bar, to Ctrl-C and to what is due."""
        self.waiting.append(self.workers.total(loss, bool(self.interrupted)))
        self.history.steps["lr"].append(self.trainer.learning_rate)
        self.shown.step(self.batches.batch_size)
        ended = step % len(self.batches) == 0
        reading = ended or step % READ_LOSSES_EVERY == 0
        if not self.workers.store:
            self.stopping = bool(self.interrupted)  # looked at once a step: Ctrl-C can come between any two lines
        elif reading:  # all workers read up to the same step, so all stop after it, or none does
            self.read_losses()
            self.stopping = self.asked
        saving = not ended and (self.stopping or self.folder.due(step))  # an epoch's end is saved by `end_epoch`
        if saving or reading:
            self.read_losses()
            self.shown.show((step - 1) // len(self.batches), self.epochs, loss=self.history.steps["loss"][-1])
            self.history.seconds = time.perf_counter() - self.start
        if ended:
            self.speed = self.epoch_images / (time.perf_counter() - self.epoch_began)
        if saving:
            self.save(step)

    def read_losses(self) -> None:
        """Move the losses that wait on the device into the history. Raises Diverged at the first that is not finite."""
        losses = self.history.steps["loss"]
        first = len(losses)
        for loss in self.waiting:
            number, *asked = loss.asnumpy().ravel().tolist()
            losses.append(number)
            self.asked = self.asked or any(asked)
        self.waiting.clear()
        for step, loss in enumerate(losses[first:], first + 1):
            if not math.isfinite(loss):
                raise self.diverged(f"the loss is {loss}", step)

    def end_epoch(self, step: int, validation: Any) -> None:
        """Note what the epoch that ends with this step came to, and save the state."""
        epoch, seconds = step // len(self.batches) - 1, time.perf_counter() - self.start
        self.history.end_epoch(len(self.batches), validation, self.speed, seconds)
        self.save(step, best=self.history.best == epoch)
        self.shown.epoch(self.history)

    def save(self, step: int, best: bool = False) -> None:
        """Save the state. Raises Diverged for parameters that are not finite, which must not replace good ones."""
        arrays = capture(self.net, self.trainer)
        broken = [name for name, array in arrays.items() if not np.isfinite(array).all()]
        if broken:
            raise self.diverged(f"{broken[0]} holds numbers that are not finite", step)
        self.folder.save(arrays, step, best)

    def diverged(self, what: str, step: int) -> Diverged:
        """The error to raise: what happened, when, what helps, what is left."""
        rate = self.history.steps["lr"][step - 1]
        return Diverged(f"{what} at step {step}, learning rate {rate:.3g}. Begin anew with a smaller lr or a longer "
                        f"warmup, in another folder.{self.folder.rescue()}")
