"""Drawings of networks: the plain values of a diagram, and nothing else, go in."""
from resnet_gluon import cifar_resnet, diagram, nets, plots, resnet18
from resnet_gluon.nets import Diagram, Step, mini_model, time_series_resnet, vgg19

import matplotlib
import pytest
from pictures import drawn, seen, words

matplotlib.use("Agg")
IMAGE = (1, 3, 224, 224)


def counts(figure):
    return [text.get_text() for text in drawn(figure, "count")]


def test_each_kind_of_block_of_a_stage_is_drawn_once_with_its_addition():
    figure = seen(plots.network(diagram(resnet18(), (1, 1, 28, 28))))
    assert len(drawn(figure, "block")) == 7 and len(drawn(figure, "add")) == 7  # two kinds but in the first stage
    assert counts(figure) == ["× 2"] and words(figure).count("1×1") == 3
    assert {"input", "stem", "stage4", "pool", "head", "1 × 28 × 28", "512 × 1 × 1", "10"} <= set(words(figure))


@pytest.mark.parametrize("depth, repeats", [(18, [2]), (34, [3, 3, 5, 2]), (50, [2, 3, 5, 2]), (101, [2, 3, 22, 2]),
                                            (152, [2, 7, 35, 2])])
def test_the_five_depths_fit_on_a_page_whatever_their_depth(depth, repeats):
    figure = seen(plots.network(diagram(getattr(nets, f"resnet{depth}")(1000), IMAGE)))
    assert counts(figure) == [f"× {repeat}" for repeat in repeats]
    assert figure.get_size_inches()[0] <= 7.6 and figure.get_size_inches()[1] <= 8
    assert min(text.get_fontsize() for text in figure.axes[0].texts) >= 8


def test_a_plain_network_has_no_additions_and_a_padded_shortcut_is_no_projection():
    plain = seen(plots.network(diagram(cifar_resnet(8, option="none"), (1, 3, 32, 32))))
    assert not drawn(plain, "add") and len(drawn(plain, "block")) == 3
    padded = seen(plots.network(diagram(cifar_resnet(8), (1, 3, 32, 32))))
    assert len(drawn(padded, "add")) == 3 and words(padded).count("zeros") == 2 and "1×1" not in words(padded)


@pytest.mark.parametrize("net, shape, blocks", [
    (time_series_resnet(3), (1, 1, 50), 3), (mini_model(), (1, 3, 32, 32), 7), (vgg19(10), (1, 3, 64, 64), 0)])
def test_other_networks(net, shape, blocks):
    figure = seen(plots.network(diagram(net, shape)))
    assert len(drawn(figure, "block")) == blocks and all(name in words(figure) for name in net.parts)


def test_a_diagram_made_by_hand():
    add = Step("add", "+", (1, 4, 8, 8), (-1, 0))
    block = Diagram("b", (1, 4, 8, 8), (1, 4, 8, 8), (Step("conv", "5×5 conv, 4", (1, 4, 8, 8), (-1,)), add))
    part = Diagram("part", (1, 4, 8, 8), (1, 4, 8, 8), parts=(block,) * 3)
    mine = Diagram("mine", (1, 4, 8, 8), (1, 4, 8, 8), parts=(part,))
    figure = seen(plots.network(mine))
    assert counts(figure) == ["× 3"] and "5×5, 4" in words(figure) and "part: 3 blocks of 5×5, 4" in figure.alt
