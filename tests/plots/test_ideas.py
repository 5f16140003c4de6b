"""Pictures of ideas say what is true of what they draw."""
from resnet_gluon import plots
from resnet_gluon.plots.ideas import APART, NESTED, TARGET, nearest

import matplotlib
import numpy as np
import pytest
from pictures import drawn, seen, words

matplotlib.use("Agg")


def inside(point, ellipse):
    x, y, width, height, angle = ellipse
    turn = np.deg2rad(-angle)
    along, across = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ (point - np.array([x, y]))
    return (along / (width / 2)) ** 2 + (across / (height / 2)) ** 2 < 1


def edge(ellipse):
    """Points all around an ellipse."""
    x, y, width, height, angle = ellipse
    around, turn = np.linspace(0, 2 * np.pi, 200), np.deg2rad(angle)
    points = np.stack([width / 2 * np.cos(around), height / 2 * np.sin(around)])
    return (np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ points).T + [x, y]


def test_nested_classes_contain_the_smaller_ones_and_come_nearer():
    for small, large in zip(NESTED, NESTED[1:]):
        assert all(inside(point, large) for point in edge(small)) and nearest(large)[1] < nearest(small)[1]


def test_other_classes_grow_too_but_do_not_contain_the_smaller_ones_and_the_largest_is_not_the_nearest():
    for small, large in zip(APART, APART[1:]):
        assert small[2] * small[3] < large[2] * large[3] and not all(inside(point, large) for point in edge(small))
    assert np.argmin([nearest(ellipse)[1] for ellipse in APART]) != len(APART) - 1
    assert not any(inside(np.array(TARGET), ellipse) for ellipse in (*APART, *NESTED))


def test_both_panels_have_four_classes_and_what_is_wanted():
    figure = seen(plots.function_classes())
    assert [len(axis.patches) for axis in figure.axes] == [4, 4]
    assert words(figure).count("wanted") == 2
    assert "Nested: the nearest to it is class 4" in figure.alt


@pytest.mark.parametrize("blocks", (1, 2, 3, 5))
def test_every_route_through_the_blocks_is_drawn(blocks):
    figure = seen(plots.paths(blocks))
    routes = [text.get_text() for text in drawn(figure, "route")]
    assert len(routes) == 2 ** blocks and routes[0] == "0 blocks" and routes[-1].startswith(str(blocks))
    assert len(drawn(figure, "add")) == blocks  # of the row above
    assert len(drawn(figure, "conv")) == blocks + blocks * 2 ** (blocks - 1)  # each block is on half of the routes


def test_three_blocks_in_words():
    assert "8 routes" in plots.paths(3).alt and "3 through 1, 3 through 2" in plots.paths(3).alt


@pytest.mark.parametrize("blocks", (0, 6))
def test_too_many_routes_are_refused(blocks):
    with pytest.raises(ValueError, match="1 to 5 blocks"):
        plots.paths(blocks)
