"""One visible loop: plain SGD with momentum under a one-cycle learning rate."""
import math
import random
import sys
import time

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, lr_scheduler
from tqdm import tqdm

from resnet_gluon.arguments import not_negative, positive_int
from resnet_gluon.devices import devices as all_devices
from resnet_gluon.evaluation import evaluate, scatter
from resnet_gluon.history import History, describe_setting

SYNCHRONISE_EVERY = 20  # steps: MXNet's engine runs ahead of Python, and errors and bars should not lag far behind


def seed_everything(seed):
    """Seed MXNet, NumPy and Python. The order of the data has a generator of its own (`Batches`)."""
    mx.random.seed(seed)
    onp.random.seed(seed)
    random.seed(seed)


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


def check_arguments(arguments):
    for name in ("epochs", "batch_size"):
        positive_int(name, arguments[name])
    for name in ("lr", "momentum", "weight_decay", "shift"):
        not_negative(name, arguments[name])
    if not 0 <= arguments["warmup"] < 1:
        raise ValueError(f"warmup must be a share of the steps, 0 ≤ warmup < 1, but {arguments['warmup']!r} was given")


def one_cycle(net, steps, lr, warmup, momentum, weight_decay):
    """SGD with Nesterov momentum, its learning rate up to `lr` on a line and down to zero on a cosine."""
    schedule = lr_scheduler.CosineScheduler(steps, base_lr=lr, final_lr=0, warmup_steps=int(warmup * steps))
    return gluon.Trainer(net.collect_params(), "nag",
                         {"lr_scheduler": schedule, "momentum": momentum, "wd": weight_decay})


def progress_bar(images, wanted):
    """One text bar over all training images, in terminals and notebooks; nothing where output goes to a file."""
    visible = wanted and (sys.stdout.isatty() or type(sys.stdout).__module__.startswith("ipykernel"))
    return tqdm(total=images, unit=" images", unit_scale=True, leave=False,
                mininterval=1, file=sys.stdout, disable=not visible, ncols=100, nrows=20)


def train_epoch(net, batches, epoch, trainer, devices, bar):
    """One pass over the training data: returns the loss and the learning rate of every step."""
    loss_function, losses, rates = gluon.loss.SoftmaxCrossEntropyLoss(), [], []
    for images, labels in batches.epoch(epoch):
        with autograd.record():
            shares = [loss_function(net(x), y) for x, y in scatter(images, labels, devices)]
        autograd.backward(shares)
        rates.append(trainer.learning_rate)
        trainer.step(batches.batch_size)
        losses.append(sum(share.sum().as_in_ctx(devices[0]) for share in shares) / batches.batch_size)
        bar.update(batches.batch_size)
        if len(losses) % SYNCHRONISE_EVERY == 0 or len(losses) == len(batches):
            bar.set_postfix(loss=f"{require_finite(losses[-1], epoch, len(losses), rates[-1]):.3f}", refresh=False)
    return [float(loss) for loss in losses], rates


def require_finite(loss, epoch, step, rate):
    value = float(loss)
    if not math.isfinite(value):
        raise FloatingPointError(f"the loss is {value} at epoch {epoch + 1}, step {step}, learning rate {rate:.3g}. "
                                 "A smaller lr or a longer warmup is the usual remedy.")
    return value


def fit(net, data, *, epochs, lr=0.05, batch_size=128, momentum=0.9, weight_decay=5e-4, warmup=0.15, flip=False,
        shift=0, seed=0, devices=None, progress=True):
    """Train `net` on `data.train`, watching `data.val`. The test set stays closed.

    SGD with Nesterov momentum; the learning rate climbs linearly to `lr` during the first `warmup` share of the steps
    and falls to zero along a cosine: one cycle (Smith and Topin 2017, arXiv:1708.07120).

    Parameters
    ----------
    net : gluon.HybridBlock
        Trained in place, and compiled. Parameters that it has are kept; those it lacks are drawn with `seed`.
    data : FashionMNIST
        Or anything with `train`, `val` and `batches` like it.
    epochs, batch_size : int
        Passes over the training split; images a step, over all devices.
    lr, momentum, weight_decay, warmup : float
        The peak learning rate, and the share of the steps in which it is reached.
    flip, shift : bool, int
        Augmentation: mirror half of the images; move each by up to `shift` pixels.
    seed : int
        Of parameters, order and augmentation. On one machine the same seed gives the same parameters.
    devices : list of mxnet.Context, optional
        Each batch is shared out among them. Default: all that `resnet_gluon.devices()` finds.
    progress : bool
        A bar while it runs, and a line an epoch.

    Returns the `History`. Raises ValueError for arguments out of range and for a net that does not fit the data,
    FloatingPointError where the loss is no longer finite.
    """
    arguments = dict(epochs=epochs, lr=lr, batch_size=batch_size, momentum=momentum, weight_decay=weight_decay,
                     warmup=warmup, flip=flip, shift=shift, seed=seed)
    check_arguments(arguments)
    devices = devices or all_devices()
    seed_everything(seed)
    place(net, devices)
    net.hybridize(static_alloc=True, static_shape=True)
    check_fit(net, data, devices[0])
    fresh_arrays(net, devices)

    batches = data.batches(data.train, batch_size, shuffle=True, flip=flip, shift=shift, seed=seed)
    steps = epochs * len(batches)
    trainer = one_cycle(net, steps, lr, warmup, momentum, weight_decay)
    history = History(describe_setting(data, devices, **arguments))
    start = time.perf_counter()
    with progress_bar(steps * batch_size, progress) as bar:
        for epoch in range(epochs):
            bar.set_description(f"epoch {epoch + 1}/{epochs}")
            begin = time.perf_counter()
            losses, rates = train_epoch(net, batches, epoch, trainer, devices, bar)
            training_seconds = time.perf_counter() - begin
            validation = evaluate(net, data, data.val, devices)
            fresh_arrays(net, devices)
            history.steps["loss"] += losses
            history.steps["lr"] += rates
            history.epochs.append({
                "train_loss": sum(losses) / len(losses), "val_loss": validation.loss,
                "val_accuracy": validation.accuracy, "seconds": time.perf_counter() - start,
                "images_per_second": len(losses) * batch_size / training_seconds})
            if progress:
                bar.write(history.last_epoch(), file=sys.stdout)
    return history
