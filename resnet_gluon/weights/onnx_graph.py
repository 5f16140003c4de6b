"""A graph as ONNX has it: each operator in ONNX's words, and batch normalisation inside the convolutions."""
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from resnet_gluon.version import __version__
from resnet_gluon.weights.graph import INPUT, ExportRefused, Graph, Node

import numpy as np

OPSET, IR_VERSION = 13, 8
OUTPUT = "logits"
TO_THE_END = 2 ** 63 - 1
Step = Tuple[str, List[Any], Dict[str, Any]]  # an ONNX operator; inputs: names, and arrays to add; attributes

ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "softrelu": "Softplus", "softsign": "Softsign"}


def fold_norms(graph: Graph) -> Graph:
    """Batch normalisation right behind a convolution becomes part of its weights; in float64, rounded once."""
    uses = graph.uses

    def rule(node: Node) -> Optional[Node]:
        convolution = node.inputs[0] if node.inputs else node
        if node.op != "BatchNorm" or convolution.op != "Convolution" or uses[convolution] > 1 or any(
                uses[source] > 1 for source in convolution.inputs[1:]):
            return None
        weight, *bias = (source.name for source in convolution.inputs[1:])
        gamma, beta, mean, variance = (graph.arrays[source.name].astype(float) for source in node.inputs[1:])
        factor = (1 if node.option("fix_gamma", True) else gamma) / np.sqrt(variance + node.option("eps", 1e-3))
        shift = beta + ((graph.arrays[bias[0]] if bias else 0) - mean) * factor
        weights = graph.arrays[weight] * factor.reshape((-1,) + (1,) * (graph.arrays[weight].ndim - 1))
        name = bias[0] if bias else weight.rpartition(".")[0] + ".bias"
        graph.arrays[weight], graph.arrays[name] = weights.astype(np.float32), shift.astype(np.float32)
        return Node("Convolution", convolution.name, {**convolution.attrs, "no_bias": "False"},
                    [*convolution.inputs[:2], Node("null", name)])
    graph.replace(rule)
    taken = {node.name for node in graph.nodes}
    graph.arrays = {name: array for name, array in graph.arrays.items() if name in taken}
    return graph


def window(node: Node) -> Dict[str, Any]:
    """What convolutions and pooling have in common; what MXNet leaves out has its default."""
    kernel = node.option("kernel")
    pad = node.option("pad") or (0,) * len(kernel)
    return {"kernel_shape": kernel, "strides": node.option("stride") or (1,) * len(kernel), "pads": (*pad, *pad)}


def convolution(node: Node, inputs: List[Any]) -> List[Step]:
    """1-D, 2-D or 3-D, with groups."""
    dilations = node.option("dilate") or (1,) * len(node.option("kernel"))
    return [("Conv", inputs, {**window(node), "dilations": dilations, "group": node.option("num_group", 1)})]


def pooling(node: Node, inputs: List[Any]) -> List[Step]:
    """Of windows, or of whole maps."""
    kind, convention = node.option("pool_type", "max"), node.option("pooling_convention", "valid")
    if kind not in ("max", "avg") or convention not in ("valid", "full"):
        raise ExportRefused(f"pooling with pool_type={kind!r}, pooling_convention={convention!r} has no translation")
    operator = "MaxPool" if kind == "max" else "AveragePool"
    if node.option("global_pool", False):
        return [("Global" + operator, inputs, {})]
    options = {**window(node), "ceil_mode": int(convention == "full")}
    if kind == "avg":
        options["count_include_pad"] = int(node.option("count_include_pad", True))
    return [(operator, inputs, options)]


def batch_norm(node: Node, inputs: List[Any]) -> List[Step]:
    """One that no convolution took in: version 2's first, and the last."""
    x, gamma, *others = inputs
    if node.option("axis", 1) != 1:
        raise ExportRefused(f"batch normalisation along axis {node.option('axis')} has no translation")
    if node.option("fix_gamma", True):
        gamma = "ones like " + gamma
    return [("BatchNormalization", [x, gamma, *others], {"epsilon": node.option("eps", 1e-3)})]


def dense(node: Node, inputs: List[Any]) -> List[Step]:
    """Of flattened maps."""
    if not node.option("flatten", True):
        raise ExportRefused("a dense layer with flatten=False has no translation")
    return [("Flatten", inputs[:1], {"axis": 1}), ("Gemm", [None, *inputs[1:]], {"transB": 1})]


def activation(node: Node, inputs: List[Any]) -> List[Step]:
    """ReLU, for the most part."""
    kind = node.option("act_type")
    if kind not in ACTIVATIONS:
        raise ExportRefused(f"the activation {kind} has no translation")
    return [(ACTIVATIONS[kind], inputs, {})]


def zero_pad(node: Node, inputs: List[Any]) -> List[Step]:
    """Option A's zeros, for new channels."""
    if node.option("mode", "constant") != "constant" or node.option("constant_value", 0):
        raise ExportRefused("padding with anything but zeros has no translation")
    before, after = zip(*node.option("pad_width"))
    return [("Pad", [*inputs, np.array(before + after, np.int64)], {"mode": "constant"})]


def cropped(node: Node, inputs: List[Any]) -> List[Step]:
    """A slice, such as that behind a convolution with an even kernel."""
    begin, end, step = (node.option(name) or () for name in ("begin", "end", "step"))
    axes = [axis for axis, pair in enumerate(zip(begin, end)) if pair != (None, None)]
    starts = [begin[axis] or 0 for axis in axes]
    ends = [TO_THE_END if end[axis] is None else end[axis] for axis in axes]
    steps = [(step[axis] if axis < len(step) else None) or 1 for axis in axes]
    if min(steps, default=1) < 0:
        raise ExportRefused("a slice that runs backwards has no translation")
    return [("Slice", [*inputs, *(np.array(numbers, np.int64) for numbers in (starts, ends, axes, steps))], {})]


def along_axis(operator: str) -> Callable[[Node, List[Any]], List[Step]]:
    """Adds or removes axes of length 1."""
    def translate(node: Node, inputs: List[Any]) -> List[Step]:
        return [(operator, [*inputs, np.atleast_1d(np.array(node.option("axis"), np.int64))], {})]
    return translate


def same(operator: str, **attributes: Any) -> Callable[[Node, List[Any]], List[Step]]:
    """An operator that ONNX has too."""
    return lambda node, inputs: [(operator, inputs, attributes)]


#: MXNet's operator: how ONNX says it, as a function of the node and the names of its inputs.
TRANSLATIONS: Dict[str, Callable[[Node, List[Any]], List[Step]]] = {
    "Convolution": convolution, "Pooling": pooling, "BatchNorm": batch_norm, "FullyConnected": dense,
    "Activation": activation, "_npi_pad": zero_pad, "slice": cropped, "expand_dims": along_axis("Unsqueeze"),
    "_np_squeeze": along_axis("Squeeze"), "squeeze": along_axis("Squeeze"), "relu": same("Relu"),
    "elemwise_add": same("Add"), "_npi_add": same("Add"), "broadcast_add": same("Add"), "_copy": same("Identity"),
    "Flatten": same("Flatten", axis=1), "_np_copy": same("Identity")}


def onnx_model(graph: Graph, shape: Sequence[int], classes: int) -> Any:
    """The ONNX model of a graph: float32, any number of images of this shape (C, H, W) at a time.

    Parameters are no inputs of the graph, so that a runtime may fold them. Raises ExportRefused with the operators that
    have no translation.
    """
    from onnx import TensorProto, checker, helper, numpy_helper
    unknown = sorted(set(graph.counts) - set(TRANSLATIONS))
    if unknown:
        raise ExportRefused(f"the net cannot be written as ONNX: there is no translation for {', '.join(unknown)}")
    fold_norms(graph)
    nodes, arrays = translated(graph)
    images = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["N", *shape])
    logits = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["N", classes])
    model = helper.make_model(
        helper.make_graph(nodes, "net", [images], [logits],
                          [numpy_helper.from_array(array, name) for name, array in arrays.items()]),
        producer_name="resnet_gluon", producer_version=__version__, ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)])
    checker.check_model(model, full_check=True)
    return model


def translated(graph: Graph) -> Tuple[List[Any], Dict[str, np.ndarray]]:
    """The graph's operators as ONNX's nodes, and the arrays that they take, by name."""
    from onnx import helper
    nodes: List[Any] = []
    arrays: Dict[str, np.ndarray] = {}
    names = {node: node.name for node in graph.nodes}
    names[graph.output] = OUTPUT
    for node in graph.nodes:
        if node.op == "null":
            continue
        steps = TRANSLATIONS[node.op](node, [names[source] for source in node.inputs])
        for number, (operator, inputs, attributes) in enumerate(steps, 1):
            output = names[node] if number == len(steps) else f"{node.name}_{number}"
            taken = []
            for place, source in enumerate(inputs):
                if source is None:  # what the step before gave
                    source = f"{node.name}_{number - 1}"
                elif isinstance(source, np.ndarray):
                    arrays[f"{output}.{place}"], source = source, f"{output}.{place}"
                elif source.startswith("ones like "):
                    arrays[source] = np.ones_like(graph.arrays[source[len("ones like "):]])
                elif source in graph.arrays:
                    arrays[source] = graph.arrays[source]
                taken.append(source)
            nodes.append(helper.make_node(operator, taken, [output], name=output, **attributes))
    return nodes, arrays
