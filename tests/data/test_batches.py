"""A split and its scale, and the batches that it is fed in."""
from dataclasses import FrozenInstanceError

from resnet_gluon.data import Batches, Split

import numpy as onp
import pytest
from small_data import colour, grey, series


@pytest.mark.parametrize("images, labels, message", [
    (onp.zeros((2, 4, 4)), [0, 1], "must be a non-empty uint8 array"),
    (onp.zeros((0, 4, 4), onp.uint8), [], "must be a non-empty uint8 array"),
    (onp.zeros((2, 16), onp.uint8), [0, 1], "must be a non-empty uint8 array"),
    ([[1]], [0], "must be a non-empty uint8"),
    (onp.zeros((2, 4, 4), onp.uint8), [0], "2 images need 2 labels"),
    (onp.zeros((2, 1, 3), onp.float32), [0.9, 1.7], "labels must be integers"),
    (onp.full((1, 1, 3), onp.nan, onp.float32), [0], "not finite"),
    (onp.zeros((2, 4, 4), onp.uint8), [0, 10], "labels must be 0 to 9, but 0 to 10 were given"),
    (onp.zeros((2, 4, 4), onp.uint8), [-1, 1], "labels must be 0 to 9, but -1 to 1 were given")])
def test_bad_splits_are_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        Split(images, labels if len(labels) == 1 else onp.array(labels))


@pytest.mark.parametrize("mean, std", [([0.1, 0.2], [1, 1]), ([0.1, 0.2, 0.3, 0.4], 1), (0.5, [1, 2])])
def test_statistics_of_another_number_of_channels_are_refused(mean, std):
    with pytest.raises(ValueError, match="mean and std must be one number, or one for each of the 3 channels"):
        colour().normalised(mean, std)


def test_a_split_carries_the_scale_it_was_given_else_its_own():
    own = grey()
    assert own.mean == pytest.approx(own.images.mean() / 255) and own.std == pytest.approx(own.images.std() / 255)
    other = own.normalised(0.25, 0.5)
    assert (other.mean, other.std) == (0.25, 0.5) and other.images is own.images
    assert (own.mean, own.std) == own.statistics()  # it was not changed
    part = other.take(slice(5))
    assert (part.mean, part.std) == (0.25, 0.5) and len(part) == 5
    assert other.take(own.labels == 3).labels.tolist() == [3, 3]
    with pytest.raises(FrozenInstanceError):
        own.mean = 0.0


def test_one_of_mean_and_std_can_be_given_alone():
    split = Split(grey().images, grey().labels, mean=0.25)
    assert split.mean == 0.25 and split.std == grey().std


@pytest.mark.parametrize("make, shape", [(grey, (20, 1, 4, 4)), (colour, (12, 3, 6, 5)), (series, (4, 1, 9))])
def test_statistics_are_those_of_each_channel(make, shape):
    split = make()
    pixels = split.channels_first / (255 if split.images.dtype == onp.uint8 else 1)
    assert split.channels_first.shape == shape
    axes = (0,) + tuple(range(2, len(shape)))
    for found, expected in zip(split.statistics(), (pixels.mean(axes), pixels.std(axes))):
        onp.testing.assert_allclose(onp.reshape(found, -1), expected, rtol=1e-5)


def test_splits_and_batches_say_what_they_hold_in_a_line():
    assert repr(grey()) == "Split(20 images (4, 4), 10 classes)"
    assert repr(series()) == "Split(4 series (1, 9), 2 classes)"
    assert repr(grey().batches(8)) == "Batches(3 of 8 from Split(20 images (4, 4), 10 classes))"


def test_batches_are_normalised_and_complete():
    data = grey()
    images, labels = zip(*data.batches(8))
    assert [x.shape for x in images] == [(8, 1, 4, 4), (8, 1, 4, 4), (4, 1, 4, 4)]
    x = onp.concatenate([x.asnumpy() for x in images])
    assert x.dtype == onp.float32 and abs(x.mean()) < 1e-6 and abs(x.std() - 1) < 1e-6
    onp.testing.assert_allclose(x[:, 0], (data.images / 255 - data.mean) / data.std, rtol=1e-4, atol=1e-5)
    assert onp.concatenate([y.asnumpy() for y in labels]).tolist() == data.labels.tolist()


def test_colour_images_are_normalised_channel_by_channel():
    (x, _), = colour().batches(12)
    x = x.asnumpy()
    assert x.shape == (12, 3, 6, 5) and onp.abs(x.mean((0, 2, 3))).max() < 1e-6
    onp.testing.assert_allclose(x.std((0, 2, 3)), 1, rtol=1e-5)


def test_batches_are_on_the_split_s_scale():
    (x, _), = grey().normalised(0.25, 0.5).batches(20)
    onp.testing.assert_allclose(x.asnumpy()[:, 0], (grey().images / 255 - 0.25) / 0.5, rtol=1e-5, atol=1e-5)
    (x, _), = colour().normalised(0.25, 0.5).batches(12)  # one number for all channels
    onp.testing.assert_allclose(x.asnumpy(), (colour().images / 255 - 0.25) / 0.5, rtol=1e-5, atol=1e-5)


def test_an_epoch_longer_than_what_is_made_in_one_go():
    split = grey(50)
    images, labels = zip(*split.batches(2))  # 25 batches, 8 at a time
    assert len(images) == 25 and onp.concatenate([y.asnumpy() for y in labels]).tolist() == split.labels.tolist()
    (whole, _), = split.batches(50)
    assert (onp.concatenate([x.asnumpy() for x in images]) == whole.asnumpy()).all()


def raw(batches, epoch):
    """The bytes of an epoch's images, in order, and their labels."""
    return [((x.asnumpy() * batches.std + batches.mean) * 255).round().astype(int).tolist()
            for x, _ in batches.epoch(epoch)], [y.asnumpy().tolist() for _, y in batches.epoch(epoch)]


def test_shuffling_visits_every_image_once_in_an_order_of_seed_and_epoch():
    split, options = grey().normalised(0.3, 0.4), {"shuffle": True, "flip": True, "shift": 1}
    batches = split.batches(5, seed=3, **options)
    assert raw(batches, 0) == raw(batches, 0)
    assert raw(batches, 0) != raw(batches, 1)
    assert raw(batches, 0) != raw(split.batches(5, seed=4, **options), 0)
    assert sorted(sum(raw(batches, 1)[1], [])) == sorted(split.labels.tolist())
    assert [y.asnumpy().tolist() for _, y in batches] == raw(batches, 0)[1]
    assert [y.asnumpy().tolist() for _, y in batches] == raw(batches, 1)[1]


def test_an_incomplete_batch_is_left_out_where_the_order_is_shuffled():
    assert [len(y) for _, y in grey().batches(8, shuffle=True)] == [8, 8]
    assert len(grey().batches(8, shuffle=True)) == 2 and len(grey().batches(8)) == 3 and len(grey().batches(10)) == 2


def test_labels_follow_their_images():
    images = onp.repeat(onp.arange(10, dtype=onp.uint8), 7)[:, None, None] * onp.ones((1, 3, 3), onp.uint8)
    split = Split(images, onp.repeat(onp.arange(10), 7), mean=0.0, std=1.0)
    for x, y in split.batches(10, shuffle=True, flip=True, shift=0).epoch(5):
        assert ((x.asnumpy() * 255).round()[:, 0, 0, 0] == y.asnumpy()).all()


def test_flip_mirrors_about_half_of_the_images_and_whole_ones():
    images = onp.tile(onp.arange(4, dtype=onp.uint8), (400, 4, 1))
    batches = Split(images, onp.zeros(400, int), mean=0.0, std=1.0).batches(400, flip=True)
    x = (next(batches.epoch(0))[0].asnumpy() * 255).round()[:, 0]
    mirrored = (x == images[:, :, ::-1]).all(axis=(1, 2))
    assert (mirrored | (x == images).all(axis=(1, 2))).all() and 150 < mirrored.sum() < 250


def test_rotation_is_drawn_for_each_image_and_repeats():
    split = Split(onp.repeat(colour(1).images, 8, axis=0), onp.zeros(8, int))
    batches = split.batches(8, rotate=10, seed=1)
    (x, _), (again, _) = next(batches.epoch(3)), next(batches.epoch(3))
    assert (x == again).all() and len({image.tobytes() for image in x.asnumpy()}) == 8


@pytest.mark.parametrize("options, message", [
    ({"batch_size": 0}, "batch_size must be"), ({"batch_size": -5}, "batch_size must be"),
    ({"batch_size": 2.5}, "batch_size must be"),
    ({"batch_size": 21, "shuffle": True}, "batch_size=21, but the split holds only 20 images"),
    ({"batch_size": 5, "shift": -1}, "shift must be an integer of at least 0, but -1 was given"),
    ({"batch_size": 5, "shift": 1.5}, "shift must be an integer of at least 0, but 1.5 was given"),
    ({"batch_size": 5, "flip": "left"}, "flip must be True or False"),
    ({"batch_size": 5, "rotate": -1}, "rotate must")])
def test_bad_batches_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        grey().batches(**options)
    with pytest.raises(ValueError, match=message):
        Batches(grey(), **options)


@pytest.mark.parametrize("change", ({"flip": True}, {"shift": 1}, {"rotate": 5}))
def test_series_are_not_changed(change):
    with pytest.raises(ValueError, match="for images, but the split holds series"):
        series().batches(2, **change)


def test_a_scale_that_cannot_normalise_is_refused():
    with pytest.raises(ValueError, match="is a channel the same everywhere"):
        Split(onp.full((4, 3, 3), 7, onp.uint8), onp.zeros(4, int)).batches(2)
