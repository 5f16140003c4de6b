"""Curves show the numbers, every one of them, and name their axes."""
from resnet_gluon import History, plots
from resnet_gluon.training import Epoch

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")


@pytest.fixture
def history():
    epochs = [Epoch(1.5, 1.2, 0.5, 100.0, 1.0), Epoch(1.0, 0.9, 0.7, 100.0, 2.0)]
    return History(steps={"loss": [2.0, 1.5, 1.0, 0.5], "lr": [0.1] * 4}, epochs=epochs)


def test_learning_curves_show_the_numbers_and_name_the_axes(history):
    left, right = plots.learning_curves([history, history], labels=["a", "b"]).axes
    assert left.lines[0].get_ydata().tolist() == [2.0, 1.5, 1.0, 0.5]
    assert right.lines[1].get_ydata().tolist() == [0.5, 0.7]
    assert (left.get_xlabel(), left.get_ylabel()) == ("step", "training loss (nats)")
    assert (right.get_xlabel(), right.get_ylabel()) == ("epoch", "validation accuracy")
    assert left.lines[0].get_linestyle() != left.lines[1].get_linestyle()  # readable in greyscale


def test_the_validation_loss_can_be_drawn_instead(history):
    right = plots.learning_curves(history, key="val_loss").axes[1]
    assert right.lines[0].get_ydata().tolist() == [1.2, 0.9] and right.get_ylabel() == "validation loss (nats)"
    assert right.get_xticks().tolist() == [1, 2] and right.get_legend() is None


def test_a_long_loss_is_smoothed_over_2_percent_of_its_steps(history):
    history.steps["loss"] = np.random.default_rng(0).normal(size=500).tolist()
    left = plots.learning_curves(history).axes[0].lines[0]
    expected = np.convolve(history.steps["loss"], np.ones(10) / 10, "valid")
    np.testing.assert_allclose(left.get_ydata(), expected)
    assert len(left.get_xdata()) == 491 and left.get_xdata()[0] >= 1 and left.get_xdata()[-1] <= 500


@pytest.mark.parametrize("count", (1, 4, 5, 6, 9))
def test_every_history_is_drawn_however_many_there_are(history, count):
    names = [f"run {i}" for i in range(count)]
    for axis in plots.learning_curves([history] * count, labels=names).axes:
        assert [line.get_label() for line in axis.lines] == names
        assert [text.get_text() for text in axis.get_legend().get_texts()] == names


@pytest.mark.parametrize("count", (1, 5, 8))
def test_every_profile_is_drawn_however_many_there_are(count):
    axis = plots.gradient_profile({f"net {i}": [1.0, i + 1.0] for i in range(count)}).axes[0]
    assert [line.get_ydata().tolist() for line in axis.lines] == [[1, i + 1] for i in range(count)]


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


def test_spread_shows_every_seed_and_the_mean():
    axis = plots.spread({"one": [0.5, 0.7], "other": [0.9]}, "accuracy").axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["one", "other"]
    assert axis.lines[0].get_xdata().tolist() == [0.5, 0.7] and axis.lines[1].get_xdata().tolist() == [0.6, 0.6]
