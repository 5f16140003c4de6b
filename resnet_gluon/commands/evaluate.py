"""`python -m resnet_gluon evaluate RUN`: how good a run's net is on its validation split, or on the test set."""
import argparse
import math
from typing import Any

from resnet_gluon.commands.console import add_command, add_json, say


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    from resnet_gluon.commands.runs import HELP
    parser = add_command(
        commands, "evaluate", work, "how good a run's net is, class by class",
        "Ask a run's net, with the parameters of its best epoch, for all images of the validation split of its data. "
        "The test set is for the end, once, when all is chosen: --test opens it.",
        ["runs/resnet18", "runs/resnet18 --mirror --test", "resnet18-quick --json"])
    parser.add_argument("run_name", metavar="RUN", help=HELP)
    parser.add_argument("--test", action="store_true", help="on the test set, in place of the validation split")
    parser.add_argument("--mirror", action="store_true", help="the mean over each image and its mirror image")
    parser.add_argument("--shift", type=int, default=0, metavar="N", help="and over the image moved by N pixels")
    add_json(parser)
    return parser


def work(arguments: argparse.Namespace) -> None:
    """Print accuracy, interval and what is recognised of each class."""
    from resnet_gluon.commands.runs import load
    from resnet_gluon.devices import devices
    from resnet_gluon.training import evaluate
    run = load(arguments.run_name, devices())
    data = run.open()
    name = "test" if arguments.test else "validation"
    split = data.test if arguments.test else data.val
    found = evaluate(run.net, split.normalised(run.input.mean, run.input.std), mirror=arguments.mirror,
                     shift=arguments.shift)
    recalls = dict(zip(data.classes, (None if math.isnan(share) else round(float(share), 4) for share in found.recall)))
    lines = [f"{name}: {found}", f"data: {data}", *(f"    {label:<14}{recall:.1%}" for label, recall in recalls.items()
                                                    if recall is not None)]
    if data.val is data.train and not arguments.test:
        lines.insert(1, "note: there are too few series to hold some back, so these are the training series")
    low, high = found.interval
    say(arguments, {"run": run.name, "split": name, "accuracy": found.accuracy, "interval": [low, high], "n": found.n,
                    "loss": found.loss, "recall": recalls, "confusion": found.confusion.tolist(), "data": str(data)},
        "\n".join(lines))
