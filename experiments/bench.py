"""How fast, beside whom, and why not faster: one machine, one run, a table and a file.

    make bench              (about ten minutes)
    make bench-short        (under two; the training to an accuracy is left out)

Writes experiments/results/bench.json, or bench-short.json. Contenders run in processes of their own and take turns; the
others sleep meanwhile. Medians, and the range from the first to the third quartile. PyTorch takes part where the
Python that runs this can import it.
"""
import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from resnet_gluon import FashionMNIST, resnet, resnet18
from resnet_gluon.checkpoint import save_text
from resnet_gluon.describe import describe
from resnet_gluon.evaluation import evaluate
from resnet_gluon.recipes import RECIPES
from resnet_gluon.threads import physical_cores
from resnet_gluon.training import fit

import mxnet as mx
import numpy as onp
from contenders import CONTENDERS, MXNet
from mxnet import np, npx

HERE = Path(__file__).parent
D2L_MEDIAN = 0.917  # of the 85 runs of ResNet-18 that d2l's site has shown: 96 pixels, 10 epochs
D2L_EPOCHS, D2L_BATCH, D2L_SIZE, D2L_IMAGES = 10, 128, 96, 60_000


class Server:
    """A contender in a process of its own."""

    def __init__(self, name, batch, size, **environment):
        command = [sys.executable, HERE / "contenders.py", name, str(batch), str(size)]
        self.process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=environment)

    def __enter__(self):
        assert json.loads(self.process.stdout.readline()) == "ready"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, what, steps=None):
        self.process.stdin.write(json.dumps({"do": what, "steps": steps}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def spread(seconds):
    low, median, high = statistics.quantiles(seconds, n=4)
    return {"median": median, "low": low, "high": high, "n": len(seconds)}


def contest(batch, size, rounds, kinds=("train", "predict"), names=tuple(CONTENDERS)):
    """{contender: {kind: seconds a step}} and the peak memory of each."""
    names = [name for name in names if name != "PyTorch" or importlib.util.find_spec("torch")]
    seconds = {name: {kind: [] for kind in kinds} for name in names}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(Server(name, batch, size)) for name in names}
        for server in servers.values():
            for kind in kinds:
                server.ask(kind, 3)  # compile, allocate
        for _ in range(rounds):
            for kind in kinds:
                for name, server in servers.items():
                    seconds[name][kind] += server.ask(kind, 3)
        table = {name: {kind: spread(values) for kind, values in of_name.items()} for name, of_name in seconds.items()}
        for name, server in servers.items():
            table[name]["peak_memory"] = server.ask("memory")
    return table


def show_contest(title, batch, table):
    print(f"\n{title}, images a second")
    for kind in [kind for kind in table["package"] if kind != "peak_memory"]:
        ours = table["package"][kind]["median"]
        for name, row in table.items():
            speed = row[kind]
            print(f"  {kind:15s}{name:11s}{batch / speed['median']:8,.0f}  ({batch / speed['high']:,.0f} to "
                  f"{batch / speed['low']:,.0f}; n = {speed['n']})  package/{name}: {speed['median'] / ours:.2f}")
    print("  peak memory, MiB: " + ", ".join(f"{name} {row['peak_memory'] / 2 ** 20:,.0f}"
                                             for name, row in table.items()))


def d2l_projection(steps):
    """Seconds that d2l's own recipe takes on this machine, from steps that alternate with ours."""
    half = max(1, os.cpu_count() // 2)  # what MXNet takes where nobody tells it: see resnet_gluon/threads.py
    fit_options = RECIPES["quick"].fit
    entries = {"package": Server("package", fit_options["batch_size"], 28), "d2l": Server("d2l", D2L_BATCH, D2L_SIZE),
               "d2l, threads as it comes": Server("d2l", D2L_BATCH, D2L_SIZE, OMP_NUM_THREADS=str(half))}
    seconds = {name: [] for name in entries}
    with ExitStack() as stack:
        for server in entries.values():
            stack.enter_context(server).ask("feed and train", 2)
        for _ in range(steps):
            for name, server in entries.items():
                seconds[name] += server.ask("feed and train", 1)
    table = {name: spread(values) for name, values in seconds.items()}
    epoch = -(-D2L_IMAGES // D2L_BATCH)
    return {"seconds_a_step": table, **{f"{name}: seconds for {D2L_EPOCHS} epochs":
            table[name]["median"] * epoch * D2L_EPOCHS for name in entries if name != "package"}}


def time_to_accuracy():
    """Train the quick recipe, open the test set once."""
    recipe, data, net = RECIPES["quick"], FashionMNIST(), RECIPES["quick"].make()
    start = time.perf_counter()
    fit(net, data, **recipe.fit)
    seconds = time.perf_counter() - start
    test = evaluate(net, data, data.test, **recipe.evaluate)
    return {"seconds": seconds, "test_accuracy": test.accuracy, "interval": test.interval, "n": test.n,
            "edition": data.edition}


def median_seconds(function, repeat):
    function()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def matrix_product_limit(n=2048, repeat=9):
    """Multiply-adds a second of the fastest float32 matrix product that this Python has, by library."""
    a = onp.random.default_rng(0).normal(size=(n, n)).astype("float32")
    x = np.array(a)
    libraries = {"NumPy": lambda: a @ a, "MXNet, dot": lambda: np.dot(x, x).wait_to_read(),
                 "MXNet, fully_connected": lambda: npx.fully_connected(x, x, num_hidden=n, no_bias=True).wait_to_read()}
    if importlib.util.find_spec("torch"):
        import torch
        t = torch.from_numpy(a)
        libraries["PyTorch"] = lambda: t @ t
    return {name: n ** 3 / median_seconds(product, repeat) for name, product in libraries.items()}


def step_seconds(net, batch, size, repeat=7):
    contender = MXNet(net, batch, size)
    contender.train()
    return median_seconds(contender.train, repeat)


def profile(batch, size):
    """Share of a training step's operator time, by operator, run one by one instead of in bulk."""
    with Server("package", batch, size, MXNET_EXEC_BULK_EXEC_TRAIN="0") as server:
        server.ask("train", 3)
        times = server.ask("profile", 5)
    total = sum(times.values())
    return {name: value / total for name, value in sorted(times.items(), key=lambda item: -item[1])}


def growth(sizes, batches, depths):
    """Seconds a training step: by image size, batch and depth, the others being 28 pixels, 128 images, ResNet-18."""
    stages = {depth: tuple(zip((64, 128, 256, 512), blocks)) for depth, blocks in depths.items()}
    return {"image size": {size: step_seconds(resnet18(), 128, size, 5) for size in sizes},
            "batch": {batch: step_seconds(resnet18(), batch, 28, 5) for batch in batches},
            "depth": {depth: step_seconds(resnet(stages[depth]), 128, 28, 5) for depth in depths}}


def report_limit(result, batch=256):
    result["matrix_product"] = matrix_product_limit()
    limit = max(result["matrix_product"].values())
    print("\nmultiply-adds a second, 10⁹: matrix product " +
          ", ".join(f"{name} {value / 1e9:.0f}" for name, value in result["matrix_product"].items()))
    result["share_of_limit"] = {}
    for size in (28, 96):
        images = batch if size == 28 else batch // 4
        # A backward pass is two convolutions for each of the forward pass: to the input, to the weights.
        work = 3 * images * describe(resnet18(), (1, 1, size, size)).macs
        rate = work / step_seconds(resnet18(), images, size)
        result["share_of_limit"][size] = rate / limit
        print(f"  ResNet-18 in training, {size} pixels, batch {images}: {rate / 1e9:.0f}, {rate / limit:.0%} of the "
              "fastest")
    result["profile"] = profile(batch, 28)
    print("  operator time of a step: " + ", ".join(f"{name} {share:.0%}" for name, share in
                                                    list(result["profile"].items())[:8]))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    short = parser.parse_args(arguments).short
    start, result = time.perf_counter(), {
        "cores": physical_cores(), "threads": os.environ["OMP_NUM_THREADS"], "machine": platform.machine(),
        "python": platform.python_version(), "mxnet": mx.__version__}
    print(f"{result['cores']} cores, {result['threads']} threads, {platform.machine()}")

    print(f"\n(a) d2l's recipe: {D2L_SIZE} pixels, batch {D2L_BATCH}, {D2L_EPOCHS} epochs; ours: quick")
    result["d2l_recipe"] = projection = d2l_projection(steps=3 if short else 30)
    for name, row in projection["seconds_a_step"].items():
        print(f"  {name:26s}{row['median']:.3f} s a step ({row['low']:.3f} to {row['high']:.3f}; n = {row['n']})")
    if not short:
        result["time_to_accuracy"] = ours = time_to_accuracy()
        print(f"  test accuracy {ours['test_accuracy']:.4f} (d2l's median: {D2L_MEDIAN}) after {ours['seconds']:.0f} s")
        for name, seconds in projection.items():
            if name != "seconds_a_step":
                print(f"  {name}: {seconds:,.0f}, {seconds / ours['seconds']:.1f} times ours")

    rounds = 3 if short else 10
    print("\n(b), (d)")
    result["28 pixels, batch 128"] = contest(128, 28, rounds)
    show_contest("28 pixels, batch 128", 128, result["28 pixels, batch 128"])
    result["end to end"] = contest(128, 28, rounds, ("feed and train",), ("package", "d2l"))
    show_contest("28 pixels, batch 128, with each one's loader", 128, result["end to end"])
    if not short:
        result["96 pixels, batch 64"] = contest(64, 96, 4)
        show_contest("96 pixels, batch 64", 64, result["96 pixels, batch 64"])

    print("\n(c)", end="")
    report_limit(result)

    print("\n(e) seconds a training step")
    result["growth"] = growth((28, 56) if short else (28, 56, 84, 112), (64, 256) if short else (32, 64, 128, 256, 512),
                              {18: (2, 2, 2, 2)} if short else {10: (1, 1, 1, 1), 18: (2, 2, 2, 2), 34: (3, 4, 6, 3)})
    for name, row in result["growth"].items():
        print(f"  {name:11s}" + "  ".join(f"{key}: {seconds:.3f}" for key, seconds in row.items()))
    result["seconds"] = time.perf_counter() - start
    file = HERE / "results" / ("bench-short.json" if short else "bench.json")
    save_text(file, json.dumps(result, indent=1) + "\n")
    print(f"\n{result['seconds']:.0f} s; {file}")


if __name__ == "__main__":
    main()
