"""Curves show the numbers, every one of them, and name their axes."""
from resnet_gluon import History, plots
from resnet_gluon.training import Epoch

import matplotlib
import numpy as np
import pytest
from pictures import keys, seen, words

matplotlib.use("Agg")


@pytest.fixture
def history():
    epochs = [Epoch(1.5, 1.2, 0.5, 100.0, 1.0), Epoch(1.0, 0.9, 0.7, 100.0, 2.0)]
    return History(steps={"loss": [2.0, 1.5, 1.0, 0.5], "lr": [0.05, 0.1, 0.08, 0.0]}, epochs=epochs)


def test_learning_curves_show_the_numbers_and_name_the_axes(history):
    figure = seen(plots.learning_curves([history, history], labels=["a", "b"]))
    left, right = figure.axes
    assert left.lines[0].get_ydata().tolist() == [2.0, 1.5, 1.0, 0.5]
    assert right.lines[1].get_ydata().tolist() == [0.5, 0.7]
    assert (left.get_xlabel(), left.get_ylabel()) == ("step", "training loss (nats)")
    assert (right.get_xlabel(), right.get_ylabel()) == ("epoch", "validation accuracy")
    assert left.lines[0].get_linestyle() != left.lines[1].get_linestyle()  # readable in greyscale
    assert "a 0.7 and b 0.7" in figure.alt


def test_the_validation_loss_can_be_drawn_instead(history):
    figure = seen(plots.learning_curves(history, key="val_loss"))
    right = figure.axes[1]
    assert right.lines[0].get_ydata().tolist() == [1.2, 0.9] and right.get_ylabel() == "validation loss (nats)"
    assert all(float(tick).is_integer() for tick in right.get_xticks()) and not figure.legends


def test_a_long_loss_is_smoothed_over_2_percent_of_its_steps(history):
    history.steps["loss"] = np.random.default_rng(0).normal(size=500).tolist()
    left = plots.learning_curves(history).axes[0].lines[0]
    expected = np.convolve(history.steps["loss"], np.ones(10) / 10, "valid")
    np.testing.assert_allclose(left.get_ydata(), expected)
    assert len(left.get_xdata()) == 491 and left.get_xdata()[0] >= 1 and left.get_xdata()[-1] <= 500


@pytest.mark.parametrize("count", (1, 4, 5, 6, 9))
def test_every_history_is_drawn_however_many_there_are(history, count):
    names = [f"run {i}" for i in range(count)]
    figure = seen(plots.learning_curves([history] * count, labels=names))
    assert keys(figure) == names
    for axis in figure.axes:
        assert [line.get_label() for line in axis.lines] == names


def test_histories_without_labels_are_numbered(history):
    assert keys(plots.learning_curves([history, history])) == ["run 1", "run 2"]


def test_seeds_are_thin_lines_and_their_mean_is_a_thick_one(history):
    other = History(steps=history.steps, epochs=[Epoch(1, 1, 0.7, 1, 1), Epoch(1, 1, 0.9, 1, 1)])
    figure = seen(plots.learning_curves({"two seeds": [history, other], "one": history}))
    right = figure.axes[1]
    assert [line.get_ydata().tolist() for line in right.lines] == [
        [0.5, 0.7], [0.7, 0.9], pytest.approx([0.6, 0.8]), [0.5, 0.7]]
    assert right.lines[0].get_linewidth() < right.lines[2].get_linewidth()
    assert keys(figure) == ["two seeds", "one"] and "two seeds 0.8 (mean of 2)" in figure.alt


def test_a_spike_does_not_crush_the_rest_and_is_not_kept_secret(history):
    history.steps["loss"] = [2 - 0.015 * step for step in range(100)]
    history.steps["loss"][50] = 4000.0
    left = seen(plots.learning_curves(history)).axes[0]
    assert left.get_ylim()[1] < 10 and [text.get_text() for text in left.texts] == ["▲ up to 2,001"]


def test_a_loss_without_a_spike_is_shown_whole(history):
    left = plots.learning_curves(history).axes[0]
    assert not left.texts and left.get_ylim()[1] > 2


def test_pictures_of_a_run_that_was_stopped_at_once():
    left, right = seen(plots.learning_curves(History())).axes
    assert left.lines[0].get_ydata().tolist() == right.lines[0].get_ydata().tolist() == []
    for draw in (plots.losses, plots.schedule):
        seen(draw(History()))


def test_both_losses_are_on_one_axis(history):
    figure = seen(plots.losses(history))
    axis, = figure.axes
    training, validation = axis.lines
    assert training.get_ydata().tolist() == [2.0, 1.5, 1.0, 0.5] and validation.get_ydata().tolist() == [1.2, 0.9]
    assert training.get_xdata().tolist() == [0.5, 1, 1.5, 2] and list(validation.get_xdata()) == [1, 2]  # epochs
    assert len(keys(figure)) == 2 and axis.get_ylabel() == "loss (nats)"


def test_the_learning_rate_stands_under_the_loss_of_the_same_steps(history):
    figure = seen(plots.schedule(history))
    above, below = figure.axes
    assert below.lines[0].get_ydata().tolist() == history.steps["lr"] and above.get_xlim() == below.get_xlim()
    assert below.lines[0].get_xdata().tolist() == above.lines[0].get_xdata().tolist() == [1, 2, 3, 4]
    assert "0.1, at step 2" in figure.alt and {"step", "learning rate", "training loss (nats)"} <= set(words(figure))


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
