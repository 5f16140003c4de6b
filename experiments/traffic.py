"""Bytes that a step moves between workers and servers, counted message by message, with compression and without."""
import sys
from typing import Any, Dict

from resnet_gluon import cifar_resnet, resnet18

from experiments.exchange import alone, traffic
from experiments.study import Measure, One, Study, main

SHAPE = (1, 28, 28)
NETS = {"ResNet-20": cifar_resnet(20).made, "ResNet-18": resnet18().made}


def arm(net: str, workers: int, compression: str = "") -> Dict[str, Any]:
    return {"net": NETS[net], "shape": SHAPE, "workers": workers, "servers": 1, "images": 4, "compression": compression}


def run(one: One) -> Dict[str, Any]:
    if one.smoke:
        return {**alone(one.configuration), "out": 0.0, "back": 0.0}  # nothing has left the process
    found = traffic(one.configuration)
    of_all = one.configuration["workers"] * found["parameter_bytes"]
    return {**found, "out": found["from_workers"] / of_all, "back": found["from_servers"] / of_all}


STUDY = Study(
    name="traffic",
    question="How many bytes does a step move between workers and servers?",
    arms={**{f"{net}, {count} worker{'s' * (count > 1)}": arm(net, count) for net in NETS for count in (1, 2, 4)},
          **{f"{net}, 2 workers, 2 bits": arm(net, 2, "2bit") for net in NETS}},
    run=run,
    measures=(Measure("out", "times the parameters' bytes, a worker to the servers"),
              Measure("back", "times the parameters' bytes, the servers to a worker")),
    minutes=1, smoke_arms=("ResNet-20, 1 worker", "ResNet-20, 2 workers, 2 bits"))

if __name__ == "__main__":
    sys.exit(main(STUDY))
