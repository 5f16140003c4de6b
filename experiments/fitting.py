"""What the studies that train have in common: the data, one call of `fit`, and its first steps again."""
from contextlib import nullcontext
from dataclasses import replace
from itertools import islice
from typing import Any, Dict, List, Tuple

from resnet_gluon import FashionMNIST, Training, devices, fit, seed_everything
from resnet_gluon.data.fashion_mnist import OFFICIAL, SUBSET_FOLDER
from resnet_gluon.nets import make_net, trimmed
from resnet_gluon.training import one_cycle, one_step
from resnet_gluon.training.loop import prepare

from experiments.study import One

FIRST = 20  # steps whose losses a row keeps
TINY = {"epochs": 1, "batch_size": 8}  # how a smoke run trains


def fashion(one: One, **options: Any) -> FashionMNIST:
    """The whole of Fashion-MNIST, or a little of the bundled part for a smoke run.

    Raises RuntimeError where what is found is another edition than the studies are about.
    """
    if one.smoke:
        data = FashionMNIST(SUBSET_FOLDER, quiet=True, train_images=16)
        data.val, data.test = data.val.take(slice(20)), data.test.take(slice(20))
        return data
    data = FashionMNIST(subset=False, quiet=True, **options)
    if data.edition != OFFICIAL:
        raise RuntimeError(f"the study is about Fashion-MNIST, edition {OFFICIAL}, but {data.source} is edition "
                           f"{data.edition}. Is RESNET_GLUON_DATA set?")
    return data


def training_of(one: One) -> Training:
    """How this run trains: its configuration's "training"."""
    how = Training(**one.configuration["training"])
    return replace(how, **TINY) if one.smoke else how


def net_of(one: One) -> Any:
    """The configuration's net; in a smoke run a shallow one, where its depth can be chosen."""
    made = one.configuration["net"]
    if one.smoke and "depth" in made["options"]:
        made = {**made, "options": {**made["options"], "depth": 8}}
    return make_net(made)


def trained(one: One, data: Any, keep: bool = False) -> Tuple[Any, Dict[str, Any]]:
    """A net of the configuration's, trained: the net, and what every row of a training holds.

    keep: checkpoints go to the run's folder, so that a run that was killed goes on where it was.
    """
    net, how = net_of(one), training_of(one)
    history = fit(net, data, how, seed=one.seed, folder=one.folder if keep else None, resume=keep, progress=False)
    if history.stopped:
        raise RuntimeError(f"the run ended early: {history.stopped}")
    first_epoch = len(history.steps["loss"]) // how.epochs
    return net, {"train_loss": history.last.train_loss, "val_accuracy": history.last.val_accuracy,
                 "val_accuracies": [epoch.val_accuracy for epoch in history.epochs], "seconds": history.seconds,
                 "first_losses": history.steps["loss"][:min(FIRST, first_epoch)]}


def first_losses(one: One, data: Any) -> List[float]:
    """The losses of the first steps that `trained` makes, of its first epoch at most."""
    net, how = make_net(one.configuration["net"]), training_of(one)
    prepare(net, data, how, one.seed, devices())
    batches = data.train.batches(how.batch_size, shuffle=True, flip=how.flip, shift=how.shift, rotate=how.rotate,
                                 seed=one.seed)
    losses = []
    with trimmed(net, (1, *data.train.channels_first.shape[1:])) if how.trim else nullcontext():
        trainer = one_cycle(net, how, steps=how.epochs * len(batches))
        for step, (images, labels) in enumerate(islice(batches.epoch(0), FIRST), 1):
            seed_everything(one.seed, step)
            losses.append(one_step(net, trainer, images, labels, devices()))
        return [float(loss) for loss in losses]
