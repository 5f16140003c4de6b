"""Jobs of some workers that train a few steps on noise, for the studies `scaling` and `traffic`.

As a script it is one worker: python -m experiments.exchange CONFIGURATION (JSON). It prints a line of JSON.
"""
import json
import os
import re
import statistics
import sys
import time
from typing import Any, Dict, List, Mapping, Optional, Tuple

from resnet_gluon import Training
from resnet_gluon.cluster import Job, launch
from resnet_gluon.nets import make_net
from resnet_gluon.settings import kvstore_name
from resnet_gluon.training import fresh_arrays, one_cycle, one_step
from resnet_gluon.training.loop import CROSS_ENTROPY
from resnet_gluon.training.workers import join

import mxnet as mx
from mxnet import autograd

ANSWER = "exchange "
#: A message with data in ps-lite's log of a worker: from whom (? is itself), whether it asks or answers, its parts.
MESSAGE = re.compile(r"^\[worker \d+\].* (\?|\d+) => \d+\. Meta: request=([01]), .* Body: (.*)")


def work(configuration: Mapping[str, Any]) -> Dict[str, Any]:
    """Train so many steps; gives seconds a step, and what the net's parameters are in bytes and arrays."""
    workers = join(kvstore_name())
    store, images = workers.store, configuration["images"]
    net = make_net(configuration["net"])
    net.initialize()
    net.hybridize(static_alloc=True, static_shape=True)
    x = mx.np.random.normal(size=(images, *configuration["shape"]))
    y = mx.np.zeros(images, dtype="int32")
    net(x)
    fresh_arrays(net, [mx.cpu()])  # as `fit` does: the store does not send weights that oneDNN has rearranged
    if configuration.get("compression"):
        store.set_gradient_compression({"type": configuration["compression"], "threshold": 0.5})
    found = []
    with workers:
        trainer = one_cycle(net, Training(epochs=1, lr=0.001), steps=1000, store=store)
        step = compressed_step if configuration.get("compression") else one_step
        for _ in range(configuration["steps"]):
            start = time.perf_counter()
            step(net, trainer, x, y, [mx.cpu()], images * workers.count)
            mx.npx.waitall()
            found.append(time.perf_counter() - start)
    learning = [p for p in net.collect_params().values() if p.grad_req != "null"]
    return {"seconds": found, "rank": workers.rank, "arrays": len(learning),
            "parameter_bytes": 4 * sum(p.data().size for p in learning)}


def compressed_step(net: Any, trainer: Any, x: Any, y: Any, devices: List[Any], of: int) -> None:
    """`one_step` with two messages in place of one for each array: MXNet cannot compress the one that asks for both."""
    with autograd.record():
        loss = CROSS_ENTROPY(net(x), y)
    loss.backward()
    for key, parameter in enumerate(trainer._params):
        if parameter.grad_req != "null":
            trainer._kvstore.push(key, parameter.list_grad(), priority=-key)
            trainer._kvstore.pull(key, parameter.list_grad(), priority=-key)
    trainer.update(of)


def job(configuration: Mapping[str, Any], listen: Optional[List[str]] = None) -> List[Dict[str, Any]]:
    """What each worker of such a job answers. listen: is filled with all lines."""
    lines: List[str] = [] if listen is None else listen
    command = [sys.executable, "-m", "experiments.exchange", json.dumps(configuration)]
    launch(Job(command, configuration["workers"], configuration["servers"]), say=lines.append)
    return [json.loads(line.partition(ANSWER)[2]) for line in lines if f"] {ANSWER}" in line]


def seconds(configuration: Mapping[str, Any]) -> Dict[str, Any]:
    """The median step of the slowest worker, the first fifth of the steps left out."""
    answers = job(configuration)
    begin = configuration["steps"] // 5
    medians = [statistics.median(answer["seconds"][begin:]) for answer in answers]
    return {"step": max(medians), "arrays": answers[0]["arrays"], "parameter_bytes": answers[0]["parameter_bytes"]}


def alone(configuration: Mapping[str, Any]) -> Dict[str, Any]:
    """For --smoke: a step in this process, with nobody to exchange anything with."""
    found = work({**configuration, "steps": 1, "images": 2, "compression": ""})
    return {"step": found["seconds"][0], "arrays": found["arrays"], "parameter_bytes": found["parameter_bytes"]}


def traffic(configuration: Mapping[str, Any]) -> Dict[str, Any]:
    """Bytes a step that leave all workers, and all servers: the difference between runs of 4 steps and of 2.

    A worker's two threads write their log at once, and lines that they break are not counted: of four workers on two
    cores one or two in a hundred.
    """
    found = []
    for steps in (2, 4):
        lines: List[str] = []
        before, os.environ["PS_VERBOSE"] = os.environ.get("PS_VERBOSE"), "2"
        try:
            answers = job({**configuration, "steps": steps}, lines)
        finally:
            os.environ.pop("PS_VERBOSE") if before is None else os.environ.update(PS_VERBOSE=before)
        found.append(moved(lines))
    few, many = found
    return {"from_workers": (many[0] - few[0]) / 2, "from_servers": (many[1] - few[1]) / 2,
            "arrays": answers[0]["arrays"], "parameter_bytes": answers[0]["parameter_bytes"]}


def moved(lines: List[str]) -> Tuple[int, int]:
    """Bytes that workers have sent, and those that servers have answered with."""
    matches = [match for match in map(MESSAGE.match, lines) if match]
    sizes = [sum(map(int, re.findall(r"data_size=(\d+)", match[3]))) for match in matches]
    return (sum(size for size, match in zip(sizes, matches) if match[1] == "?"),
            sum(size for size, match in zip(sizes, matches) if match[1] != "?" and match[2] == "0"))


if __name__ == "__main__":
    answer = json.dumps(work(json.loads(sys.argv[1])))
    print(ANSWER + answer, flush=True)
