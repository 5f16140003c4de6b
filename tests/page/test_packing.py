"""A packed network: its title, what is left out, and what is refused, in one sentence."""
from resnet_gluon import nets
from resnet_gluon.page import PageRefused, pack
from resnet_gluon.page.packing import title_of

import pytest
from exporting import COLOUR, GREY
from mxnet.gluon import nn
from pages import lively


def packed(net, shape=GREY, **options):
    return pack(lively(net, shape), shape, **options)


def test_what_meets_only_padding_is_left_out():
    net = lively(nets.resnet(((8, 1), (16, 1), (16, 1), (16, 1))), GREY)
    whole = sum(parameter.data().size for name, parameter in net._collect_params_with_prefix().items()
                if name.endswith("weight"))
    dead = sum(taps.dead for taps in nets.live_taps(net, (1, *GREY)).values())
    assert dead > 3000 and pack(net, GREY).weights.size == whole - dead
    assert net.trimmed_for is None and pack(net, (1, 96, 96)).weights.size == whole


def test_titles():
    for make, title in ((lambda: nets.cifar_resnet(20), "ResNet-20"),
                        (lambda: nets.cifar_resnet(20, option="none"), "Plain-20"), (nets.plain18, "Plain-18"),
                        (lambda: nets.resnet18(version="v2"), "ResNet-18 v2"),
                        (lambda: nets.resnet(((8, 1),)), "A residual net"),
                        (lambda: nets.resnet(((8, 1),), option="none"), "A plain net")):
        assert title_of(make()) == title
    found = packed(nets.cifar_resnet(8), title="Mine")
    assert repr(found) == f"Packed(Mine, 3 blocks, {found.weights.size:,} weights in 8 bits)"


@pytest.mark.parametrize("make, shape, why", [
    (lambda: nn.Dense(3), (4,), "a Dense is not of the family"),
    (lambda: nets.resnet(((8, 1),), dimension=1), (1, 30), "the net is for series"),
    (lambda: nets.cifar_resnet(8), (2, 28, 28), "its images have 2 channels, not 1 or 3"),
    (lambda: nets.mini_model(), COLOUR, "its blocks pool (branch)"),
    (lambda: nets.resnet(((16, 1),), kind="bottleneck", groups=2), GREY, "its blocks have groups"),
])
def test_a_net_that_no_page_shows_is_refused(make, shape, why):
    net = make()
    with pytest.raises(PageRefused) as caught:
        pack(net, shape)
    assert str(caught.value).startswith(why) and "a page takes networks for images made of basic blocks" in str(
        caught.value)
