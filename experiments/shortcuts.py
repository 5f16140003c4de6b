"""Options A, B and C, and no shortcut at all: ResNet-20 on part of Fashion-MNIST, several seeds each.

    .venv/bin/python experiments/shortcuts.py [--seeds 0 1 2]

10,000 training images, 4 epochs; judged on the 5,000 validation images, the test set stays closed. A minute a run.
Writes experiments/results/shortcuts.json.
"""
import argparse
import json
import statistics
from pathlib import Path

from resnet_gluon import FashionMNIST, cifar_resnet
from resnet_gluon.checkpoint import save_text
from resnet_gluon.describe import describe
from resnet_gluon.stages import OPTIONS
from resnet_gluon.training import fit

RESULTS = Path(__file__).parent / "results" / "shortcuts.json"
RECIPE = {"epochs": 4, "batch_size": 128, "lr": 0.1}
DEPTH, IMAGES = 20, 10_000


def run(option, seed, data):
    history = fit(cifar_resnet(DEPTH, option=option), data, seed=seed, progress=False, **RECIPE)
    print(f"option {option}, seed {seed}: validation {history.epochs[-1]['val_accuracy']:.4f}, "
          f"{history.seconds:.0f} s", flush=True)
    return {"seed": seed, "val_accuracy": history.epochs[-1]["val_accuracy"],
            "train_loss": history.epochs[-1]["train_loss"], "seconds": history.seconds}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    seeds = parser.parse_args().seeds
    data = FashionMNIST(subset=False, train_images=IMAGES)
    results = {"depth": DEPTH, "images": IMAGES, "recipe": RECIPE, "edition": data.edition, "options": {}}
    for option in OPTIONS:
        rows = [run(option, seed, data) for seed in seeds]
        accuracies = [row["val_accuracy"] for row in rows]
        results["options"][option] = {
            "parameters": describe(cifar_resnet(DEPTH, option=option), (1, 1, 28, 28)).parameters,
            "mean": statistics.mean(accuracies), "sd": statistics.stdev(accuracies), "rows": rows}
        save_text(RESULTS, json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
