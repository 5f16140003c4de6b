"""Photos beside a net's answers."""
from resnet_gluon.plots.photos import answers

import matplotlib.pyplot as plt
import numpy as np


def test_a_row_a_photo():
    pictures = [np.zeros((40, 60, 3), np.uint8), np.full((20, 10, 3), 200, np.uint8)]
    seen = [np.zeros((28, 28, 1), np.uint8), np.zeros((32, 32, 3), np.uint8)]
    figure = answers(pictures, seen, [{"Coat": 0.7, "Shirt": 0.2}, {"Bag": 1.0}])
    assert len(figure.axes) == 6
    left, middle, right = figure.axes[:3]
    assert (left.images[0].get_array() == pictures[0]).all() and middle.images[0].get_array().shape == (28, 28)
    assert figure.axes[4].images[0].get_array().shape == (32, 32, 3)
    assert [label.get_text() for label in right.get_yticklabels()] == ["Coat", "Shirt"]
    assert [bar.get_width() for bar in right.patches] == [0.7, 0.2] and right.yaxis_inverted()
    assert [text.get_text() for text in right.texts] == ["70%", "20%"]
    assert [axis.get_title() for axis in figure.axes[:2]] == ["the picture", "what the net saw"]
    assert figure.axes[5].get_xlabel() == "probability"
    plt.close(figure)
