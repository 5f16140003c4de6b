"""Who takes part in the benchmark: each trains and queries ResNet-18 in a process of its own (see bench.py).

    python experiments/contenders.py NAME BATCH SIZE    serves: a line of JSON in, a line of JSON out

{"do": "train" | "predict" | "feed and train", "steps": n} is answered with the seconds of each step, "profile" with the
milliseconds of each operator, "memory" with the most that the process ever held. Every step is waited for before the
clock is read.
"""
import json
import resource
import sys
import tempfile
import time
from itertools import chain, repeat
from pathlib import Path

from resnet_gluon import FashionMNIST, devices, resnet18
from resnet_gluon.evaluation import scatter
from resnet_gluon.training import one_cycle

import mxnet as mx
import numpy as onp
from input_speed import images_for_mxnet
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn

CROSS_ENTROPY = gluon.loss.SoftmaxCrossEntropyLoss()


class MXNet:
    """Trains any Gluon net as `fit` does."""

    def __init__(self, net, batch, size, compiled=True):
        random = onp.random.default_rng(0)
        self.device, self.batch, self.net = devices()[0], batch, net
        self.images = np.array(random.normal(size=(batch, 1, size, size)), ctx=self.device, dtype="float32")
        self.labels = np.array(random.integers(10, size=batch), ctx=self.device, dtype="int32")
        if isinstance(net, mx.gluon.model_zoo.vision.ResNetV1):
            self.images, self.labels = self.images.as_nd_ndarray(), self.labels.as_nd_ndarray()
        net.initialize(ctx=self.device)
        if compiled:
            net.hybridize(static_alloc=True, static_shape=True)
        net(self.images)
        self.trainer = one_cycle(net, 10_000, "sgd", lr=0.01, warmup=0.1, momentum=0.9, weight_decay=5e-4)

    def train(self, images=None, labels=None):
        with autograd.record():
            loss = CROSS_ENTROPY(self.net(self.images if images is None else images),
                                 self.labels if labels is None else labels)
        loss.backward()
        self.trainer.step(self.batch)
        mx.nd.waitall()

    def predict(self):
        self.net(self.images).wait_to_read()

    def profile(self, steps):
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

    def feed(self):
        """Without end: the batches of the contender's own loader."""
        data = FashionMNIST(quiet=True)
        return chain.from_iterable(data.batches(data.train, self.batch, shuffle=True).epoch(i) for i in range(10 ** 6))

    def feed_and_train(self):
        if not hasattr(self, "fed"):
            self.fed = iter(self.feed())
        self.train(*scatter(*next(self.fed), [self.device])[0])


def package(batch, size):
    return MXNet(resnet18(zero_gamma=True), batch, size)


def zoo(batch, size):
    npx.reset_np()
    return MXNet(mx.gluon.model_zoo.vision.resnet18_v1(classes=10), batch, size)


def d2l_chapter(batch, size):
    """The chapter's net of `d2l.Residual`, eager as there, with d2l's loader at its own resize."""
    from d2l import mxnet as d2l
    net = nn.Sequential()
    net.add(nn.Conv2D(64, kernel_size=7, strides=2, padding=3), nn.BatchNorm(), nn.Activation("relu"),
            nn.MaxPool2D(pool_size=3, strides=2, padding=1))
    for i, channels in enumerate((64, 128, 256, 512)):
        net.add(d2l.Residual(channels, use_1x1conv=i > 0, strides=1 + (i > 0)), d2l.Residual(channels))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(10))

    class Chapter(MXNet):
        def feed(self):
            with images_for_mxnet(FashionMNIST(quiet=True)):
                loader = d2l.FashionMNIST(batch_size=batch, resize=(size, size)).get_dataloader(True)
            return chain.from_iterable(repeat(loader))
    return Chapter(net, batch, size, compiled=False)


class PyTorch:
    """The same network in PyTorch, eager, as it is mostly used."""

    def __init__(self, batch, size):
        import torch
        from torch.nn import BatchNorm2d, Conv2d, Linear, MaxPool2d, Module, ReLU, Sequential

        class Block(Module):
            def __init__(self, inputs, outputs):
                super().__init__()
                stride = 1 if inputs == outputs else 2
                self.branch = Sequential(
                    Conv2d(inputs, outputs, 3, stride, 1, bias=False), BatchNorm2d(outputs), ReLU(),
                    Conv2d(outputs, outputs, 3, 1, 1, bias=False), BatchNorm2d(outputs))
                self.shortcut = Sequential() if stride == 1 else Sequential(
                    Conv2d(inputs, outputs, 1, stride, bias=False), BatchNorm2d(outputs))

            def forward(self, x):
                return torch.relu(self.shortcut(x) + self.branch(x))

        torch.manual_seed(0)
        blocks = [Block(*pair) for pair in ((64, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256),
                                            (256, 512), (512, 512))]
        self.torch, self.net = torch, Sequential(
            Conv2d(1, 64, 7, 2, 3, bias=False), BatchNorm2d(64), ReLU(), MaxPool2d(3, 2, 1), *blocks,
            torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), Linear(512, 10))
        self.images, self.labels = torch.randn(batch, 1, size, size), torch.randint(10, (batch,))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)

    def train(self):
        self.net.train()
        self.optimizer.zero_grad()
        self.torch.nn.functional.cross_entropy(self.net(self.images), self.labels).backward()
        self.optimizer.step()

    def predict(self):
        self.net.eval()
        with self.torch.inference_mode():
            self.net(self.images)


CONTENDERS = {"package": package, "d2l": d2l_chapter, "model zoo": zoo, "PyTorch": PyTorch}


def peak_memory():
    """Bytes, of this process alone: what Linux's getrusage says starts at the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(next(line for line in status.read_text().splitlines() if "VmHWM" in line).split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def timed(step, steps):
    """Seconds of each of these steps."""
    seconds = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds


def main(name, batch, size):
    contender = CONTENDERS[name](int(batch), int(size))
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "memory":
            answer = peak_memory()
        elif request["do"] == "profile":
            answer = contender.profile(request["steps"])
        else:
            answer = timed(getattr(contender, request["do"].replace(" ", "_")), request["steps"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
