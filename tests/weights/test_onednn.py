from resnet_gluon import cifar_resnet, resnet, resnet18
from resnet_gluon.weights import onednn
from resnet_gluon.weights.graph import ExportRefused, simplify, trace
from resnet_gluon.weights.onednn import count_fused, count_quantised, fused, operators, prepared, quantised

import mxnet as mx
import numpy as onp
import pytest
from exporting import far, read_back, ready
from mxnet.gluon import nn

PREACTIVATED = ((32, 1), (64, 1))


@pytest.mark.slow
def test_resnet18_is_fused_from_68_operators_into_23():
    net, images, expected = ready(resnet18())
    graph = simplify(trace(net))
    assert sum(graph.counts.values()) == 68
    symbol = fused(graph).symbol
    assert operators(symbol) == {"_sg_mkldnn_conv": 20, "_sg_mkldnn_fully_connected": 1, "Pooling": 2}
    assert count_fused(symbol) == 21 and count_fused(prepared(simplify(trace(net))).symbol) == 0


def test_additions_of_16_channels_are_fused_too():
    net, *_ = ready(cifar_resnet(8, option="B"))
    assert operators(fused(simplify(trace(net))).symbol) == {
        "_sg_mkldnn_conv": 9, "_sg_mkldnn_fully_connected": 1, "Pooling": 1}


def test_a_shortcut_that_starts_between_convolution_and_norm_keeps_its_norm(monkeypatch):
    net, images, expected = ready(resnet(PREACTIVATED, stem="bare", version="v2"))
    assert far(read_back(fused(simplify(trace(net))))(images), expected) < 1e-5
    monkeypatch.setattr(onednn, "protect", lambda graph: None)  # MXNet's fault is still there
    with pytest.raises(mx.MXNetError, match="inputs.size"):
        read_back(fused(simplify(trace(net))))(images)


def test_a_net_in_which_nothing_can_be_fused_is_refused():
    net = nn.HybridSequential()
    net.add(nn.GlobalMaxPool2D(), nn.Flatten())
    with pytest.raises(ExportRefused, match="nothing in the net could be fused: it has Flatten, Pooling"):
        fused(trace(ready(net)[0]))


def test_a_build_without_onednn_is_refused(monkeypatch):
    monkeypatch.setattr(mx.runtime, "Features", WithoutOneDNN)
    with pytest.raises(ExportRefused, match="this build of MXNet has no oneDNN backend"):
        fused(simplify(trace(ready(resnet(PREACTIVATED))[0])))


class WithoutOneDNN:
    """What `Features()` of such a build answers."""

    def is_enabled(self, name):
        return name != "MKLDNN"


@pytest.mark.parametrize("options", ({}, {"option": "A"}, {"version": "v2", "stem": "bare"}), ids=str)
def test_every_convolution_computes_in_int8(options):
    net, images, expected = ready(resnet(PREACTIVATED, **options), n=40)
    graph = simplify(trace(net))
    convolutions = graph.counts["Convolution"]
    net = quantised(graph, images)
    assert count_quantised(net.symbol) >= convolutions
    given = read_back(net)(images)
    assert 0 < far(given, expected) < 0.2 and (given.argmax(1) == expected.argmax(1)).mean() > 0.7


def test_int8_is_scaled_by_the_images_given():
    net, images, _ = ready(resnet(PREACTIVATED))
    small, same = (read_back(quantised(simplify(trace(net)), calibration))(images)
                   for calibration in (images / 100, images))
    assert far(small, same) > 0.1


def test_what_is_quiet_is_loud_again():
    import logging
    import os
    logging.disable(logging.INFO)
    with onednn.quiet():
        assert not logging.getLogger("any").isEnabledFor(logging.WARNING)
        assert os.environ["MXNET_SUBGRAPH_VERBOSE"] == "0"
    assert logging.root.manager.disable == logging.INFO
    logging.disable(logging.NOTSET)
    assert logging.getLogger("any").isEnabledFor(logging.WARNING) and "MXNET_SUBGRAPH_VERBOSE" not in os.environ


def test_arrays_are_of_numpys_kind_again_afterwards():
    with onednn.legacy_arrays():
        assert not mx.util.is_np_array() and not mx.util.is_np_shape()
    assert mx.util.is_np_array() and mx.util.is_np_shape()
    assert onp.isfinite(ready(resnet(PREACTIVATED))[2]).all()
