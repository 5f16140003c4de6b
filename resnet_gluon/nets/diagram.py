"""Any block or network as plain values to be drawn, read from the graph that it really computes.

Nothing here knows the kinds of blocks: a block of your own, right or wrong, is drawn as it is.
"""
import json
import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Sequence, Tuple

from resnet_gluon.nets.block import Block
from resnet_gluon.nets.network import Network
from resnet_gluon.nets.operators import PLUMBING, named

import mxnet as mx
from mxnet.gluon import nn

INPUT = -1  # the place of what comes in, among a step's inputs


@dataclass(frozen=True)
class Step:
    """One operation.

    kind: "conv", "norm", "relu", "add", "pool", "pad", "dense" …; others have their operator's name. label: what a
    drawing writes on it. output_shape: (N, C, …). inputs: the places of the steps that feed it; -1 is the input.
    name: of the layer inside its block, such as "conv1"; empty where it has no parameters.
    """
    kind: str
    label: str
    output_shape: Tuple[int, ...]
    inputs: Tuple[int, ...]
    name: str = ""


@dataclass(frozen=True)
class Route:
    """Steps in a row, from one place to another; both places lie on routes before this one."""
    start: int
    steps: Tuple[int, ...]
    end: int


@dataclass(frozen=True)
class Diagram:
    """What a drawing has to know. Two with the same operations and shapes are equal, whatever their names.

    Attributes
    ----------
    name : str
        Of the object's class, of the function that made the network, or of the part.
    input_shape, output_shape : tuple of int
    steps : tuple of Step
        The operations of a block or layer, in order; empty where there are parts.
    parts : tuple of Diagram
        Of a network its parts in order, of a stage its blocks.
    """
    name: str = field(compare=False)
    input_shape: Tuple[int, ...]
    output_shape: Tuple[int, ...]
    steps: Tuple[Step, ...] = ()
    parts: Tuple["Diagram", ...] = ()

    def routes(self) -> List[Route]:
        """The trunk, that is the longest way from the input to the output, and then every way around a piece of it."""
        if not self.steps:
            return []
        last = len(self.steps) - 1
        found = [Route(INPUT, self.longest(last, {INPUT}), last)]
        seen, waiting = {INPUT, *found[0].steps}, list(found[0].steps)
        while waiting:
            place = waiting.pop(0)
            spare = list(self.steps[place].inputs)
            for route in found:
                steps = (route.start, *route.steps, route.end)
                for before, after in zip(steps, steps[1:]):
                    if after == place and before in spare:
                        spare.remove(before)
            for source in spare:
                inner = () if source in seen else self.longest(source, seen)
                start = source if not inner else self.feeds(inner[0], seen)
                found.append(Route(start, inner, place))
                seen.update(inner)
                waiting += inner
        return found

    def longest(self, place: int, until: Any) -> Tuple[int, ...]:
        """The longest row of steps that ends in `place` and begins behind one of `until`; of equals the last."""
        rows: Dict[int, Tuple[int, ...]] = {}
        for number in range(place + 1):
            before = [rows.get(source, ()) for source in self.steps[number].inputs if source not in until]
            rows[number] = (*max(reversed(before), key=len, default=()), number)
        return rows[place]

    def feeds(self, place: int, among: Any) -> int:
        """The first of a step's inputs that is in `among`."""
        return next(source for source in self.steps[place].inputs if source in among)

    @property
    def shortcut(self) -> str:
        """What the way around the trunk does: "identity", "projection", "zero-pad", "norm", or "none" without one."""
        around = [route for route in self.routes()[1:] if self.steps[route.end].kind == "add"]
        if not around:
            return "none"
        kinds = [self.steps[place].kind for place in around[-1].steps]
        names = (("conv", "projection"), ("pad", "zero-pad"), ("norm", "norm"))
        return next((name for kind, name in names if kind in kinds), ", ".join(kinds) or "identity")

    @property
    def shortcuts(self) -> Tuple[str, ...]:
        """The shortcut of each block inside, in order; empty where nothing inside adds."""
        if not self.parts:
            return (self.shortcut,) if any(step.kind == "add" for step in self.steps) else ()
        return tuple(kind for part in self.parts for kind in part.shortcuts)


def diagram(net: Any, shape: Sequence[int], name: str = "") -> Diagram:
    """A block or network as plain values for `plots.blocks` and `plots.network`.

    Parameters
    ----------
    net : HybridBlock
        A network, a stage, a block of the family or one of your own, a layer; initialised or not, compiled or not.
    shape : tuple of int
        The input's: (N, C, H, W), or (N, C, W) of series.
    name : str
        For the drawing. Default: the class's, or for a network the function's that made it.
    """
    made = getattr(net, "made", None) or {}
    name = name or made.get("function", type(net).__name__)
    if not is_row(net):
        steps = tuple(steps_of(net, tuple(shape)))
        return Diagram(name, tuple(shape), steps[-1].output_shape if steps else tuple(shape), steps)
    parts: List[Diagram] = []
    bare = isinstance(net, Network) or all(isinstance(part, Block) for part in net._children.values())
    for key, part in net._children.items():
        parts.append(diagram(part, parts[-1].output_shape if parts else shape,
                             key if bare else f"{key} {type(part).__name__}"))
    return Diagram(name, tuple(shape), parts[-1].output_shape if parts else tuple(shape), parts=tuple(parts))


def is_row(net: Any) -> bool:
    """Whether something is drawn part by part: a network, or a row in which something is made of layers itself."""
    return isinstance(net, Network) or isinstance(net, nn.HybridSequential) and any(
        child._children and not isinstance(child, nn.Dense) for child in net._children.values())


def steps_of(layer: Any, shape: Tuple[int, ...]) -> List[Step]:
    """The operations of the graph of `layer`, without those that only rearrange."""
    graph = layer(mx.sym.var("data").as_np_ndarray()).as_nd_ndarray()
    internals = graph.get_internals()
    names = (re.sub(r"_out(put)?\d*$", "", name) for name in reversed(internals.list_outputs()))  # of several the first
    shapes = dict(zip(names, reversed(internals.infer_shape(data=shape)[1])))
    owners = {parameter.name: path.rpartition(".")[0]
              for path, parameter in layer._collect_params_with_prefix().items()}
    nodes = json.loads(graph.tojson())["nodes"]
    steps: List[Step] = []
    place_of: Dict[int, int] = {}  # of a node, the step whose values it carries
    for number, node in enumerate(nodes):
        sources = [place_of[source] for source, *_ in node["inputs"] if source in place_of]
        if node["op"] == "null":
            if node["name"] == "data":
                place_of[number] = INPUT
            continue
        output = shapes[node["name"]]
        if node["op"] in PLUMBING:
            place_of[number] = sources[0]
            if node["op"] != "expand_dims" and sources[0] != INPUT:
                former = steps[sources[0]]
                steps[sources[0]] = Step(former.kind, former.label, output, former.inputs, former.name)
            continue
        kind, label = named(node["op"], node.get("attrs") or {})
        owner = next((owners[nodes[source]["name"]] for source, *_ in node["inputs"]
                      if nodes[source]["name"] in owners), "")
        steps.append(Step(kind, label, output, tuple(sources), owner))
        place_of[number] = len(steps) - 1
    return steps
