"""Comparisons show every result, and how sure one can be of a mean."""
from resnet_gluon import plots
from resnet_gluon.plots.comparing import interval

import matplotlib
import numpy as np
import pytest
from pictures import keys, seen
from scipy.stats import t

matplotlib.use("Agg")


def test_the_interval_is_students():
    numbers = [0.5, 0.7, 0.9]
    low, high = t.interval(0.95, 2, loc=np.mean(numbers), scale=np.std(numbers, ddof=1) / np.sqrt(3))
    mean, half = interval(numbers)
    assert (mean - half, mean + half) == pytest.approx((low, high))
    assert interval([0.5])[0] == 0.5 and np.isnan(interval([0.5])[1])


def test_cost_against_error_marks_every_network_and_explains_its_marks():
    figure = seen(plots.cost_against_error([("plain-18", 1.8e9, 11e6, 27.9), ("ResNet-18", 1.8e9, 11e6, 27.88),
                                            ("ResNet-50", 3.8e9, 25e6, 22.9)]))
    axis, = figure.axes
    places = sorted(collection.get_offsets().tolist()[0] for collection in axis.collections
                    if len(collection.get_offsets()))
    assert places == [[1.8, 27.88], [1.8, 27.9], [3.8, 22.9]] and axis.get_xscale() == "log"
    assert sorted(text.get_text() for text in axis.texts) == ["ResNet-18", "ResNet-50", "plain-18"]
    assert keys(figure) == ["with shortcuts", "plain", "10 million parameters", "50 million parameters"]
    assert "plain-18 27.9 % at 1.8 billion" in figure.alt


def test_a_plain_net_s_mark_does_not_hide_a_residual_one_of_the_same_place():
    axis = plots.cost_against_error([("plain-18", 1.8e9, 11e6, 27.9), ("ResNet-18", 1.8e9, 11e6, 27.9)]).axes[0]
    hollow = [collection for collection in axis.collections if not len(collection.get_facecolor())]
    assert len(hollow) == 1 and hollow[0].get_zorder() == max(one.get_zorder() for one in axis.collections)


def test_spread_shows_every_seed_the_mean_and_its_interval():
    figure = seen(plots.spread({"one": [0.5, 0.7], "other": [0.9]}, "accuracy"))
    axis, = figure.axes
    assert [label.get_text() for label in axis.get_yticklabels()] == ["one", "other"]
    assert list(axis.lines[0].get_xdata()) == [0.5, 0.7]
    assert keys(figure) == ["a seed", "mean, 95 % interval"]
    assert "one 0.6 ± 1.27 (n = 2) and other 0.9 (n = 1)" in figure.alt


def test_pairs_are_joined_and_their_differences_shown():
    figure = seen(plots.paired({"A": [0.5, 0.6, 0.7], "B": [0.6, 0.7, 0.8]}, "accuracy"))
    left, right = figure.axes
    joined = [line.get_ydata().tolist() for line in left.lines if len(line.get_xdata()) == 2]
    assert joined == [[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]]
    assert right.get_ylabel() == "difference from A"
    assert right.lines[-2].get_ydata().tolist() == pytest.approx([0.1] * 3)
    assert keys(figure) == ["a seed", "mean, 95 % interval"] and "Differences from A: B 0.1" in figure.alt


@pytest.mark.parametrize("results", ({"A": [1, 2]}, {"A": [1, 2], "B": [1]}, {}))
def test_what_cannot_be_paired_is_refused(results):
    with pytest.raises(ValueError, match="two arms or more with the same seeds"):
        plots.paired(results, "accuracy")
