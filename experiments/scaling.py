"""Time a step of one worker and of two on this machine; a cost model fitted on some settings and tested on others.

    python -m experiments.scaling             measures what is missing (a quiet machine, please)
    python -m experiments.scaling --on-paper  the model's test, and what it says of 8 to 1,024 workers elsewhere
"""
import sys
from typing import Any, Dict, List, Mapping, Tuple

from resnet_gluon import cifar_resnet, resnet18
from resnet_gluon.cluster.model import Cost, Setting, fitted

from experiments import rows
from experiments.exchange import alone, seconds
from experiments.study import Measure, One, Study, main

SHAPE, STEPS = (1, 28, 28), 30
NETS = {"ResNet-20": cifar_resnet(20).made, "ResNet-18": resnet18().made, "WRN-14-2": cifar_resnet(14, width=2).made}
#: Not used in fitting: another net, another number of images.
TESTED = ("ResNet-20, 2 × 32", "ResNet-18, 2 × 32", "WRN-14-2, 1 × 16", "WRN-14-2, 2 × 16", "WRN-14-2, 2 × 64")
#: GluonCV's ResNet-50 on V100s, fp32, 384 images a second on one: cards, and times as many.
PUBLISHED = {8: 6.65, 32: 24.9}
#: A machine of 8 cards as one worker: 2,556 images a second, 64 a card a step; 161 arrays of 25.6 million numbers. What
#: connected those machines was not published: a line of 25 Gbit a second and 50 µs an array are assumed.
CARDS, IMAGES, BYTES, ARRAYS = 8, 8 * 64, 4 * 25.6e6, 161
V100 = Cost(fixed=0.0, per_image=1 / 2556, per_array=5e-5, bandwidth=25e9 / 8)


def arm(net: str, workers: int, images: int) -> Dict[str, Any]:
    return {"net": NETS[net], "shape": SHAPE, "workers": workers, "servers": 1, "images": images, "steps": STEPS}


ARMS = {f"{net}, {workers} × {images}": arm(net, workers, images)
        for net, sizes in (("ResNet-20", (16, 32, 64)), ("ResNet-18", (16, 32, 64)), ("WRN-14-2", (16, 64)))
        for workers in (1, 2) for images in sizes}


def run(one: One) -> Dict[str, Any]:
    return alone(one.configuration) if one.smoke else seconds(one.configuration)


def setting(configuration: Mapping[str, Any], values: Mapping[str, Any]) -> Setting:
    """A row as the model sees it."""
    return Setting(configuration["workers"], configuration["servers"], configuration["images"], values["arrays"],
                   values["parameter_bytes"])


def model(found: List[rows.Row]) -> Tuple[Cost, Dict[str, float]]:
    """The cost fitted on all arms but TESTED, and for each of those what it predicts, as a share of what was measured.

    Raises ValueError where too few rows are there.
    """
    known = {row["arm"]: (setting(row["configuration"], row["values"]), row["values"]["step"]) for row in found}
    fitting = [pair for name, pair in known.items() if name not in TESTED]
    cost = fitted([each for each, _ in fitting], [step for _, step in fitting])
    return cost, {name: cost.seconds(known[name][0]) / known[name][1] for name in TESTED if name in known}


def on_paper() -> str:
    """The table for 8 to 1,024 V100s, beside what was published."""
    lines = ["ResNet-50 on machines of 8 V100s, on paper: times one card, from no overlap to a full one",
             "cards   a server for each machine        4 servers   published"]
    for machines in (1, 2, 4, 8, 16, 32, 64, 128):
        cells = []
        for servers in (machines, min(4, machines)):
            there = Setting(machines, servers, IMAGES, ARRAYS, BYTES)
            low, high = (PUBLISHED[CARDS] * V100.speed_up(there, overlap) for overlap in (0, 1))
            cells.append(f"{low:7.1f} to {high:6.1f}")
        lines.append(f"{CARDS * machines:5d}{cells[0]:>28}{cells[1]:>20}   {PUBLISHED.get(CARDS * machines, '')}")
    return "\n".join(lines)


def report() -> int:
    """Print the model's test, where there are rows, and the table."""
    found = rows.fresh(STUDY, rows.read(rows.results_file(STUDY, rows.RESULTS)))
    try:
        cost, shares = model(found)
        print(f"fitted: {cost}\npredicted as a share of measured: "
              + ", ".join(f"{name} {share:.2f}" for name, share in shares.items()))
    except ValueError as error:
        print(f"not fitted: {error}")
    print(on_paper())
    return 0


STUDY = Study(
    name="scaling",
    question="How long is a step of one worker and of two, and does a cost model know without measuring?",
    arms=ARMS, run=run, alone=True, paired=False,
    measures=(Measure("step", "seconds, the slower worker's median", "lower"),),
    minutes=0.7, smoke_arms=("ResNet-20, 1 × 16", "WRN-14-2, 2 × 16"))

if __name__ == "__main__":
    sys.exit(report() if sys.argv[1:] == ["--on-paper"] else main(STUDY))
