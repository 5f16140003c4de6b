from resnet_gluon import FashionMNIST
from resnet_gluon.data import Batches, Split
from resnet_gluon.data.batches import shifted
from resnet_gluon.data.dataset import stratified

import mxnet as mx
import numpy as onp
import pytest


def split(n=20, size=4):
    random = onp.random.default_rng(0)
    return Split(random.integers(256, size=(n, size, size), dtype=onp.uint8), onp.arange(n) % 10)


def test_the_split_is_stratified_fixed_and_disjoint():
    labels = onp.repeat(onp.arange(10), 6_000)
    train, validation = stratified(labels)
    assert (len(train), len(validation)) == (55_000, 5_000)
    assert (onp.bincount(labels[validation]) == 500).all()
    assert len(onp.union1d(train, validation)) == 60_000
    assert (stratified(labels)[1] == validation).all()
    assert validation[:5].tolist() == [27094, 42271, 58327, 21069, 23470]


def test_what_was_loaded_is_printed(capsys):
    data = FashionMNIST()
    assert capsys.readouterr().out.startswith("Fashion-MNIST, edition 2017-08-31 (subset): 4,590 training, 410 ")
    assert data.text_labels([0, 9]) == ["T-shirt/top", "Ankle boot"]


def test_statistics_are_the_training_split_s(data):
    pixels = data.train.images / 255
    assert data.mean == pytest.approx(pixels.mean()) and data.std == pytest.approx(pixels.std())


def test_images_stay_bytes(data):
    assert {s.images.dtype for s in (data.train, data.val, data.test)} == {onp.dtype("uint8")}


def test_the_training_split_can_be_cut():
    data = FashionMNIST(train_images=100, quiet=True)
    assert len(data.train) == 100 and len(data.val) == 410
    with pytest.raises(ValueError, match="train_images must be an integer of at least 1"):
        FashionMNIST(train_images=0)


def test_batches_are_normalised_and_complete():
    data = split()
    mean, std = data.statistics()
    images, labels = zip(*Batches(data, 8, mean, std))
    assert [x.shape for x in images] == [(8, 1, 4, 4), (8, 1, 4, 4), (4, 1, 4, 4)]
    x = onp.concatenate([x.asnumpy() for x in images])
    assert x.dtype == onp.float32 and abs(x.mean()) < 1e-6 and abs(x.std() - 1) < 1e-6
    onp.testing.assert_allclose(x[:, 0], (data.images / 255 - mean) / std, rtol=1e-4, atol=1e-5)
    assert onp.concatenate([y.asnumpy() for y in labels]).tolist() == data.labels.tolist()


def raw(batches, epoch):
    """The bytes of an epoch's images, in order, and their labels."""
    return [((x.asnumpy() * batches.std + batches.mean) * 255).round().astype(int).tolist()
            for x, _ in batches.epoch(epoch)], [y.asnumpy().tolist() for _, y in batches.epoch(epoch)]


def test_shuffling_visits_every_image_once_in_an_order_of_seed_and_epoch():
    batches = Batches(split(), 5, 0.3, 0.4, shuffle=True, flip=True, shift=1, seed=3)
    assert raw(batches, 0) == raw(batches, 0)
    assert raw(batches, 0) != raw(batches, 1)
    assert raw(batches, 0) != raw(Batches(split(), 5, 0.3, 0.4, shuffle=True, flip=True, shift=1, seed=4), 0)
    assert sorted(sum(raw(batches, 1)[1], [])) == sorted(split().labels.tolist())
    assert [y.asnumpy().tolist() for _, y in batches] == raw(batches, 0)[1]
    assert [y.asnumpy().tolist() for _, y in batches] == raw(batches, 1)[1]


def test_labels_follow_their_images():
    images = onp.repeat(onp.arange(10, dtype=onp.uint8), 7)[:, None, None] * onp.ones((1, 3, 3), onp.uint8)
    batches = Batches(Split(images, onp.repeat(onp.arange(10), 7)), 10, 0.0, 1.0, shuffle=True, flip=True, shift=0)
    for x, y in batches.epoch(5):
        assert ((x.asnumpy() * 255).round()[:, 0, 0, 0] == y.asnumpy()).all()


def test_flip_mirrors_about_half_of_the_images_and_whole_ones():
    images = onp.tile(onp.arange(4, dtype=onp.uint8), (400, 4, 1))
    batches = Batches(Split(images, onp.zeros(400, int)), 400, 0.0, 1.0, flip=True)
    x = (next(batches.epoch(0))[0].asnumpy() * 255).round()[:, 0]
    mirrored = (x == images[:, :, ::-1]).all(axis=(1, 2))
    assert (mirrored | (x == images).all(axis=(1, 2))).all() and 150 < mirrored.sum() < 250


def test_shifts_move_each_image_by_its_own_amount():
    images = onp.arange(1, 17, dtype=onp.uint8).reshape(1, 4, 4).repeat(3, axis=0)
    moved = shifted(images, onp.array([1, 0, 2]), onp.array([1, 1, 0]), 1)
    assert (moved[0] == images[0]).all()
    assert (moved[1, 1:] == images[1, :-1]).all() and (moved[1, 0] == 0).all()
    assert (moved[2, :-1, 1:] == images[2, 1:, :-1]).all() and (moved[2, -1] == 0).all() and (moved[2, :, 0] == 0).all()


@pytest.mark.parametrize("images, labels, message", [
    (onp.zeros((2, 4, 4)), [0, 1], "must be a non-empty uint8 array"),
    (onp.zeros((0, 4, 4), onp.uint8), [], "must be a non-empty uint8 array"),
    (onp.zeros((2, 16), onp.uint8), [0, 1], "must be a non-empty uint8 array"),
    (onp.zeros((2, 4, 4), onp.uint8), [0], "2 images need 2 labels"),
    (onp.zeros((2, 4, 4), onp.uint8), [0, 10], "labels must be 0 to 9, but 0 to 10 were given"),
    (onp.zeros((2, 4, 4), onp.uint8), [-1, 1], "labels must be 0 to 9, but -1 to 1 were given")])
def test_bad_splits_are_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        Split(images, onp.array(labels))


@pytest.mark.parametrize("options, message", [
    ({"batch_size": 0}, "batch_size must be"), ({"batch_size": -5}, "batch_size must be"),
    ({"batch_size": 21, "shuffle": True}, "batch_size=21, but the split holds only 20 images"),
    ({"batch_size": 5, "shift": -1}, "shift must be")])
def test_bad_batches_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Batches(split(), mean=0.3, std=0.4, **options)


def test_d2l_s_names_are_served(data):
    for loader, n in ((data.train_dataloader(), 512), (data.val_dataloader(), 410)):
        batch = next(iter(loader))
        assert len(loader) == -(-n // 128) and batch[0].shape == (128, 1, 28, 28)
        assert isinstance(batch[1], mx.np.ndarray) and batch[1].dtype == onp.int32
