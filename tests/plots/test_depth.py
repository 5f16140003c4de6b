"""Pictures along a network's depth."""
from resnet_gluon import plots

import matplotlib
import numpy as np
import pytest
from pictures import keys, seen

matplotlib.use("Agg")


def test_a_number_along_the_depth_has_a_line_for_each_network_and_ticks_at_blocks():
    figure = seen(plots.along_depth({"plain": [1, 0.5, 0.1], "residual": [1, 0.9, 0.8]}, "correlation with the input"))
    axis, = figure.axes
    assert [list(line.get_ydata()) for line in axis.lines] == [[1, 0.5, 0.1], [1, 0.9, 0.8]]
    assert all(float(tick).is_integer() for tick in axis.get_xticks())
    assert keys(figure) == ["plain", "residual"] and "plain from 1 to 0.1 and residual from 1 to 0.8" in figure.alt


@pytest.mark.parametrize("count", (1, 5, 8))
def test_every_profile_is_drawn_however_many_there_are(count):
    figure = seen(plots.gradient_profile({f"net {i}": [1.0, i + 1.0] for i in range(count)}))
    axis, = figure.axes
    assert [list(line.get_ydata()) for line in axis.lines] == [[1, i + 1] for i in range(count)]
    assert axis.get_yscale() == "log" and keys(figure) == [f"net {i}" for i in range(count)]


def test_lesions_show_every_block_and_the_whole_net():
    results = {"residual": {"stage1.0": 0.9, "stage1.1": 0.8}, "plain": {"stage1.0": float("nan"), "stage1.1": 0.1}}
    figure = seen(plots.lesions(results, {"residual": 0.91, "plain": 0.88}, chance=0.1))
    axis, = figure.axes
    assert [label.get_text() for label in axis.get_xticklabels()] == ["1.0", "1.1"]
    assert [list(line.get_ydata()) for line in axis.lines] == [
        [0.91, 0.91], [0.9, 0.8], [0.88, 0.88], [pytest.approx(float("nan"), nan_ok=True), 0.1], [0.1, 0.1]]
    assert keys(figure) == ["residual", "plain", "guessing"]
    assert "residual: 0.91 whole, at worst 0.8, without stage1.1" in figure.alt


def test_distributions_of_both_sides_of_each_addition():
    random = np.random.default_rng(0)
    blocks = {f"stage1.{i}": (random.normal(size=1000), 0.5 * random.normal(size=1000), None) for i in range(3)}
    figure = seen(plots.branch_against_shortcut(blocks))
    axis, = figure.axes
    medians = [line.get_ydata() for line in axis.lines[:2]]
    for side, shown in enumerate(medians):
        np.testing.assert_allclose(shown, [np.median(pair[side]) for pair in blocks.values()])
    assert keys(figure) == ["shortcut, x", "branch, f(x)"] and "0.5" in figure.alt
