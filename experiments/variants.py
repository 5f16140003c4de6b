"""Variants of a training step, each served by a process of its own.

    python -m experiments.variants NAME BATCH SIZE      serves, see servers.py

A variant that changes the package's code does so in its process alone, before it makes the net.
"""
import sys
from typing import Any, Callable, Dict, NamedTuple, Optional

from resnet_gluon import resnet18
from resnet_gluon.devices import physical_cores
from resnet_gluon.nets import block

from mxnet import gluon
from mxnet.gluon import nn

from experiments.contenders import MXNet
from experiments.servers import serve


class NormRelu(nn.BatchNorm):
    """BatchNorm and ReLU in one operator, which only MXNet's older array interface has.

    (`gluon.nn.BatchNormReLU` does no ReLU at all under `npx.set_np()`.)
    """

    def hybrid_forward(self, F: Any, x: Any, **parameters: Any) -> Any:
        arrays = [array.as_nd_ndarray() for array in (x, *(parameters[name] for name in (
            "gamma", "beta", "running_mean", "running_var")))]
        return F.contrib.BatchNormWithReLU(*arrays, **self._kwargs).as_np_ndarray()


def fused_norm_and_relu() -> None:
    original = block.Block.make_branch

    def make_branch(self: Any, *arguments: Any) -> None:
        original(self, *arguments)
        self.bn1 = NormRelu()
    block.Block.make_branch = make_branch
    block.Block.branch = lambda self, F, x: self.bn2(self.conv2(self.bn1(self.conv1(x))))


def plain_relu() -> None:
    block.relu = lambda F, x: F.npx.relu(x)


def plain_addition() -> None:
    block.add = lambda F, x, y, channels, name: x + y


def eager(contender: MXNet) -> None:
    contender.net.hybridize(False)


def memory_not_static(contender: MXNet) -> None:
    contender.net.hybridize(static_alloc=False, static_shape=False)


def sgd(contender: MXNet) -> None:
    contender.trainer = gluon.Trainer(contender.net.collect_params(), "sgd",
                                      {"learning_rate": 0.01, "wd": 5e-4, "momentum": 0.9})


def adam(contender: MXNet) -> None:
    contender.trainer = gluon.Trainer(contender.net.collect_params(), "adam", {"learning_rate": 0.01, "wd": 5e-4})


class Variant(NamedTuple):
    """environment: of its process; patch: changes the package's code, before the net is made; change: the contender."""
    environment: Dict[str, str] = {}
    patch: Optional[Callable[[], None]] = None
    change: Optional[Callable[[MXNet], None]] = None


# Without OMP_WAIT_POLICY=ACTIVE: its idle threads would go on spinning while the others are timed.
VARIANTS = {
    "as it is": Variant(),
    "one thread": Variant({"OMP_NUM_THREADS": "1"}),
    "twice as many threads as cores": Variant({"OMP_NUM_THREADS": str(2 * physical_cores())}),
    "OMP_WAIT_POLICY=PASSIVE": Variant({"OMP_WAIT_POLICY": "PASSIVE"}),
    "OMP_PROC_BIND=true": Variant({"OMP_PROC_BIND": "true"}),
    "eager": Variant(change=eager),
    "compiled, memory not static": Variant(change=memory_not_static),
    "npx.relu instead of npx.activation": Variant(patch=plain_relu),
    "BatchNorm and ReLU in one operator": Variant(patch=fused_norm_and_relu),
    "+ instead of elemwise_add": Variant(patch=plain_addition),
    "SGD instead of NAG, 4 updates at a time": Variant(change=sgd),
    "SGD, 60 updates at a time": Variant({"MXNET_OPTIMIZER_AGGREGATION_SIZE": "60"}, change=sgd),
    "Adam": Variant(change=adam),
    "operators one by one, not in bulk": Variant({"MXNET_EXEC_BULK_EXEC_TRAIN": "0"}),
}


def serve_variant(name: str, batch: int, size: int) -> None:
    """Make the contender that this variant is, and answer for it."""
    variant = VARIANTS[name]
    if variant.patch:
        variant.patch()
    contender = MXNet(resnet18(zero_gamma=True), batch, size)
    if variant.change:
        variant.change(contender)
    serve(contender)


if __name__ == "__main__":
    serve_variant(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
