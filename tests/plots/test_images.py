"""Images are shown as they are, and evidence where it is."""
from resnet_gluon import plots

import matplotlib
import numpy as np
import pytest
from pictures import seen, words

matplotlib.use("Agg")


def test_image_grid_has_a_place_for_every_image():
    figure = seen(plots.image_grid(np.zeros((7, 4, 4), np.uint8), list("abcdefg"), columns=3))
    assert sum(len(axis.images) for axis in figure.axes) == 7
    assert [axis.get_title() for axis in figure.axes[:7]] == list("abcdefg") and "a, b, c" in figure.alt


@pytest.mark.parametrize("shape", [(3, 4, 5), (3, 4, 5, 3)])
def test_pictures_are_shown_in_grey_or_in_colour_as_they_are(shape):
    images = np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8)
    figure = seen(plots.image_grid(images))
    shown = [axis.images[0].get_array() for axis in figure.axes if axis.images]
    assert len(shown) == 3 and all((one == image).all() for one, image in zip(shown, images))
    assert not any(axis.axison for axis in figure.axes)


@pytest.mark.parametrize("shape", [(3, 4, 5), (3, 4, 5, 3)])
def test_floats_of_any_scale_share_one_from_white_to_black(shape):
    images = np.random.default_rng(0).normal(3, 50, size=shape)
    figure = seen(plots.image_grid(images))
    shown = [axis.images[0] for axis in figure.axes if axis.images]
    if len(shape) == 4:
        together = np.stack([image.get_array() for image in shown])
        assert (together.min(), together.max()) == (0, 1)
    else:
        assert {image.get_clim() for image in shown} == {(images.min(), images.max())}


def test_bytes_keep_their_scale_however_dark_the_images_are():
    axis = plots.image_grid(np.full((1, 4, 4), 9, np.uint8)).axes[0]
    assert axis.images[0].get_clim() == (0, 255)


def test_long_titles_are_made_to_fit():
    figure = seen(plots.image_grid(np.zeros((10, 4, 4), np.uint8), ["T-shirt/top\nAnkle boot 0.98"] * 10))
    boxes = [axis.title.get_window_extent(figure.canvas.get_renderer()) for axis in figure.axes]
    assert all(one.x1 <= other.x0 + 1 for one, other in zip(boxes, boxes[1:]))


def test_evidence_is_shown_as_coarse_as_it_is_with_one_scale_and_a_colour_bar():
    images = np.zeros((2, 8, 8), np.uint8)
    maps = np.array([[[0, 1], [2, 6.0]], [[0, -9], [1, 0]]])
    figure = seen(plots.class_activation(images, maps, ["bag", "coat"]))
    shown = [axis.images[0] for axis in figure.axes[2:4]]
    assert [image.get_array().tolist() for image in shown] == maps.tolist()
    assert {image.get_clim() for image in shown} == {(-9, 9)}
    assert {"bag", "coat", "evidence (logit)"} <= set(words(figure))
    assert "bag: most in row 2 of 2, column 2 of 2, 6" in figure.alt


def test_no_evidence_at_all_is_drawn_too():
    seen(plots.class_activation(np.zeros((1, 8, 8, 3), np.uint8), np.zeros((1, 2, 2)), ["nothing"]))
