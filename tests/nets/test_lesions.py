"""Deleted, weakened and swapped blocks, beside the same arithmetic by hand."""
from resnet_gluon import cifar_resnet, resnet, resnet18
from resnet_gluon.nets.lesions import can_be_deleted, lesioned, named_blocks, swapped

import mxnet as mx
import numpy as onp
import pytest
from mxnet import np, npx
from mxnet.gluon import nn

X = (2, 1, 12, 12)


def made(compiled=False, **options):
    mx.random.seed(1)
    net = resnet(((4, 2), (8, 3)), stem="small", **options)
    net.initialize(mx.init.Normal(0.2))
    net(np.ones(X))
    for name, parameter in net._collect_params_with_prefix().items():  # nothing is 0 or 1 that could hide a fault
        if "gamma" in name or "var" in name:
            parameter.set_data(np.random.uniform(0.5, 1.5, size=parameter.shape))
        elif "beta" in name or "mean" in name:
            parameter.set_data(np.random.normal(0, 0.3, size=parameter.shape))
    if compiled:
        net.hybridize()
    return net


def close(a, b):
    return onp.abs(a.asnumpy() - b.asnumpy()).max() < 1e-5 * max(1, onp.abs(b.asnumpy()).max())


def by_hand(net, x, f, s, at):
    """Version 1's network with one block as s · shortcut + f · branch."""
    x = net.stem(x)
    for name, block in named_blocks(net).items():
        if name == at:
            carried = x if block.projection is None else block.projection(x)
            y = block.bn2(block.conv2(npx.relu(block.bn1(block.conv1(x)))))
            x = npx.relu(s * carried + f * y)
        else:
            x = block(x)
    return net.head(net.pool(x))


@pytest.mark.parametrize("compiled", (False, True))
@pytest.mark.parametrize("at", ("stage1.1", "stage2.0", "stage2.2"))
@pytest.mark.parametrize("option", ("A", "B"))
def test_a_weakened_block_computes_what_one_computes_by_hand(option, at, compiled):
    net, x = made(compiled, option=option), np.random.normal(size=X)
    whole = net(x).copy()
    for f, s in ((0.0, 1.0), (1.0, 0.0), (0.3, 1.2)):
        with lesioned(net, scales={at: (f, s)}):
            weakened = net(x)
            assert close(weakened, by_hand(made(option=option), x, f, s, at)) and not close(weakened, whole)
    with lesioned(net, at):
        assert close(net(x), by_hand(made(option=option), x, 0, 1, at))
    assert close(net(x), whole)


def test_scales_of_one_change_nothing_in_any_version():
    for options in ({}, {"version": "v2"}, {"version": "v2", "pool": "branch"}, {"option": "A"}):
        net, x = made(**options), np.random.normal(size=X)
        whole = net(x).copy()
        with lesioned(net, scales=dict.fromkeys(named_blocks(net), (1.0, 1.0))):
            assert close(net(x), whole)


def test_a_block_that_is_away_in_a_pre_activation_net_leaves_its_input():
    net, x = made(version="v2"), np.random.normal(size=X)
    with lesioned(net, "stage1.0", "stage1.1"):
        stage = net.stage1(np.ones((1, 4, 3, 3)))
        assert (stage == 1).all()
        assert not close(net(x), made(version="v2")(x))


def test_plain_nets_can_lose_only_what_keeps_the_shape():
    net = made(option="none")
    assert [name for name, block in named_blocks(net).items() if can_be_deleted(block)] == [
        "stage1.0", "stage1.1", "stage2.1", "stage2.2"]
    with lesioned(net, "stage2.1"):
        y = np.random.normal(size=(1, 8, 3, 3))
        assert close(net.stage2[1](y), y)
    with pytest.raises(ValueError, match="stage2.0 is a plain block that changes the shape"), lesioned(net, "stage2.0"):
        pass
    with pytest.raises(ValueError, match="no shortcut to be scaled"), lesioned(net, scales={"stage1.0": (0.5, 1)}):
        pass


def test_swapped_blocks():
    net, x = made(), np.random.normal(size=X)
    whole = net(x).copy()
    with swapped(net, "stage2.1", "stage2.2"):
        moved = net(x).copy()
    y = net.stage2[0](net.stage1(net.stem(x)))
    assert close(moved, net.head(net.pool(net.stage2[1](net.stage2[2](y))))) and not close(moved, whole)
    assert close(net(x), whole)
    for pair in (("stage1.1", "stage2.1"), ("stage2.0", "stage2.1")):
        with pytest.raises(ValueError, match="cannot change places"), swapped(net, *pair):
            pass


def test_the_net_is_whole_again_after_an_error_and_other_nets_are_refused():
    net, x = made(True), np.random.normal(size=X)
    whole = net(x).copy()
    with pytest.raises(ZeroDivisionError), lesioned(net, "stage1.0"):
        raise ZeroDivisionError
    assert close(net(x), whole)
    with pytest.raises(ValueError, match="block must be one of 'stage1.0'"), lesioned(net, "stage9.0"):
        pass
    with pytest.raises(ValueError, match="networks of this package"), lesioned(nn.HybridSequential()):
        pass


def test_names_are_those_of_the_parameters():
    assert list(named_blocks(resnet18())) == [f"stage{stage}.{block}" for stage in range(1, 5) for block in range(2)]
    assert len(named_blocks(cifar_resnet(20))) == 9
