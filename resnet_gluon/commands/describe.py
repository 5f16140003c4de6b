"""`python -m resnet_gluon describe NET`: a network as a table of its parts."""
import argparse
import ast
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, Tuple

from resnet_gluon.commands.console import Failed, add_command, add_json, lengths, say

SHAPES = {1: (1, 150), 2: (1, 28, 28)}  # by the net's dimension


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    parser = add_command(
        commands, "describe", work, "a network as a table: shapes, parameters, multiply-adds",
        "Print a network of the family, or a run's, as a table of its parts.",
        ["resnet18", "resnet50 version=v1.5 num_classes=1000 --shape 3,224,224", "cifar_resnet depth=20 --blocks",
         "runs/resnet18 --json"])
    parser.add_argument("net", metavar="NET", help="a function of the family, such as resnet18; a run's folder; or a "
                                                   "trained net that comes with the course")
    parser.add_argument("options", metavar="NAME=VALUE", nargs="*", help="options of the function")
    parser.add_argument("--shape", type=lengths, metavar="C,H,W",
                        help="of one input (default: 1,28,28; a run's own)")
    parser.add_argument("--blocks", action="store_true", help="a row for each block")
    add_json(parser)
    return parser


def work(arguments: argparse.Namespace) -> None:
    """Print the table."""
    from resnet_gluon.nets import describe
    net, shape = network(arguments.net, dict(map(option, arguments.options)))
    shape = arguments.shape or shape
    if len(shape) != 1 + net.dimension:
        raise Failed(f"the net takes {'images, C,H,W' if net.dimension == 2 else 'series, C,W'}, but --shape "
                     f"{','.join(map(str, shape))} was given")
    found = describe(net, (1, *shape), blocks=arguments.blocks)
    say(arguments, {"input": found.input_shape, "parameters": found.parameters, "multiply-adds": found.macs,
                    "parts": [asdict(row) for row in found.rows]}, str(found))


def option(text: str) -> Tuple[str, Any]:
    """NAME=VALUE; the value as Python writes it, or a word."""
    name, found, value = text.partition("=")
    if not found or not name.isidentifier():
        raise Failed(f"options are given as NAME=VALUE, such as num_classes=10, but {text!r} was given")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


def network(name: str, options: Dict[str, Any]) -> Tuple[Any, Tuple[int, ...]]:
    """The net of this name, and the shape of its input."""
    from resnet_gluon.commands.runs import load
    from resnet_gluon.nets.family import NETWORKS
    from resnet_gluon.training import trained_nets

    import mxnet as mx
    if name in NETWORKS:
        try:
            net = NETWORKS[name](**options)
        except TypeError as error:  # an option that is missing, unknown or of another kind
            raise Failed(f"{name} cannot be made of these options: {error}") from error
        return net, SHAPES[net.dimension]
    if not Path(name).is_dir() and name not in trained_nets():
        raise Failed(f"{name} is neither the folder of a run, nor a trained net of the course, nor one "
                     f"of the family: {', '.join(NETWORKS)}")
    if options:
        raise Failed(f"{name} is trained: it takes no options")
    run = load(name, [mx.cpu()])
    return run.net, run.input.shape
