"""Each network of the family is what it claims to be: by its counts, and beside other implementations."""
import json

from resnet_gluon import cifar_resnet, describe, load_weights, name_map, nets, resnet, resnet18, resnet50
from resnet_gluon.nets import Form, make_net, mini_model, plain18, plain34, time_series_resnet, vgg19
from resnet_gluon.nets.family import NETWORKS

import mxnet as mx
import numpy as onp
import pytest
from comparing import assert_equal_but_for_rounding, outputs_and_gradients
from mxnet import autograd, gluon, np
from mxnet.gluon.model_zoo import vision

#: depth: parameters (torchvision's documentation), and multiply-adds at 224 pixels: v1, v1.5; the paper's and
#: torchvision's figures, in 10⁹.
IMAGENET = {18: (11_689_512, 1.8, 1.81), 34: (21_797_672, 3.6, 3.66), 50: (25_557_032, 3.8, 4.09),
            101: (44_549_160, 7.6, 7.80), 152: (60_192_808, 11.3, 11.51)}

SMALL = {  # name: (network, shape of its input)
    "cifar, A": (lambda: cifar_resnet(8), (3, 3, 32, 32)),
    "cifar, A, v2": (lambda: cifar_resnet(8, version="v2"), (3, 3, 32, 32)),
    "cifar, B": (lambda: cifar_resnet(14, option="B"), (3, 1, 28, 28)),
    "cifar, C, bottleneck": (lambda: cifar_resnet(11, kind="bottleneck", option="C"), (3, 3, 32, 32)),
    "cifar, A, bottleneck v2": (lambda: cifar_resnet(11, kind="bottleneck", version="v2"), (3, 3, 32, 32)),
    "cifar, plain": (lambda: cifar_resnet(8, option="none"), (3, 3, 32, 32)),
    "wide": (lambda: cifar_resnet(8, width=2, version="v2", option="B"), (3, 3, 32, 32)),
    "ResNeXt": (lambda: cifar_resnet(11, kind="bottleneck", width=2, groups=8, option="B"), (3, 3, 32, 32)),
    "18, v2": (lambda: resnet18(version="v2"), (2, 3, 33, 33)),
    "50, v1.5": (lambda: resnet50(version="v1.5"), (2, 3, 33, 33)),
    "50, small stem": (lambda: resnet50(stem="small"), (2, 3, 9, 7)),
    "plain-18": (plain18, (2, 1, 28, 28)),
    "18, one dimension": (lambda: resnet18(dimension=1), (2, 1, 50)),
    "50, one dimension, v2": (lambda: resnet50(dimension=1, version="v2"), (2, 2, 51)),
    "cifar, one dimension": (lambda: cifar_resnet(8, dimension=1), (2, 1, 50)),
    "time series": (lambda: time_series_resnet(10), (2, 1, 50)),
    "MiniModel": (mini_model, (2, 3, 32, 32)),
}

LARGE = ("18", "50", "plain", "MiniModel", "ResNeXt", "wide", "cifar, A, bottleneck")  # half a second each, and more
QUICK_FIRST = [pytest.param(name, marks=pytest.mark.slow if name.startswith(LARGE) else ()) for name in SMALL]


def initialised(net, shape):
    net.initialize(mx.init.Xavier())
    net(np.zeros(shape))
    return net


def tensors_of(net):
    """Its parameters as arrays by name: what a file of weights would hold."""
    mx.npx.waitall()  # the net was used, and can still be rearranging its weights
    return {name: p.data().asnumpy() for name, p in net._collect_params_with_prefix().items()}


@pytest.mark.parametrize("depth", IMAGENET)
def test_counts_of_the_five_depths(depth):
    parameters, paper, torchvision = IMAGENET[depth]
    tables = {version: describe(getattr(nets, f"resnet{depth}")(1000, version=version), (1, 3, 224, 224))
              for version in ("v1", "v1.5")}
    assert tables["v1"].parameters == tables["v1.5"].parameters == parameters
    assert tables["v1"].macs / 1e9 == pytest.approx(paper, abs=0.07)  # the paper cuts off, 3.66 to 3.6
    assert tables["v1.5"].macs / 1e9 == pytest.approx(torchvision, abs=0.005)


@pytest.mark.parametrize("depth, millions", [(20, .27), (32, .46), (44, .66), (56, .85), (110, 1.7),
                                             pytest.param(1202, 19.4, marks=pytest.mark.slow)])
def test_counts_of_the_networks_for_cifar(depth, millions):
    """The paper's table 6."""
    digits = 1 if millions > 1 else 2
    assert round(describe(cifar_resnet(depth), (1, 3, 32, 32)).parameters / 1e6, digits) == millions


@pytest.mark.parametrize("make, shape, parameters", [
    (lambda: cifar_resnet(26, width=10, version="v2", option="B"), (1, 3, 32, 32), 36_479_194),  # WRN-28-10
    (lambda: resnet50(1000, width=2, version="v1.5"), (1, 3, 224, 224), 68_883_240),             # torchvision's
    (lambda: resnet50(1000, width=2, groups=32, version="v1.5"), (1, 3, 224, 224), 25_028_904),  # ResNeXt-50 32×4d
    (vgg19, (1, 3, 224, 224), 143_667_240),
    (lambda: cifar_resnet(164, kind="bottleneck", version="v2", option="B"), (1, 3, 32, 32), 1_703_258)])
def test_counts_of_relatives(make, shape, parameters):
    assert describe(make(), shape).parameters == parameters


def test_option_a_has_no_parameters():
    with_shortcuts, plain = (describe(cifar_resnet(20, option=option), (1, 3, 32, 32)) for option in ("A", "none"))
    assert with_shortcuts.parameters == plain.parameters and with_shortcuts.macs == plain.macs


#: version: (depths, what the model zoo has and we do not). Its v2 normalises the input first, which starts as the
#: identity; its v1 bottlenecks have biases in their 1×1 convolutions, zero at first, which the BN behind takes out.
ZOO = {"v1": ((18, 34, 50), ["*.body.[06].bias"]), "v2": ((18, 50), ["features.0.*"])}


@pytest.mark.slow
@pytest.mark.parametrize("version, depth", [(version, depth) for version, known in ZOO.items() for depth in known[0]])
@pytest.mark.parametrize("training", (False, True))
def test_outputs_and_gradients_equal_the_model_zoo_s(version, depth, training):
    shape = (4, 3, 64, 64)
    zoo = initialised(getattr(vision, f"resnet{depth}_{version}")(classes=7), shape)
    if version == "v2":
        zoo.features[0].running_var.set_data(np.full(3, 1 - 1e-5))  # with BN's ε: exactly the identity
        zoo.features[0]._kwargs["use_global_stats"] = True
    net = getattr(nets, f"resnet{depth}")(7, version=version)
    load_weights(net, tensors_of(zoo), f"gluon {version}", ignore=ZOO[version][1])
    x, there = np.random.normal(size=shape), {"output": "output", **name_map(net, f"gluon {version}")}
    theirs = outputs_and_gradients(zoo, x, training)
    assert_equal_but_for_rounding(net, x, training, {ours: theirs[name] for ours, name in there.items()
                                                     if name in theirs})


@pytest.mark.parametrize("name", QUICK_FIRST)
def test_compiled_equals_eager_and_the_exported_graph_equals_both(name, tmp_path):
    make, shape = SMALL[name]
    net, x = make(), np.random.normal(size=shape)
    net.initialize(mx.init.Xavier())
    eager = net(x).asnumpy()
    assert eager.shape == (shape[0], 10)
    net.hybridize(static_alloc=True, static_shape=True)
    onp.testing.assert_allclose(net(x).asnumpy(), eager, rtol=1e-3, atol=1e-4)
    net.export(str(tmp_path / "net"))
    again = gluon.SymbolBlock.imports(str(tmp_path / "net-symbol.json"), "data", str(tmp_path / "net-0000.params"))
    onp.testing.assert_allclose(again(x).asnumpy(), eager, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", QUICK_FIRST)
def test_a_net_compiled_before_its_first_batch_and_a_batch_of_one(name):
    make, shape = SMALL[name]
    net = make()
    net.initialize(mx.init.Xavier())
    net.hybridize(static_alloc=True, static_shape=True)
    with autograd.record():
        y = net(np.random.normal(size=(1, *shape[1:])))
    y.backward()
    assert y.shape == (1, 10) and all(onp.isfinite(p.grad().asnumpy()).all() for p in net.collect_params().values()
                                      if p.grad_req != "null")


@pytest.mark.parametrize("name", QUICK_FIRST)
@pytest.mark.parametrize("length", (1, 2, 3, 31))
def test_odd_and_tiny_sizes_go_through_or_are_refused_with_a_reason(name, length):
    make, shape = SMALL[name]
    net = make()
    net.initialize()
    try:
        assert net(np.zeros((2, shape[1], *[length] * (len(shape) - 2)))).shape == (2, 10)
    except mx.MXNetError as error:
        assert name == "MiniModel" and length < 9 and "kernel size" in str(error)


def test_zero_gamma_makes_every_branch_zero():
    for version in ("v1", "v2"):
        net = initialised(cifar_resnet(8, version=version, zero_gamma=True, option="A"), (2, 3, 8, 8))
        x = np.abs(np.random.normal(size=(2, 16, 8, 8)))
        block = net.stage1[0]
        assert (block(x) == x).all()


@pytest.mark.parametrize("make, message", [
    (lambda: cifar_resnet(21), "depth must be 6n + 2 for basic blocks, for instance 20, but 21 was given"),
    (lambda: cifar_resnet(2), "depth must be 6n + 2 for basic blocks, for instance 8, but 2 was given"),
    (lambda: cifar_resnet(20, kind="wide"), "kind must be one of 'basic', 'bottleneck', but 'wide' was given"),
    (lambda: resnet18(version="v3"), "version must be one of 'v1', 'v1.5', 'v2', but 'v3' was given"),
    (lambda: resnet18(option="D"), "option must be one of 'A', 'B', 'C', 'none', but 'D' was given"),
    (lambda: resnet50(groups=5), "groups=5 do not divide the 3×3 convolution's 64 channels"),
    (lambda: resnet18(dropout=1.0), "dropout must be a share of the features, 0 ≤ dropout < 1, but 1.0 was given"),
    (lambda: resnet18(stem_channels=-1), "stem_channels must be an integer of at least 1, but -1 was given"),
    (lambda: resnet18(preactivation=True), "for a network say version='v1', 'v1.5' or 'v2', not preactivation or "
                                           "stride_on"),
    (lambda: plain18(zero_gamma=True), "zero_gamma=True needs a shortcut: a plain block that starts at zero "
                                                "never learns"),
    (lambda: time_series_resnet(0), "num_classes must be an integer of at least 1, but 0 was given")])
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value) == message


def test_series_are_asked_for_where_images_are_not():
    net = resnet18(dimension=1)
    net.initialize()
    with pytest.raises(ValueError, match=r"expects a non-empty batch of series, \(N, C, W\)"):
        net(np.zeros((2, 1, 8, 8)))


def test_an_option_that_no_block_has_is_a_type_error():
    for make in (lambda: resnet18(width=2), lambda: resnet18(colour=1)):
        with pytest.raises(TypeError, match="^Residual has no option (width|colour)$"):
            make()


@pytest.mark.parametrize("make", (plain18, plain34))
def test_a_plain_twin_has_no_shortcuts(make):
    assert {block.shortcut for block in make().blocks} == {"none"}


MAKERS = {
    "resnet": lambda: resnet(((8, 1), (16, 1)), form=Form(True, False), version="v2", dropout=0.1),
    "cifar_resnet": lambda: cifar_resnet(11, 7, kind="bottleneck", width=2, groups=8, option="B"),
    "time_series_resnet": lambda: time_series_resnet(3, form="paper", zero_gamma=True),
    "mini_model": lambda: mini_model(5), "vgg19": lambda: vgg19(12),
    **{name: (lambda name=name: NETWORKS[name](6, zero_gamma=True, stem="small")) for name in NETWORKS
       if name.startswith("resnet") and name != "resnet"},
    **{name: (lambda name=name: NETWORKS[name](6, dimension=1)) for name in NETWORKS if name.startswith("plain")},
}


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.slow if name in ("resnet101", "resnet152") else ()) for name in NETWORKS])
def test_a_network_can_be_made_again_from_what_it_remembers(name):
    net = MAKERS[name]()
    assert net.made["function"] == name
    made = json.loads(json.dumps(net.made))  # as a run's folder holds it
    again = make_net(made)
    assert again.made == net.made and again is not net
    shape = (1, 3, 32, 32) if net.dimension == 2 else (1, 3, 50)
    assert describe(again, shape) == describe(net, shape)
    kinds = [[(block.shortcut, block.layers, block.preactivation, block.pool) for block in one.blocks]
             for one in (net, again)]
    assert kinds[0] == kinds[1]


def test_a_number_of_classes_from_numpy_is_remembered_as_plain_json():
    labels = onp.array([0, 3, 1])
    net = cifar_resnet(8, labels.max() + 1)
    assert json.loads(json.dumps(net.made))["options"]["num_classes"] == 4


def test_what_another_made_cannot_be_made_again():
    with pytest.raises(ValueError, match="function must be one of 'resnet', 'resnet18'.*but 'alexnet' was given"):
        make_net({"function": "alexnet", "options": {}})
