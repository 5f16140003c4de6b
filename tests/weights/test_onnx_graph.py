from resnet_gluon import cifar_resnet, resnet
from resnet_gluon.weights.graph import ExportRefused, Node, simplify, trace
from resnet_gluon.weights.onednn import prepared
from resnet_gluon.weights.onnx_graph import TO_THE_END, TRANSLATIONS, fold_norms, onnx_model

import numpy as onp
import pytest
from exporting import FAMILY, far, read_back, ready
from mxnet.gluon import nn


@pytest.mark.parametrize("name", ("basic v1 A", "bottleneck v2 A", "mini_model", "time series"))
def test_norms_inside_convolutions_change_no_logits(name):
    make, shape = FAMILY[name]
    net, images, expected = ready(make(), shape)
    graph = fold_norms(simplify(trace(net)))
    behind = [node for node in graph.nodes if node.op == "BatchNorm" and node.inputs[0].op == "Convolution"]
    assert all(graph.uses[node.inputs[0]] > 1 for node in behind)
    assert far(read_back(prepared(graph))(images), expected) < 1e-5


def test_every_norm_of_version_1_is_folded_and_its_arrays_are_gone():
    graph = fold_norms(simplify(trace(ready(cifar_resnet(8))[0])))
    assert "BatchNorm" not in graph.counts
    taken = {node.name for node in graph.nodes if node.op == "null"}
    assert taken == {"data", "head.weight", "head.bias", "stem.0.weight", "stem.0.bias",
                     *(f"stage{i}.0.conv{k}.{what}" for i in (1, 2, 3) for k in (1, 2) for what in ("weight", "bias"))}


def translate(op, attrs, *inputs):
    return TRANSLATIONS[op](Node(op, "node", {name: str(value) for name, value in attrs.items()}), list(inputs))


def test_what_mxnet_leaves_out_has_its_default():
    [(operator, inputs, attributes)] = translate(
        "Pooling", {"kernel": (1, 1), "pool_type": "avg", "stride": (2, 2)}, "x")
    assert (operator, inputs) == ("AveragePool", ["x"])
    assert attributes == {"kernel_shape": (1, 1), "strides": (2, 2), "pads": (0, 0, 0, 0), "ceil_mode": 0,
                          "count_include_pad": 1}


def test_zeros_are_padded_before_and_after():
    [(operator, (x, pads), _)] = translate("_npi_pad", {"pad_width": ((0, 0), (8, 9), (0, 0))}, "x")
    assert operator == "Pad" and pads.tolist() == [0, 8, 0, 0, 9, 0]


def test_a_slice_names_the_axes_that_it_cuts():
    [(_, (x, *numbers), _)] = translate(
        "slice", {"begin": [None, None, 1], "end": [None, None, None], "step": [None, None, None]}, "x")
    assert [number.tolist() for number in numbers] == [[1], [TO_THE_END], [2], [1]]


@pytest.mark.parametrize("op, attrs", [
    ("Pooling", {"kernel": (2, 2), "pool_type": "sum"}), ("Pooling", {"kernel": (2, 2), "pooling_convention": "same"}),
    ("BatchNorm", {"axis": 3}), ("FullyConnected", {"flatten": False}),
    ("slice", {"begin": (3,), "end": (0,), "step": (-1,)}),
    ("_npi_pad", {"mode": "edge", "pad_width": ((0, 1),)}), ("Activation", {"act_type": "gelu"})], ids=str)
def test_options_without_a_translation_are_refused(op, attrs):
    with pytest.raises(ExportRefused, match="has no translation"):
        translate(op, attrs, "x", "gamma", "beta")


class Rooted(nn.HybridBlock):
    """Uses an operator that no net of the family has."""

    def hybrid_forward(self, F, x):
        return F.np.sqrt(F.npx.relu(x))


def model_of(make, shape):
    """The ONNX model, images, the net's logits, and those that ONNX Runtime gives."""
    onnxruntime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed: pip install -e '.[onnx]'")
    net, images, expected = ready(make(), shape)
    model = onnx_model(simplify(trace(net)), shape, expected.shape[1])
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return model, images, expected, lambda x: session.run(None, {"data": x})[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILY)
def test_every_kind_of_net_gives_its_logits_in_onnx_runtime(name):
    model, images, expected, predict = model_of(*FAMILY[name])
    assert far(predict(images), expected) < 1e-5
    assert far(predict(images[:1]), expected[:1]) < 1e-5  # any number of images


def test_a_model_is_of_its_versions_and_its_parameters_are_no_inputs():
    pytest.importorskip("onnx", reason="onnx is not installed: pip install -e '.[onnx]'")
    model, *_ = model_of(lambda: resnet(((16, 1),), version="v2"), (1, 28, 28))
    assert model.ir_version == 8 and [(use.domain, use.version) for use in model.opset_import] == [("", 13)]
    assert [value.name for value in model.graph.input] == ["data"] and len(model.graph.initializer) > 5
    lengths = model.graph.input[0].type.tensor_type.shape.dim
    assert lengths[0].dim_param == "N" and [length.dim_value for length in lengths[1:]] == [1, 28, 28]


def test_operators_without_a_translation_are_named():
    pytest.importorskip("onnx", reason="onnx is not installed: pip install -e '.[onnx]'")
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3), Rooted(), nn.Dense(3))
    graph = trace(ready(net)[0])
    with pytest.raises(ExportRefused, match="there is no translation for _npi_sqrt"):
        onnx_model(graph, (1, 28, 28), 3)


def test_a_norm_with_a_fixed_scale_counts_as_one():
    def make():
        net = nn.HybridSequential()
        net.add(nn.BatchNorm(scale=False), nn.Conv2D(4, 3), nn.BatchNorm(scale=False), nn.Dense(3))
        return net
    model, images, expected, predict = model_of(make, (1, 28, 28))
    assert far(predict(images), expected) < 1e-5 and onp.isfinite(expected).all()
