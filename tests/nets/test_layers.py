"""The pieces that blocks are made of, each beside NumPy or MXNet's own."""
from resnet_gluon.nets.layers import SeriesNorm, add, check_input, convolution, relu

import mxnet as mx
import numpy as onp
import oracle
import pytest
from mxnet import autograd, np
from mxnet.gluon import nn


@pytest.mark.parametrize("kernel", (1, 2, 3, 4, 5, 8))
@pytest.mark.parametrize("shape", [(2, 3, 9), (2, 3, 7, 6)])
def test_a_convolution_keeps_the_size_whatever_its_kernel(shape, kernel):
    layer = convolution(len(shape) - 2, 4, kernel, use_bias=False)
    layer.initialize(mx.init.Normal(0.3))
    x = np.random.normal(size=shape)
    y = layer(x).asnumpy()
    assert y.shape == (2, 4, *shape[2:])
    weight = layer.weight.data().asnumpy().astype("float64")
    x64 = x.asnumpy().astype("float64")
    if len(shape) == 3:  # images of height 1
        weight, x64, y = weight[:, :, None], x64[:, :, None], y[:, :, None]
    onp.testing.assert_allclose(y, oracle.conv(x64, {"c.weight": weight}, "c"), rtol=1e-4, atol=1e-5)


def test_a_strided_convolution_divides_the_size_and_rounds_up():
    layer = convolution(2, 4, 3, 2)
    layer.initialize()
    assert layer(np.zeros((1, 2, 7, 6))).shape == (1, 4, 4, 3)


@pytest.mark.parametrize("training", (False, True))
def test_series_are_normalised_as_images_of_height_1_are(training):
    x = np.random.normal(2, 3, size=(4, 8, 11))
    ours, theirs = SeriesNorm(), nn.BatchNorm()
    for layer in (ours, theirs):
        layer.initialize()
    with autograd.record(train_mode=training):
        assert (ours(x) == theirs(np.expand_dims(x, 2))[:, :, 0]).all()
    assert (ours.running_mean.data() == theirs.running_mean.data()).all()


@pytest.mark.parametrize("compiled", (False, True))
def test_series_are_trained_between_convolutions_whose_channels_are_a_multiple_of_8(compiled):
    """Where MXNet 1.9.1's own BatchNorm fails ("!is_view")."""
    net = nn.HybridSequential()
    net.add(convolution(1, 8, 3), SeriesNorm(), convolution(1, 8, 3), SeriesNorm())
    net.initialize()
    net.hybridize(compiled)
    with autograd.record():
        loss = (net(np.random.normal(size=(4, 8, 16))) ** 2).sum()
    loss.backward()
    assert all(onp.isfinite(p.grad().asnumpy()).all() for p in net.collect_params().values() if p.grad_req != "null")


class Sum(nn.HybridBlock):
    def __init__(self, channels):
        super().__init__()
        self.channels = channels

    def hybrid_forward(self, F, x, y):
        return add(F, x, y, self.channels, "shapes_differ")


@pytest.mark.parametrize("compiled", (False, True))
@pytest.mark.parametrize("channels", (8, 32))  # + and elemwise_add
def test_the_addition_adds_and_never_broadcasts(channels, compiled):
    layer = Sum(channels)
    layer.hybridize(compiled)
    x, y = np.ones((2, channels, 3, 3)), np.full((2, channels, 3, 3), 2.0)
    assert (layer(x, y) == 3).all()
    with pytest.raises((ValueError, mx.MXNetError)):
        layer(np.ones((2, 1, 3, 3)), y).wait_to_read()


def test_relu():
    assert relu(mx, np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 2]


@pytest.mark.parametrize("dimension, good, bad, words", [
    (2, (2, 3, 4, 4), [(3, 4, 4), (0, 3, 4, 4), (2, 3, 4, 4, 1)], r"images, \(N, C, H, W\)"),
    (1, (2, 3, 4), [(3, 4), (2, 0, 4), (2, 3, 4, 4)], r"series, \(N, C, W\)")])
def test_inputs_are_checked_by_their_dimension(dimension, good, bad, words):
    layer = nn.Flatten()
    assert check_input(layer, np.zeros(good), dimension) == good
    assert check_input(layer, mx.sym.var("x").as_np_ndarray(), dimension) is None
    for shape in bad:
        with pytest.raises(ValueError, match=f"Flatten expects a non-empty batch of {words}, but the input's shape is"):
            check_input(layer, np.zeros(shape), dimension)
