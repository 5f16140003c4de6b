"""Blocks as they are: what is drawn is what the block computes, wherever its author has put things."""
from resnet_gluon import Bottleneck, Plain, Residual, diagram, plots
from resnet_gluon.nets import time_series_block

import matplotlib
import pytest
from mxnet.gluon import nn
from pictures import drawn, seen, words

matplotlib.use("Agg")
SHAPE = (1, 64, 28, 28)
ALL = {"plain": (Plain(64), SHAPE), "residual": (Residual(64), SHAPE),
       "projected": (Residual(128, use_1x1conv=True, strides=2), SHAPE),
       "option A": (Residual(128, strides=2, shortcut="zero-pad", in_channels=64), SHAPE),
       "bottleneck": (Bottleneck(256), (1, 256, 28, 28)),
       "pre-activation": (Residual(64, preactivation=True), SHAPE),
       "series": (time_series_block(64), (1, 1, 150))}


class TooEarly(nn.HybridBlock):
    """A published mistake: the ReLU comes before the addition."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2D(64, 3, padding=1)

    def hybrid_forward(self, F, x):
        return x + F.npx.relu(self.conv(x))


class Gated(nn.HybridBlock):
    """Two ways that are multiplied."""

    def __init__(self):
        super().__init__()
        self.conv, self.gate = nn.Conv2D(64, 3, padding=1), nn.Conv2D(64, 1)

    def hybrid_forward(self, F, x):
        return self.conv(x) * F.npx.sigmoid(self.gate(x))


def kinds(figure):
    return {kind: len(drawn(figure, kind)) for kind in ("conv", "norm", "relu", "add", "fork")}


@pytest.mark.parametrize("name, expected", [
    ("plain", (2, 2, 2, 0, 0)), ("residual", (2, 2, 2, 1, 1)), ("projected", (3, 3, 2, 1, 1)),
    ("option A", (2, 2, 2, 1, 1)), ("bottleneck", (3, 3, 3, 1, 1)), ("pre-activation", (2, 2, 2, 1, 1)),
    ("series", (4, 4, 3, 1, 1))])
def test_every_layer_and_addition_is_drawn_once(name, expected):
    figure = seen(plots.blocks({name: diagram(*ALL[name])}))
    assert tuple(kinds(figure).values()) == expected and name in words(figure)


def test_all_side_by_side_are_readable_at_page_width():
    figure = seen(plots.blocks({name: diagram(*case) for name, case in ALL.items()}))
    assert figure.get_size_inches()[0] <= 7.6 and min(text.get_fontsize() for text in figure.axes[0].texts) >= 8
    shapes = {"64 × 28 × 28", "128 × 14 × 14", "1 × 150", "64 × 150", "256 × 28 × 28"}
    assert shapes <= set(words(figure)) and {"every 2nd\npixel", "64 zero\nchannels"} <= set(words(figure))


def test_where_bn_and_relu_stand_is_read_from_the_block():
    figure = plots.blocks({"v2": diagram(*ALL["pre-activation"])})
    boxes = sorted((text.get_position()[1], text.get_text()) for text in figure.axes[0].texts)
    row = [text for _, text in boxes if text in ("BN", "ReLU") or "conv" in text]
    assert row == ["BN", "ReLU", "3×3 conv\n64"] * 2
    assert "v2: BN, ReLU, 3×3 conv, 64, BN, ReLU, 3×3 conv, 64, +; around it, into +, a way with nothing" in figure.alt


def test_a_block_of_one_s_own_is_drawn_as_it_is_mistakes_included():
    figure = seen(plots.blocks({"mine": diagram(TooEarly(), SHAPE), "gated": diagram(Gated(), SHAPE)}))
    assert "mine: 3×3 conv, 64, ReLU, +;" in figure.alt and "×" in words(figure) and "sigmoid" in words(figure)


def test_many_blocks_go_into_rows():
    figure = seen(plots.blocks({f"block {i}": diagram(*ALL["residual"]) for i in range(7)}, columns=3))
    heights = {text.get_position()[1] for text in figure.axes[0].texts if text.get_text().startswith("block ")}
    assert len(heights) == 3


def test_what_a_gradient_meets():
    figure = seen(plots.gradient_path({name: diagram(*ALL[name]) for name in ("plain", "residual", "pre-activation")}))
    assert "residual: through the layers it meets ReLU, BN" in figure.alt
    assert "Along the shortcut it meets ReLU." in figure.alt  # version 1's ReLU comes after the addition
    assert "Along the shortcut it meets nothing." in figure.alt  # version 2's shortcut is free
    assert words(figure).count("× 0 or 1") == 6 and words(figure).count("∂loss/∂input") == 3
    assert len(drawn(figure, "add")) == len(drawn(figure, "fork")) == 2


def test_what_a_gradient_meets_in_other_operations():
    pooled = diagram(Residual(64, True, 2, preactivation=True, pool="branch"), SHAPE)
    padded = diagram(*ALL["option A"])
    figure = seen(plots.gradient_path({"pooled": pooled, "padded": padded, "gated": diagram(Gated(), SHAPE)}))
    assert {"to the\nlargest", "zeros\nbetween", "part is\ncut off", "× sigmoid′"} <= set(words(figure))
