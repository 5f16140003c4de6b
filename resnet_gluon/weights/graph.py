"""A net as a graph of operators, and what can be said more simply when it only predicts."""
import ast
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

import mxnet as mx
import numpy as np

INPUT = "data"
#: What one-dimensional nets of the family are made of: with a height of 1 each of these is an image's operator.
OF_SERIES = {"null", "Convolution", "Pooling", "BatchNorm", "Activation", "elemwise_add", "FullyConnected", "_npi_pad",
             "slice", "expand_dims", "_np_squeeze"}


class ExportRefused(ValueError):
    """A net that cannot be exported, or a place where it cannot be written; the message says why and what helps."""


@dataclass(eq=False)
class Node:
    """An operator with its inputs, or, where `op` is "null", the net's input or a parameter.

    attrs: the operator's options, as MXNet writes them.
    """
    op: str
    name: str
    attrs: Dict[str, str] = field(default_factory=dict)
    inputs: List["Node"] = field(default_factory=list)

    def option(self, name: str, default: Any = None) -> Any:
        """One of `attrs` as a value of Python's."""
        text = self.attrs.get(name)
        try:
            return default if text is None else ast.literal_eval(text)
        except (ValueError, SyntaxError):  # a word, such as "relu"
            return text


class Graph:
    """A net's operators, from its input to its logits, with the arrays that they work with.

    output: the last operator. arrays: float32, by the names that the parameters have in `save_parameters`.
    """

    def __init__(self, output: Node, arrays: Dict[str, np.ndarray]) -> None:
        self.output = output
        self.arrays = arrays

    def __repr__(self) -> str:
        return f"Graph({sum(self.counts.values())} operators, {len(self.arrays)} arrays)"

    @property
    def nodes(self) -> List[Node]:
        """All nodes, each behind its inputs."""
        order: Dict[Node, None] = {}
        waiting = [self.output]
        while waiting:
            missing = [node for node in waiting[-1].inputs if node not in order]
            if missing:
                waiting += reversed(missing)
            else:
                order[waiting.pop()] = None
        return list(order)

    @property
    def counts(self) -> Dict[str, int]:
        """How often each operator occurs."""
        return count_operators(self.nodes)

    @property
    def uses(self) -> Dict[Node, int]:
        """How many operators take each node as an input."""
        return Counter(source for node in self.nodes for source in node.inputs)

    def replace(self, rule: Callable[[Node], Optional[Node]]) -> None:
        """Put what `rule` gives for a node, unless it is None, in the node's place everywhere."""
        new: Dict[Node, Node] = {}
        for node in self.nodes:
            node.inputs = [new[source] for source in node.inputs]
            new[node] = rule(node) or node
        self.output = new[self.output]

    def symbol(self) -> Any:
        """The graph for MXNet, under its older arrays and shapes: see `legacy_arrays`."""
        nodes = self.nodes
        place = {node: number for number, node in enumerate(nodes)}
        content = {
            "nodes": [{"op": node.op, "name": node.name, **({"attrs": node.attrs} if node.attrs else {}),
                       "inputs": [[place[source], 0, 0] for source in node.inputs]} for node in nodes],
            "arg_nodes": [place[node] for node in nodes if node.op == "null"],
            "heads": [[place[self.output], 0, 0]],
            "attrs": {"mxnet_version": ["int", 10901], "is_np_shape": ["int", 0]}}
        return mx.sym.load_json(json.dumps(content))


def count_operators(nodes: Any) -> Dict[str, int]:
    """How often each operator occurs among `Node`s."""
    return dict(Counter(node.op for node in nodes if node.op != "null"))


def trace(net: Any) -> Graph:
    """The graph of a net that has its parameters. The net stays as it is, compiled or not.

    Raises ExportRefused for a net that is not made of operators alone, has several outputs, or lacks parameters.
    """
    name = type(net).__name__
    try:
        symbol = net(mx.sym.var(INPUT).as_np_ndarray())
        content = json.loads(symbol.tojson())
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ExportRefused(f"{name} cannot be exported, since it cannot be written as a graph of operators (is every "
                            f"part a HybridBlock with hybrid_forward?): {reason[-1]}") from error
    if len(content["heads"]) != 1:
        raise ExportRefused(f"{name} cannot be exported: it has {len(content['heads'])} outputs, not one")
    parameters = {parameter.name: (ours, parameter) for ours, parameter in net._collect_params_with_prefix().items()}
    nodes: List[Node] = []
    for number, entry in enumerate(content["nodes"]):
        node = Node(entry["op"], f"{entry['op'].strip('_').lower()}{number}", entry.get("attrs") or {})
        if node.op == "null":
            known = {INPUT: INPUT, **{theirs: ours for theirs, (ours, _) in parameters.items()}}
            if entry["name"] not in known:
                raise ExportRefused(f"{name} cannot be exported: {entry['name']} is neither a parameter nor its input")
            node = Node("null", known[entry["name"]])
        elif any(output for _, output, *_ in entry["inputs"]):
            raise ExportRefused(f"{name} cannot be exported: {entry['name']} uses an operator's second output")
        node.inputs = [nodes[source] for source, *_ in entry["inputs"]]
        nodes.append(node)
    used = {node.name for node in nodes if node.op == "null"}
    mx.npx.waitall()  # right after a use in predict mode weights can still be being rearranged
    arrays = {ours: array_of(ours, parameter) for ours, parameter in parameters.values() if ours in used}
    return Graph(nodes[content["heads"][0][0]], arrays)


def array_of(name: str, parameter: Any) -> np.ndarray:
    """A parameter's numbers; where it is on several devices, their mean, as `save_parameters` takes it."""
    try:
        values = [value.asnumpy() for value in parameter.list_data()]
    except (RuntimeError, mx.gluon.parameter.DeferredInitializationError):
        raise ExportRefused(f"the net has no {name} yet: initialise it and call it once, or load its parameters"
                            ) from None
    if values[0].dtype != np.float32:
        raise ExportRefused(f"the net's {name} is {values[0].dtype}, and export takes float32: net.cast('float32')")
    return values[0] if len(values) == 1 else np.mean(values, axis=0)


def simplify(graph: Graph) -> Graph:
    """The same outputs from fewer operators: what only training needs, and what only checks shapes, is left out.

    A net of series becomes one of images of height 1, for which more is optimised.
    """
    def rule(node: Node) -> Optional[Node]:
        if node.op == "Dropout" or (node.op == "_npx_reshape" and keeps_shape(node.option("newshape"))):
            return node.inputs[0]
        if node.op == "_npi_add" and node.inputs[0].op == "reshape_like" and \
                node.inputs[0].inputs[1] is node.inputs[1]:
            return Node("elemwise_add", node.name, {}, [node.inputs[0].inputs[0], node.inputs[1]])
        return None
    graph.replace(rule)
    if {node.op for node in graph.nodes} <= OF_SERIES and any(
            node.op == "Convolution" and len(node.option("kernel")) == 1 for node in graph.nodes):
        as_images(graph)
    return graph


def keeps_shape(newshape: Any) -> bool:
    """Whether a reshape changes nothing: -2 copies one length, -4 all that are left (indexing ends in this)."""
    return isinstance(newshape, tuple) and newshape[-1] == -4 and set(newshape[:-1]) <= {-2}


def as_images(graph: Graph) -> None:
    """Give the series a height of 1, and every kernel."""
    def rule(node: Node) -> Optional[Node]:
        if node.op == "null" and node.name == INPUT:
            return Node("expand_dims", "height1", {"axis": "2"}, [node])
        if node.op in ("expand_dims", "_np_squeeze"):  # around each batch normalisation
            return node.inputs[0]
        if node.op in ("Convolution", "Pooling"):
            for name, along_height in (("kernel", 1), ("stride", 1), ("dilate", 1), ("pad", 0)):
                if name in node.attrs:
                    node.attrs[name] = str((along_height, *node.option(name)))
            node.attrs.pop("layout", None)  # of images there is one only
        if node.op == "_npi_pad":
            batch, channels, width = node.option("pad_width")
            node.attrs["pad_width"] = str((batch, channels, (0, 0), width))
        if node.op == "slice":
            for name in ("begin", "end", "step"):
                batch, channels, width = node.option(name)
                node.attrs[name] = str((batch, channels, None, width))
        return None
    for name in {node.inputs[1].name for node in graph.nodes if node.op == "Convolution"}:
        graph.arrays[name] = graph.arrays[name][:, :, None, :]
    graph.replace(rule)
