"""Images moved, mirrored and turned, each in its own way."""
from resnet_gluon.data.augment import augment, check_augmentation, rotated, shifted, views

import numpy as np
import pytest
from small_data import colour, grey


def test_shifts_move_each_image_by_its_own_amount():
    images = np.arange(1, 17, dtype=np.uint8).reshape(1, 4, 4).repeat(3, axis=0)
    moved = shifted(images, np.array([1, 0, 2]), np.array([1, 1, 0]), 1)
    assert (moved[0] == images[0]).all()
    assert (moved[1, 1:] == images[1, :-1]).all() and (moved[1, 0] == 0).all()
    assert (moved[2, :-1, 1:] == images[2, 1:, :-1]).all() and (moved[2, -1] == 0).all() and (moved[2, :, 0] == 0).all()


def test_colour_images_are_moved_as_grey_ones_are():
    images, rows, columns = colour().images, np.arange(12) % 5, np.arange(12) % 3
    moved = shifted(images, rows, columns, 2)
    for channel in range(3):
        assert (moved[:, channel] == shifted(images[:, channel], rows, columns, 2)).all()


def test_views_of_colour_images_are_mirrored_sideways():
    images = colour().images
    plain, mirrored = views(images, mirror=True, shift=0)
    assert (plain == images).all() and (mirrored == images[:, :, :, ::-1]).all()


def test_views_are_moved_in_four_directions_each_mirrored_too():
    images = grey().images
    seen = list(views(images, mirror=True, shift=2))
    assert len(seen) == 10 and (seen[0] == images).all()
    down, up, right, left = seen[2], seen[4], seen[6], seen[8]
    assert (down[:, 2:] == images[:, :-2]).all() and (up[:, :-2] == images[:, 2:]).all()
    assert (right[:, :, 2:] == images[:, :, :-2]).all() and (left[:, :, :-2] == images[:, :, 2:]).all()
    assert all((mirrored == plain[..., ::-1]).all() for plain, mirrored in zip(seen[::2], seen[1::2]))
    assert [(view == images).all() for view in views(images, mirror=False, shift=0)] == [True]


def test_views_are_for_images():
    series = np.zeros((4, 1, 9), np.float32)
    assert len(list(views(series, mirror=False, shift=0))) == 1
    for options in ({"mirror": True, "shift": 0}, {"mirror": False, "shift": 1}):
        with pytest.raises(ValueError, match="mirror and shift are for images, but the split holds series"):
            next(views(series, **options))


def test_rotation():
    image = np.random.default_rng(0).integers(256, size=(2, 3, 7, 7), dtype=np.uint8)
    assert (rotated(image, np.zeros(2)) == image).all()
    assert (rotated(image, np.array([90, 180])) == np.stack([np.rot90(image[0], axes=(1, 2)),
                                                             np.rot90(image[1], 2, axes=(1, 2))])).all()
    assert (rotated(image[:, 0], np.array([90, 0]))[0] == np.rot90(image[0, 0])).all()
    even = np.full((1, 8, 8), 200, np.uint8)
    assert (rotated(even, np.array([10.0])) == 200).all()  # the edge goes on outwards


def test_all_that_is_random_comes_from_the_generator():
    images = colour(40).images
    options = {"flip": True, "shift": 1, "rotate": 10}
    one, again, other = (augment(images, np.random.default_rng(seed), **options) for seed in (3, 3, 4))
    assert (one == again).all() and (one != other).any()
    assert one.dtype == np.uint8 and one.shape == images.shape
    assert augment(images, np.random.default_rng(3)) is images  # nothing is asked for


def test_flip_mirrors_about_half_of_the_images_and_whole_ones():
    images = np.tile(np.arange(4, dtype=np.uint8), (400, 1, 4, 1))
    x = augment(images, np.random.default_rng(0), flip=True)
    mirrored = (x == images[..., ::-1]).all(axis=(1, 2, 3))
    assert (mirrored | (x == images).all(axis=(1, 2, 3))).all() and 150 < mirrored.sum() < 250


def test_a_shift_reaches_every_place_within_its_distance_and_no_other():
    images = np.zeros((2000, 1, 5, 5), np.uint8)
    images[:, 0, 2, 2] = 1
    moved = augment(images, np.random.default_rng(0), shift=1)[:, 0]
    counts = moved.sum(0)
    assert counts.sum() == 2000 and (counts[1:4, 1:4] > 150).all() and counts[1:4, 1:4].sum() == 2000


@pytest.mark.parametrize("flip, shift, rotate, message", [
    (False, 1.5, 0, "shift must be an integer of at least 0, but 1.5 was given"),
    (False, -1, 0, "shift must be an integer of at least 0, but -1 was given"),
    (False, True, 0, "shift must be an integer of at least 0, but True was given"),
    (False, 0, -3, "rotate must be a finite number of at least 0, but -3 was given"),
    (False, 0, float("nan"), "rotate must be a finite number"),
    (1, 0, 0, "flip must be True or False, but 1 was given"),
    ("yes", 0, 0, "flip must be True or False, but 'yes' was given")])
def test_what_is_out_of_range_is_named(flip, shift, rotate, message):
    with pytest.raises(ValueError, match=message):
        check_augmentation(flip, shift, rotate)
    with pytest.raises(ValueError, match=message):
        augment(grey().channels_first, np.random.default_rng(0), flip=flip, shift=shift, rotate=rotate)


def test_numpy_s_own_numbers_do():
    check_augmentation(np.bool_(True), np.int64(2), np.float32(1.5))
