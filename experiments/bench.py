"""How fast, beside whom, and why not faster: one machine, medians of steps that alternate, and their quartiles.

Contenders run in processes of their own (contenders.py) and take turns. PyTorch takes part where it is installed.
"""
import importlib.util
import os
import statistics
import sys
import time
from dataclasses import asdict
from typing import Any, Callable, Dict, Sequence

from resnet_gluon import describe, evaluate, fit, recipe, resnet, resnet18
from resnet_gluon.data.fashion_mnist import OFFICIAL
from resnet_gluon.nets import make_net

import numpy as onp
from mxnet import np, npx

from experiments.contenders import CONTENDERS, MXNet
from experiments.fitting import fashion, training_of
from experiments.servers import Server, take_turns, timed
from experiments.study import Measure, One, Study, main
from experiments.torch_contender import WAYS, available

#: Of the 85 runs of ResNet-18 that d2l's site has shown, at its own recipe: 96 pixels, batch 128, 10 epochs.
D2L_MEDIAN = 0.917
AS_IT_COMES = "d2l, threads as it comes"


def contest(one: One) -> Dict[str, Any]:
    """Contenders at the same kinds of steps, on batches of one size."""
    chosen = one.configuration
    batch, rounds, steps = (2, 1, 1) if one.smoke else (chosen["batch"], chosen["rounds"], chosen["steps"])
    names = [name for name in chosen["contenders"] if available(name)]
    servers = {name: Server("experiments.contenders", name, batch, chosen["size"]) for name in names}
    return take_turns(servers, chosen["kinds"], rounds, steps)


def d2l_recipe(one: One) -> Dict[str, Any]:
    """Seconds that d2l's own recipe takes on this machine, from steps that alternate with ours."""
    theirs, ours = one.configuration["d2l"], one.configuration["package"]
    half = max(1, (os.cpu_count() or 1) // 2)  # what MXNet takes where nobody tells it: see resnet_gluon/devices.py
    batch = 2 if one.smoke else theirs["batch"]
    servers = {"package": Server("experiments.contenders", "package", 2 if one.smoke else ours["batch"], ours["size"]),
               "d2l": Server("experiments.contenders", "d2l", batch, theirs["size"]),
               AS_IT_COMES: Server("experiments.contenders", "d2l", batch, theirs["size"],
                                   environment={"OMP_NUM_THREADS": str(half)})}
    table = take_turns(servers, ["feed and train"], 1 if one.smoke else one.configuration["rounds"], 1)
    steps = theirs["epochs"] * -(-theirs["images"] // theirs["batch"])
    for name in ("d2l", AS_IT_COMES):
        table[name]["projected_seconds"] = steps * table[name]["feed and train"]["median"]
    return table


def to_accuracy(one: One) -> Dict[str, Any]:
    """Train the quick recipe with all cores, open the test set once."""
    data, net = fashion(one), make_net(one.configuration["net"])
    start = time.perf_counter()
    fit(net, data, training_of(one), seed=one.seed, progress=False)
    seconds = time.perf_counter() - start
    test = evaluate(net, data.test, **one.configuration["views"])
    return {"seconds_of_training": seconds, "test_accuracy": test.accuracy, "interval": test.interval, "n": test.n}


def median_seconds(function: Callable[[], Any], repeat: int) -> float:
    function()
    return statistics.median(timed(function, repeat))


def matrix_products(n: int, repeat: int) -> Dict[str, float]:
    """Multiply-adds a second of a float32 matrix product, by library."""
    a = onp.random.default_rng(0).normal(size=(n, n)).astype("float32")
    x = np.array(a)
    libraries = {"NumPy": lambda: a @ a, "MXNet, dot": lambda: np.dot(x, x).wait_to_read(),
                 "MXNet, fully_connected": lambda: npx.fully_connected(x, x, num_hidden=n, no_bias=True).wait_to_read()}
    if importlib.util.find_spec("torch"):
        import torch
        t = torch.from_numpy(a)
        libraries["PyTorch"] = lambda: t @ t
    return {name: n ** 3 / median_seconds(product, repeat) for name, product in libraries.items()}


def step_seconds(net: Any, batch: int, size: int, repeat: int) -> float:
    contender = MXNet(net, batch, size)
    contender.train()
    return median_seconds(contender.train, repeat)


def limit(one: One) -> Dict[str, Any]:
    """What share of the fastest matrix product a training step reaches."""
    chosen = one.configuration
    repeat = 1 if one.smoke else chosen["repeat"]
    products = matrix_products(64, 1) if one.smoke else matrix_products(chosen["n"], chosen["repeat_products"])
    shares = {}
    for size, batch in chosen["batch_by_size"].items():
        images, shape = 2 if one.smoke else batch, (1, 1, int(size), int(size))
        # A backward pass is two convolutions for each of the forward pass: to the input, to the weights.
        work = 3 * images * describe(resnet18(), shape).macs
        shares[size] = work / step_seconds(resnet18(), images, int(size), repeat) / max(products.values())
    return {"matrix_product": products, "share_of_limit": shares}


def operators(one: One) -> Dict[str, Any]:
    """Share of a training step's operator time, by operator, run one by one instead of in bulk."""
    chosen = one.configuration
    batch, steps = (2, 1) if one.smoke else (chosen["batch"], chosen["steps"])
    with Server("experiments.contenders", "package", batch, chosen["size"],
                environment={"MXNET_EXEC_BULK_EXEC_TRAIN": "0"}) as server:
        server.ask("train", steps)
        times = server.ask("profile", steps)
    total = sum(times.values())
    return {"share": {name: value / total for name, value in sorted(times.items(), key=lambda item: -item[1])}}


def growth(one: One) -> Dict[str, Any]:
    """Seconds of a training step, by image size, batch and depth, the others as the configuration says."""
    usual, repeat = dict(one.configuration["usual"]), 1 if one.smoke else one.configuration["repeat"]
    blocks = one.configuration["blocks"]
    if one.smoke:
        usual["batch"] = 2

    def seconds(**change: Any) -> float:
        batch, size, depth = ({**usual, **change}[name] for name in ("batch", "size", "depth"))
        stages = tuple(zip((64, 128, 256, 512), blocks[str(depth)]))
        return step_seconds(resnet(stages), batch, size, repeat)
    tried = {name: one.configuration[name][:1] if one.smoke else one.configuration[name]
             for name in ("size", "batch", "depth")}
    return {name: {str(value): seconds(**{name: value}) for value in values} for name, values in tried.items()}


def race(batch: int, size: int, rounds: int, kinds: Sequence[str] = ("train", "predict"),
         contenders: Sequence[str] = ("package", "d2l", "model zoo", "PyTorch")) -> Dict[str, Any]:
    return {"batch": batch, "size": size, "rounds": rounds, "steps": 3, "kinds": kinds, "contenders": contenders}


QUICK = recipe("quick")
CAREFUL, LIVE_LOADERS = "28 pixels, PyTorch with care", "28 pixels, live taps, with loaders"
LIVE = "package, live taps"
PARTS = {"d2l's recipe": d2l_recipe, "quick, to its accuracy": to_accuracy, "limit": limit, "operators": operators,
         "growth": growth}  # the others are contests


def run(one: One) -> Dict[str, Any]:
    return PARTS.get(one.arm, contest)(one)


STUDY = Study(
    name="bench",
    question="How fast is training, beside whom, and why not faster?",
    arms={
        "d2l's recipe": {"rounds": 30, "package": {"batch": QUICK.training.batch_size, "size": 28},
                         "d2l": {"batch": 128, "size": 96, "epochs": 10, "images": 60_000}},
        "quick, to its accuracy": {"net": QUICK.make().made, "training": asdict(QUICK.training), "views": QUICK.views},
        "28 pixels": race(128, 28, 10),
        "28 pixels, with loaders": race(128, 28, 10, ("feed and train",), ("package", "d2l")),
        LIVE_LOADERS: race(128, 28, 10, ("feed and train",), (LIVE, "d2l")),
        CAREFUL: race(128, 28, 10, ("train",), ("package", LIVE, *WAYS)),
        "96 pixels": race(64, 96, 4),
        "limit": {"n": 2048, "repeat_products": 9, "repeat": 7, "batch_by_size": {"28": 256, "96": 64}},
        "operators": {"batch": 256, "size": 28, "steps": 5},
        "growth": {"usual": {"size": 28, "batch": 128, "depth": 18}, "repeat": 5, "size": (28, 56, 84, 112),
                   "batch": (32, 64, 128, 256, 512), "depth": (10, 18, 34),
                   "blocks": {"10": (1, 1, 1, 1), "18": (2, 2, 2, 2), "34": (3, 4, 6, 3)}},
    },
    run=run, alone=True, paired=False, edition=lambda arm: OFFICIAL if arm in (
        "d2l's recipe", "quick, to its accuracy", "28 pixels, with loaders", LIVE_LOADERS) else None,
    measures=(Measure("test_accuracy", "share of the test images", "higher"),
              Measure("seconds_of_training", "seconds", "lower"),
              *(Measure(f"{name}/train/median", f"{name}: seconds of a training step", "lower") for name in CONTENDERS),
              *(Measure(f"{name}/feed and train/median", f"{name}: the same, with its own loader", "lower")
                for name in ("package", LIVE, "d2l", AS_IT_COMES)),
              *(Measure(f"{name}/predict/median", f"{name}: seconds of a prediction", "lower") for name in CONTENDERS),
              *(Measure(f"share_of_limit/{size}", f"of the fastest matrix product, {size} pixels", "higher")
                for size in (28, 96)),
              *(Measure(f"share/{name}", "of a step's operator time")
                for name in ("Convolution", "_backward_Convolution"))),
    beside={"quick, to its accuracy": {"source": "median of the 85 runs of ResNet-18 that d2l's site has shown",
                                       "test_accuracy": D2L_MEDIAN}},
    minutes={"d2l's recipe": 2.5, "quick, to its accuracy": 6.5, "28 pixels": 1, "28 pixels, with loaders": 0.7,
             LIVE_LOADERS: 0.7, CAREFUL: 2, "96 pixels": 1, "limit": 0.5, "operators": 0.4, "growth": 1})

if __name__ == "__main__":
    sys.exit(main(STUDY))
