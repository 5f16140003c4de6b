import resnet_gluon.weights.graph as graphs
from resnet_gluon import cifar_resnet, resnet
from resnet_gluon.nets import time_series_resnet
from resnet_gluon.weights.graph import ExportRefused, Graph, Node, simplify, trace
from resnet_gluon.weights.onednn import prepared

import mxnet as mx
import numpy as onp
import pytest
from exporting import FAMILY, SERIES, far, read_back, ready
from mxnet import gluon, np
from mxnet.gluon import nn


def test_a_trace_holds_the_nets_operators_and_its_arrays_by_our_names():
    net, *_ = ready(cifar_resnet(8))
    graph = trace(net)
    assert graph.counts == {"Convolution": 7, "BatchNorm": 7, "Activation": 7, "Pooling": 3, "_npi_pad": 2,
                            "elemwise_add": 2, "reshape_like": 1, "_npi_add": 1, "FullyConnected": 1}
    assert set(graph.arrays) == set(net._collect_params_with_prefix())
    assert (graph.arrays["head.weight"] == net.head.weight.data().asnumpy()).all()


@pytest.mark.parametrize("compiled", (False, True))
def test_the_net_stays_as_it_was(compiled):
    net, images, expected = ready(cifar_resnet(8))
    if compiled:
        net.hybridize(static_alloc=True)
        expected = net(np.array(images)).asnumpy()
    simplify(trace(net))
    assert (net(np.array(images)).asnumpy() == expected).all() and net._active == compiled


@pytest.mark.parametrize("name", ("basic v1 A", "bottleneck v2 A", "mini_model", "time series", "one dimension, v1 A"))
def test_a_simpler_graph_gives_the_same_logits(name):
    make, shape = FAMILY[name]
    net, images, expected = ready(make(), shape)
    graph = simplify(trace(net))
    assert not set(graph.counts) & {"Dropout", "reshape_like", "_npi_add", "_npx_reshape", "_np_squeeze"}
    assert far(read_back(prepared(graph))(images), expected) < 1e-5


def test_a_net_of_series_becomes_one_of_images():
    net, *_ = ready(time_series_resnet(3), SERIES)
    graph = simplify(trace(net))
    assert sum(graph.counts.values()) == 41 and graph.counts["expand_dims"] == 1  # they were 67, with 12
    assert {node.option("kernel") for node in graph.nodes if node.op == "Convolution"} == {(1, k) for k in (8, 5, 3, 1)}
    assert all(array.shape[2] == 1 for array in graph.arrays.values() if array.ndim == 4)


def test_a_series_net_with_other_operators_stays_one_of_series():
    net = nn.HybridSequential()
    net.add(nn.Conv1D(4, 3), nn.LayerNorm(), nn.Dense(2))
    graph = simplify(trace(ready(net, SERIES)[0]))
    assert [node.option("kernel") for node in graph.nodes if node.op == "Convolution"] == [(3,)]


def test_a_graph_may_be_deeper_than_pythons_stack():
    node = Node("null", "data")
    for number in range(5000):
        node = Node("relu", f"relu{number}", {}, [node])
    graph = Graph(node, {})
    assert len(graph.nodes) == 5001 and graph.nodes[0].name == "data"
    assert repr(graph) == "Graph(5000 operators, 0 arrays)"


def test_an_option_is_a_value_a_word_or_the_default():
    node = Node("Pooling", "pool", {"kernel": "(2, 2)", "pool_type": "max", "global_pool": "False"})
    assert [node.option(name, 7) for name in ("kernel", "pool_type", "global_pool", "pad")] == [(2, 2), "max", False, 7]


def test_only_a_reshape_that_changes_nothing_goes():
    assert graphs.keeps_shape((-2, -2, -2, -4)) and not graphs.keeps_shape((-2, 4)) and not graphs.keeps_shape((0, -1))


class Python(gluon.Block):
    """Looks at numbers while it computes."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(3)

    def forward(self, x):
        y = self.dense(x)
        return y if float(y.asnumpy().sum()) > 0 else -y


class Two(nn.HybridBlock):
    """Has two outputs."""

    def hybrid_forward(self, F, x):
        return x, x + 1


def test_what_is_no_graph_is_refused():
    with pytest.raises(ExportRefused, match="Python cannot be exported, since it cannot be written as a graph"):
        trace(ready(Python())[0])
    with pytest.raises(ExportRefused, match="Two cannot be exported"):
        trace(Two())


def test_parameters_that_are_missing_or_half_precision_are_refused():
    net = resnet(((8, 1),))
    with pytest.raises(ExportRefused, match="the net has no stem.0.weight yet: initialise it"):
        trace(net)
    net.initialize()  # the first input will tell its shape
    with pytest.raises(ExportRefused, match="the net has no stem.0.weight yet: initialise it"):
        trace(net)
    ready(net)
    net.cast("float16")
    with pytest.raises(ExportRefused, match="float16, and export takes float32"):
        trace(net)


def test_statistics_on_several_devices_are_averaged():
    net = resnet(((8, 1),))
    net.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    for device in (0, 1):
        net(np.ones((1, 1, 8, 8), ctx=mx.cpu(device)))
        net.stem[1].running_mean.data(mx.cpu(device))[:] = device
    assert onp.allclose(trace(net).arrays["stem.1.running_mean"], 0.5)
