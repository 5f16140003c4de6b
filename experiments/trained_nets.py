"""Packs nets that the study `recipes` has trained, for `pretrained`: resnet_gluon/trained_nets.

    python -m experiments.trained_nets             all of NETS whose runs are on this machine
    python -m experiments.trained_nets resnet20    this one

A run leaves its last parameters under runs/studies/recipes. They are kept as float16, without the weights that meet
nothing but padding, and it is printed on how many validation images that changes the answer.
"""
import argparse
import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Optional, Sequence, Tuple

from resnet_gluon import FashionMNIST, Network, devices, evaluate, pretrained
from resnet_gluon.files import save_text
from resnet_gluon.nets import make_net, trimmed
from resnet_gluon.training.loop import fresh_arrays, prepare
from resnet_gluon.training.recipes import Training
from resnet_gluon.training.trained import FOLDER, INDEX, TrainedNet
from resnet_gluon.weights.tensor_files import write_safetensors

from experiments import recipes, rows
from experiments.rows import RESULTS, ROOT, say
from experiments.runner import Runner

#: name: the recipe and the seed of its run.
NETS = {"resnet18-quick": ("quick", 0), "resnet20": ("resnet20", 0), "plain20": ("plain20", 0)}
RUNS = ROOT / "runs" / "studies" / "recipes"
LICENCE = "MIT, as the data that it was trained on (Fashion-MNIST, Zalando SE)"


def row_of(arm: str, seed: int) -> Dict[str, Any]:
    """The run's row. Raises LookupError where the study has none that is not stale."""
    for row in rows.fresh(recipes.STUDY, rows.read(rows.results_file(recipes.STUDY, RESULTS))):
        if (row["arm"], row["seed"]) == (arm, seed):
            return row
    raise LookupError(f"the study has no row of {arm!r} with seed {seed}: python -m experiments.recipes --arms {arm} "
                      f"--seeds {seed}")


def run_of(arm: str, seed: int, runs: Path = RUNS) -> Tuple[Dict[str, Any], Path]:
    """A run's row, and the file of its last parameters. Raises LookupError where there is no such run."""
    row, file = row_of(arm, seed), Runner(recipes.STUDY, RESULTS, runs, 1).folder(arm, seed) / recipes.LAST
    if not file.exists():
        raise LookupError(f"{file} is not on this machine. Delete the row of {arm!r} with seed {seed}, and run it "
                          f"anew: python -m experiments.recipes --arms {arm} --seeds {seed}")
    return row, file


def trained_net(row: Dict[str, Any], file: Path, data: FashionMNIST) -> Network:
    """The net of a run, as it was after its last step."""
    net = make_net(row["configuration"]["net"])
    prepare(net, data, Training(**row["configuration"]["training"]), row["seed"], devices())
    net.load_parameters(str(file), ctx=devices())
    fresh_arrays(net, devices())
    return net


def half(net: Network, shape: Tuple[int, ...]) -> Dict[str, Any]:
    """The parameters that meet more than padding, as float16, by name."""
    with trimmed(net, shape):
        return {name: parameter.data().asnumpy().astype("float16")
                for name, parameter in net._collect_params_with_prefix().items()}


def entry_of(name: str, recipe: str, net: Network, row: Dict[str, Any], data: FashionMNIST) -> TrainedNet:
    """What the index says of a net. Its file is not known yet."""
    configuration, values = row["configuration"], row["values"]
    return TrainedNet(
        name=name, made=net.made or {}, recipe=recipe, seed=row["seed"], training=dict(configuration["training"]),
        views=configuration["views"], shape=shape_of(data), mean=float(data.train.mean), std=float(data.train.std),
        classes=list(data.classes), edition=row["edition"], test_accuracy=values["test_accuracy"],
        test_accuracy_of_one_view=values["test_accuracy_of_one_view"], sha256="", bytes=0, licence=LICENCE)


def shape_of(data: FashionMNIST) -> Tuple[int, ...]:
    """One image's, (1, C, H, W)."""
    return (1, *data.train.channels_first.shape[1:])


def keep(folder: Path, name: str, arrays: Dict[str, Any], entry: TrainedNet) -> None:
    """Write the file of one trained net, and its entry in the index."""
    folder.mkdir(exist_ok=True)
    path, index = folder / f"{name}.safetensors", folder / INDEX
    write_safetensors(path, arrays)
    content = path.read_bytes()
    entry = replace(entry, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    entries = json.loads(index.read_text(encoding="utf8")) if index.exists() else {}
    entries[name] = {key: value for key, value in vars(entry).items() if key != "name"}
    save_text(index, json.dumps(entries, indent=1) + "\n")


def pack(name: str, runs: Path, data: FashionMNIST) -> None:
    """Put one of NETS among the nets that come with the course."""
    arm, seed = NETS[name]
    row, file = run_of(arm, seed, runs)
    net = trained_net(row, file, data)
    keep(FOLDER, name, half(net, shape_of(data)), entry_of(name, arm, net, row, data))
    whole, packed = (evaluate(each, data.val).predictions for each in (net, pretrained(name)))
    say(f"{name}: {(FOLDER / f'{name}.safetensors').stat().st_size / 1e6:.1f} MB; {(whole != packed).sum()} of "
        f"{len(whole):,} validation images get another answer than before it was packed")


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m experiments.trained_nets", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *NETS], metavar="NAME", help=", ".join(NETS))
    parser.add_argument("--runs", type=Path, default=RUNS)
    given = parser.parse_args(arguments)
    data = FashionMNIST(subset=False, quiet=True)
    for name in given.names or NETS:
        try:
            pack(name, given.runs, data)
        except (LookupError, FileNotFoundError, ValueError) as error:
            say(f"{name}: {error}")
            if given.names:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
