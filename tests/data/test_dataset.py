"""Three splits on one scale, and what d2l's Trainer asks of them."""
from resnet_gluon import Dataset, FashionMNIST
from resnet_gluon.data.dataset import stratified

import mxnet as mx
import numpy as onp
import pytest


def test_the_split_is_stratified_fixed_and_disjoint():
    labels = onp.repeat(onp.arange(10), 6_000)
    train, validation = stratified(labels)
    assert (len(train), len(validation)) == (55_000, 5_000)
    assert (onp.bincount(labels[validation]) == 500).all()
    assert len(onp.union1d(train, validation)) == 60_000
    assert (stratified(labels)[1] == validation).all()
    assert validation[:5].tolist() == [27094, 42271, 58327, 21069, 23470]


def test_nothing_is_held_back_where_none_is_wanted():
    train, validation = stratified(onp.arange(30) % 3, None)
    assert sorted(train) == list(range(30)) and len(validation) == 0
    with pytest.raises(ValueError, match="validation must be an integer of at least 1, but 0 was given"):
        stratified(onp.arange(30) % 3, 0)


def arrays(n=40):
    images = onp.random.default_rng(0).integers(256, size=(n, 6, 6), dtype=onp.uint8)
    return images, onp.arange(n) % 2, images[:10] // 2, onp.arange(10) % 2


def small(**options):
    return Dataset("Small", "first", "here", arrays(), ("a", "b"), **{"validation": 4, "quiet": True, **options})


def test_a_reader_s_own_arrays_make_a_data_set():
    data = small()
    assert (len(data.train), len(data.val), len(data.test)) == (30, 10, 10)
    assert onp.bincount(data.val.labels).tolist() == [5, 5] and data.classes == ("a", "b")
    assert {split.num_classes for split in (data.train, data.val, data.test)} == {2}


def test_all_splits_are_on_the_training_split_s_scale():
    data = small()
    scale = data.train.images.mean() / 255, data.train.images.std() / 255
    for split in (data.train, data.val, data.test):
        assert (split.mean, split.std) == pytest.approx(scale)
    assert data.test.statistics()[0] < 0.6 * data.test.mean  # its own would be another one
    (x, _), = data.test.batches(10)
    onp.testing.assert_allclose(x.asnumpy()[:, 0], (data.test.images / 255 - scale[0]) / scale[1], rtol=1e-4, atol=1e-5)


def test_without_validation_the_training_split_stands_in_and_is_said_to(capsys):
    data = small(validation=None, quiet=False)
    assert data.val is data.train and len(data.train) == 40
    assert "40 training, the training split again for validation and 10 test images" in capsys.readouterr().out


def test_the_training_split_can_be_cut():
    data = FashionMNIST(train_images=100, quiet=True)
    assert len(data.train) == 100 and len(data.val) == 410
    with pytest.raises(ValueError, match="train_images must be an integer of at least 1"):
        FashionMNIST(train_images=0)


@pytest.mark.parametrize("options, message", [
    ({"batch_size": 0}, "batch_size must be"), ({"validation": -1}, "validation must be"),
    ({"train_images": 1.5}, "train_images must be")])
def test_bad_arguments_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        small(**options)


def test_a_channel_without_variation_is_refused():
    flat = (onp.zeros((4, 1, 3), onp.float32), onp.arange(4) % 2) * 2
    with pytest.raises(ValueError, match="the same value everywhere"):
        Dataset("flat", "none", "here", flat, "ab", validation=10)


def test_what_was_loaded_is_printed(capsys):
    data = FashionMNIST()
    assert capsys.readouterr().out.startswith("Fashion-MNIST, edition 2017-08-31 (subset): 4,590 training, 410 ")
    assert data.text_labels([0, 9]) == ["T-shirt/top", "Ankle boot"]
    assert repr(data) == "FashionMNIST(Fashion-MNIST, edition 2017-08-31 (subset): train 4,590, val 410, test 1,000)"


def test_d2l_s_names_are_served(data):
    for loader, n in ((data.train_dataloader(), 512), (data.val_dataloader(), 410)):
        batch = next(iter(loader))
        assert len(loader) == -(-n // 128) and batch[0].shape == (128, 1, 28, 28)
        assert isinstance(batch[1], mx.np.ndarray) and batch[1].dtype == onp.int32
    assert small(batch_size=7).train_dataloader().batch_size == 7
