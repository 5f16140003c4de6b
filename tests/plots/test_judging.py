"""Answers are judged by counts that can be read, and by bins that show how sure one can be of them."""
from resnet_gluon import Evaluation, plots
from resnet_gluon.training import calibration

import matplotlib
import numpy as np
import pytest
from pictures import keys, seen

matplotlib.use("Agg")


def test_confusion_names_classes_and_counts():
    evaluation = Evaluation(np.array([0, 0, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]]))
    figure = seen(plots.confusion(evaluation, ("coat", "bag")))
    axis = figure.axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["coat", "bag"]
    assert sorted(text.get_text() for text in axis.texts) == ["1", "1", "1"]
    assert axis.get_ylabel() == "true class" and "1 times coat taken for bag" in figure.alt


def test_the_diagonal_of_a_confusion_is_bold_and_has_no_colour():
    evaluation = Evaluation(np.array([0] * 9 + [1]), np.eye(2, dtype="float32")[[0] * 6 + [1] * 3 + [1]])
    axis = plots.confusion(evaluation, ("coat", "bag")).axes[0]
    assert axis.images[0].get_array().tolist() == [[0, 3], [0, 0]]
    assert {text.get_text(): text.get_fontweight() for text in axis.texts} == {"6": "bold", "3": "normal", "1": "bold"}
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("predicted class", "true class")


def test_a_net_without_mistakes_has_a_confusion_too():
    figure = seen(plots.confusion(Evaluation(np.array([0, 1]), np.eye(2)), ("coat", "bag")))
    assert "mistakes: none" in figure.alt


@pytest.fixture
def answers():
    random = np.random.default_rng(0)
    sure = random.uniform(0.5, 1, 4000)
    labels = (random.uniform(size=4000) > sure - 0.1).astype(int)  # class 0 a tenth less often than is said
    return Evaluation(labels, np.stack([sure, 1 - sure], axis=1))


def test_reliability_shows_each_bin_that_has_answers_their_counts_and_the_error(answers):
    bins = calibration(answers, bins=10)
    figure = seen(plots.reliability(bins))
    above, below = figure.axes
    points = above.lines[-1]
    assert points.get_xdata().tolist() == bins.confidence[5:].tolist()
    assert points.get_ydata().tolist() == bins.accuracy[5:].tolist()
    assert [bar.get_height() for bar in below.patches] == bins.counts.tolist()
    assert f"error {bins.error:.3f}, 4,000 answers" in above.get_title(loc="left")
    assert keys(figure) == ["confidence is deserved", "gap", "answers of one bin, 95 % interval"]


def test_intervals_of_a_bin_are_wilsons(answers):
    figure = plots.reliability(calibration(answers, bins=1))
    low, high = figure.axes[0].collections[1].get_segments()[0][:, 1]
    assert (low, high) == pytest.approx(answers.interval)
