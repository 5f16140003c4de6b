from resnet_gluon.plots.style import LINES, MARKERS, axes, styles

import matplotlib
import pytest

matplotlib.use("Agg")


@pytest.mark.parametrize("count", (0, 1, 4, 5, 6, 7, 20))
def test_there_is_a_style_for_every_curve(count):
    assert len(styles(count)) == count


def test_six_curves_can_be_told_apart_without_colour():
    six = styles(6)
    assert len(set(map(str, six))) == len(LINES) == len(set(MARKERS)) == 6 and styles(7)[6] == six[0]


def test_axes_are_those_of_pyplot_and_take_its_options():
    figure, panels = axes(2, 3, figsize=(4, 2))
    assert panels.shape == (2, 3) and figure.get_size_inches().tolist() == [4, 2]
    assert figure.get_constrained_layout()
