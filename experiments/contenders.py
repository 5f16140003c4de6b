"""Who takes part in the benchmark: each trains and queries ResNet-18 in a process of its own.

    python -m experiments.contenders NAME BATCH SIZE        serves, see servers.py

Every step is waited for before the clock is read.
"""
import json
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain, count, repeat
from typing import Any, Callable, Dict, Iterator, Optional

from resnet_gluon import FashionMNIST, Training, devices, resnet18
from resnet_gluon.nets import trimmed
from resnet_gluon.training import one_cycle, scatter

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn

from experiments.servers import serve
from experiments.torch_contender import WAYS, PyTorch

CROSS_ENTROPY = gluon.loss.SoftmaxCrossEntropyLoss()
HOW = Training(epochs=1, lr=0.01, warmup=0.1)


@contextmanager
def images_for_mxnet(data: FashionMNIST) -> Iterator[None]:
    """Let MXNet's own FashionMNIST class hold `data`: it refuses the official edition, and its host is gone."""
    cls = mx.gluon.data.vision.FashionMNIST
    original = cls._get_data

    def get_data(self: Any) -> None:
        split = data.train if self._train else data.test
        self._data = mx.nd.array(split.images[..., None], dtype=onp.uint8).as_np_ndarray()
        self._label = split.labels
    cls._get_data = get_data
    try:
        yield
    finally:
        cls._get_data = original


class MXNet:
    """Trains any Gluon net as `fit` does."""

    def __init__(self, net: Any, batch: int, size: int, compiled: bool = True, trim: bool = False) -> None:
        random = onp.random.default_rng(0)
        self.device, self.batch, self.net = devices()[0], batch, net
        self.fed: Optional[Iterator[Any]] = None
        self.images = np.array(random.normal(size=(batch, 1, size, size)), ctx=self.device, dtype="float32")
        self.labels = np.array(random.integers(10, size=batch), ctx=self.device, dtype="int32")
        if isinstance(net, mx.gluon.model_zoo.vision.ResNetV1):
            self.images, self.labels = self.images.as_nd_ndarray(), self.labels.as_nd_ndarray()
        net.initialize(ctx=self.device)
        if compiled:
            net.hybridize(static_alloc=True, static_shape=True)
        net(self.images)
        if trim:  # and it stays so, as long as this process lives
            self.whole = ExitStack()
            self.whole.enter_context(trimmed(net, self.images.shape))
        self.trainer = one_cycle(net, HOW, steps=10_000)

    def train(self, images: Any = None, labels: Any = None) -> None:
        with autograd.record():
            loss = CROSS_ENTROPY(self.net(self.images if images is None else images),
                                 self.labels if labels is None else labels)
        loss.backward()
        self.trainer.step(self.batch)
        mx.nd.waitall()

    def predict(self) -> None:
        self.net(self.images).wait_to_read()

    def profile(self, steps: int) -> Dict[str, float]:
        """Milliseconds of each operator, in all, over so many training steps."""
        with tempfile.TemporaryDirectory() as folder:
            mx.profiler.set_config(profile_symbolic=True, profile_imperative=True, aggregate_stats=True,
                                   filename=f"{folder}/profile.json")
            mx.profiler.set_state("run")
            for _ in range(steps):
                self.train()
            mx.profiler.set_state("stop")
            statistics = json.loads(mx.profiler.dumps(reset=True, format="json"))
        return {name: row["Total"] for name, row in statistics["Time"]["operator"].items()}

    def feed(self) -> Iterator[Any]:
        """Without end: the batches of the contender's own loader."""
        batches = FashionMNIST(quiet=True).train.batches(self.batch, shuffle=True)
        return chain.from_iterable(batches.epoch(number) for number in count())

    def feed_and_train(self) -> None:
        self.fed = self.fed or iter(self.feed())
        self.train(*scatter(*next(self.fed), [self.device])[0])


def package(batch: int, size: int) -> MXNet:
    return MXNet(resnet18(zero_gamma=True), batch, size)


def zoo(batch: int, size: int) -> MXNet:
    npx.reset_np()
    return MXNet(mx.gluon.model_zoo.vision.resnet18_v1(classes=10), batch, size)


def d2l_chapter(batch: int, size: int) -> MXNet:
    """The chapter's net of `d2l.Residual`, eager as there, with d2l's loader at its own resize."""
    from d2l import mxnet as d2l
    net = nn.Sequential()
    net.add(nn.Conv2D(64, kernel_size=7, strides=2, padding=3), nn.BatchNorm(), nn.Activation("relu"),
            nn.MaxPool2D(pool_size=3, strides=2, padding=1))
    for i, channels in enumerate((64, 128, 256, 512)):
        net.add(d2l.Residual(channels, use_1x1conv=i > 0, strides=1 + (i > 0)), d2l.Residual(channels))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(10))

    class Chapter(MXNet):
        def feed(self) -> Iterator[Any]:
            with images_for_mxnet(FashionMNIST(quiet=True)):
                loader = d2l.FashionMNIST(batch_size=batch, resize=(size, size)).get_dataloader(True)
            return chain.from_iterable(repeat(loader))
    return Chapter(net, batch, size, compiled=False)


def live_package(batch: int, size: int) -> MXNet:
    """The package's net without the taps that meet only padding, as `Training(trim=True)` has it."""
    return MXNet(resnet18(zero_gamma=True), batch, size, trim=True)


#: Name: what makes it, of a batch and an image size.
CONTENDERS: Dict[str, Callable[[int, int], Any]] = {
    "package": package, "package, live taps": live_package, "d2l": d2l_chapter, "model zoo": zoo,
    **{name: partial(PyTorch, way=way) for name, way in WAYS.items()}}


if __name__ == "__main__":
    name, batch, size = sys.argv[1:]
    serve(CONTENDERS[name](int(batch), int(size)))
