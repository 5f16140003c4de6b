"""The loop: it learns, one seed gives one result, and it drops into d2l and takes d2l's data."""
import random
from dataclasses import asdict

from resnet_gluon import FashionMNIST, Training, fit, recipe, resnet, resnet18, seed_everything
from resnet_gluon.training import fresh_arrays, one_cycle, one_step

import mxnet as mx
import numpy as onp
import pytest
from mxnet import gluon, np
from mxnet.gluon import nn
from tiny import TINY, parameters, same, train


def test_training_learns(data):
    _, history = train(data, epochs=8, batch_size=32, lr=0.1)
    assert history.last.train_loss < 0.75 * history.epochs[0].train_loss
    assert history.last.val_accuracy > 0.5  # chance: 0.1


def test_one_seed_gives_one_result(data):
    (one, first), (again, second), (other, _) = (train(data, seed=seed, shift=1) for seed in (3, 3, 4))
    assert first.steps == second.steps
    assert same(one, again)
    assert any((a != b).any() for a, b in zip(parameters(one), parameters(other)))


def test_history_holds_every_step_and_epoch_and_the_setting(data):
    _, history = train(data, epochs=2)
    assert len(history.steps["loss"]) == len(history.steps["lr"]) == 2 * (512 // 64)
    assert max(history.steps["lr"]) == pytest.approx(0.1) and history.steps["lr"][-1] < 0.01
    assert history.setting["training"] == asdict(Training(epochs=2, batch_size=64))
    assert history.setting["seed"] == 0 and "2017-08-31" in history.setting["data"]
    assert history.epochs[0].train_loss == pytest.approx(onp.mean(history.steps["loss"][:8]))


@pytest.mark.parametrize("count, batch_size", [(2, 64), (4, 64), (2, 61), (4, 61), (4, 5)])
def test_devices_share_the_batch_and_agree_with_one(data, count, batch_size):
    """Without BatchNorm, whose statistics are each device's own, the sum of the shares is the whole, even or not."""
    results = []
    few = FashionMNIST(train_images=8 * batch_size, quiet=True)
    few.val = few.val.take(slice(503))  # the last batch of an evaluation: fewer images than devices
    for contexts in ([mx.cpu(0)], [mx.cpu(i) for i in range(count)]):
        net = nn.HybridSequential()
        net.add(nn.Conv2D(4, 3, 2), nn.Activation("relu"), nn.Dense(10))
        _, history = train(few, net, epochs=2, batch_size=batch_size, lr=0.01, devices=contexts)
        assert net[0].weight.list_ctx() == contexts
        of_each = [[p.data(context).asnumpy() for p in net.collect_params().values()] for context in contexts]
        assert all((a == b).all() for other in of_each for a, b in zip(of_each[0], other))
        results.append(of_each[0] + [onp.array(history.last.val_loss)])
    for one, two in zip(*results):
        onp.testing.assert_allclose(one, two, rtol=1e-3, atol=1e-5)


def test_a_batch_that_leaves_nothing_for_a_device_is_refused(data):
    with pytest.raises(ValueError, match="batch_size=3 leaves nothing to do for some of 4 devices"):
        train(data, batch_size=3, devices=[mx.cpu(i) for i in range(4)])


def test_statistics_of_batch_normalisation_are_each_device_s_own(data):
    """What a device normalises with is its share's mean: so two devices see what two batches of half the size do."""
    net = nn.HybridSequential()
    net.add(nn.BatchNorm(momentum=0), nn.Dense(10))
    images, labels = next(data.train.batches(8).epoch(0))
    contexts = [mx.cpu(0), mx.cpu(1)]
    net.initialize(ctx=contexts)
    net(images)
    trainer = one_cycle(net, Training(epochs=1, lr=0), steps=1)
    one_step(net, trainer, images, labels, contexts)
    means = [float(net[0].running_mean.data(context)) for context in contexts]
    assert means == pytest.approx([float(images[:4].mean()), float(images[4:].mean())], rel=1e-4)
    assert abs(means[0] - means[1]) > 1e-3


def test_fit_compiles_and_keeps_parameters_that_are_there(data):
    net = resnet(TINY)
    net.initialize(mx.init.Zero())
    train(data, net, epochs=1, lr=0.0)
    assert net._active and (net.head.weight.data() == 0).all()


def test_a_step_is_gradient_descent_on_the_mean_loss():
    """Without momentum and decay: weights less rate times the gradient of the mean cross-entropy, found by hand."""
    net = nn.Dense(3, use_bias=False)
    net.initialize(mx.init.Normal(0.5))
    x, y = np.random.normal(size=(4, 5)), np.array([0, 2, 1, 0], dtype="int32")
    net(x)
    before, how = net.weight.data().asnumpy(), Training(epochs=1, lr=0.2, momentum=0, weight_decay=0, warmup=0)
    trainer = one_cycle(net, how, steps=10)
    loss = one_step(net, trainer, x, y, [mx.cpu()])
    logits = x.asnumpy() @ before.T
    shares = onp.exp(logits) / onp.exp(logits).sum(1, keepdims=True)
    assert float(loss) == pytest.approx(-onp.log(shares[onp.arange(4), y.asnumpy()]).mean(), rel=1e-5)
    gradient = (shares - onp.eye(3)[y.asnumpy()]).T @ x.asnumpy() / 4
    onp.testing.assert_allclose(net.weight.data().asnumpy(), before - trainer.learning_rate * gradient, rtol=1e-4,
                                atol=1e-6)


@pytest.mark.parametrize("options, message", [
    ({"seed": 0.5}, "seed must be"), ({"seed": -1}, "seed must be"), ({"save_steps": 0}, "save_steps must be"),
    ({"save_minutes": None}, "save_minutes must be"),
    ({"batch_size": 1000}, "batch_size=1000, but the split holds only 512"), ({"epochs": 0}, "epochs must be")])
def test_bad_arguments_are_named(data, options, message):
    with pytest.raises(ValueError, match=message):
        train(data, **options)


@pytest.mark.parametrize("how", (5, {"epochs": 1}, None, recipe("quick")))
def test_how_to_train_is_a_training_and_nothing_else(data, how):
    with pytest.raises(TypeError, match=r"`how` should be a Training, such as recipe\('quick'\).training or"):
        fit(resnet(TINY), data, how)


def test_a_net_with_too_few_outputs_is_refused(data):
    with pytest.raises(ValueError, match=r"output for one image has the shape \(1, 5\), but the labels need \(1, 10\)"):
        train(data, resnet(TINY, num_classes=5))


def test_weights_decay_and_scales_and_biases_do_not(data):
    net = resnet(TINY, form="d2l")
    net.initialize()
    net(np.zeros((1, 1, 28, 28)))
    trainer = one_cycle(net, Training(epochs=1, warmup=0, weight_decay=0.5), 10)
    assert {name.rsplit("_", 1)[1] for name, p in net.collect_params().items() if p.wd_mult == 1} == {"weight"}
    assert trainer._optimizer.wd == 0.5


def test_the_rate_goes_up_on_a_line_and_down_to_zero_on_a_cosine(data):
    _, history = train(data, epochs=5, lr=0.2, warmup=0.25)
    steps = onp.arange(1, 41)
    expected = onp.where(steps < 10, 0.02 * steps, 0.1 * (1 + onp.cos(onp.pi * (steps - 10) / 30)))
    onp.testing.assert_allclose(history.steps["lr"], expected, atol=1e-9)


@pytest.mark.parametrize("name, kind", [("sgd", mx.optimizer.NAG), ("adam", mx.optimizer.Adam)])
def test_the_optimizers_are_mxnet_s(name, kind):
    net = nn.Dense(2, in_units=2)
    net.initialize()
    assert type(one_cycle(net, Training(epochs=1, optimizer=name), 10)._optimizer) is kind


def test_every_step_is_seeded_anew(data):
    """Dropout's noise, and whatever else draws from the global generators, follows from seed and step."""
    def draws(seed, step):
        seed_everything(seed, step)
        return float(np.random.uniform()), float(onp.random.uniform()), random.random()
    assert draws(1, 5) == draws(1, 5) != draws(1, 6) and draws(1, 5) != draws(2, 5)


def test_fresh_arrays_hold_the_same_numbers():
    net = resnet(TINY)
    net.initialize()
    net(np.zeros((1, 1, 28, 28)))
    before = parameters(net)
    fresh_arrays(net, [mx.cpu()])
    assert all((a == b).all() for a, b in zip(before, parameters(net)))


def test_other_data_than_images_can_be_trained_on(data):
    """Whatever has `train` and `val`: here two splits in colour, of the reader's own."""
    from resnet_gluon import Dataset
    images = onp.random.default_rng(0).integers(256, size=(40, 3, 12, 12), dtype=onp.uint8)
    labels = onp.arange(40) % 4
    images[:, 0] = images[:, 0] // 4 + 60 * labels[:, None, None].astype(onp.uint8)
    own = Dataset("Own", "first", "here", (images, labels, images[:8], labels[:8]), "abcd", validation=4, quiet=True)
    _, history = train(own, resnet(TINY, 4, stem="small"), epochs=12, batch_size=8)
    assert history.last.train_loss < 0.5 * history.epochs[0].train_loss


@pytest.mark.slow
def test_nets_and_data_drop_into_d2l():
    from d2l import mxnet as d2l  # seconds

    class Classifier(d2l.Classifier):
        def __init__(self, net, lr=0.1):
            super().__init__()
            self.save_hyperparameters(ignore=["net"])
            self.net = net
            self.board.display = False
    net = resnet18(zero_gamma=True)
    net.initialize(mx.init.Xavier())
    small = FashionMNIST(train_images=256, batch_size=32, quiet=True)
    small.val = small.val.take(slice(64))
    model, loss = Classifier(net), gluon.loss.SoftmaxCrossEntropyLoss()
    images, labels = next(small.train.batches(256).epoch(0))
    before = float(loss(net(images), labels).mean())
    d2l.Trainer(max_epochs=4).fit(model, small)
    with mx.autograd.train_mode():
        assert float(loss(net(images), labels).mean()) < 0.8 * before
