"""Drawings of networks: the plain values of a diagram, and nothing else, go in."""
from resnet_gluon import cifar_resnet, diagram, plots, resnet18
from resnet_gluon.nets import Diagram, time_series_resnet
from resnet_gluon.nets.describe import Part

import matplotlib
from matplotlib.patches import FancyArrowPatch

matplotlib.use("Agg")


def drawn(net_diagram):
    """The axis, its bars and its arcs."""
    axis = plots.network(net_diagram).axes[0]
    arcs = [patch for patch in axis.patches if isinstance(patch, FancyArrowPatch)]
    return axis, [patch for patch in axis.patches if patch not in arcs], arcs


def test_the_network_s_drawing_has_a_bar_a_block_and_an_arc_a_shortcut():
    axis, bars, arcs = drawn(diagram(resnet18(), (1, 1, 28, 28)))
    assert len(bars) == 4 + 8  # input, stem, pooling, head; four stages of two blocks
    assert [arc.get_linestyle() for arc in arcs] == ["-", "-", "--", "-", "--", "-", "--", "-"]
    assert [text.get_text().split("\n") for text in axis.texts[:3]] == [
        ["input", "1", "28×28"], ["stem", "64", "7×7"], ["stage1", "64", "7×7"]]
    assert axis.texts[-1].get_text().split("\n")[:2] == ["head", "10"]


def test_a_plain_network_has_no_arcs_and_a_padded_shortcut_is_no_projection():
    assert drawn(diagram(cifar_resnet(8, option="none"), (1, 3, 32, 32)))[2] == []
    assert [arc.get_linestyle() for arc in drawn(diagram(cifar_resnet(8), (1, 3, 32, 32)))[2]] == ["-"] * 3


def test_larger_maps_are_taller_and_more_channels_wider():
    _, bars, _ = drawn(diagram(cifar_resnet(8), (1, 3, 32, 32)))
    heights, widths = ([getattr(bar, f"get_{what}")() for bar in bars[1:5]] for what in ("height", "width"))
    assert heights[0] == heights[1] > heights[2] > heights[3] and widths[1] < widths[2] < widths[3]


def test_networks_for_series_and_diagrams_made_by_hand():
    _, bars, arcs = drawn(diagram(time_series_resnet(3), (1, 1, 50)))
    assert len(bars) == 6 and [arc.get_linestyle() for arc in arcs] == ["--", "--", "-"]
    axis, bars, arcs = drawn(Diagram((1, 3, 8, 8), (Part("mine", (1, 4, 8, 8), ("identity", "none")),)))
    assert len(bars) == 3 and len(arcs) == 1 and "mine" in axis.texts[1].get_text()
