"""A trimmed net computes what the whole one does, and what is trimmed away never learns."""
import random

from resnet_gluon import FashionMNIST, Training, cifar_resnet, evaluate, fit, load_run, nets, resnet, resnet18
from resnet_gluon.files import CheckpointRefused
from resnet_gluon.nets import live_taps, trimmed
from resnet_gluon.nets.trimming import Axis
from resnet_gluon.training import fresh_arrays

import mxnet as mx
import numpy as onp
import pytest
from mxnet import autograd, np
from mxnet.gluon import nn

DEAD_AT_28 = 6_946_816  # of 11,175,370 weights; stage 4's first convolution has 4 live taps of 9, the others have one


def by_trying(size, kernel, strides, pad):
    """The taps that meet the image, from the positions of all of them."""
    places = range(-pad, size + pad - kernel + 1, strides)
    return sorted({tap for place in places for tap in range(kernel) if 0 <= place + tap < size})


@pytest.mark.parametrize("kernel, strides, pad", [(3, 1, 1), (3, 2, 1), (7, 2, 3), (1, 1, 0), (1, 2, 0), (5, 1, 2)])
def test_live_taps_are_those_that_meet_the_image(kernel, strides, pad):
    for size in range(1, 12):
        met = by_trying(size, kernel, strides, pad)
        start, stop = Axis(size, kernel, strides, pad).live()
        assert list(range(start, stop)) == met


def test_resnet18_at_28_pixels_has_62_per_cent_of_weights_that_never_learn():
    def dead(size):
        return sum(taps.dead for taps in live_taps(resnet18(), (1, 1, size, size)).values())
    assert dead(28) == dead(32) == DEAD_AT_28
    assert dead(64) == dead(96) == dead(224) == 0


def gradients(net, x):
    """The output in training, and each parameter's gradient, by name."""
    with autograd.record():
        y = net(x)
        total = (y * np.arange(1, y.size + 1).reshape(y.shape)).sum()
    total.backward()
    return y.asnumpy(), {name: p.grad().asnumpy() for name, p in net._collect_params_with_prefix().items()
                         if p.grad_req != "null"}


def initialised(net, shape, seed=0):
    mx.random.seed(seed)
    net.initialize(mx.init.MSRAPrelu("in", 0))
    net(np.zeros((1, *shape[1:])))
    fresh_arrays(net, [mx.cpu()])  # the net was used in predict mode
    return net


def values(net):
    mx.npx.waitall()
    return {name: p.data().asnumpy() for name, p in net._collect_params_with_prefix().items()}


def off(a, b):
    return onp.abs(a - b).max() / max(onp.abs(b).max(), 1e-20)


def give(net, arrays):
    """Put these values into the net, in new arrays: MXNet cannot write into those that oneDNN has rearranged."""
    mx.npx.waitall()
    for name, parameter in net._collect_params_with_prefix().items():
        parameter.reset_ctx(mx.cpu())
        parameter.set_data(np.array(arrays[name]))


def noise(net, x, gradient):
    """How far the whole net's gradients move when its weights move by one part in ten million: what rounding can do."""
    before = values(net)
    give(net, {name: array if "running" in name else array * (1 + 1e-7) for name, array in before.items()})
    moved = gradients(net, x)[1]
    give(net, before)
    return max(off(moved[name], gradient[name]) for name in gradient if onp.abs(gradient[name]).max() > 1e-6)


def check_equal(net, shape):
    """Outputs and live gradients equal to rounding, dead gradients exactly zero, the whole net back unchanged."""
    initialised(net, shape)
    x = np.array(onp.random.default_rng(1).normal(size=shape), dtype="float32")
    y, whole = gradients(net, x)
    rounding = 10 * noise(net, x, whole) + 1e-5
    before = values(net)
    with trimmed(net, shape) as taps:
        z, cut = gradients(net, x)
    after = values(net)
    assert off(z, y) < rounding
    for name, gradient in whole.items():
        if name in taps:
            place = (slice(None), slice(None), *(slice(*axis) for axis in taps[name].kept))
            away = gradient.copy()
            away[place] = 0
            assert (away == 0).all(), name
            gradient = gradient[place]
        assert gradient.shape == cut[name].shape
        assert onp.abs(gradient).max() < 1e-6 or off(cut[name], gradient) < rounding, name
    assert all((after[name] == before[name]).all() for name in before if "running" not in name)
    return taps


FAMILY = {
    "resnet18": (nets.resnet18, (2, 1, 28, 28)),
    "resnet34": (nets.resnet34, (2, 1, 28, 28)),
    "resnet50": (lambda: nets.resnet50(version="v1.5"), (2, 1, 28, 28)),
    "resnet101": (nets.resnet101, (2, 1, 28, 28)),
    "resnet152": (lambda: nets.resnet152(version="v2"), (2, 1, 28, 28)),
    "plain18": (nets.plain18, (2, 1, 28, 28)),
    "plain34": (nets.plain34, (2, 1, 28, 28)),
    "cifar_resnet": (lambda: cifar_resnet(20), (2, 1, 28, 28)),
    "mini_model": (nets.mini_model, (2, 1, 28, 28)),
    "time_series_resnet": (lambda: nets.time_series_resnet(2), (2, 1, 5)),
    "vgg19": (lambda: nets.vgg19(10), (2, 3, 32, 32)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILY)
def test_every_network_of_the_family_is_the_same_when_trimmed(name, monkeypatch):
    make, shape = FAMILY[name]
    monkeypatch.setattr(nn.Dropout, "hybrid_forward", lambda self, F, x: F.np.copy(x))  # no chance in the comparison
    check_equal(make(), shape)


def drawn(number):
    """A network of random options, and a random size."""
    chance = random.Random(number)
    kind, dimension = chance.choice(("basic", "bottleneck")), chance.choice((2, 2, 2, 1))
    unit = 4 if kind == "basic" else 16
    stages = [(unit * 2 ** i, chance.choice((1, 2))) for i in range(chance.choice((3, 4, 5)))]
    option = chance.choice("ABC") if chance.random() < 0.8 else "none"
    net = resnet(stages, 3, chance.choice(("imagenet", "small", "bare")), chance.choice(("paper", "d2l", "keras")),
                 version=chance.choice(("v1", "v1.5", "v2")), kind=kind, option=option, dimension=dimension)
    return net, (3, 2, *(chance.randint(8, 64) for _ in range(dimension)))


@pytest.mark.slow
@pytest.mark.parametrize("first", [pytest.param(first, marks=pytest.mark.long if first >= 60 else ())
                                   for first in range(0, 200, 20)])
def test_two_hundred_drawn_networks_are_the_same_when_trimmed(first):
    trimmed_ones = [bool(check_equal(*drawn(number))) for number in range(first, first + 20)]
    assert any(trimmed_ones)


@pytest.fixture
def small():
    return FashionMNIST(train_images=96, quiet=True)


TAIL = ((8, 1), (8, 1), (16, 1), (16, 1))  # ends in 1×1 maps at 28 pixels, behind the stem for large images
HOW = {"epochs": 2, "batch_size": 32, "lr": 0.05, "trim": True}


def test_fit_trains_the_live_taps_and_gives_the_whole_net_back(small, tmp_path, capsys):
    net = initialised(resnet(TAIL), (1, 1, 28, 28))
    before, taps = values(net), live_taps(net, (1, 1, 28, 28))
    fit(net, small, Training(**HOW), folder=tmp_path / "run")
    assert "training without the" in capsys.readouterr().out
    after = values(net)
    changed = after["stage4.0.conv2.weight"] != before["stage4.0.conv2.weight"]
    assert taps["stage4.0.conv2.weight"].live == ((1, 2), (1, 2))
    assert changed[:, :, 1, 1].all() and changed.sum() == changed[:, :, 1, 1].sum()
    again = load_run(tmp_path / "run")
    assert again.stage4[0].conv2.weight.shape == net.stage4[0].conv2.weight.shape
    assert evaluate(again, small.val).n == len(small.val)


def test_a_trimmed_run_that_was_stopped_goes_on_bit_for_bit(small, tmp_path):
    whole, how = resnet(TAIL), Training(**HOW)
    fit(whole, small, how, progress=False)

    def stop(history):
        raise KeyboardInterrupt
    halfway = resnet(TAIL)
    with pytest.raises(KeyboardInterrupt):
        fit(halfway, small, how, progress=False, folder=tmp_path, watch=stop)
    assert halfway.whole is None  # whole again although the run ended in an exception
    resumed = resnet(TAIL)
    history = fit(resumed, small, how, progress=False, folder=tmp_path, resume=True)
    assert len(history.epochs) == 2
    first, second = values(whole), values(resumed)
    assert all((first[name] == second[name]).all() for name in first)
    with pytest.raises(CheckpointRefused, match="trim is True there and False here"):
        fit(resnet(TAIL), small, Training(**{**HOW, "trim": False}), progress=False, folder=tmp_path, resume=True)


def test_another_size_and_another_net_are_refused():
    net = initialised(resnet(TAIL), (1, 1, 28, 28))
    with trimmed(net, (1, 1, 28, 28)):
        with pytest.raises(ValueError, match="trimmed for inputs of size 28×28, but 32×32 was given"):
            net(np.zeros((1, 1, 32, 32)))
        with pytest.raises(ValueError, match="trimmed already"), trimmed(net, (1, 1, 28, 28)):
            pass
    assert net(np.zeros((1, 1, 32, 32))).shape == (1, 10)
    with pytest.raises(ValueError, match="networks of this package, but a HybridSequential was given"):
        live_taps(nn.HybridSequential(), (1, 1, 28, 28))
    with pytest.raises(ValueError, match="no parameters yet"), trimmed(resnet(TAIL), (1, 1, 28, 28)):
        pass
