from dataclasses import asdict

from resnet_gluon.nets.shortcuts import FORMS, Form, ZeroPad, form_of, make_shortcut

import numpy as onp
import oracle
import pytest
from mxnet import np
from mxnet.gluon import nn

MAKING = {"norm": True, "in_channels": 0, "dimension": 2}


def test_a_form_is_known_by_name_by_value_and_by_its_fields():
    for name, form in FORMS.items():
        assert form_of(name) is form_of(form) is form and form_of(asdict(form)) == form
    with pytest.raises(ValueError, match="form must be one of 'paper', 'd2l', 'keras', but 'torch' was given"):
        form_of("torch")


@pytest.mark.parametrize("compiled", (False, True))
@pytest.mark.parametrize("shape, channels, strides", [
    ((2, 3, 7, 6), 6, 2), ((2, 4, 5, 5), 9, 3), ((1, 2, 4, 4), 2, 1), ((2, 3, 9), 8, 2)])
def test_zero_padding_against_numpy(shape, channels, strides, compiled):
    layer = ZeroPad(channels, strides, dimension=len(shape) - 2)
    layer.hybridize(compiled)
    x = np.random.normal(size=shape)
    x4 = x.asnumpy()[:, :, None] if len(shape) == 3 else x.asnumpy()
    expected = oracle.zero_pad(x4, channels, strides)
    assert (layer(x).asnumpy().reshape(expected.shape) == expected).all()
    assert not list(layer.collect_params())


def test_zero_padding_removes_no_channels():
    with pytest.raises(ValueError, match="can add channels, not remove them: 5 come in, 4 should go out"):
        ZeroPad(4)(np.zeros((1, 5, 2, 2)))


def test_zero_padding_in_a_compiled_net_has_to_know_its_channels():
    def compiled(**options):
        net = nn.HybridSequential()
        net.add(nn.Conv2D(2, 1), ZeroPad(4, 2, **options))
        net.initialize()
        net.hybridize()
        return net
    with pytest.raises(ValueError, match="pass in_channels, or call the net once before it is compiled"):
        compiled()(np.zeros((1, 3, 4, 4)))
    assert compiled(in_channels=2)(np.zeros((1, 3, 4, 4))).shape == (1, 4, 2, 2)


@pytest.mark.parametrize("kind", ("none", "identity"))
def test_kinds_without_layers(kind):
    assert make_shortcut(kind, 4, 1, FORMS["paper"], "p_", **MAKING) is None


@pytest.mark.parametrize("kind, options, layers", [
    ("projection", {}, [nn.Conv2D, nn.BatchNorm]), ("projection", {"norm": False}, [nn.Conv2D]),
    ("norm", {"norm": False}, [nn.BatchNorm])])
def test_kinds_with_layers(kind, options, layers):
    shortcut = make_shortcut(kind, 4, 2, Form(True, True), "p_", **{**MAKING, **options})
    assert [type(layer) for layer in shortcut] == layers
    shortcut.initialize()
    assert shortcut(np.zeros((2, 3, 7, 7))).shape == ((2, 3, 7, 7) if kind == "norm" else (2, 4, 4, 4))


@pytest.mark.parametrize("name, bias", [("paper", False), ("d2l", True), ("keras", True)])
def test_the_projection_is_a_strided_1x1_convolution_with_a_bias_where_the_form_has_one(name, bias):
    projection, = make_shortcut("projection", 4, 2, FORMS[name], "p_", **{**MAKING, "norm": False})
    projection.initialize()
    x = np.random.normal(size=(1, 3, 5, 5))
    y = projection(x).asnumpy()
    kernel = projection.weight.data().asnumpy()[:, :, 0, 0]
    expected = onp.einsum("nchw,oc->nohw", x.asnumpy()[:, :, ::2, ::2], kernel)
    onp.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)
    assert (projection.bias is not None) == bias
