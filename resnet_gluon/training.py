"""One visible loop: SGD with momentum, or Adam, under a one-cycle learning rate."""
import math
import random
import time
from itertools import islice

from resnet_gluon.arguments import choose, not_negative, positive_int, whole_number
from resnet_gluon.devices import devices as all_devices
from resnet_gluon.evaluation import evaluate, scatter
from resnet_gluon.history import History, describe_setting
from resnet_gluon.progress import Interrupt, Progress
from resnet_gluon.run_folder import RunFolder

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, lr_scheduler

OPTIMIZERS = {"sgd": "nag", "adam": "adam"}  # ours: MXNet's name
READ_LOSSES_EVERY = 20  # steps: reading a loss waits for the engine, and errors and bars should not lag far behind


def seed_everything(seed, step=0):
    """Seed MXNet, NumPy and Python for one step of a run; the order of the data has generators of its own (`Batches`).

    All that is random in a step follows from (seed, step): so a run can go on from any step.
    """
    number = (seed * 1_000_003 + step) % 2 ** 31
    mx.random.seed(number)
    onp.random.seed(number)
    random.seed(number)


def place(net, devices):
    """Put `net` on these devices. Where it has no parameters yet, it gets MXNet's default, uniform in ±0.07.

    Batch normalisation makes a convolution's scale irrelevant to what it computes, but not to how fast it learns: see
    experiments/recipe.md, where the default did no worse on validation data than He et al.'s (arXiv:1502.01852).
    """
    parameters = net.collect_params()
    if any(p._data is None and not p._deferred_init for p in parameters.values()):
        net.initialize(ctx=devices)
    parameters.reset_ctx(devices)


def check_fit(net, data, device):
    """One image through the net, so that what does not fit is said now: images in, a logit for every class out."""
    images, _ = next(data.batches(data.val, 1).epoch(0))
    shape = net(images.as_in_ctx(device)).shape
    if len(shape) != 2 or shape[1] < data.train.num_classes:
        raise ValueError(f"the net's output for one image has the shape {shape}, but the labels need "
                         f"(1, {data.train.num_classes})")


def fresh_arrays(net, devices):
    """Copy all parameters into new arrays, as has to be done after each use of the net in predict mode.

    In predict mode oneDNN rearranges the weights in place, at a time of its own choosing. Training goes on from there
    correctly, but two runs with one seed then differ in their last bits; with fresh arrays they do not.
    """
    mx.npx.waitall()
    net.collect_params().reset_ctx(devices)


def check_arguments(epochs, batch_size, optimizer, lr, momentum, weight_decay, warmup, flip, shift, rotate, seed):
    """The arguments by name, as plain Python numbers. Raises ValueError for those out of range."""
    choose("optimizer", optimizer, OPTIMIZERS)
    if not_negative("warmup", warmup) >= 1:
        raise ValueError(f"warmup must be a share of the steps, 0 ≤ warmup < 1, but {warmup!r} was given")
    return {"epochs": int(positive_int("epochs", epochs)), "batch_size": int(positive_int("batch_size", batch_size)),
            "optimizer": optimizer, "lr": float(not_negative("lr", lr)),
            "momentum": float(not_negative("momentum", momentum)),
            "weight_decay": float(not_negative("weight_decay", weight_decay)), "warmup": float(warmup),
            "flip": bool(flip), "shift": int(whole_number("shift", shift)),
            "rotate": float(not_negative("rotate", rotate)), "seed": int(whole_number("seed", seed))}


def one_cycle(net, steps, optimizer, lr, warmup, momentum, weight_decay):
    """An optimizer, its learning rate up to `lr` on a line and down to zero on a cosine.

    Weights decay; biases and batch normalisation's γ and β do not.
    """
    for name, parameter in net.collect_params().items():
        parameter.wd_mult = float(name.endswith("weight"))
    schedule = lr_scheduler.CosineScheduler(steps, base_lr=lr, final_lr=0, warmup_steps=int(warmup * steps))
    options = {"lr_scheduler": schedule, "wd": weight_decay, **({"momentum": momentum} if optimizer == "sgd" else {})}
    trainer = gluon.Trainer(net.collect_params(), OPTIMIZERS[optimizer], options, update_on_kvstore=False)
    trainer._init_kvstore()  # else done in the first step: too late, since it makes all devices equal to the first
    trainer._init_params()
    return trainer


def read_losses(waiting, history, run):
    """Move the losses that wait on the device into the history. Raises Diverged at the first that is not finite."""
    history.steps["loss"] += [float(loss) for loss in waiting]
    steps = range(len(history.steps["loss"]) - len(waiting), len(history.steps["loss"]))
    waiting.clear()
    for step in steps:
        if not math.isfinite(history.steps["loss"][step]):
            raise run.diverged(f"the loss is {history.steps['loss'][step]}", step + 1)


def fit(net, data, *, epochs, optimizer="sgd", lr=0.1, batch_size=256, momentum=0.9, weight_decay=5e-4, warmup=0.15,
        flip=False, shift=0, rotate=0, seed=0, devices=None, progress=True, watch=None, folder=None, resume=False,
        save_minutes=2, save_steps=None):
    """Train `net` on `data.train`, watching `data.val`. The test set stays closed.

    The learning rate climbs linearly to `lr` during the first `warmup` share of the steps
    and falls to zero along a cosine: one cycle (Smith and Topin 2017, arXiv:1708.07120). Ctrl-C ends the run after
    the step that it is in, a second Ctrl-C at once.

    Parameters
    ----------
    net : gluon.HybridBlock
        Trained in place, and compiled. Parameters that it has are kept; those it lacks are drawn with `seed`.
    data : FashionMNIST
        Or anything with `train`, `val`, `edition` and `batches` like it.
    optimizer : {"sgd", "adam"}
        SGD with Nesterov momentum, or Adam (Kingma and Ba 2014, arXiv:1412.6980), which leaves `momentum` unused.
    epochs, batch_size : int
        Passes over the training split; images a step, over all devices.
    lr, momentum, weight_decay, warmup : float
        The peak learning rate, and the share of the steps in which it is reached.
    flip, shift, rotate : bool, int, float
        Augmentation: mirror half of the images; move each by up to `shift` pixels; turn it by up to `rotate` degrees.
    seed : int
        Of parameters, order and augmentation. On one machine the same seed gives the same parameters.
    devices : list of mxnet.Context, optional
        Each batch is shared out among them. Default: all that `resnet_gluon.devices()` finds.
    progress, watch : bool, function
        A bar while it runs, and a line an epoch. `watch(history)` is called after each epoch: `plots.LiveCurves()`.
    folder, resume : path, bool
        Keep the run in this folder (see run_folder.py), and go on with the one that is there. A run that was killed
        and resumed, any number of times, ends with the parameters of one that was not, to the last bit.
    save_minutes, save_steps : float, int
        How often a checkpoint is written, besides after each epoch and on Ctrl-C.

    Returns the `History`. Raises ValueError for arguments out of range and for a net that does not fit the data,
    Diverged (a FloatingPointError) where the loss is no longer finite, RunInUse where another process has the folder,
    CheckpointRefused where none of its checkpoints can be gone on with.
    """
    arguments = check_arguments(epochs, batch_size, optimizer, lr, momentum, weight_decay, warmup, flip, shift, rotate,
                                seed)
    epochs, batch_size, optimizer, lr, momentum, weight_decay, warmup, flip, shift, rotate, seed = arguments.values()
    devices = devices or all_devices()
    seed_everything(seed)
    place(net, devices)
    net.hybridize(static_alloc=True, static_shape=True)
    check_fit(net, data, devices[0])
    fresh_arrays(net, devices)  # the net was used: without this, two runs of one seed could differ in their last bits

    batches = data.batches(data.train, batch_size, shuffle=True, flip=flip, shift=shift, rotate=rotate, seed=seed)
    total = epochs * len(batches)
    trainer = one_cycle(net, total, optimizer, lr, warmup, momentum, weight_decay)
    loss_function = gluon.loss.SoftmaxCrossEntropyLoss()
    history = History(describe_setting(net, data, devices, arguments))
    waiting = []  # losses on the device that nobody has read yet
    with RunFolder(folder, net, trainer, history, save_minutes, save_steps) as run, \
            Progress(total * batch_size, progress, watch) as shown, Interrupt() as interrupted:
        step = run.begin(resume)
        shown.start(step * batch_size)
        if step:
            shown.say(f"going on after step {step} of {total}")
        start = time.perf_counter() - history.seconds  # what was done before an interruption counts too
        while step < total and not interrupted:
            epoch, first = divmod(step, len(batches))
            began = time.perf_counter()
            for images, labels in islice(batches.epoch(epoch), first, None):  # without what a resumed run has behind it
                seed_everything(seed, step + 1)  # so a resumed run draws the same random numbers in this step
                with autograd.record():
                    losses = [loss_function(net(x), y) for x, y in scatter(images, labels, devices)]
                autograd.backward(losses)  # the gradient of their sum over all images,
                trainer.step(batch_size)   # which this divides by their number
                step += 1
                waiting.append(sum(loss.sum().as_in_ctx(devices[0]) for loss in losses) / batch_size)
                history.steps["lr"].append(trainer.learning_rate)
                shown.step(batch_size)
                stopping = bool(interrupted)  # looked at once a step: Ctrl-C can come between any two lines
                ended = step % len(batches) == 0
                saving = not ended and (stopping or run.due(step))  # an epoch's end is saved after its validation
                if saving or ended or step % READ_LOSSES_EVERY == 0:
                    read_losses(waiting, history, run)
                    shown.show(epoch, epochs, loss=history.steps["loss"][-1])
                    history.seconds = time.perf_counter() - start
                if saving:
                    run.save(step)
                if stopping:
                    break
            if ended:
                speed = (len(batches) - first) * batch_size / (time.perf_counter() - began)
                validation = evaluate(net, data, data.val, devices)
                fresh_arrays(net, devices)
                history.end_epoch(len(batches), validation, speed, time.perf_counter() - start)
                run.save(step, best=history.best == epoch)
                shown.epoch(history)
        if step < total:
            history.stopped = f"Ctrl-C after step {step} of {total}"
            shown.say(f"{history.stopped}.{run.rescue()}")
            run.save_history()
    return history
