"""Who takes part in the benchmark: each trains and queries ResNet-18 in a process of its own.

    python -m experiments.contenders NAME BATCH SIZE        serves, see servers.py

Every step is waited for before the clock is read.
"""
import json
import sys
import tempfile
from contextlib import contextmanager
from itertools import chain, count, repeat
from typing import Any, Dict, Iterator, Optional

from resnet_gluon import FashionMNIST, Training, devices, resnet18
from resnet_gluon.training import one_cycle, scatter

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn

from experiments.servers import serve

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

    def __init__(self, net: Any, batch: int, size: int, compiled: bool = True) -> None:
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


class PyTorch:
    """The same network in PyTorch, eager, as it is mostly used."""

    def __init__(self, batch: int, size: int) -> None:
        import torch
        from torch.nn import BatchNorm2d, Conv2d, Linear, MaxPool2d, Module, ReLU, Sequential

        class Block(Module):
            def __init__(self, inputs: int, outputs: int) -> None:
                super().__init__()
                stride = 1 if inputs == outputs else 2
                self.branch = Sequential(
                    Conv2d(inputs, outputs, 3, stride, 1, bias=False), BatchNorm2d(outputs), ReLU(),
                    Conv2d(outputs, outputs, 3, 1, 1, bias=False), BatchNorm2d(outputs))
                self.shortcut = Sequential() if stride == 1 else Sequential(
                    Conv2d(inputs, outputs, 1, stride, bias=False), BatchNorm2d(outputs))

            def forward(self, x: Any) -> Any:
                return torch.relu(self.shortcut(x) + self.branch(x))

        torch.manual_seed(0)
        blocks = [Block(*pair) for pair in ((64, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256),
                                            (256, 512), (512, 512))]
        self.torch, self.net = torch, Sequential(
            Conv2d(1, 64, 7, 2, 3, bias=False), BatchNorm2d(64), ReLU(), MaxPool2d(3, 2, 1), *blocks,
            torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), Linear(512, 10))
        self.images, self.labels = torch.randn(batch, 1, size, size), torch.randint(10, (batch,))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)

    def train(self) -> None:
        self.net.train()
        self.optimizer.zero_grad()
        self.torch.nn.functional.cross_entropy(self.net(self.images), self.labels).backward()
        self.optimizer.step()

    def predict(self) -> None:
        self.net.eval()
        with self.torch.inference_mode():
            self.net(self.images)


#: Name: what makes it, of a batch and an image size.
CONTENDERS = {"package": package, "d2l": d2l_chapter, "model zoo": zoo, "PyTorch": PyTorch}


if __name__ == "__main__":
    name, batch, size = sys.argv[1:]
    serve(CONTENDERS[name](int(batch), int(size)))
