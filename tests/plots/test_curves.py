from resnet_gluon import plots, resnet18
from resnet_gluon.describe import describe
from resnet_gluon.evaluation import Evaluation
from resnet_gluon.history import History

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")


@pytest.fixture
def history():
    return History(steps={"loss": [2.0, 1.5, 1.0, 0.5], "lr": [0.1] * 4},
                   epochs=[{"val_accuracy": 0.5, "val_loss": 1.2}, {"val_accuracy": 0.7, "val_loss": 0.9}])


def test_learning_curves_show_the_numbers_and_name_the_axes(history):
    left, right = plots.learning_curves([history, history], labels=["a", "b"]).axes
    assert left.lines[0].get_ydata().tolist() == [2.0, 1.5, 1.0, 0.5]
    assert right.lines[1].get_ydata().tolist() == [0.5, 0.7]
    assert (left.get_xlabel(), left.get_ylabel()) == ("step", "training loss (nats)")
    assert (right.get_xlabel(), right.get_ylabel()) == ("epoch", "validation accuracy")
    assert left.lines[0].get_linestyle() != left.lines[1].get_linestyle()  # readable in greyscale


def test_learning_curves_of_a_run_that_was_stopped_at_once():
    left, right = plots.learning_curves(History()).axes
    assert left.lines[0].get_ydata().tolist() == right.lines[0].get_ydata().tolist() == []


def test_live_curves_are_drawn_anew_in_one_place(history, monkeypatch):
    class Handle:
        shown = []

        def update(self, figure):
            self.shown.append(figure)

    def display(figure, display_id):
        assert display_id
        return Handle().update(figure) or Handle()
    monkeypatch.setattr("IPython.display.display", display)
    matplotlib.pyplot.close("all")
    live = plots.LiveCurves()
    live(History(history.setting, history.steps, history.epochs[:1]))
    live(history)
    assert [figure.axes[1].lines[0].get_ydata().tolist() for figure in Handle.shown] == [[0.5], [0.5, 0.7]]
    assert not matplotlib.pyplot.get_fignums()


def test_confusion_names_classes_and_counts():
    evaluation = Evaluation(np.array([0, 0, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]]))
    axis = plots.confusion(evaluation, ("coat", "bag")).axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["coat", "bag"]
    assert sorted(text.get_text() for text in axis.texts) == ["1", "1", "1"]
    assert axis.get_ylabel() == "true class"


def test_image_grid_has_a_place_for_every_image():
    figure = plots.image_grid(np.zeros((7, 4, 4), np.uint8), list("abcdefg"), columns=3)
    assert sum(len(axis.images) for axis in figure.axes) == 7
    assert [axis.get_title() for axis in figure.axes[:7]] == list("abcdefg")


def test_the_network_s_drawing_has_a_bar_a_block_and_an_arc_a_shortcut():
    net = resnet18()
    projected = [[block.projection is not None for block in stage] for stage in list(net)[1:5]]
    axis = plots.network(describe(net, (1, 1, 28, 28)), projected).axes[0]
    arcs = [p for p in axis.patches if isinstance(p, matplotlib.patches.FancyArrowPatch)]
    assert len(axis.patches) - len(arcs) == 4 + 8  # input, stem, pooling, dense; four stages of two blocks
    assert [arc.get_linestyle() for arc in arcs] == ["-", "-", "--", "-", "--", "-", "--", "-"]


def test_cost_against_error_marks_every_network():
    axis = plots.cost_against_error([("plain-18", 1.8e9, 11e6, 27.9), ("ResNet-50", 3.8e9, 25e6, 22.9)]).axes[0]
    assert [text.get_text() for text in axis.texts] == ["plain-18", "ResNet-50"]
    offsets = [collection.get_offsets().tolist()[0] for collection in axis.collections]
    assert offsets == [[1.8, 27.9], [3.8, 22.9]] and axis.get_xscale() == "log"
    small, large = (collection.get_sizes()[0] for collection in axis.collections)
    assert small < large


def test_gradient_profile_has_a_line_a_network():
    axis = plots.gradient_profile({"with": [1.0, 2.0], "without": [100.0, 1.0]}).axes[0]
    assert [line.get_ydata().tolist() for line in axis.lines] == [[1, 2], [100, 1]] and axis.get_yscale() == "log"
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["with", "without"]


def test_series_have_a_panel_a_class():
    series, labels = np.arange(24.0).reshape(6, 4), np.array([0, 0, 0, 1, 1, 1])
    axes = plots.series_by_class(series, labels, ("a", "b"), "Small", most=2).axes
    assert [axis.get_title() for axis in axes] == ["Small, class a", "Small, class b"]
    assert [line.get_ydata().tolist() for line in axes[1].lines] == series[3:5].tolist()


def test_activation_is_scaled_and_drawn_at_every_point():
    figure = plots.series_with_activation([("x", np.array([1.0, 3.0, 2.0]), np.array([5.0, 9.0, 7.0]))])
    points = figure.axes[0].collections[0]
    assert points.get_offsets().tolist() == [[0, 1], [1, 3], [2, 2]] and points.get_array().tolist() == [0, 1, 0.5]


def test_spread_shows_every_seed_and_the_mean():
    axis = plots.spread({"one": [0.5, 0.7], "other": [0.9]}, "accuracy").axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["one", "other"]
    assert axis.lines[0].get_xdata().tolist() == [0.5, 0.7] and axis.lines[1].get_xdata().tolist() == [0.6, 0.6]
