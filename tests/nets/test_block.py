"""Every kind of block against NumPy: outputs and gradients, in both modes, eager and compiled; and what is refused."""
from resnet_gluon.nets import (
    Block,
    Bottleneck,
    Form,
    Layer,
    Plain,
    Residual,
    conv_block,
    identity_block,
    time_series_block,
)

import mxnet as mx
import numpy as onp
import oracle
import pytest
from comparing import ready
from mxnet import autograd, np

BASIC, HALVING = (Layer(6), Layer(6)), (Layer(6, 3, 2), Layer(6))
NARROW = (Layer(2, 1), Layer(2), Layer(8, 1))

#: name: (block, shape of its input, what the oracle is to compute)
CASES = {
    "plain": (lambda: Plain(6, strides=2), (4, 3, 7, 6), dict(layers=HALVING, shortcut="none", strides=2)),
    "plain, pre-activation": (lambda: Plain(6, preactivation=True), (4, 6, 5, 6),
                              dict(layers=BASIC, shortcut="none", preactivation=True)),
    "identity": (lambda: Residual(6), (4, 6, 5, 6), dict(layers=BASIC)),
    "identity, wide enough for elemwise_add": (lambda: Residual(32), (2, 32, 3, 3),
                                               dict(layers=(Layer(32), Layer(32)))),
    "projection": (lambda: Residual(6, True, 2), (4, 3, 7, 6), dict(layers=HALVING, shortcut="projection", strides=2)),
    "projection, d2l": (lambda: Residual(6, True, 2, form="d2l"), (4, 3, 7, 6),
                        dict(layers=HALVING, shortcut="projection", strides=2)),
    "projection, keras": (lambda: Residual(6, True, form="keras"), (4, 3, 4, 6),
                          dict(layers=BASIC, shortcut="projection")),
    "projection without anything": (lambda: Residual(6, True, form=Form(False, False)), (4, 3, 4, 6),
                                    dict(layers=BASIC, shortcut="projection")),
    "zero-pad": (lambda: Residual(6, strides=2, shortcut="zero-pad"), (4, 3, 7, 6),
                 dict(layers=HALVING, shortcut="zero-pad", strides=2)),
    "zero-pad, pre-activation": (lambda: Residual(6, strides=2, shortcut="zero-pad", preactivation=True), (4, 3, 7, 6),
                                 dict(layers=HALVING, shortcut="zero-pad", strides=2, preactivation=True)),
    "identity, pre-activation": (lambda: Residual(6, preactivation=True), (4, 6, 5, 6),
                                 dict(layers=BASIC, preactivation=True)),
    "projection, pre-activation": (lambda: Residual(6, True, 2, preactivation=True), (4, 3, 7, 6),
                                   dict(layers=HALVING, shortcut="projection", strides=2, preactivation=True)),
    "pooled branch": (lambda: Residual(6, True, 2, preactivation=True, pool="branch", form="keras"), (4, 3, 7, 6),
                      dict(layers=BASIC, shortcut="projection", strides=2, preactivation=True, pool="branch")),
    "pooled input": (lambda: Residual(6, True, 2, preactivation=True, pool="input", form="keras"), (4, 3, 7, 6),
                     dict(layers=BASIC, shortcut="projection", strides=2, preactivation=True, pool="input")),
    "bottleneck": (lambda: Bottleneck(8), (4, 8, 5, 6), dict(layers=NARROW)),
    "bottleneck, plain": (lambda: Bottleneck(8, shortcut="none"), (4, 5, 5, 6), dict(layers=NARROW, shortcut="none")),
    "bottleneck, stride on 1×1": (lambda: Bottleneck(8, True, 2), (4, 3, 7, 6), dict(
        layers=(Layer(2, 1, 2), Layer(2), Layer(8, 1)), shortcut="projection", strides=2)),
    "bottleneck, v1.5": (lambda: Bottleneck(8, True, 2, stride_on="3x3"), (4, 3, 7, 6), dict(
        layers=(Layer(2, 1), Layer(2, 3, 2), Layer(8, 1)), shortcut="projection", strides=2)),
    "bottleneck, v2": (lambda: Bottleneck(8, True, 2, stride_on="3x3", preactivation=True), (4, 3, 7, 6), dict(
        layers=(Layer(2, 1), Layer(2, 3, 2), Layer(8, 1)), shortcut="projection", strides=2, preactivation=True)),
    "bottleneck, ResNeXt": (lambda: Bottleneck(8, width=2, groups=4), (4, 8, 5, 6), dict(
        layers=(Layer(4, 1), Layer(4, 3, 1, 4), Layer(8, 1)))),
    "Keras's conv block": (lambda: conv_block(5, (2, 3, 6)), (4, 4, 7, 6), dict(
        layers=(Layer(2, 1, 2), Layer(3, 5), Layer(6, 1)), shortcut="projection", strides=2)),
    "Keras's identity block": (lambda: identity_block(3, (2, 3, 6)), (4, 6, 4, 6), dict(
        layers=(Layer(2, 1), Layer(3), Layer(6, 1)))),
    "time series": (lambda: time_series_block(6), (4, 1, 11), dict(
        layers=(Layer(6, 8), Layer(6, 5), Layer(6, 3)), shortcut="projection")),
    "time series, last": (lambda: time_series_block(6, "norm"), (4, 6, 11), dict(
        layers=(Layer(6, 8), Layer(6, 5), Layer(6, 3)), shortcut="norm")),
    "time series, wide": (lambda: time_series_block(32), (2, 3, 9), dict(
        layers=(Layer(32, 8), Layer(32, 5), Layer(32, 3)), shortcut="projection")),
    "even kernel, images": (lambda: Block([(6, 4), (6, 2)]), (4, 6, 7, 6), dict(layers=(Layer(6, 4), Layer(6, 2)))),
    "series, zero-pad": (lambda: Residual(6, strides=2, shortcut="zero-pad", dimension=1), (4, 4, 9), dict(
        layers=HALVING, shortcut="zero-pad", strides=2)),
    "series, bottleneck v2": (lambda: Bottleneck(8, True, 2, preactivation=True, dimension=1), (4, 3, 9), dict(
        layers=(Layer(2, 1, 2), Layer(2), Layer(8, 1)), shortcut="projection", strides=2, preactivation=True)),
}


def as_images(x):
    return x[:, :, None, :] if x.ndim == 3 else x


@pytest.mark.parametrize("compiled", (False, True))
@pytest.mark.parametrize("training", (False, True))
@pytest.mark.parametrize("name", CASES)
def test_outputs_and_gradients_equal_the_equations(name, training, compiled):
    """Along a random direction in the space of inputs and parameters: slope by gradients = slope by differences."""
    mx.random.seed(3)
    onp.random.seed(3)
    make, shape, arguments = CASES[name]
    block = ready(make(), shape)
    block.hybridize(compiled)
    x = np.random.normal(size=shape)
    p, x64 = oracle.parameters_of(block), as_images(x.asnumpy().astype("float64"))

    x.attach_grad()
    with autograd.record(train_mode=training):
        y = block(x)
    head = onp.random.normal(size=y.shape)
    y.backward(np.array(head, dtype="float32"), train_mode=training)
    expected = oracle.block(x64, p, **arguments, training=training)
    onp.testing.assert_allclose(as_images(y.asnumpy()), expected, rtol=1e-4, atol=2e-5)
    if "pool" in arguments and not training:
        return  # MXNet's max-pooling notes what its gradient needs in training mode only: the gradient is wrong then

    head, small = as_images(head), 1e-6
    gradients = {"x": x.grad, **{key: parameter.grad() for key, parameter in block._collect_params_with_prefix().items()
                                 if parameter.grad_req != "null"}}
    for key, gradient in gradients.items():
        gradient = gradient.asnumpy().astype("float64")
        direction = onp.random.normal(size=gradient.shape)
        slope, values = (gradient * direction).sum(), []
        for sign in (1, -1):
            moved = dict(p)
            step = sign * small * (as_images(direction))
            if key != "x":
                moved[key] = p[key] + step
            y64 = oracle.block(x64 + (step if key == "x" else 0), moved, **arguments, training=training)
            values.append((y64 * head).sum())
        assert slope == pytest.approx((values[0] - values[1]) / (2 * small), rel=2e-3, abs=2e-3), key


def test_the_branch_s_layers_have_names_and_come_in_pairs():
    block = Block([(6, 1), (6, 3), (8, 1)], "projection")
    assert block.units == [(block.conv1, block.bn1), (block.conv2, block.bn2), (block.conv3, block.bn3)]
    assert block.num_channels == 8 and block.layers[1] == Layer(6, 3, 1, 1)


@pytest.mark.parametrize("shape", [(2, 4, 6, 6), (3, 4, 5, 7)])
@pytest.mark.parametrize("preactivation", (False, True))
def test_zero_gamma_starts_either_version_as_its_shortcut(preactivation, shape):
    block = Block([(4,), (4,)], preactivation=preactivation, zero_gamma=True)
    block.initialize(mx.init.Normal(1))
    x = np.random.normal(size=shape)
    expected = x if preactivation else np.maximum(x, 0)
    for recording in (False, True):
        with autograd.record(train_mode=recording):
            assert (block(x) == expected).all()


def test_version_1_has_a_relu_after_the_addition_and_version_2_has_none():
    x = np.random.normal(size=(2, 4, 6, 6))
    first, second = (ready(Block([(4,), (4,)], preactivation=later), x.shape) for later in (False, True))
    assert (first(x) >= 0).all() and (second(x) < 0).any()


def test_pooling_that_divides_by_1_is_left_out():
    assert Block([(4,), (4,)], pool="branch", preactivation=True).pool is None


@pytest.mark.parametrize("options, message", [
    ({"bias": False}, "Block has no option bias"),
    ({"width": 2, "stride": 2, "groups": 4, "bias": 1}, "Block has no option bias, groups, stride, width")])
def test_an_unknown_option_is_a_type_error_that_lists_the_names_in_order(options, message):
    with pytest.raises(TypeError) as error:
        Block([(4,), (4,)], **options)
    assert str(error.value) == message
    with pytest.raises(TypeError, match="^Residual has no option groups, width$"):
        Residual(4, width=2, groups=1)
    Block([(4,), (4,)], prefix="mine_")  # what every Gluon layer takes


@pytest.mark.parametrize("layers, options, message", [
    ([(4,)], {"shortcut": "bridge"}, "shortcut must be one of 'none', 'identity', 'zero-pad', 'projection', 'norm'"),
    ([(4,)], {"pool": "output"}, "pool must be one of None, 'branch', 'input'"),
    ([(4,)], {"dimension": 3}, "dimension must be one of 1, 2"),
    ([(4,)], {"strides": 2}, "the layers' strides should multiply to 2"),
    ([(4, 3, 2)], {"strides": 2, "pool": "branch"}, "the layers' strides should multiply to 1"),
    ([(4, 2, 2)], {"strides": 2}, "a kernel of even size needs stride 1"),
    ([(4, 0)], {}, "kernel must be an integer of at least 1, but 0"),
    ([(4, 3, 1, 0)], {}, "groups must be an integer of at least 1, but 0"),
    ([(4,)], {"shortcut": "none", "zero_gamma": True}, "zero_gamma=True needs a shortcut"),
    ([(4,)], {"form": "torch"}, "form must be one of 'paper', 'd2l', 'keras'")])
def test_what_makes_no_block_is_said(layers, options, message):
    with pytest.raises(ValueError, match=message):
        Block(layers, **options)
