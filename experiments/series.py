"""The 1-D ResNet on three UCR sets, several seeds each, beside the figures of Fawaz et al. 2019 (arXiv:1809.04356).

    .venv/bin/python experiments/series.py [NAME …] [--seeds 0 1 2 3 4]

Their ResNet: 1,500 epochs, Adam, the epoch with the lowest training loss; ours: `recipes.SERIES`, the last epoch. There
is no validation split: the test series are looked at once a seed. Writes experiments/results/series.json.
"""
import argparse
import json
import statistics
from pathlib import Path

from resnet_gluon.checkpoint import save_text
from resnet_gluon.data import UCR
from resnet_gluon.evaluation import evaluate
from resnet_gluon.networks import time_series_resnet
from resnet_gluon.recipes import SERIES
from resnet_gluon.training import fit

RESULTS = Path(__file__).parent / "results" / "series.json"

#: name: mean and standard deviation of ten runs' test accuracies in per cent, Fawaz et al. 2019, table of ResNet.
PUBLISHED = {"GunPoint": (99.1, 0.7), "ItalyPowerDemand": (96.3, 0.4), "ArrowHead": (84.5, 1.2)}


def run(name, seed):
    data = UCR(name, quiet=True)
    net = time_series_resnet(len(data.classes))
    history = fit(net, data, seed=seed, progress=False, **SERIES)
    test = evaluate(net, data, data.test)
    print(f"{name}, seed {seed}: test {test}, {history.seconds:.0f} s", flush=True)
    return {"seed": seed, "test_accuracy": test.accuracy, "n": test.n, "seconds": history.seconds,
            "train_loss": history.epochs[-1]["train_loss"], "edition": data.edition}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(PUBLISHED))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf8")) if RESULTS.exists() else {}
    for name in arguments.names:
        rows = [run(name, seed) for seed in arguments.seeds]
        accuracies = [row["test_accuracy"] for row in rows]
        results[name] = {"recipe": SERIES, "mean": statistics.mean(accuracies), "sd": statistics.stdev(accuracies),
                         "published": PUBLISHED.get(name), "rows": rows}
        save_text(RESULTS, json.dumps(results, indent=1) + "\n")
        print(f"{name}: mean {results[name]['mean']:.4f}, sd {results[name]['sd']:.4f}, n = {len(rows)}; "
              f"published {PUBLISHED.get(name)}", flush=True)


if __name__ == "__main__":
    main()
