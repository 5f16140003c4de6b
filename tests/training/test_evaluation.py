"""Answers to a split: counted by hand, and beside the net asked image by image."""
import json
import math

from resnet_gluon import Evaluation, Split, devices, evaluate, resnet
from resnet_gluon.files import save_parameters
from resnet_gluon.training import scatter

import mxnet as mx
import numpy as onp
import pytest
from mxnet import np
from small_data import series
from tiny import TINY, train


@pytest.fixture(scope="module")
def net(data):
    return train(data, epochs=1)[0]


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


def test_an_evaluation_prints_in_a_line():
    result = Evaluation(onp.zeros(1000, int), onp.tile(onp.array([0.6, 0.4], "float32"), (1000, 1)), "series")
    assert str(result) == "accuracy 1.0000 on 1,000 series (95 % interval 0.9962 to 1.0000)"
    assert repr(result) == f"Evaluation({result})"


def test_evaluate_equals_the_net_image_by_image(data, net):
    result = evaluate(net, data.val)
    images = np.array((data.val.images[:20, None] / 255 - data.val.mean) / data.val.std, dtype="float32")
    logits = onp.concatenate([net(images[i:i + 1]).asnumpy() for i in range(20)])
    onp.testing.assert_allclose(onp.log(result.probabilities[:20, 0] / result.probabilities[:20, 1]),
                                logits[:, 0] - logits[:, 1], rtol=1e-3, atol=1e-3)
    assert result.accuracy == pytest.approx((result.probabilities.argmax(1) == data.val.labels).mean())
    assert result.labels is data.val.labels and result.items == "images"


def test_a_split_is_seen_on_the_scale_that_it_carries(data, net):
    part = data.val.take(slice(30))
    other = part.normalised(0.5, 0.1)
    answers = [evaluate(net, split).probabilities for split in (part, other)]
    assert onp.abs(answers[0] - answers[1]).max() > 0.01
    # the same numbers from another scale: twice as bright, and read as half as bright
    dark = Split(part.images // 2 * 2, part.labels, mean=part.mean, std=part.std)
    half = Split(part.images // 2, part.labels, mean=part.mean / 2, std=part.std / 2)
    onp.testing.assert_allclose(evaluate(net, half).probabilities, evaluate(net, dark).probabilities, atol=1e-5)


def test_evaluation_of_several_views_is_their_mean(data, net):
    def of(images):
        split = Split(onp.ascontiguousarray(images), data.val.labels).normalised(data.val.mean, data.val.std)
        return evaluate(net, split).probabilities
    images = data.val.images
    onp.testing.assert_allclose(evaluate(net, data.val, mirror=True).probabilities,
                                (of(images) + of(images[:, :, ::-1])) / 2, atol=1e-6)
    moved = [onp.zeros_like(images) for _ in range(4)]
    moved[0][:, 2:], moved[1][:, :-2], moved[2][:, :, 2:], moved[3][:, :, :-2] = (
        images[:, :-2], images[:, 2:], images[:, :, :-2], images[:, :, 2:])
    onp.testing.assert_allclose(evaluate(net, data.val, shift=2).probabilities,
                                sum(map(of, [images, *moved])) / 5, atol=1e-6)


@pytest.mark.parametrize("options, message", [
    ({"shift": -1}, "shift must be an integer of at least 0, but -1 was given"),
    ({"shift": 1.5}, "shift must be an integer of at least 0, but 1.5 was given"),
    ({"mirror": "left"}, "mirror must be True or False, but 'left' was given")])
def test_views_out_of_range_are_named(data, net, options, message):
    with pytest.raises(ValueError, match=message):
        evaluate(net, data.val, **options)


def test_series_have_one_view():
    net = resnet(TINY, 2, dimension=1)
    net.initialize()
    assert evaluate(net, series()).items == "series"
    with pytest.raises(ValueError, match="mirror and shift are for images"):
        evaluate(net, series(), mirror=True)


def test_what_is_no_split_is_a_type_error(data, net):
    with pytest.raises(TypeError, match=r"evaluate\(net, split\) takes a split, such as data.val, but a FashionMNIST"):
        evaluate(net, data)


def test_a_batch_is_shared_out_in_order_with_its_labels():
    places = [mx.cpu(0), mx.cpu(1)]
    shares = scatter(np.arange(10).reshape(5, 2), np.arange(5), places)
    assert [(x.ctx, len(x), y.tolist()) for x, y in shares] == [(places[0], 3, [0, 1, 2]), (places[1], 2, [3, 4])]


def test_two_devices_answer_as_one_does(data):
    net = resnet(TINY)
    net.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    one, two = (evaluate(net, data.val, places) for places in ([mx.cpu(0)], [mx.cpu(0), mx.cpu(1)]))
    onp.testing.assert_allclose(one.probabilities, two.probabilities, atol=1e-6)


def test_saved_parameters_give_the_same_answers(data, net, tmp_path):
    save_parameters(net, tmp_path / "net.params")
    again = resnet(TINY)
    again.load_parameters(str(tmp_path / "net.params"), ctx=devices())
    again.hybridize()
    assert (evaluate(net, data.val).predictions == evaluate(again, data.val).predictions).all()


def test_evaluation_is_saved_with_its_data(data, tmp_path):
    result = Evaluation(onp.array([0, 1]), onp.eye(2, dtype="float32"))
    result.save(tmp_path / "test.json", data)
    saved = json.loads((tmp_path / "test.json").read_text())
    assert saved["data"].startswith("Fashion-MNIST, edition 2017-08-31")
    assert saved["accuracy"] == 1 and saved["n"] == 2 and saved["confusion"] == [[1, 0], [0, 1]]


def test_a_result_that_cannot_be_written_is_in_the_error(data, tmp_path):
    found = Evaluation(onp.array([0, 1]), onp.array([[0.9, 0.1], [0.6, 0.4]], "float32"))
    with pytest.raises(FileNotFoundError, match="could not be written .No such file.* hold: accuracy 0.5000"):
        found.save(tmp_path / "nowhere" / "test.json", data)
