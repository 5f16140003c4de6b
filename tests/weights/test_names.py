"""Maps of names, the errors that list what does not fit, and nets beside those whose weights they got."""
import copy

from resnet_gluon import cifar_resnet, load_weights, name_map, nets, resnet, resnet18, resnet50
from resnet_gluon.nets import mini_model, time_series_resnet, vgg19
from resnet_gluon.weights.names import STYLES

import mxnet as mx
import numpy as onp
import pytest
from comparing import outputs_and_gradients
from mxnet import np
from mxnet.gluon import nn
from weight_files import KINDS, arrays_for, written


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make, style", [(lambda: cifar_resnet(8), "cifar"),
                                         (lambda: cifar_resnet(11, kind="bottleneck", option="B"), "torchvision")])
def test_every_format_fills_a_new_net(kind, make, style, tmp_path):
    arrays = arrays_for(make(), (1, 3, 8, 8), style)
    path = written(tmp_path / "weights", arrays, kind)
    net = load_weights(make(), path, style)
    for ours, there in name_map(net, style).items():
        assert (net._collect_params_with_prefix()[ours].data().asnumpy() == arrays[there]).all()
    assert onp.isfinite(net(np.zeros((2, 3, 8, 8))).asnumpy()).all()


def test_the_names_of_torchvision():
    names = name_map(resnet50(), "torchvision")
    assert names["stem.0.weight"] == "conv1.weight" and names["stem.1.gamma"] == "bn1.weight"
    assert names["stage1.0.conv3.weight"] == "layer1.0.conv3.weight" and names["stage4.2.bn3.running_var"] == (
        "layer4.2.bn3.running_var")
    assert names["stage2.0.projection.0.weight"] == "layer2.0.downsample.0.weight"
    assert names["stage2.0.projection.1.beta"] == "layer2.0.downsample.1.bias" and names["head.bias"] == "fc.bias"
    assert len(names) == 267  # torchvision's ResNet-50 has 320 entries, of which 53 count batches


def test_one_error_lists_all_that_does_not_fit_and_the_net_stays_as_it_was():
    net, style = cifar_resnet(8), "cifar"
    arrays = arrays_for(net, (1, 3, 8, 8), style)
    before = net.stage1[0].conv1.weight.data().asnumpy()
    del arrays["layer1.0.bn2.bias"], arrays["linear.bias"]
    arrays["conv9.weight"] = onp.zeros((1, 2))
    arrays["linear.weight"] = onp.zeros((100, 64), "float32")
    with pytest.raises(ValueError) as error:
        load_weights(net, arrays, style)
    message = str(error.value)
    assert "(4 differences)" in message
    for line in ("missing: layer1.0.bn2.bias (16)", "missing: linear.bias (10)", "unexpected: conv9.weight (1, 2)",
                 "shape: linear.weight is (100, 64), the net's is (10, 64)"):
        assert "  " + line in message.splitlines()
    assert (net.stage1[0].conv1.weight.data().asnumpy() == before).all()


def test_a_map_of_names_can_be_given_and_is_checked():
    net = cifar_resnet(8)
    arrays = arrays_for(net, (1, 3, 8, 8), "cifar")
    mapping = name_map(net, "cifar")
    mapping["nowhere.weight"] = mapping.pop("stem.0.weight")
    with pytest.raises(ValueError) as error:
        load_weights(net, arrays, mapping)
    assert "no place is given for the net's stem.0.weight" in str(error.value)
    assert "the net has no nowhere.weight" in str(error.value)


@pytest.mark.parametrize("make, style, message", [
    (lambda: cifar_resnet(8, version="v2"), "gluon v1", "the style 'gluon v1' has no name for norm.0.gamma"),
    (vgg19, "torchvision", "the style 'torchvision' has no name for"),
    (lambda: time_series_resnet(3), "torchvision", "the style 'torchvision' has no name for"),
    (mx.gluon.model_zoo.vision.resnet18_v1, "torchvision", "but a ResNetV1 was given"),
    (resnet50, "keras", "style must be one of")])
def test_parts_that_a_style_has_no_name_for_are_said(make, style, message):
    with pytest.raises(ValueError, match=message):
        name_map(make(), style)


def test_a_net_that_was_placed_stays_there():
    net, places = cifar_resnet(8), [mx.cpu(0), mx.cpu(1)]
    arrays = arrays_for(cifar_resnet(8), (1, 3, 8, 8), "cifar")
    net.initialize(ctx=places)
    load_weights(net, arrays, "cifar", ignore="*num_batches_tracked")
    assert net.stage1[0].conv1.weight.list_ctx() == places


@pytest.mark.slow
@pytest.mark.parametrize("depth, options", [(18, {}), (50, {}), (50, {"width": 2, "groups": 32})])
@pytest.mark.parametrize("training", (False, True))
def test_nets_of_pytorch_give_the_same_outputs_and_gradients(depth, options, training, tmp_path):
    """As close to PyTorch in float64 as PyTorch in float32 is, four times over: outputs, and all gradients.

    Branches start small: from ordinary weights, gradients of a ResNet-50 in float32 are wrong by per cents anywhere.
    """
    torch = pytest.importorskip("torch")
    import torch_resnet
    torch.manual_seed(1)
    theirs = getattr(torch_resnet, f"resnet{depth}")(num_classes=7, **options)
    for module in theirs.modules():
        if hasattr(module, "downsample") or hasattr(module, "bn2"):
            torch.nn.init.constant_(getattr(module, "bn3", module.bn2).weight, 0.1)
    torch.save(theirs.state_dict(), tmp_path / "w")
    net = load_weights(getattr(nets, f"resnet{depth}")(7, version="v1.5", **options), tmp_path / "w")
    net.hybridize()
    x = onp.random.default_rng(1).normal(size=(4, 3, 64, 64)).astype("float32")
    ours = outputs_and_gradients(net, np.array(x), training)

    expected = {}
    for dtype in (torch.float32, torch.float64):
        model = copy.deepcopy(theirs).to(dtype).train(training)
        y = model(torch.from_numpy(x).to(dtype))
        (y ** 2).sum().backward()
        gradients = dict(model.named_parameters()) if training else {}
        expected[dtype] = {"output": y.detach().numpy(), **{name: gradients[there].grad.numpy()
                                                            for name, there in name_map(net).items()
                                                            if there in gradients}}
    truth, single = expected[torch.float64], expected[torch.float32]
    assert set(truth) == set(ours)
    our_error, their_error = (max(onp.abs(arrays[name] - truth[name]).max() / onp.abs(truth[name]).max()
                                  for name in truth) for arrays in (ours, single))
    assert our_error < 4 * their_error + 1e-5 and our_error < 0.02


def test_the_names_of_the_model_zoo_count_on_after_the_last_stage():
    """Whatever the number of stages: in v2 a BatchNorm follows them."""
    for net, last in ((resnet18(version="v2"), 9), (cifar_resnet(8, version="v2"), 8)):
        names = name_map(net, "gluon v2")
        assert names["norm.0.gamma"] == f"features.{last}.gamma" and names["stem.0.weight"] == "features.1.weight"
        assert names[f"stage{last - 5}.0.conv2.weight"] == f"features.{last - 1}.0.conv2.weight"
    names = name_map(resnet50(), "gluon v1")
    assert names["stage4.1.conv3.weight"] == "features.7.1.body.6.weight"
    assert names["stage4.1.bn3.beta"] == "features.7.1.body.7.beta" and names["stage2.0.projection.0.weight"] == (
        "features.5.0.downsample.0.weight")


@pytest.mark.parametrize("style", STYLES)
def test_no_name_is_given_twice(style):
    net = resnet50(version="v2" if style == "gluon v2" else "v1")
    names = name_map(net, style)
    assert set(names) == set(net._collect_params_with_prefix()) and len(set(names.values())) == len(names)


#: Networks of the first edition: one of its parameters at the front, inside and at the end, by the names of the second.
FIRST_EDITION = [
    (lambda: resnet18(dropout=0.1), {"stem.0.weight": "0.0.weight", "stage4.1.bn2.gamma": "4.1.bn2.gamma",
                                     "head.bias": "7.bias"}),
    (lambda: cifar_resnet(8, version="v2"), {"stem.0.weight": "0.0.weight", "norm.0.gamma": "4.0.gamma",
                                             "head.weight": "6.weight"}),
    (mini_model, {"stem.0.bias": "0.0.bias", "stage2.0.projection.0.weight": "2.0.projection.0.weight",
                  "norm.0.running_var": "5.0.running_var", "head.weight": "8.weight"}),
    (lambda: time_series_resnet(3), {"block1.conv1.weight": "0.conv1.weight", "block3.projection.0.gamma":
                                     "2.projection.0.gamma", "head.bias": "4.bias"}),
    (vgg19, {"stage1.0.weight": "0.0.weight", "hidden.2.weight": "5.2.weight", "head.weight": "6.weight"})]


@pytest.mark.parametrize("make, known", FIRST_EDITION)
def test_the_names_of_the_first_edition_are_numbers(make, known):
    net = make()
    names = name_map(net, "first edition")
    assert {ours: names[ours] for ours in known} == known
    assert set(names) == set(net._collect_params_with_prefix()) and len(set(names.values())) == len(names)


@pytest.mark.parametrize("make, shape", [(lambda: cifar_resnet(8, version="v2"), (2, 3, 8, 8)),
                                         (lambda: time_series_resnet(3), (2, 1, 20))])
def test_a_file_of_the_first_edition_gives_the_same_answers(make, shape, tmp_path):
    net, x, path = make(), np.random.normal(size=shape), str(tmp_path / "old.params")
    net.initialize(mx.init.Normal(0.1))
    y = net(x)
    mx.npx.waitall()
    mx.npx.save(path, {there: net._collect_params_with_prefix()[ours].data()
                       for ours, there in name_map(net, "first edition").items()})
    with pytest.raises(ValueError, match="reads it"):
        make().load_parameters(path)
    assert (load_weights(make(), path, "first edition")(x) == y).all()


def test_a_file_of_one_s_own_names_fills_any_net(tmp_path):
    def make():
        net = nn.HybridSequential()
        net.add(nn.Dense(3), nn.BatchNorm(), nn.Dense(2))
        return net
    net, x = make(), np.random.normal(size=(4, 5))
    net.initialize()
    y = net(x)
    net.save_parameters(str(tmp_path / "w"))
    assert (load_weights(make(), tmp_path / "w", "same")(x) == y).all()
    with pytest.raises(ValueError, match="but a HybridSequential was given"):
        load_weights(make(), tmp_path / "w", "first edition")


def test_leftovers_are_listed_unless_they_are_to_be_ignored():
    net = resnet(((8, 1), (16, 1)))
    arrays = {**arrays_for(resnet(((8, 1), (16, 1))), (1, 1, 8, 8), "cifar"), "ema.decay": onp.zeros(1, "float32")}
    with pytest.raises(ValueError, match=r"1 differences.:\n  unexpected: ema.decay \(1,\)"):
        load_weights(net, arrays, "cifar")
    load_weights(net, arrays, "cifar", ignore=("*num_batches_tracked", "ema.*"))


def test_a_net_can_be_put_elsewhere():
    arrays, places = arrays_for(cifar_resnet(8), (1, 3, 8, 8), "cifar"), [mx.cpu(0), mx.cpu(1)]
    net = load_weights(cifar_resnet(8), arrays, "cifar", devices=places)
    assert net.head.weight.list_ctx() == places
