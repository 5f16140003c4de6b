"""A training loop with the tricks that `speedrun` tries: each is a setting, and all are off by default.

What proves itself moves into `resnet_gluon.training`; what does not stays here, with its rows.
"""
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from resnet_gluon import devices, seed_everything
from resnet_gluon.data import Batches, Split
from resnet_gluon.nets import trimmed
from resnet_gluon.training import fresh_arrays

import numpy as onp
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn

AVERAGE_EVERY = 5   # steps: averaging costs a pass over all parameters
WHOLE_AT_THE_END = 0.875  # of the steps: InfoBatch's last eighth sees all images


@dataclass(frozen=True)
class Tricks:
    """How to train for so many steps.

    prune: InfoBatch's share of the easy images (last loss below the mean) that an epoch leaves out; the others of these
    count more, so that the gradient stays unbiased (Qin et al. 2024, arXiv:2303.04947). smoothing: of the labels
    (Szegedy et al. 2016). flip: "random", or "alternating", each image mirrored in every second epoch (airbench).
    bn_momentum: of batch normalisation's running statistics. average: decay of a moving average of all parameters,
    every 5 steps, which is what is evaluated. beta_rate: factor on the learning rate of batch normalisation's β.
    floor: the learning rate at the end, as a share of the peak. shape: of the way down, "cosine" or "linear".
    """
    steps: int
    batch_size: int = 128
    lr: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 5e-4
    warmup: float = 0.15
    prune: float = 0.0
    smoothing: float = 0.0
    flip: str = "random"
    bn_momentum: float = 0.9
    average: Optional[float] = None
    beta_rate: float = 1.0
    floor: float = 0.0
    shape: str = "cosine"

    def rate(self, step: int) -> float:
        """The learning rate of a step, 1 for the first."""
        top = max(1.0, self.warmup * self.steps)
        if step <= top:
            return self.lr * step / top
        left = (self.steps - step) / (self.steps - top)  # from 1 down to 0
        down = left if self.shape == "linear" else (1 - onp.cos(onp.pi * left)) / 2
        return float(self.lr * (self.floor + (1 - self.floor) * down))


class Batch(NamedTuple):
    """One batch, which images it holds, and how much each counts, (n,)."""
    images: Any
    labels: Any
    places: onp.ndarray
    weights: onp.ndarray


class Feed:
    """Batches without end, one epoch after another, from what the losses of earlier epochs say."""

    def __init__(self, split: Split, how: Tricks, seed: int) -> None:
        self.split = split
        self.how = how
        self.seed = seed
        self.normalise = Batches(split, how.batch_size).normalise
        self.scores = onp.full(len(split), onp.inf)  # the last loss of each image; unknown counts as hard
        self.parity = onp.random.default_rng((seed, 1_000_003)).integers(2, size=len(split))

    def epoch(self, number: int, prune: bool) -> Iterator[Batch]:
        """One pass over the images, without the easy ones that are left out this time."""
        random = onp.random.default_rng((self.seed, number))
        order, weights = random.permutation(len(self.split)), onp.ones(len(self.split), "float32")
        if prune and onp.isfinite(self.scores).all():
            easy = self.scores < self.scores.mean()
            out = easy & (random.random(len(self.split)) < self.how.prune)
            weights[easy] = 1 / (1 - self.how.prune)
            order = order[~out[order]]
        mirrored = (self.parity + number) % 2 == 1 if self.how.flip == "alternating" else \
            random.integers(2, size=len(self.split)) == 1
        size = self.how.batch_size
        for start in range(0, len(order) - size + 1, size):
            places = order[start:start + size]
            images = self.split.channels_first[places]
            images = onp.where(mirrored[places, None, None, None], images[..., ::-1], images)
            yield Batch(self.normalise(images), np.array(self.split.labels[places], dtype="int32"), places,
                        weights[places])

    def learn(self, seen: List[Tuple[onp.ndarray, Any]]) -> None:
        """Note the losses, still on the device, of the images that an epoch has seen."""
        for places, loss in seen:
            self.scores[places] = loss.asnumpy()


class Average:
    """A moving average of all parameters, running statistics among them."""

    def __init__(self, net: Any, decay: float) -> None:
        self.parameters = list(net.collect_params().values())
        self.decay = decay
        self.values = [parameter.data().copy() for parameter in self.parameters]

    def update(self) -> None:
        for value, parameter in zip(self.values, self.parameters):
            value *= self.decay
            value += (1 - self.decay) * parameter.data()

    def install(self) -> None:
        """Put the averages in the parameters' place."""
        for value, parameter in zip(self.values, self.parameters):
            parameter.set_data(value)


def trainer_of(net: Any, how: Tricks) -> Any:
    """Nesterov's SGD, with decay of weights alone."""
    for name, parameter in net.collect_params().items():
        parameter.wd_mult = float(name.endswith("weight"))
        parameter.lr_mult = how.beta_rate if name.endswith("beta") else 1.0
    return gluon.Trainer(net.collect_params(), "nag", {"learning_rate": how.lr, "momentum": how.momentum,
                                                       "wd": how.weight_decay}, update_on_kvstore=False)


def set_momentum(layer: Any, momentum: float) -> None:
    if isinstance(layer, nn.BatchNorm):
        layer._kwargs["momentum"] = momentum


def prepare(net: Any, split: Split, how: Tricks, seed: int) -> None:
    """Give a new net its parameters, and compile it."""
    device = devices()[0]
    seed_everything(seed)
    net.apply(lambda layer: set_momentum(layer, how.bn_momentum))
    net.initialize(ctx=device)
    net(np.zeros((1, *split.channels_first.shape[1:]), ctx=device))
    fresh_arrays(net, [device])
    net.hybridize(static_alloc=True, static_shape=True)


def steps_of(net: Any, split: Split, how: Tricks, seed: int) -> Iterator[Any]:
    """Train a new net on a split: each step's mean loss, on the device, when the step is done.

    When the last one is taken the net is whole again, with its averaged parameters where they are asked for.
    """
    prepare(net, split, how, seed)
    with trimmed(net, (1, *split.channels_first.shape[1:])):
        feed, trainer, step, epoch = Feed(split, how, seed), trainer_of(net, how), 0, 0
        cross_entropy = gluon.loss.SoftmaxCrossEntropyLoss(sparse_label=not how.smoothing)
        average = Average(net, how.average) if how.average else None
        while step < how.steps:
            seen: List[Tuple[onp.ndarray, Any]] = []
            for batch in feed.epoch(epoch, bool(how.prune) and step < WHOLE_AT_THE_END * how.steps):
                step += 1
                seed_everything(seed, step)
                trainer.set_learning_rate(how.rate(step))
                loss = learn(net, cross_entropy, batch, how)
                trainer.step(how.batch_size)
                seen.append((batch.places, loss))
                if average and step % AVERAGE_EVERY == 0:
                    average.update()
                mean = loss.mean()
                mean.wait_to_read()
                yield mean
                if step == how.steps:
                    break
            feed.learn(seen)
            epoch += 1
        if average:
            average.install()


def learn(net: Any, cross_entropy: Any, batch: Batch, how: Tricks) -> Any:
    """Forward and backward; gives each image's loss."""
    target = batch.labels
    if how.smoothing:
        target = npx.one_hot(target, 10) * (1 - how.smoothing) + how.smoothing / 10  # (n, 10)
    with autograd.record():
        loss = cross_entropy(net(batch.images), target)
        weighted = loss * np.array(batch.weights) if how.prune else loss
    weighted.backward()
    return loss


def train(net: Any, split: Split, how: Tricks, seed: int) -> Dict[str, Any]:
    """Train a new net on a split; gives the losses of the first 20 steps, and the mean loss of the last 100."""
    losses = [float(loss) for loss in steps_of(net, split, how, seed)]
    return {"first_losses": losses[:20], "train_loss": sum(losses[-100:]) / len(losses[-100:])}
