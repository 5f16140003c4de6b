from resnet_gluon import Bottleneck, Plain, Residual
from resnet_gluon.nets import conv_block, identity_block, time_series_block

import mxnet as mx
import numpy as onp
import oracle
import pytest
from comparing import ready
from mxnet import autograd, gluon, np
from mxnet.gluon import nn

FORMS = ("paper", "d2l")


def images(*shape):
    return np.random.normal(size=shape)


def equations(block, x, shortcut, channels, strides=1):
    """`x` in NumPy through what a block of this many channels should be, in predict mode, with `block`'s parameters."""
    layers = ((channels, 3, strides, 1), (channels, 3, 1, 1))
    return oracle.block(x.asnumpy().astype("float64"), oracle.parameters_of(block), layers, shortcut, strides=strides)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("arguments, shape", [
    ((4,), (2, 4, 6, 6)), ((4, True), (2, 4, 6, 6)), ((6, True, 2), (2, 3, 7, 5)), ((4, True, 3), (1, 1, 8, 8))])
def test_residual_equals_its_equations(arguments, shape, form):
    block = ready(Residual(*arguments, form=form), shape)
    x = images(*shape)
    channels, projected, strides = (*arguments, *(None, False, 1)[len(arguments):])
    expected = equations(block, x, "projection" if projected else "identity", channels, strides)
    onp.testing.assert_allclose(block(x).asnumpy(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("arguments, shape, expected", [
    ((3,), (4, 3, 6, 6), (4, 3, 6, 6)), ((6, True, 2), (4, 3, 6, 6), (4, 6, 3, 3)),
    ((6, True, 2), (1, 3, 7, 5), (1, 6, 4, 3)), ((8, True), (2, 1, 28, 28), (2, 8, 28, 28)),
    ((3,), (2, 3, 1, 1), (2, 3, 1, 1))])
@pytest.mark.parametrize("compiled", (False, True))
def test_output_shapes(arguments, shape, expected, compiled):
    block = Residual(*arguments)
    block.initialize()
    if compiled:
        block.hybridize()
    assert block(images(*shape)).shape == expected


MISMATCHES = [((64,), (2, 1, 28, 28), "(2, 64, 28, 28)"), ((64,), (2, 3, 8, 8), "(2, 64, 8, 8)"),
              ((4, False, 2), (2, 4, 6, 6), "(2, 4, 3, 3)"), ((4, False, 2), (2, 4, 2, 2), "(2, 4, 1, 1)")]


@pytest.mark.parametrize("arguments, shape, branch", MISMATCHES)
@pytest.mark.parametrize("compiled", (False, True))
def test_unequal_shapes_are_refused_with_both_shapes_and_the_remedy(arguments, shape, branch, compiled):
    block = Residual(*arguments)
    block.initialize()
    if compiled:
        block.hybridize()
    with pytest.raises(ValueError) as error:
        block(images(*shape))
    for part in (str(shape), branch, "use_1x1conv=True"):
        assert part in str(error.value)


@pytest.mark.parametrize("arguments, shape, branch", MISMATCHES)
def test_unequal_shapes_are_refused_inside_a_compiled_net(arguments, shape, branch):
    net = nn.HybridSequential()
    net.add(Residual(*arguments))
    net.initialize()
    net.hybridize()
    with pytest.raises(ValueError) as error:
        net(images(*shape))
    message = str(error.value)
    assert "use_1x1conv" in message
    if "⌈" in message:  # a stride is refused as soon as the graph is made, when sizes are not known yet
        assert f"(N, {arguments[0]}, ⌈H/{arguments[2]}⌉, ⌈W/{arguments[2]}⌉)" in message and "(N, C, H, W)" in message
    else:
        assert str(list(shape)).replace(" ", "") in message and f"[{branch[1:-1]}]".replace(" ", "") in message


def test_a_stride_that_keeps_the_number_of_elements_is_refused_inside_a_compiled_net():
    net = nn.HybridSequential()
    net.add(Residual(16, strides=2))
    net.initialize()
    net.hybridize()
    with pytest.raises(ValueError, match="Set use_1x1conv=True"):
        net(images(2, 4, 8, 8))


def test_a_compiled_block_refuses_another_shape_later():
    block = Residual(4)
    block.initialize()
    block.hybridize()
    block(images(2, 4, 6, 6))
    with pytest.raises(ValueError, match="use_1x1conv=True"):
        block(images(2, 1, 6, 6))


@pytest.mark.parametrize("block", (Plain(4), Residual(4), Residual(4, True)))
@pytest.mark.parametrize("shape", [(4, 6, 6), (4, 6), (0, 4, 6, 6), (2, 4, 6, 6, 1)])
def test_what_is_no_batch_of_images_is_refused(block, shape):
    block.initialize(force_reinit=True)
    with pytest.raises(ValueError, match=r"expects a non-empty batch of images, \(N, C, H, W\)"):
        block(np.zeros(shape))


@pytest.mark.parametrize("kwargs, name", [
    ({"num_channels": 0}, "num_channels"), ({"num_channels": -1}, "num_channels"),
    ({"num_channels": 2.5}, "num_channels"), ({"num_channels": True}, "num_channels"),
    ({"num_channels": 4, "strides": 0}, "strides"), ({"num_channels": 4, "strides": -2}, "strides"),
    ({"num_channels": 4, "form": "torch"}, "form")])
@pytest.mark.parametrize("kind", (Plain, Residual))
def test_bad_arguments_are_named(kind, kwargs, name):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        kind(**kwargs)


def test_zero_gamma_starts_the_block_as_relu_of_its_shortcut():
    block = Residual(4, zero_gamma=True)
    block.initialize(mx.init.Normal(1))
    x = images(2, 4, 6, 6)
    assert (block(x) == np.maximum(x, 0)).all()
    with autograd.record():
        assert (block(x) == np.maximum(x, 0)).all()


def test_compiled_equals_eager_forward_and_backward():
    x = images(3, 2, 7, 7)
    x.attach_grad()
    block = ready(Residual(4, True, 2), (3, 2, 7, 7))
    results = []
    for compiled in (False, True):
        block.hybridize(compiled)
        with autograd.record():
            y = block(x)
        y.backward()
        results.append((y.asnumpy(), x.grad.asnumpy(), block.conv1.weight.grad().asnumpy()))
    for eager, compiled in zip(*results):
        onp.testing.assert_allclose(eager, compiled, rtol=1e-4, atol=1e-5)


def test_compilation_makes_one_graph(tmp_path):
    """An override of `forward` would silently prevent compilation; `export` needs the graph."""
    block = Residual(4, True, 2)
    block.initialize()
    block.hybridize()
    x = images(2, 3, 6, 6)
    y = block(x)
    block.export(str(tmp_path / "block"))
    again = gluon.SymbolBlock.imports(str(tmp_path / "block-symbol.json"), "data", str(tmp_path / "block-0000.params"))
    onp.testing.assert_allclose(again(x).asnumpy(), y.asnumpy(), rtol=1e-5, atol=1e-6)


def test_the_gradient_reaches_the_input_through_the_identity():
    block = Residual(4, zero_gamma=True)
    block.initialize()
    x = np.ones((2, 4, 6, 6))
    x.attach_grad()
    with autograd.record():
        y = block(x)
    y.backward()
    assert (x.grad == 1).all()


def test_the_plain_twin_is_the_branch_and_its_relu():
    residual, plain = (ready(kind(4), (2, 4, 6, 6)) for kind in (Residual, Plain))
    for name in ("conv1", "bn1", "conv2", "bn2"):
        ours, theirs = getattr(plain, name).collect_params(), getattr(residual, name).collect_params()
        for mine, other in zip(ours.values(), theirs.values()):
            mine.set_data(other.data())
    x = images(2, 4, 6, 6)
    for block, shortcut in ((plain, "none"), (residual, "identity")):
        expected = equations(plain, x, shortcut, 4)  # both with the plain block's parameters
        onp.testing.assert_allclose(block(x).asnumpy(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("options, message", [
    ({"num_channels": 6}, "num_channels must be a multiple of 4, but 6 was given"),
    ({"num_channels": 64, "groups": 5}, "groups=5 do not divide the 3×3 convolution's 16 channels"),
    ({"num_channels": 64, "width": 0}, "width must be an integer of at least 1, but 0 was given"),
    ({"num_channels": 64, "stride_on": "5x5"}, "stride_on must be one of '1x1', '3x3', but '5x5' was given")])
def test_what_makes_no_bottleneck_is_said(options, message):
    with pytest.raises(ValueError, match=message):
        Bottleneck(**options)


@pytest.mark.parametrize("make, shape, expected", [
    (lambda: Bottleneck(8, True, 2), (2, 3, 7, 6), (2, 8, 4, 3)),
    (lambda: Bottleneck(8, True, 2, stride_on="3x3", width=2, groups=4), (2, 3, 7, 6), (2, 8, 4, 3)),
    (lambda: Residual(8, True, 2, pool="input", preactivation=True), (2, 3, 7, 6), (2, 8, 4, 3)),
    (lambda: conv_block(5, (2, 3, 6)), (2, 4, 7, 6), (2, 6, 4, 3)),
    (lambda: identity_block(3, (2, 3, 6)), (2, 6, 4, 6), (2, 6, 4, 6)),
    (lambda: time_series_block(6), (2, 1, 11), (2, 6, 11))])
def test_output_shapes_of_the_other_blocks(make, shape, expected):
    block = make()
    block.initialize()
    assert block(images(*shape)).shape == expected


def test_a_shortcut_by_name_has_the_last_word():
    assert Residual(4, True, shortcut="zero-pad").shortcut == "zero-pad"
    assert Residual(4, True).shortcut == "projection" and Residual(4).shortcut == "identity"
