from resnet_gluon import Evaluation, plots

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")


def test_confusion_names_classes_and_counts():
    evaluation = Evaluation(np.array([0, 0, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]]))
    axis = plots.confusion(evaluation, ("coat", "bag")).axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["coat", "bag"]
    assert sorted(text.get_text() for text in axis.texts) == ["1", "1", "1"]
    assert axis.get_ylabel() == "true class"


def test_the_diagonal_of_a_confusion_is_bold_and_has_no_colour():
    evaluation = Evaluation(np.array([0] * 9 + [1]), np.eye(2, dtype="float32")[[0] * 6 + [1] * 3 + [1]])
    axis = plots.confusion(evaluation, ("coat", "bag")).axes[0]
    assert axis.images[0].get_array().tolist() == [[0, 3], [0, 0]]
    assert {text.get_text(): text.get_fontweight() for text in axis.texts} == {"6": "bold", "3": "normal", "1": "bold"}
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("predicted class", "true class")


def test_image_grid_has_a_place_for_every_image():
    figure = plots.image_grid(np.zeros((7, 4, 4), np.uint8), list("abcdefg"), columns=3)
    assert sum(len(axis.images) for axis in figure.axes) == 7
    assert [axis.get_title() for axis in figure.axes[:7]] == list("abcdefg")


@pytest.mark.parametrize("shape", [(3, 4, 5), (3, 4, 5, 3)])
def test_pictures_are_shown_in_grey_or_in_colour_as_they_are(shape):
    images = np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8)
    figure = plots.image_grid(images)
    shown = [axis.images[0].get_array() for axis in figure.axes if axis.images]
    assert len(shown) == 3 and all((one == image).all() for one, image in zip(shown, images))
    assert not any(axis.axison for axis in figure.axes)
