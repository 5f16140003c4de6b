from resnet_gluon import plots

import matplotlib
import numpy as np
from pictures import seen, words

matplotlib.use("Agg")


def test_series_have_a_panel_for_each_class():
    series, labels = np.arange(24.0).reshape(6, 4), np.array([0, 0, 0, 1, 1, 1])
    figure = seen(plots.series_by_class(series, labels, ("a", "b"), "Small", most=2))
    left, right = figure.axes
    assert [axis.get_title(loc="left") for axis in (left, right)] == ["Small, a", "Small, b"]
    assert [line.get_ydata().tolist() for line in right.lines] == [*series[3:5].tolist(), series[3:].mean(0).tolist()]
    assert "a, 3 series and b, 3 series" in figure.alt


def test_evidence_has_one_scale_with_zero_in_its_middle_and_a_colour_bar():
    figure = seen(plots.series_with_activation([("x", np.array([1.0, 3.0, 2.0]), np.array([5.0, 9.0, 7.0])),
                                                ("y", np.array([1.0, 3.0, 2.0]), np.array([-5.0, 1.0, 0.0]))]))
    points, others = (axis.collections[0] for axis in figure.axes[:2])
    assert points.get_offsets().tolist() == [[0, 1], [1, 3], [2, 2]] and points.get_array().tolist() == [5, 9, 7]
    assert points.get_clim() == others.get_clim() == (-9, 9) and len(set(points.get_sizes())) == 1
    assert "evidence (logit)" in words(figure) and "x: most at step 1 of 3" in figure.alt


def test_scores_that_are_all_nothing_are_drawn_too():
    seen(plots.series_with_activation([("x", np.zeros(3), np.zeros(3))] * 2))
