"""Where the steps of a drawing stand: in order, apart from one another, the ways around beside the trunk."""
from itertools import combinations

from resnet_gluon import Bottleneck, Plain, Residual, diagram
from resnet_gluon.nets import Diagram, Step
from resnet_gluon.plots import flow
from resnet_gluon.plots.blocks import two_lines
from resnet_gluon.plots.style import canvas

import matplotlib
import pytest

matplotlib.use("Agg")
SHAPE = (1, 8, 4, 4)
CASES = {"plain": (Plain(8), SHAPE), "residual": (Residual(8), SHAPE), "projected": (Residual(16, True, 2), SHAPE),
         "bottleneck": (Bottleneck(8), SHAPE), "version 2": (Residual(16, True, 2, preactivation=True), SHAPE)}


def chain(*inputs):
    """A diagram of additions and convolutions that are fed as said."""
    steps = tuple(Step("add" if len(one) > 1 else "conv", "+" if len(one) > 1 else "3×3 conv, 8", SHAPE, one)
                  for one in inputs)
    return Diagram("by hand", SHAPE, SHAPE, steps)


@pytest.mark.parametrize("name", CASES)
def test_steps_stand_below_what_feeds_them_and_touch_no_other(name):
    block = diagram(*CASES[name])
    spots = flow.plan(block, 0, 0, two_lines).spots
    for place, step in enumerate(block.steps):
        assert all(spots[source].y < spots[place].y for source in step.inputs)
    for one, other in combinations((spots[place] for place in range(len(block.steps))), 2):
        assert abs(one.x - other.x) >= one.wide + other.wide or abs(one.y - other.y) >= one.high + other.high


def test_ways_around_one_another_have_lanes_of_their_own():
    nested = chain((-1,), (0,), (1, 0), (2, -1))  # an addition inside of what another one goes around
    lanes = [lane for _, lane in flow.plan(nested, 0, 0, two_lines).lines]
    assert len(lanes) == 2 and abs(lanes[0] - lanes[1]) >= flow.NARROW


def test_ways_one_after_the_other_share_a_lane():
    row = chain((-1,), (0, -1), (1,), (2, 1))
    lanes = [lane for _, lane in flow.plan(row, 0, 0, two_lines).lines]
    assert len(lanes) == 2 and lanes[0] == lanes[1]


@pytest.mark.parametrize("upward", (False, True))
def test_additions_are_circles_and_on_the_way_back_forks_are(upward):
    block = diagram(Residual(8), SHAPE)
    figure, axis = canvas(200, 400)
    flow.draw(axis, block, flow.plan(block, 10, 10, two_lines, upward), two_lines, upward)
    circles = figure.findobj(lambda artist: artist.get_gid() == "add")
    spots = flow.plan(block, 10, 10, two_lines, upward).spots
    heights = [circle.center[1] for circle in circles]
    addition = next(place for place, step in enumerate(block.steps) if step.kind == "add")
    assert heights == [pytest.approx(spots[-1].y + flow.FORK if upward else spots[addition].y)]


def test_long_words_are_written_smaller_not_wider():
    assert flow.size_for("BN", 80) == 9.5 > flow.size_for("a very long name of a layer", 80)
    assert flow.size_for("two\nlines", 80) == flow.size_for("lines", 80)
