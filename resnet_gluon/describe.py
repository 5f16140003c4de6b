"""A network as a table: output shapes, parameters and multiply-adds, found from its graph without running it."""
import json
from dataclasses import dataclass
from math import prod
from typing import Tuple

from resnet_gluon.blocks import Block

import mxnet as mx


@dataclass(frozen=True)
class Row:
    """One part of a network. parameters: without BatchNorm's statistics; macs: multiply-adds for one image."""
    name: str
    output_shape: Tuple[int, ...]
    parameters: int
    macs: int


@dataclass(frozen=True)
class Description:
    """The rows of a network in order, and their totals. Prints as a table."""
    input_shape: Tuple[int, ...]
    rows: Tuple[Row, ...]

    @property
    def parameters(self):
        return sum(row.parameters for row in self.rows)

    @property
    def macs(self):
        return sum(row.macs for row in self.rows)

    def __str__(self):
        width = max(12, *(len(row.name) + 2 for row in self.rows))
        lines = [f"{'part':<{width}}{'output shape':>20}{'parameters':>14}{'multiply-adds':>17}",
                 f"{'input':<{width}}{str(self.input_shape):>20}"]
        lines += [f"{row.name:<{width}}{str(row.output_shape):>20}{row.parameters:>14,}{row.macs:>17,}"
                  for row in self.rows]
        return "\n".join(lines + [f"{'total':<{width}}{'':>20}{self.parameters:>14,}{self.macs:>17,}"])


def count(graph, shape):
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


def describe(net, shape, blocks=False):
    """The parts of `net` as a `Description`: for each child its output shape, parameters and multiply-adds.

    Parameters
    ----------
    net : sequence of HybridBlock
        A `resnet18()`, or any `HybridSequential`, initialised or not, compiled or not.
    shape : tuple of int
        The input's: (N, C, H, W), or (N, C, W) of series. Multiply-adds are counted for one input, N = 1.
    blocks : bool
        A row for each block of a stage, not for the stage as a whole.
    """
    rows = []
    for name, child in named_parts(net, blocks):
        graph = child(mx.sym.var("data").as_np_ndarray()).as_nd_ndarray()
        single, parameters, macs = count(graph, (1, *(rows[-1].output_shape if rows else shape)[1:]))
        rows.append(Row(name, (shape[0], *single[1:]), parameters, macs))
    return Description(tuple(shape), tuple(rows))


#: short names of layers that are a part of their own
SINGLE = {"GlobalAvgPool1D": "avg pool", "GlobalAvgPool2D": "avg pool", "Dense": "dense", "Dropout": "dropout"}


def named_parts(net, blocks=False):
    """(name, part): "stem", "stage 1" …, with `blocks` "stage 1.1" …; for single layers the class's name."""
    inside = [list(child._children.values()) for child in net]
    staged = any(isinstance(part, Block) for parts in inside for part in parts)
    stage = 0
    for number, (child, parts) in enumerate(zip(net, inside)):
        kinds = [type(part).__name__ for part in parts]
        if isinstance(child, Block):
            yield f"block {number + 1}", child
        elif not parts:
            yield SINGLE.get(type(child).__name__, type(child).__name__), child
        elif number == 0 and staged:
            yield "stem", child
        elif isinstance(parts[0], Block) or "Conv2D" in kinds:
            stage += 1
            yield from ([(f"stage {stage}.{place}", part) for place, part in enumerate(parts, 1)] if blocks and staged
                        else [(f"stage {stage}", child)])
        else:
            yield ", ".join(dict.fromkeys(SINGLE.get(kind, kind) for kind in kinds)), child
