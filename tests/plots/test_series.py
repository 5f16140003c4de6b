from resnet_gluon import plots

import matplotlib
import numpy as np

matplotlib.use("Agg")


def test_series_have_a_panel_a_class():
    series, labels = np.arange(24.0).reshape(6, 4), np.array([0, 0, 0, 1, 1, 1])
    axes = plots.series_by_class(series, labels, ("a", "b"), "Small", most=2).axes
    assert [axis.get_title() for axis in axes] == ["Small, class a", "Small, class b"]
    assert [line.get_ydata().tolist() for line in axes[1].lines] == series[3:5].tolist()


def test_activation_is_scaled_and_drawn_at_every_point():
    figure = plots.series_with_activation([("x", np.array([1.0, 3.0, 2.0]), np.array([5.0, 9.0, 7.0]))])
    points = figure.axes[0].collections[0]
    assert points.get_offsets().tolist() == [[0, 1], [1, 3], [2, 2]] and points.get_array().tolist() == [0, 1, 0.5]


def test_scores_that_are_all_alike_are_drawn_too():
    figure = plots.series_with_activation([("x", np.zeros(3), np.full(3, 5.0))] * 2)
    assert len(figure.axes) == 2 and figure.axes[1].collections[0].get_array().tolist() == [0, 0, 0]
