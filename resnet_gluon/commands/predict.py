"""`python -m resnet_gluon predict RUN IMAGE…`: what a run's net takes photos for."""
import argparse
from pathlib import Path
from typing import Any, Dict, List

from resnet_gluon.commands.console import add_command, add_json, say
from resnet_gluon.commands.runs import HELP, Run, load

SHOWN = 3  # classes


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    parser = add_command(
        commands, "predict", work, "what a run's net takes photos for",
        "Show photos of any size, grey or in colour, to a run's net: the three likeliest classes of each, and what was "
        "assumed on the way. A net that has learned clothes on a plain ground takes everything for one of them.",
        ["runs/resnet18 shirt.jpg", "resnet18-quick *.png --show answers.png", "resnet18-quick shoe.jpg --json"])
    parser.add_argument("run_name", metavar="RUN", help=HELP)
    parser.add_argument("images", metavar="IMAGE", nargs="+", type=Path)
    parser.add_argument("--invert", choices=("auto", "yes", "no"), default="auto",
                        help="light becomes dark; auto, the default: where the border of a grey picture is light")
    parser.add_argument("--show", metavar="FILE", type=Path,
                        help="draw pictures, what the net saw, and the answers, as FILE.png, .pdf or .svg")
    add_json(parser)
    return parser


def work(arguments: argparse.Namespace) -> None:
    """Print the answers, and draw them where that was asked for."""
    from resnet_gluon.data.photos import read_photo

    import mxnet as mx
    run = load(arguments.run_name, [mx.cpu()])
    photos = [read_photo(path, run.input.shape, arguments.invert) for path in arguments.images]
    probabilities = ask(run, [photo.seen for photo in photos])
    rows = [{"image": str(photo.path), "assumed": list(photo.assumed), "classes": likeliest(run, answer)}
            for photo, answer in zip(photos, probabilities)]
    if arguments.show:
        draw(arguments.show, photos, rows)
    say(arguments, rows, "\n".join(map(in_words, rows)))


def ask(run: Run, seen: List[Any]) -> Any:
    """Probabilities, (n, classes), of images as they are seen, uint8 (C, H, W) each."""
    from resnet_gluon.data import Split
    from resnet_gluon.training import evaluate

    import mxnet as mx
    import numpy as np
    split = Split(np.stack(seen), np.zeros(len(seen), int), len(run.input.classes), run.input.mean, run.input.std)
    return evaluate(run.net, split, [mx.cpu()]).probabilities


def likeliest(run: Run, probabilities: Any) -> Dict[str, float]:
    """The likeliest classes and their probabilities, the likeliest first."""
    order = (-probabilities).argsort(kind="stable")[:SHOWN]
    return {run.input.classes[i]: round(float(probabilities[i]), 4) for i in order}


def draw(file: Path, photos: List[Any], rows: List[Dict[str, Any]]) -> None:
    """Write the picture, whole or not at all. Raises ValueError for a format that Matplotlib cannot write."""
    from resnet_gluon.files import whole_file
    from resnet_gluon.plots.photos import answers

    import matplotlib
    matplotlib.use("agg")
    figure = answers([photo.picture for photo in photos], [photo.seen.transpose(1, 2, 0) for photo in photos],
                     [row["classes"] for row in rows])
    with whole_file(file) as temporary:
        figure.savefig(temporary, format=file.suffix[1:] or "png", dpi=150)


def in_words(row: Dict[str, Any]) -> str:
    """One photo's answers as text."""
    return "\n".join([row["image"], f"    assumed: {'; '.join(row['assumed']) or 'nothing'}",
                      *(f"    {probability:7.1%}  {name}" for name, probability in row["classes"].items())])
