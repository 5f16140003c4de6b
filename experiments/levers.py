"""What makes a training step faster, and what does not: each variant against the package as it is.

    .venv/bin/python experiments/levers.py      (about three minutes; writes experiments/results/levers.json)

ResNet-18, 28 pixels, batch 256. Variants run in processes of their own and take turns; medians of all steps.
"""
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from resnet_gluon import blocks, resnet18
from resnet_gluon.checkpoint import save_text
from resnet_gluon.threads import physical_cores

from contenders import MXNet, timed
from mxnet import gluon
from mxnet.gluon import nn

BATCH, SIZE, ROUNDS = 256, 28, 5
RESULT = Path(__file__).parent / "results" / "levers.json"


class NormRelu(nn.BatchNorm):
    """BatchNorm and ReLU in one operator, which only MXNet's older array interface has.

    (`gluon.nn.BatchNormReLU` does no ReLU at all under `npx.set_np()`.)
    """

    def hybrid_forward(self, F, x, **parameters):
        arrays = [array.as_nd_ndarray() for array in (x, *(parameters[name] for name in (
            "gamma", "beta", "running_mean", "running_var")))]
        return F.contrib.BatchNormWithReLU(*arrays, **self._kwargs).as_np_ndarray()


def fused_norm_and_relu():
    original = blocks.Block.__init__

    def init(self, *arguments, **options):
        original(self, *arguments, **options)
        self.bn1 = NormRelu()
    blocks.Block.__init__ = init
    blocks.Block.branch = lambda self, F, x: self.bn2(self.conv2(self.bn1(self.conv1(x))))


def plain_relu():
    blocks.relu = lambda F, x: F.npx.relu(x)


def plain_addition():
    blocks.add = lambda F, x, y, channels, name: x + y


def optimizer(name):
    def train_with(contender):
        contender.trainer = gluon.Trainer(contender.net.collect_params(), name, {
            "learning_rate": 0.01, "wd": 5e-4, **({"momentum": 0.9} if name in ("sgd", "nag") else {})})
    return train_with


def eager(contender):
    contender.net.hybridize(False)


def compiled_without_static_memory(contender):
    contender.net.hybridize(static_alloc=False, static_shape=False)


#: name: (environment, done before the net is built, done to the contender)
#: Without OMP_WAIT_POLICY=ACTIVE: its idle threads would go on spinning while the others are timed.
VARIANTS = {
    "as it is": ({}, None, None),
    "one thread": ({"OMP_NUM_THREADS": "1"}, None, None),
    "twice as many threads as cores": ({"OMP_NUM_THREADS": str(2 * physical_cores())}, None, None),
    "OMP_WAIT_POLICY=PASSIVE": ({"OMP_WAIT_POLICY": "PASSIVE"}, None, None),
    "OMP_PROC_BIND=true": ({"OMP_PROC_BIND": "true"}, None, None),
    "eager": ({}, None, eager),
    "compiled, memory not static": ({}, None, compiled_without_static_memory),
    "npx.relu instead of npx.activation": ({}, plain_relu, None),
    "BatchNorm and ReLU in one operator": ({}, fused_norm_and_relu, None),
    "+ instead of elemwise_add": ({}, plain_addition, None),
    "SGD instead of NAG, 4 updates at a time": ({}, None, optimizer("sgd")),
    "SGD, 60 updates at a time": ({"MXNET_OPTIMIZER_AGGREGATION_SIZE": "60"}, None, optimizer("sgd")),
    "Adam": ({}, None, optimizer("adam")),
    "operators one by one, not in bulk": ({"MXNET_EXEC_BULK_EXEC_TRAIN": "0"}, None, None),
}


def serve(name):
    _, before, after = VARIANTS[name]
    if before:
        before()
    contender = MXNet(resnet18(zero_gamma=True), BATCH, SIZE)
    if after:
        after(contender)
    timed(contender.train, 3)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(timed(contender.train, 3)), flush=True)


def main():
    servers = {name: subprocess.Popen([sys.executable, __file__, name], env={**os.environ, **environment}, text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
               for name, (environment, _, _) in VARIANTS.items()}
    seconds = {name: [] for name in VARIANTS}
    for server in servers.values():
        assert server.stdout.readline() == "ready\n"
    for _ in range(ROUNDS):
        for name, server in servers.items():
            server.stdin.write("go\n")
            server.stdin.flush()
            seconds[name] += json.loads(server.stdout.readline())
    for server in servers.values():
        server.communicate()
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    table = {name: {"images_per_second": BATCH / medians[name], "relative": medians["as it is"] / medians[name],
                    "slowest": BATCH / max(values), "fastest": BATCH / min(values), "n": len(values)}
             for name, values in seconds.items()}
    for name, row in table.items():
        print(f"{name:42s}{row['images_per_second']:6,.0f} images/s  ({row['slowest']:,.0f} to {row['fastest']:,.0f})  "
              f"{row['relative']:.2f}")
    save_text(RESULT, json.dumps({"command": "python experiments/levers.py", "batch": BATCH, "size": SIZE,
                                  "cores": physical_cores(), "variants": table}, indent=1) + "\n")


if __name__ == "__main__":
    serve(sys.argv[1]) if sys.argv[1:] else main()
