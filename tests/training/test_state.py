"""What makes a run this run: the arrays that it goes on from, and the settings that it may not change."""
import json

from resnet_gluon import CheckpointRefused, FashionMNIST, Training, describe, resnet
from resnet_gluon.files import read_checkpoint
from resnet_gluon.training import fresh_arrays, one_cycle
from resnet_gluon.training.state import capture, differences, fingerprint, identity, reinstate

import mxnet as mx
import numpy as onp
import pytest
from mxnet import np
from mxnet.gluon import nn
from tiny import TINY, parameters, same, train


def test_a_checkpoint_holds_everything_and_nothing_changes_by_writing_it(data, tmp_path):
    (net, history), (bare, _) = train(data, folder=tmp_path, lr=0.05, save_steps=3), train(data, lr=0.05)
    assert same(net, bare)
    arrays, facts = read_checkpoint(tmp_path / "last.checkpoint")
    assert facts["step"] == 16 and facts["history"]["steps"] == history.steps
    assert len([name for name in arrays if name.startswith("momentum/")]) == len(
        [p for p in net.collect_params().values() if p.grad_req != "null"])
    assert all(f"parameter/{name}/0" in arrays for name in net._collect_params_with_prefix())


def test_another_run_s_checkpoint_is_refused(data, tmp_path):
    train(data, folder=tmp_path, lr=0.05)
    again = {"folder": tmp_path, "lr": 0.05, "resume": True}
    with pytest.raises(CheckpointRefused, match=r"belongs to another run: lr is 0.05 there and 0.1 here"):
        train(data, **{**again, "lr": 0.1})
    with pytest.raises(CheckpointRefused, match="devices is 1 there and 2 here.*For a new run choose another folder"):
        train(data, **again, devices=[mx.cpu(0), mx.cpu(1)])
    with pytest.raises(CheckpointRefused, match="seed is 0 there and 1 here"):
        train(data, **again, seed=1)
    frozen = resnet(TINY)
    frozen.stem.collect_params().setattr("grad_req", "null")
    reversed_ = FashionMNIST(train_images=512, quiet=True)
    reversed_.train = reversed_.train.take(slice(None, None, -1))
    scaled = FashionMNIST(train_images=512, quiet=True)
    scaled.train = scaled.train.normalised(0.5, 0.5)
    for other in ({"net": resnet(((8, 1), (24, 1)))}, {"net": resnet(TINY, zero_gamma=True, form="d2l")},
                  {"net": frozen}, {"data": reversed_}, {"data": scaled}):
        with pytest.raises(CheckpointRefused, match="belongs to another run: net and data is '[0-9a-f]{8}' there"):
            train(**{"data": data, **again, **other})


def test_a_net_that_was_used_before_is_the_same_net(data, tmp_path):
    """Used, described or compiled: its run is gone on with, as a new net's is."""
    def used(ways):
        net = resnet(TINY)
        net.initialize()
        for way in ways:
            way(net)
        return net
    ways = (lambda net: net(np.zeros((2, 1, 28, 28))), lambda net: describe(net, (1, 1, 28, 28)),
            lambda net: net.hybridize(), lambda net: net(np.zeros((3, 1, 28, 28))))
    train(data, folder=tmp_path, epochs=1)
    for count in range(1, 5):
        _, history = train(data, used(ways[:count]), folder=tmp_path, epochs=1, resume=True)
        assert len(history.epochs) == 1


class Noisy(nn.HybridSequential):
    """Names that depend on how many blocks were made before, and noise of its own in every step."""

    def __init__(self):
        super().__init__()
        for _ in range(4):
            self.add(nn.Conv2D(8, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"), nn.Dropout(0.3))
        self.add(nn.GlobalAvgPool2D(), nn.Dense(10))


@pytest.mark.slow
@pytest.mark.parametrize("options", [
    {}, {"momentum": 0}, {"flip": True, "lr": onp.float32(0.05), "seed": onp.int64(3), "epochs": onp.int32(2)},
    {"devices": [mx.cpu(0), mx.cpu(1)]}, {"optimizer": "adam", "lr": 0.001, "rotate": 10}],
    ids=["dropout", "no momentum", "NumPy's numbers", "two devices", "Adam"])
def test_resuming_is_exact_whatever_the_net_and_the_options(data, tmp_path, interrupt_at, options):
    options = {"lr": 0.05, **options}
    (whole, expected), (again, _) = (train(data, Noisy(), **options) for _ in range(2))
    assert same(whole, again)
    interrupt_at(11)
    train(data, Noisy(), folder=tmp_path, **options)
    net, history = train(data, Noisy(), folder=tmp_path, resume=True, **options)
    assert same(net, whole) and history.steps == expected.steps


def test_the_history_of_a_run_is_plain_json(data, tmp_path):
    train(data, folder=tmp_path, epochs=1)
    setting = json.loads((tmp_path / "history.json").read_text())["setting"]
    assert setting["edition"].startswith("2017-08-31") and setting["environments"][0]["mxnet"] == "1.9.1"
    assert Training(**setting["training"]) == Training(epochs=1, batch_size=64)
    assert setting["net"] == resnet(TINY).made


def ready():
    net = resnet(TINY)
    net.initialize()
    net(np.zeros((1, 1, 28, 28)))
    fresh_arrays(net, [mx.cpu()])
    return net, one_cycle(net, Training(epochs=1), 10)


def test_what_is_captured_can_be_reinstated_elsewhere():
    (one, trainer), (other, others) = ready(), ready()
    arrays = capture(one, trainer)
    assert not same(one, other)
    reinstate(other, others, arrays, 7)
    assert same(one, other) and others._optimizer.num_update == 7


@pytest.mark.parametrize("change, message", [
    (lambda arrays: arrays.pop("parameter/head.bias/0"), "parameter/head.bias/0 is on one side only"),
    (lambda arrays: arrays.update(more=onp.zeros(1)), "more is on one side only"),
    (lambda arrays: arrays.update({"parameter/head.bias/0": onp.zeros(3, "float32")}), r"is float32 \(3,\) there and"),
    (lambda arrays: arrays.update({"parameter/head.bias/0": onp.zeros(10, "float64")}), r"is float64 \(10,\) there")])
def test_what_does_not_fit_is_said_before_anything_changes(change, message):
    net, trainer = ready()
    arrays, before = {name: array + 1 for name, array in capture(net, trainer).items()}, parameters(net)
    change(arrays)
    with pytest.raises(ValueError, match=message):
        reinstate(net, trainer, arrays, 7)
    assert all((a == b).all() for a, b in zip(before, parameters(net)))


def test_differences_in_words():
    assert differences({"a": 1, "b": 2, "old": 3}, {"b": 2, "a": 0, "new": 4}) == [
        "a is 1 there and 0 here", "new is None there and 4 here", "old is 3 there and None here"]


def test_where_and_with_what_a_run_went_on_does_not_make_it_another():
    what = {"seed": 1, "devices": 1, "net and data": "x"}
    setting = {"training": {"lr": 0.1}, **what, "data": "path", "environments": [1]}
    assert identity(setting) == {"lr": 0.1, **what}


def test_the_fingerprint_is_of_what_is_learnt_from_what_and_not_of_names(data):
    marks = [fingerprint(ready()[0], data) for _ in range(2)]
    assert marks[0] == marks[1]  # whatever number Gluon gives the second net
    slow, _ = ready()
    slow.head.weight.lr_mult = 0.1
    assert fingerprint(slow, data) != marks[0]


def test_a_seed_of_numpy_s_is_kept_as_a_plain_number(data, tmp_path):
    _, history = train(data, folder=tmp_path, epochs=1, seed=onp.int64(3))
    assert type(history.setting["seed"]) is int and read_checkpoint(tmp_path / "last.checkpoint")[1]["step"] == 8
