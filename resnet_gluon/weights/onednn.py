"""A graph for MXNet's oneDNN backend: fused, and in integers of 8 bits."""
import json
import logging
import os
from collections import Counter
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

from resnet_gluon.weights.graph import INPUT, ExportRefused, Graph, Node

import mxnet as mx
import numpy as np

BATCH = 32  # of the images that calibrate


class Fused(NamedTuple):
    """A symbol with its arrays, as MXNet tells them apart: arguments, and auxiliary states (means and variances)."""
    symbol: Any
    arguments: Dict[str, Any]
    states: Dict[str, Any]

    def save(self, symbol_file: Any, parameters_file: Any) -> None:
        """Write the two files that `SymbolBlock.imports` reads."""
        arrays = {f"arg:{name}": array for name, array in self.arguments.items()}
        arrays.update({f"aux:{name}": array for name, array in self.states.items()})
        with legacy_arrays():
            self.symbol.save(str(symbol_file))
            mx.nd.save(str(parameters_file), arrays)


@contextmanager
def legacy_arrays() -> Iterator[None]:
    """Within it MXNet takes and gives its older arrays and shapes.

    What is written so, any MXNet program reads, in C++ too, without `npx.set_np()`; and int8 works with no others.
    """
    with mx.util.np_array(False), mx.util.np_shape(False):
        yield


def need_onednn() -> None:
    """Raise ExportRefused where this build of MXNet has no oneDNN."""
    if not mx.runtime.Features().is_enabled("MKLDNN"):
        raise ExportRefused("this build of MXNet has no oneDNN backend, which fuses operators and computes in int8; "
                            "--to onnx does without")


def protect(graph: Graph) -> None:
    """Put pooling over single pixels, which changes nothing, between a convolution and its users if there are several.

    MXNet 1.9.1's backend would fuse such a convolution with the batch normalisation behind it, and lose the latter,
    where a shortcut starts between the two: pre-activation behind a stem of one convolution. It looks through copies.
    """
    uses = graph.uses

    def rule(node: Node) -> Optional[Node]:
        if node.op != "Convolution" or uses[node] < 2:
            return None
        pixel = str((1,) * len(node.option("kernel")))
        return Node("Pooling", f"{node.name}_shared", {"kernel": pixel, "stride": pixel, "pool_type": "max"}, [node])
    graph.replace(rule)


def prepared(graph: Graph) -> Fused:
    """The graph for the backend, nothing fused yet."""
    need_onednn()
    protect(graph)
    with legacy_arrays():
        symbol = graph.symbol()
        states = set(symbol.list_auxiliary_states())
        arrays = {name: mx.nd.array(array, dtype=array.dtype) for name, array in graph.arrays.items()}
    return Fused(symbol, {name: array for name, array in arrays.items() if name not in states},
                 {name: array for name, array in arrays.items() if name in states})


def fused(graph: Graph) -> Fused:
    """The graph with convolutions, norms, ReLUs and additions in one operator each. Raises ExportRefused if none is."""
    before = prepared(graph)
    with legacy_arrays():
        after = before._replace(symbol=before.symbol.get_backend_symbol("MKLDNN"))
    if not count_fused(after.symbol):
        raise ExportRefused(f"nothing in the net could be fused: it has {', '.join(sorted(graph.counts))}")
    return after


def quantised(graph: Graph, calibration: np.ndarray) -> Fused:
    """The graph in int8: fused, weights with a scale for each channel, each layer's outputs with one for all.

    calibration: training images as the net sees them, float32 (n, C, H, W); the range of a layer's outputs is what it
    was on these. MXNet's other way, calib_mode="entropy", cuts large outputs off: of one `cifar_resnet(8)`'s classes on
    1,000 test images it kept 82 % where this one keeps 99 %, and it takes fifty times as long.
    """
    from mxnet.contrib.quantization import quantize_model_mkldnn
    before = prepared(graph)
    with legacy_arrays(), quiet():
        images = mx.io.NDArrayIter({INPUT: mx.nd.array(calibration)}, batch_size=min(BATCH, len(calibration)))
        after = Fused(*quantize_model_mkldnn(
            before.symbol, before.arguments, before.states, data_names=(INPUT,), label_names=None,
            calib_data=images, calib_mode="naive", quantized_dtype="auto", quantize_mode="smart",
            quantize_granularity="channel-wise"))
    if not count_quantised(after.symbol):
        raise ExportRefused(f"nothing in the net could be quantised: it has {', '.join(sorted(graph.counts))}")
    return after


@contextmanager
def quiet() -> Iterator[None]:
    """Keep MXNet from telling of each graph that it binds, and ONNX Runtime from advising what has been done."""
    before, disabled = os.environ.get("MXNET_SUBGRAPH_VERBOSE"), logging.root.manager.disable
    os.environ["MXNET_SUBGRAPH_VERBOSE"] = "0"
    logging.disable(max(disabled, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(disabled)
        if before is None:
            del os.environ["MXNET_SUBGRAPH_VERBOSE"]
        else:
            os.environ["MXNET_SUBGRAPH_VERBOSE"] = before


def operators(symbol: Any) -> Dict[str, int]:
    """How often each operator occurs in a symbol."""
    return dict(Counter(node["op"] for node in entries(symbol)))


def count_fused(symbol: Any) -> int:
    """How many operators are the backend's own, each of which stands for one or several."""
    return sum(node["op"].startswith("_sg_") for node in entries(symbol))


def count_quantised(symbol: Any) -> int:
    """How many convolutions and dense layers compute in int8."""
    return sum(node.get("attrs", {}).get("quantized") == "true" for node in entries(symbol))


def entries(symbol: Any) -> List[Dict[str, Any]]:
    """The operators of a symbol, as MXNet writes them."""
    return [node for node in json.loads(symbol.tojson())["nodes"] if node["op"] != "null"]
