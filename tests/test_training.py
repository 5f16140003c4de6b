import json
import math
import random

from resnet_gluon import FashionMNIST, resnet, resnet18
from resnet_gluon.checkpoint import save_parameters, save_text
from resnet_gluon.data.batches import Split
from resnet_gluon.devices import devices
from resnet_gluon.evaluation import Evaluation, evaluate
from resnet_gluon.history import History
from resnet_gluon.recipes import RECIPES, recipe
from resnet_gluon.training import fit, one_cycle, seed_everything

import mxnet as mx
import numpy as onp
import pytest
from d2l import mxnet as d2l
from mxnet import gluon, np
from mxnet.gluon import nn

TINY = ((8, 1), (16, 1))


def train(data, net=None, **options):
    net = net or resnet(TINY)
    options = {"epochs": 2, "batch_size": 64, "progress": False, **options}
    return net, fit(net, data, **options)


def parameters(net):
    return [p.data().asnumpy() for p in net.collect_params().values()]


def test_training_learns(data):
    _, history = train(data, epochs=8, batch_size=32, lr=0.1)
    assert history.epochs[-1]["train_loss"] < 0.75 * history.epochs[0]["train_loss"]
    assert history.epochs[-1]["val_accuracy"] > 0.5  # chance: 0.1


def test_one_seed_gives_one_result(data):
    (one, first), (same, second), (other, _) = (train(data, seed=seed, shift=1) for seed in (3, 3, 4))
    assert first.steps == second.steps
    assert all((a == b).all() for a, b in zip(parameters(one), parameters(same)))
    assert any((a != b).any() for a, b in zip(parameters(one), parameters(other)))


def test_history_holds_every_step_and_epoch_and_survives_a_file(data, tmp_path):
    _, history = train(data, epochs=2)
    assert len(history.steps["loss"]) == len(history.steps["lr"]) == 2 * (512 // 64)
    assert max(history.steps["lr"]) == pytest.approx(0.1) and history.steps["lr"][-1] < 0.01
    assert history.setting["arguments"]["seed"] == 0 and "2017-08-31" in history.setting["data"]
    history.save(tmp_path / "history.json")
    assert History.load(tmp_path / "history.json") == history
    assert [p.name for p in tmp_path.iterdir()] == ["history.json"]


def test_two_devices_share_the_batch_and_agree_with_one(data):
    """Without BatchNorm, whose statistics are each device's own, the sum of two halves is the whole."""
    results = []
    for contexts in ([mx.cpu(0)], [mx.cpu(0), mx.cpu(1)]):
        net = nn.HybridSequential()
        net.add(nn.Conv2D(4, 3, 2), nn.Activation("relu"), nn.Dense(10))
        fit(net, data, epochs=2, batch_size=64, lr=0.01, devices=contexts, progress=False)
        assert net[0].weight.list_ctx() == contexts
        results.append([p.data(mx.cpu(0)).asnumpy() for p in net.collect_params().values()])
    for one, two in zip(*results):
        onp.testing.assert_allclose(one, two, rtol=1e-3, atol=1e-5)


def test_devices_are_all_gpus_or_the_cpu(monkeypatch):
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 2)
    assert devices() == [mx.gpu(0), mx.gpu(1)]
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 0)
    assert devices() == [mx.cpu()]

    def no_driver():
        raise mx.MXNetError("no driver")
    monkeypatch.setattr(mx.context, "num_gpus", no_driver)
    assert devices() == [mx.cpu()]


def test_fit_compiles_and_keeps_parameters_that_are_there(data):
    net = resnet(TINY)
    net.initialize(mx.init.Zero())
    fit(net, data, epochs=1, batch_size=64, lr=0.0, progress=False)
    assert net._active and (net[-1].weight.data() == 0).all()


@pytest.mark.parametrize("options, message", [
    ({"epochs": 0}, "epochs must be"), ({"batch_size": 0}, "batch_size must be"), ({"lr": -1}, "lr must be"),
    ({"lr": math.nan}, "lr must be"), ({"warmup": 1}, "warmup must be"), ({"momentum": "0.9"}, "momentum must be"),
    ({"seed": 0.5}, "seed must be"), ({"shift": -1}, "shift must be"), ({"save_steps": 0}, "save_steps must be"),
    ({"save_minutes": None}, "save_minutes must be"),
    ({"batch_size": 1000}, "batch_size=1000, but the split holds only 512")])
def test_bad_arguments_are_named(data, options, message):
    with pytest.raises(ValueError, match=message):
        train(data, **options)


def test_a_net_with_too_few_outputs_is_refused(data):
    with pytest.raises(ValueError, match=r"output for one image has the shape \(1, 5\), but the labels need \(1, 10\)"):
        train(data, resnet(TINY, num_classes=5))


def test_a_loss_that_is_not_finite_stops_the_run(data):
    with pytest.raises(FloatingPointError, match="at step 3.*a smaller lr"):
        train(data, lr=1e30, warmup=0)


def test_progress_is_a_line_an_epoch(data, capsys):
    train(data, epochs=2, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ["epoch 1: ", "epoch 2: "] and "images/s" in lines[0]


def test_evaluation_against_counts_by_hand():
    probabilities = onp.array([[0.9, 0.1, 0], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1]], "float32")
    result = Evaluation(onp.array([0, 1, 1, 0]), probabilities)
    assert result.accuracy == 0.5 and result.n == 4
    assert result.confusion.tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert result.recall[:2].tolist() == [0.5, 0.5] and math.isnan(result.recall[2])
    assert result.mistakes(5).tolist() == [3, 2]
    assert result.loss == pytest.approx(-(math.log(0.9) + math.log(0.7) + math.log(0.3) + math.log(0.1)) / 4, rel=1e-6)


def test_wilson_s_interval():
    """Against the figures in Newcombe 1998, "Two-sided confidence intervals", table I: 81/263, 15/148, 1/29."""
    for right, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)):
        labels = onp.array([0] * right + [1] * (n - right))
        interval = Evaluation(labels, onp.tile(onp.array([1.0, 0.0], "float32"), (n, 1))).interval
        assert interval == pytest.approx((low, high), abs=5e-5)


def test_evaluate_equals_the_net_image_by_image(data):
    net, _ = train(data, epochs=1)
    result = evaluate(net, data, data.val)
    images = np.array((data.val.images[:20, None] / 255 - data.mean) / data.std, dtype="float32")
    logits = onp.concatenate([net(images[i:i + 1]).asnumpy() for i in range(20)])
    onp.testing.assert_allclose(onp.log(result.probabilities[:20, 0] / result.probabilities[:20, 1]),
                                logits[:, 0] - logits[:, 1], rtol=1e-3, atol=1e-3)
    assert result.accuracy == pytest.approx((result.probabilities.argmax(1) == data.val.labels).mean())


def test_files_are_whole_or_not_there(tmp_path, monkeypatch):
    save_text(tmp_path / "a", "old")

    def broken(path):
        with open(path, "w") as stream:
            stream.write("half")
        raise OSError("disk full")
    net = nn.Dense(2)
    monkeypatch.setattr(net, "save_parameters", broken)
    with pytest.raises(OSError, match="disk full"):
        save_parameters(net, tmp_path / "a")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a", "old")]


def test_saved_parameters_give_the_same_answers(data, tmp_path):
    net, _ = train(data, epochs=1)
    save_parameters(net, tmp_path / "net.params")
    again = resnet(TINY)
    again.load_parameters(str(tmp_path / "net.params"), ctx=devices())
    again.hybridize()
    assert (evaluate(net, data, data.val).predictions == evaluate(again, data, data.val).predictions).all()


def test_evaluation_of_several_views_is_their_mean(data):
    net, _ = train(data, epochs=1)

    def of(images):
        return evaluate(net, data, Split(onp.ascontiguousarray(images), data.val.labels)).probabilities
    images = data.val.images
    onp.testing.assert_allclose(evaluate(net, data, data.val, mirror=True).probabilities,
                                (of(images) + of(images[:, :, ::-1])) / 2, atol=1e-6)
    moved = [onp.zeros_like(images) for _ in range(4)]
    moved[0][:, 2:], moved[1][:, :-2], moved[2][:, :, 2:], moved[3][:, :, :-2] = (
        images[:, :-2], images[:, 2:], images[:, :, :-2], images[:, :, 2:])
    onp.testing.assert_allclose(evaluate(net, data, data.val, shift=2).probabilities,
                                sum(map(of, [images, *moved])) / 5, atol=1e-6)


def test_weights_decay_and_scales_and_biases_do_not(data):
    net = resnet(TINY, form="d2l")
    net.initialize()
    net(np.zeros((1, 1, 28, 28)))
    trainer = one_cycle(net, 10, "sgd", lr=0.1, warmup=0, momentum=0.9, weight_decay=0.5)
    assert {name.rsplit("_", 1)[1] for name, p in net.collect_params().items() if p.wd_mult == 1} == {"weight"}
    assert trainer._optimizer.wd == 0.5


def test_every_step_is_seeded_anew(data):
    """Dropout's noise, and whatever else draws from the global generators, follows from seed and step."""
    def draws(seed, step):
        seed_everything(seed, step)
        return float(np.random.uniform()), float(onp.random.uniform()), random.random()
    assert draws(1, 5) == draws(1, 5) != draws(1, 6) and draws(1, 5) != draws(2, 5)


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "smoke"])
def test_every_recipe_is_one_that_fit_takes(data, name):
    chosen = recipe(name)
    net = chosen.make()
    train(data, net, **{**chosen.fit, "epochs": 1, "batch_size": 256})
    with pytest.raises(ValueError, match="recipe must be one of 'smoke', 'quick', 'default', 'long'"):
        recipe("best")


def test_evaluation_is_saved_with_its_data(data, tmp_path):
    result = Evaluation(onp.array([0, 1]), onp.eye(2, dtype="float32"))
    result.save(tmp_path / "test.json", data)
    assert json.loads((tmp_path / "test.json").read_text())["data"].startswith("Fashion-MNIST, edition 2017-08-31")


class Classifier(d2l.Classifier):
    def __init__(self, net, lr=0.1):
        super().__init__()
        self.save_hyperparameters(ignore=["net"])
        self.net = net
        self.board.display = False


def test_nets_and_data_drop_into_d2l():
    net = resnet18(zero_gamma=True)
    net.initialize(mx.init.Xavier())
    small = FashionMNIST(train_images=256, batch_size=32, quiet=True)
    small.val = small.val.take(slice(64))
    model, loss = Classifier(net), gluon.loss.SoftmaxCrossEntropyLoss()
    images, labels = next(small.batches(small.train, 256).epoch(0))
    before = float(loss(net(images), labels).mean())
    d2l.Trainer(max_epochs=4).fit(model, small)
    with mx.autograd.train_mode():
        assert float(loss(net(images), labels).mean()) < 0.8 * before
