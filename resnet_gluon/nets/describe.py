"""A network as a table: output shapes, parameters and multiply-adds, found from its graph without running it."""
import json
from dataclasses import dataclass
from math import prod
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from resnet_gluon.nets.block import Block
from resnet_gluon.nets.network import Network
from resnet_gluon.nets.trimming import live_taps

import mxnet as mx
from mxnet.gluon import nn


@dataclass(frozen=True)
class Row:
    """One part of a network. parameters: without BatchNorm's statistics; macs: multiply-adds for one image.

    live: how many of the parameters meet more than padding at this size, where that was asked for.
    """
    name: str
    output_shape: Tuple[int, ...]
    parameters: int
    macs: int
    live: Optional[int] = None


@dataclass(frozen=True)
class Description:
    """The rows of a network in order, and their totals. Prints as a table."""
    input_shape: Tuple[int, ...]
    rows: Tuple[Row, ...]

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def macs(self) -> int:
        return sum(row.macs for row in self.rows)

    @property
    def live(self) -> Optional[int]:
        """How many parameters meet more than padding; None where it was not asked for."""
        return None if any(row.live is None for row in self.rows) else sum(row.live or 0 for row in self.rows)

    def __getitem__(self, name: str) -> Row:
        """The row of the part of this name. Raises KeyError for another."""
        return {row.name: row for row in self.rows}[name]

    def __repr__(self) -> str:
        return f"Description({len(self.rows)} parts, {self.parameters:,} parameters, {self.macs:,} multiply-adds)"

    def __str__(self) -> str:
        def line(name: str, shape: str, numbers: Sequence[Any]) -> str:
            columns = (f"{number:>{space},}" for number, space in zip(numbers, (14, 17, 14)) if number is not None)
            return f"{name:<{width}}{shape:>20}{''.join(columns)}"

        width = max(12, *(len(row.name) + 2 for row in self.rows))
        head = f"{'part':<{width}}{'output shape':>20}{'parameters':>14}{'multiply-adds':>17}"
        return "\n".join([head if self.live is None else f"{head}{'live':>14}",
                          line("input", str(self.input_shape), ()),
                          *(line(row.name, str(row.output_shape), (row.parameters, row.macs, row.live))
                            for row in self.rows),
                          line("total", "", (self.parameters, self.macs, self.live))])


def count(graph: Any, shape: Tuple[int, ...]) -> Tuple[Tuple[int, ...], int, int]:
    """Output shape, trainable parameters and multiply-adds of a Symbol whose input `data` has this shape.

    Multiply-adds are those of convolutions and dense layers, as the paper counts its FLOPs; biases, BatchNorm,
    activations and additions are left out.
    """
    names = graph.list_arguments()
    shapes, outputs, _ = graph.infer_shape(data=shape)
    shape_of = dict(zip(names, shapes))
    internals = graph.get_internals()
    all_outputs = dict(zip(internals.list_outputs(), internals.infer_shape(data=shape)[1]))
    nodes = json.loads(graph.tojson())["nodes"]
    macs = 0
    for node in nodes:
        if node["op"] in ("Convolution", "FullyConnected"):
            weight = shape_of[nodes[node["inputs"][1][0]]["name"]]
            macs += prod(weight) * prod(all_outputs[node["name"] + "_output"][2:])
    return outputs[0], sum(prod(shape_of[name]) for name in names if name != "data"), macs


def describe(net: Any, shape: Sequence[int], blocks: bool = False, live: bool = False) -> Description:
    """A net as a table: for each of its parts the output's shape, parameters and multiply-adds.

    Parameters
    ----------
    net : HybridBlock
        A `resnet18()`, any `HybridSequential`, or a single layer or block; initialised or not, compiled or not.
    shape : tuple of int
        The input's: (N, C, H, W), or (N, C, W) of series. Multiply-adds are counted for one input, N = 1.
    blocks : bool
        A row for each block of a stage, not for the stage as a whole.
    live : bool
        Count as well, of a network of this package, the parameters that meet more than padding at this size: see
        `live_taps`. The others never learn.
    """
    rows: List[Row] = []
    dead = {name: taps.dead for name, taps in live_taps(net, shape).items()} if live else None
    for name, part in named_parts(net, blocks):
        graph = part(mx.sym.var("data").as_np_ndarray()).as_nd_ndarray()
        single, parameters, macs = count(graph, (1, *(rows[-1].output_shape if rows else shape)[1:]))
        rows.append(Row(name, (shape[0], *single[1:]), parameters, macs, living(name, parameters, dead)))
    return Description(tuple(shape), tuple(rows))


def living(part: str, parameters: int, dead: Optional[Dict[str, int]]) -> Optional[int]:
    """Of a part's parameters those that are not dead. dead: how many are, by the weight's name, if anyone asks."""
    if dead is None:
        return None
    return parameters - sum(count for name, count in dead.items() if name.startswith(f"{part}."))


def named_parts(net: Any, blocks: bool = False) -> Iterator[Tuple[str, Any]]:
    """(name, part) of what is in a row, named as parameters are: "stem", "stage1", with `blocks` "stage1.0"."""
    if not isinstance(net, nn.HybridSequential):
        yield type(net).__name__, net
        return
    for name, part in net._children.items():
        if blocks and any(isinstance(inner, Block) for inner in part._children.values()):
            yield from ((f"{name}.{number}", inner) for number, inner in part._children.items())
        elif isinstance(net, Network):
            yield name, part
        else:
            yield f"{name} {type(part).__name__}", part
