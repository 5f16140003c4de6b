"""The training loop: SGD with momentum, or Adam, under a one-cycle learning rate."""
import random
from contextlib import ExitStack
from typing import Any, Callable, List, Optional

from resnet_gluon.arguments import whole_number
from resnet_gluon.devices import devices as all_devices
from resnet_gluon.nets import trimmed
from resnet_gluon.settings import kvstore_name
from resnet_gluon.training.evaluation import evaluate, scatter
from resnet_gluon.training.history import History
from resnet_gluon.training.recipes import OPTIMIZERS, Training
from resnet_gluon.training.run import Run
from resnet_gluon.training.state import describe_setting
from resnet_gluon.training.workers import join

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, lr_scheduler

CROSS_ENTROPY = gluon.loss.SoftmaxCrossEntropyLoss()


def one_step(net: Any, trainer: Any, images: Any, labels: Any, devices: List[Any], of: Optional[int] = None) -> Any:
    """Learn from one batch: outputs, loss, gradients, update. Gives the mean loss, which stays on the device.

    of: images in the whole batch, where other workers have the rest of it; the loss is this part's share then.
    """
    number = of or len(images)
    shares = scatter(images, labels, devices)  # a pair (images, labels) for each device
    with autograd.record():
        losses = [CROSS_ENTROPY(net(x), y) for x, y in shares]
    autograd.backward(losses)                  # the gradient of their sum over all images,
    trainer.step(number)                       # which this divides by their number
    return sum(loss.sum().as_in_ctx(devices[0]) for loss in losses) / number


def end_of_epoch(net: Any, data: Any, devices: List[Any], run: Run, step: int) -> None:
    """Judge the net on the validation split, and have the run note and keep it."""
    validation = evaluate(net, data.val, devices)
    fresh_arrays(net, devices)
    run.end_epoch(step, validation)


def fit(net: Any, data: Any, how: Training, *, seed: int = 0, devices: Optional[List[Any]] = None,
        folder: Any = None, resume: bool = False, watch: Optional[Callable[[History], None]] = None,
        progress: bool = True, save_minutes: float = 2, save_steps: Optional[int] = None,
        kvstore: Optional[str] = None) -> History:
    """Train a net on `data.train`, watching `data.val`. The test set stays closed.

    Ctrl-C ends the run after the step that it is in, a second Ctrl-C at once.

    Parameters
    ----------
    net : gluon.HybridBlock
        Trained in place, and compiled. Parameters that it has are kept; those it lacks are drawn with `seed`.
    data : Dataset
        Such as `FashionMNIST()`.
    how : Training
        Every setting of the run, such as `recipe("quick").training` or `Training(epochs=3)`.
    seed : int
        Of parameters, order and augmentation. On one machine the same seed gives the same parameters.
    devices : list of mxnet.Context, optional
        Each batch is shared out among them. Default: all that `resnet_gluon.devices()` finds.
    folder, resume : path, bool
        Keep the run in this folder, and go on with the one that is there. A run that was killed and resumed, any
        number of times, ends with the parameters of one that was not, to the last bit.
    watch, progress : function, bool
        `watch(history)` is called after each epoch: `plots.LiveCurves()`. A bar while it runs, and a line an epoch.
    save_minutes, save_steps : float, int
        How often a checkpoint is written, besides after each epoch and on Ctrl-C.
    kvstore : {"dist_sync", "dist_device_sync"}, optional
        Share the run with the other workers of a job that `launch` has started: each takes its part of every batch.
        Only the first of them, of rank 0, uses `folder`, validates and draws; the history of the others lacks epochs,
        and what was before a resumption. Statistics of batch normalisation are the first worker's. Default: the store
        that RESNET_GLUON_KVSTORE names, as `launch` does; none without it.

    Raises TypeError where `how` is no `Training`, ValueError for a net that does not fit the data, Diverged where the
    loss is no longer finite, RunInUse where another process has the folder, CheckpointRefused where none of its
    checkpoints can be gone on with, NotJoined where `kvstore` names a job that cannot be taken part in.
    """
    devices, seed = devices or all_devices(), int(whole_number("seed", seed))
    workers = join(kvstore or kvstore_name())
    workers.check(how, devices)
    prepare(net, data, how, seed, devices)
    batches = data.train.batches(how.batch_size, shuffle=True, flip=how.flip, shift=how.shift, rotate=how.rotate,
                                 seed=seed)
    setting = describe_setting(net, data, how, seed, devices, workers.setting())
    with ExitStack() as stack:
        stack.enter_context(workers)
        if how.trim:
            stack.enter_context(trimmed(net, (1, *data.train.channels_first.shape[1:])))
        trainer = one_cycle(net, how, steps=how.epochs * len(batches), store=workers.store)
        run = stack.enter_context(Run(
            net, trainer, setting, batches, folder=folder, resume=resume, save_minutes=save_minutes,
            save_steps=save_steps, progress=progress, watch=watch, workers=workers))
        for step, (images, labels) in run.steps():
            seed_everything(seed, step, workers.rank)  # so a resumed run draws the same random numbers in this step
            loss = one_step(net, trainer, *workers.share(images, labels), devices, of=len(images))
            run.note(step, loss)
            if step % len(batches) == 0 and workers.first:
                end_of_epoch(net, data, devices, run, step)
    return run.history


def prepare(net: Any, data: Any, how: Training, seed: int, devices: List[Any]) -> None:
    """Draw the parameters that the net lacks, compile it, and see that it fits the data."""
    if not isinstance(how, Training):
        raise TypeError("fit(net, data, how): `how` should be a Training, such as recipe('quick').training or "
                        f"Training(epochs=3), but {how!r} was given")
    seed_everything(seed)
    place(net, devices)
    net.hybridize(static_alloc=True, static_shape=True)
    check_fit(net, data, devices[0])
    fresh_arrays(net, devices)  # the net was used: without this, two runs of one seed could differ in their last bits


def seed_everything(seed: int, step: int = 0, rank: int = 0) -> None:
    """Seed MXNet, NumPy and Python for one step of a run; the order of the data has generators of its own (`Batches`).

    All that is random in a step follows from (seed, step) and the worker's rank: so a run can go on from any step.
    """
    number = (seed * 1_000_003 + step + rank * 500_000_003) % 2 ** 31
    mx.random.seed(number)
    onp.random.seed(number)
    random.seed(number)


def place(net: Any, devices: List[Any]) -> None:
    """Put `net` on these devices. Where it has no parameters yet, it gets MXNet's default, uniform in ±0.07.

    Batch normalisation makes a convolution's scale irrelevant to what it computes, but not to how fast it learns: see
    experiments/recipe.md, where the default did no worse on validation data than He et al.'s (arXiv:1502.01852).
    """
    parameters = net.collect_params()
    if any(p._data is None and not p._deferred_init for p in parameters.values()):
        net.initialize(ctx=devices)
    parameters.reset_ctx(devices)


def check_fit(net: Any, data: Any, device: Any) -> None:
    """One image through the net, so that what does not fit is said now: images in, a logit for every class out."""
    images, _ = next(data.val.batches(1).epoch(0))
    shape = net(images.as_in_ctx(device)).shape
    if len(shape) != 2 or shape[1] < data.train.num_classes:
        raise ValueError(f"the net's output for one image has the shape {shape}, but the labels need "
                         f"(1, {data.train.num_classes})")


def fresh_arrays(net: Any, devices: List[Any]) -> None:
    """Copy all parameters into new arrays, as has to be done after each use of the net in predict mode.

    In predict mode oneDNN rearranges the weights in place, at a time of its own choosing. Training goes on from there
    correctly, but two runs with one seed then differ in their last bits; with fresh arrays they do not.
    """
    mx.npx.waitall()
    net.collect_params().reset_ctx(devices)


def one_cycle(net: Any, how: Training, steps: int, store: Any = None) -> Any:
    """A `gluon.Trainer` whose learning rate goes up to `how.peak_lr` on a line and down to zero on a cosine.

    Weights decay; biases and batch normalisation's γ and β do not. store: what adds up gradients, if not the devices.
    """
    for name, parameter in net.collect_params().items():
        parameter.wd_mult = float(name.endswith("weight"))
    schedule = lr_scheduler.CosineScheduler(steps, base_lr=how.peak_lr, final_lr=0,
                                            warmup_steps=int(how.warmup * steps))
    options = {"lr_scheduler": schedule, "wd": how.weight_decay}
    if how.optimizer == "sgd":
        options["momentum"] = how.momentum
    trainer = gluon.Trainer(net.collect_params(), OPTIMIZERS[how.optimizer], options, kvstore=store or "device",
                            update_on_kvstore=False)
    trainer._init_kvstore()  # else done in the first step: too late, since it makes all devices equal to the first
    trainer._init_params()
    return trainer
