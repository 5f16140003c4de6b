import copy

from resnet_gluon import CheckpointRefused, Split, cifar_resnet, fine_tune, load_run, load_weights
from resnet_gluon.nets import time_series_resnet

import mxnet as mx
import numpy as onp
import pytest
from mxnet import autograd, gluon, np
from mxnet.gluon.model_zoo import vision
from tiny import train


def trained(net=None):
    """A net with parameters and statistics that are not those it started with."""
    net = net or cifar_resnet(8)
    net.initialize(mx.init.Xavier())
    with autograd.record():
        loss = net(np.random.normal(2, 3, size=(8, 1, 12, 12))).sum()
    loss.backward()
    mx.npx.waitall()
    return net


def arrays(net):
    mx.npx.waitall()
    return {name: p.data().asnumpy() for name, p in net._collect_params_with_prefix().items()}


@pytest.fixture
def five_classes(data):
    """Little data of other classes."""
    few = data.train.take(data.train.labels < 5).take(slice(64))
    small = copy.copy(data)  # `data` is everybody's
    small.train = small.val = Split(few.images, few.labels, 5)
    return small


def changed(before, after):
    return {name for name in before if name in after and before[name].shape == after[name].shape
            and (before[name] != after[name]).any()}


def test_a_frozen_backbone_stays_as_it_was_to_the_last_bit(five_classes):
    net = fine_tune(trained(), 5, backbone="frozen")
    before = arrays(net)
    train(five_classes, net, epochs=2, batch_size=16)
    assert changed(before, arrays(net)) == {"head.weight", "head.bias"}


def test_a_slow_backbone_learns_slowly(five_classes):
    moved = {}
    for rate in (1, 0.01):
        mx.random.seed(1)
        net = fine_tune(trained(), 5, backbone=rate)
        before = arrays(net)
        train(five_classes, net, epochs=1, batch_size=16, lr=0.001, warmup=0, weight_decay=0)
        after = arrays(net)
        moved[rate] = onp.abs(after["stage1.0.conv1.weight"] - before["stage1.0.conv1.weight"]).max()
        assert "head.weight" in changed(before, after) and "stage1.0.bn1.running_mean" in changed(before, after)
    assert moved[0.01] == pytest.approx(0.01 * moved[1], rel=0.05)


def test_a_frozen_backbone_can_learn_later_and_the_head_be_kept(five_classes):
    net = fine_tune(trained(), 5, backbone="frozen")
    train(five_classes, net, epochs=1, batch_size=16)
    before = arrays(net)
    fine_tune(net, backbone=0.5)
    assert changed(before, arrays(net)) == set()
    train(five_classes, net, epochs=1, batch_size=16)
    assert {"stage1.0.conv1.weight", "stage1.0.bn1.gamma", "stage1.0.bn1.running_mean",
            "head.weight"} <= changed(before, arrays(net))


def test_a_run_with_another_rate_is_another_run(five_classes, tmp_path):
    start = arrays(trained())
    for rate in (0.1, 1.0):
        net = trained()
        load_weights(net, start, "same")
        fine_tune(net, 5, backbone=rate)
        if rate == 0.1:
            train(five_classes, net, epochs=1, batch_size=16, folder=tmp_path)
    with pytest.raises(CheckpointRefused, match="belongs to another run"):
        train(five_classes, net, epochs=1, batch_size=16, folder=tmp_path, resume=True)


def test_one_seed_one_head():
    heads = [fine_tune(trained(), 5, seed=seed).head.weight.data().asnumpy() for seed in (0, 0, 1)]
    assert (heads[0] == heads[1]).all() and (heads[0] != heads[2]).any()


def test_batch_norm_can_be_frozen_alone(five_classes):
    net = fine_tune(trained(), 5, backbone=1, batch_norm="frozen")
    before = arrays(net)
    train(five_classes, net, epochs=1, batch_size=16)
    moved = changed(before, arrays(net))
    assert "stage1.0.conv1.weight" in moved and not any("bn" in name for name in moved)


def test_statistics_of_a_frozen_norm_are_used_in_training_too():
    net = fine_tune(trained(), 5, backbone="frozen")
    x = np.random.normal(size=(4, 1, 12, 12))
    predicted = net(x).asnumpy()
    with autograd.record():
        assert onp.allclose(net(x).asnumpy(), predicted, atol=1e-5)


@pytest.mark.parametrize("make, shape", [(lambda: time_series_resnet(3), (2, 1, 20)),
                                         (lambda: vision.resnet18_v2(classes=3), (2, 3, 32, 32))])
def test_series_and_the_model_zoo(make, shape):
    net = make()
    net.initialize()
    net.hybridize()
    assert net(np.zeros(shape)).shape == (2, 3)
    assert fine_tune(net, 7)(np.zeros(shape)).shape == (2, 7)
    net.hybridize()
    assert net(np.zeros(shape)).shape == (2, 7)


def no_dense():
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Flatten())
    return net


@pytest.mark.parametrize("make, arguments, message", [
    (lambda: cifar_resnet(8), {"num_classes": 5}, "the net has no parameters yet"),
    (no_dense, {"num_classes": 5}, "it ends in Flatten"),
    (trained, {"num_classes": 0}, "num_classes must be"),
    (trained, {"num_classes": 5, "backbone": -1}, "backbone must"),
    (trained, {"num_classes": 5, "backbone": 0, "batch_norm": "train"}, "needs a backbone that learns"),
    (gluon.nn.HybridSequential, {"num_classes": 5}, "it ends in NoneType"),
    (trained, {"num_classes": 5, "batch_norm": "off"}, "batch_norm must be one of 'train', 'frozen'")])
def test_what_cannot_be_done_is_said(make, arguments, message):
    with pytest.raises(ValueError, match=message):
        fine_tune(make(), **arguments)


def test_the_new_head_is_the_part_of_that_name_in_the_old_one_s_place():
    net = trained()
    old = net.head
    fine_tune(net, 5)
    assert net.head is net[-1] is net.parts["head"] is not old and list(net.parts)[-1] == "head"
    assert [name for name in sorted(arrays(net)) if name.startswith("head")] == ["head.bias", "head.weight"]
    assert net.made["options"]["num_classes"] == 5 and net.made["options"]["depth"] == 8


def test_a_fine_tuned_run_is_loaded_from_its_folder(five_classes, tmp_path):
    net = fine_tune(trained(), 5)
    train(five_classes, net, epochs=1, batch_size=16, folder=tmp_path)
    loaded = arrays(load_run(tmp_path))
    assert loaded["head.weight"].shape == (5, 64) and changed(arrays(net), loaded) == set()
