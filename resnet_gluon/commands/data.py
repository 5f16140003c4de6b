"""`python -m resnet_gluon data`: which data sets are here, where, and what to do where one is missing."""
import argparse
import warnings
from functools import partial
from typing import Any, Dict, List

from resnet_gluon.commands.console import add_command, add_json, say

MISSING = {
    "Fashion-MNIST": "apt-get install dataset-fashion-mnist, or let the first use download it (30 MB), or name a "
                     "folder with its four files in RESNET_GLUON_DATA",
    "CIFAR-10": "let the first use download it (163 MB), or name an archive or a folder in RESNET_GLUON_CIFAR10",
    "UCR": "call make setup, which brings sktime, or name a folder with NAME_TRAIN.ts and NAME_TEST.ts in "
           "RESNET_GLUON_UCR",
}


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    parser = add_command(
        commands, "data", work, "which data sets are here, where, and of which edition",
        "Look for the course's data sets where their classes look, but for downloads. Each one that is found is read "
        "and verified.", ["", "--json"])
    add_json(parser)
    return parser


def work(arguments: argparse.Namespace) -> None:
    """Say of each data set whether it is here."""
    from resnet_gluon.data import CIFAR10, UCR, FashionMNIST
    from resnet_gluon.data.ucr import CHECKSUMS
    rows = [look("Fashion-MNIST", partial(FashionMNIST, download=False)),
            look("CIFAR-10", partial(CIFAR10, download=False))]
    rows += [look(name, partial(UCR, name)) for name in CHECKSUMS]
    say(arguments, rows, "\n".join(map(in_words, rows)))


def look(name: str, maker: Any) -> Dict[str, Any]:
    """What is known of a data set here. `found` is false of a subset too."""
    from resnet_gluon.data import DataNotFound
    advice = MISSING.get(name, MISSING["UCR"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            data = maker(quiet=True)
        except DataNotFound:
            data = None
        said = [str(warning.message) for warning in caught if "bundled subset" not in str(warning.message)]
    if data is None:
        return {"name": name, "found": False, "refused": said, "advice": advice}
    subset = getattr(data, "is_subset", False)
    sizes = {split: len(getattr(data, split)) for split in ("train", "val", "test")}
    return {"name": name, "found": not subset, "edition": data.edition, "source": data.source, **sizes,
            "refused": said, **({"advice": advice} if subset else {})}


def in_words(row: Dict[str, Any]) -> str:
    """One of `look`'s dicts as text."""
    lines: List[str] = [f"{row['name']:<17}" + (
        f"edition {row['edition']}, {row['train']:,} training and {row['test']:,} test, from {row['source']}"
        if "source" in row else "not found")]
    if "advice" in row:
        lines.append(f"{'':17}{'for the full set' if 'source' in row else 'to have it'}: {row['advice']}")
    return "\n".join(lines + [f"{'':17}warning: {text}" for text in row["refused"]])
