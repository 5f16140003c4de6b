"""Train a named recipe over several seeds, open the test set once for each, and note what came of it.

    python experiments/recipes.py default --seeds 0 1 2 3 4

Each run keeps its checkpoints under runs/recipes/, so that a run that was killed goes on where it was. Results are
collected in experiments/results/recipes.json.
"""
import argparse
import fcntl
import json
import statistics
from dataclasses import asdict
from pathlib import Path

from resnet_gluon import FashionMNIST
from resnet_gluon.checkpoint import save_text
from resnet_gluon.evaluation import evaluate
from resnet_gluon.recipes import RECIPES, recipe
from resnet_gluon.training import fit

RESULTS = Path(__file__).parent / "results" / "recipes.json"
RUNS = Path(__file__).parent.parent / "runs" / "recipes"


def run(chosen, seed, data):
    """One row: a run of recipe `chosen`."""
    net = chosen.make()
    history = fit(net, data, seed=seed, folder=RUNS / f"{chosen.name}-{seed}", resume=True, **chosen.fit)
    test = evaluate(net, data, data.test, **chosen.evaluate)
    print(f"{chosen.name}, seed {seed}: test {test}, {history.seconds:.0f} s", flush=True)
    return {"seed": seed, "test_accuracy": test.accuracy, "interval": test.interval, "n": test.n,
            "test_accuracy_of_one_view": evaluate(net, data, data.test).accuracy,
            "val_accuracy": [epoch["val_accuracy"] for epoch in history.epochs], "edition": data.edition,
            "recall": test.recall.tolist(), "seconds": history.seconds,
            "threads": [place["threads"] for place in history.setting["environments"]]}


def note(chosen, row):
    """Add a row to the file of results, in which each seed of a recipe has one."""
    with open(RESULTS.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs can go on side by side
        results = json.loads(RESULTS.read_text(encoding="utf8")) if RESULTS.exists() else {}
        rows = [old for old in results.get(chosen.name, {}).get("rows", []) if old["seed"] != row["seed"]] + [row]
        accuracies = [row["test_accuracy"] for row in rows]
        results[chosen.name] = {"recipe": asdict(chosen), "n": len(rows), "mean": statistics.mean(accuracies),
                                "sd": statistics.stdev(accuracies) if len(rows) > 1 else None,
                                "rows": sorted(rows, key=lambda row: row["seed"])}
        save_text(RESULTS, json.dumps(results, indent=1) + "\n")
        print({key: results[chosen.name][key] for key in ("n", "mean", "sd")}, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=[name for name in RECIPES if name != "smoke"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    arguments = parser.parse_args()
    data = FashionMNIST(subset=False)
    for seed in arguments.seeds:
        note(recipe(arguments.recipe), run(recipe(arguments.recipe), seed, data))


if __name__ == "__main__":
    main()
