"""A network as a table: output shapes, parameters and multiply-adds, found from its graph without running it."""
import json
from dataclasses import dataclass
from math import prod
from typing import Tuple

import mxnet as mx


@dataclass(frozen=True)
class Row:
    """One part of a network. parameters: trainable ones; macs: multiply-adds for one image."""
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
        lines = [f"{'part':<12}{'output shape':>20}{'parameters':>14}{'multiply-adds':>17}",
                 f"{'input':<12}{str(self.input_shape):>20}"]
        lines += [f"{row.name:<12}{str(row.output_shape):>20}{row.parameters:>14,}{row.macs:>17,}"
                  for row in self.rows]
        return "\n".join(lines + [f"{'total':<12}{'':>20}{self.parameters:>14,}{self.macs:>17,}"])


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


def describe(net, shape):
    """The parts of `net` as a `Description`: for each child its output shape, parameters and multiply-adds.

    Parameters
    ----------
    net : sequence of HybridBlock
        A `resnet18()`, or any `HybridSequential`, initialised or not, compiled or not.
    shape : tuple of int
        The input's: (N, C, H, W). Multiply-adds are counted for one image, N = 1.
    """
    rows, children = [], list(net)
    for name, child in zip(part_names(children), children):
        graph = child(mx.sym.var("data").as_np_ndarray()).as_nd_ndarray()
        single, parameters, macs = count(graph, (1, *(rows[-1].output_shape if rows else shape)[1:]))
        rows.append(Row(name, (shape[0], *single[1:]), parameters, macs))
    return Description(tuple(shape), tuple(rows))


def part_names(children):
    """"stem", "stage 1" … for containers, the class's name for single layers."""
    names = []
    for child in children:
        if len(child._children) == 0:
            names.append(type(child).__name__.replace("GlobalAvgPool2D", "avg pool").replace("Dense", "dense"))
        else:
            names.append("stem" if not names else f"stage {len(names)}")
    return names
