"""What a network makes of an image: shapes, sums, kernels and taps are those that went in."""
from resnet_gluon import plots, resnet18
from resnet_gluon.nets import live_taps, time_series_resnet
from resnet_gluon.plots.features import strongest

import matplotlib
import numpy as np
import pytest
from pictures import drawn, seen, words

matplotlib.use("Agg")
RANDOM = np.random.default_rng(0)


def test_the_strongest_channels_are_those_that_vary_most():
    maps = np.stack([scale * RANDOM.normal(size=(4, 4)) + 10 for scale in (1, 9, 3)])
    assert strongest(maps, 2).tolist() == [1, 2]


@pytest.mark.parametrize("image", [np.zeros((28, 28), np.uint8), np.zeros((28, 28, 3), np.uint8)])
def test_a_pyramid_shows_every_part_with_its_shape(image):
    maps = {"stem": RANDOM.normal(size=(16, 14, 14)), "stage1": RANDOM.normal(size=(32, 7, 7)),
            "stage2": RANDOM.normal(size=(2, 1, 1))}
    figure = seen(plots.shape_pyramid(image, maps))
    axis, = figure.axes
    channels = 3 if image.ndim == 3 else 1
    assert {"input", "stem", "stage1", f"{channels} × 28 × 28", "16 × 14 × 14", "2 × 1 × 1"} <= set(words(figure))
    assert len(axis.images) == 1 + 3 + 3 + 2  # three maps at most of each part
    sides = [picture.get_extent()[1] - picture.get_extent()[0] for picture in axis.images]
    assert sides[0] > sides[1] == sides[3] > sides[4] > sides[7] and "stage1 32 × 7 × 7" in figure.alt


def test_a_sum_is_shown_in_its_parts_on_one_scale():
    x, branch = RANDOM.normal(size=(2, 12, 7, 7))
    figure = seen(plots.split(x, branch, x + branch, channels=(3, 0)))
    shown = np.array([axis.images[0].get_array() for axis in figure.axes[:6]]).reshape(3, 2, 7, 7)
    np.testing.assert_array_equal(shown, [x[[3, 0]], branch[[3, 0]], (x + branch)[[3, 0]]])
    limits = {axis.images[0].get_clim() for axis in figure.axes[:6]}
    assert len(limits) == 1 and sum(limits.pop()) == 0
    assert {"x", "f(x)", "x + f(x)", "value"} <= set(words(figure))


def test_by_default_those_channels_in_which_the_branch_varies_most():
    branch = np.arange(1, 13)[:, None, None] * RANDOM.normal(size=(12, 7, 7))
    figure = plots.split(np.zeros_like(branch), branch, branch)
    assert len([axis for axis in figure.axes if axis.images]) == 3 * 8
    assert "channels 12" not in figure.alt and f"channels {strongest(branch, 1)[0]}," in figure.alt


def test_kernels_in_grey_share_a_scale_with_a_colour_bar():
    weights = RANDOM.normal(size=(10, 1, 3, 3))
    figure = seen(plots.kernels(weights))
    shown = [axis.images[0] for axis in figure.axes if axis.images]
    np.testing.assert_array_equal([image.get_array() for image in shown], weights[:, 0])
    assert len({image.get_clim() for image in shown}) == 1 and "weight" in words(figure)


def test_kernels_of_three_channels_are_in_colour_and_zero_is_grey():
    weights = np.zeros((5, 3, 7, 7))
    weights[:, 0, 0, 0] = -2
    figure = seen(plots.kernels(weights))
    images = [axis.images[0].get_array() for axis in figure.axes if axis.images]
    assert len(images) == 5 and images[0][0, 0].tolist() == [0, 0.5, 0.5] and images[0][3, 3].tolist() == [0.5] * 3


def test_dead_taps_are_hatched_and_live_ones_dark():
    """At 28 pixels ResNet-18's last stage works on single pixels: 4 live taps of its first kernel, 1 of the others."""
    sizes = {f"{size} pixels": live_taps(resnet18(), (1, 1, size, size)) for size in (28, 96)}
    figure = seen(plots.live_taps(sizes))
    rows = [word for word in words(figure) if "." in word]
    assert rows == ["stem.0", "stage1.0.conv1", "stage2.0.conv1", "stage3.0.conv1", "stage4.0.conv1", "stage4.0.conv2"]
    assert len(drawn(figure, "dead")) == 5 + 8 and len(drawn(figure, "live")) == 2 * (49 + 5 * 9) - 13
    assert {"28 pixels", "96 pixels", "meets the image", "only ever meets padding"} <= set(words(figure))
    assert "at 28 pixels 62%" in figure.alt and "at 96 pixels 0%" in figure.alt


def test_taps_of_series_are_in_a_row():
    figure = seen(plots.live_taps({"150 steps": live_taps(time_series_resnet(2), (1, 1, 150))}))
    assert len(drawn(figure, "live")) == 8 + 5 + 3 + 8 + 5 + 3 + 8 + 5 + 3
