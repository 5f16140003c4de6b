"""The steps that a network becomes: their order, their names, its blocks."""
from resnet_gluon import nets
from resnet_gluon.page import PageRefused, pack

import pytest
from exporting import GREY
from mxnet.gluon import nn
from pages import lively


def packed(net, shape=GREY, **options):
    return pack(lively(net, shape), shape, **options)


def test_the_steps_of_a_small_net():
    found = packed(nets.cifar_resnet(8))
    assert [(step["op"], step["from"], step["to"]) for step in found.steps] == [
        ("conv", "image", "stem"),
        ("conv", "stem", "stage1.0.inside1"), ("conv", "stage1.0.inside1", "stage1.0.f"),
        ("add", "stage1.0.f", "stage1.0"),
        ("conv", "stage1.0", "stage2.0.inside1"), ("conv", "stage2.0.inside1", "stage2.0.f"),
        ("pad", "stage1.0", "stage2.0.x"), ("add", "stage2.0.f", "stage2.0"),
        ("conv", "stage2.0", "stage3.0.inside1"), ("conv", "stage3.0.inside1", "stage3.0.f"),
        ("pad", "stage2.0", "stage3.0.x"), ("add", "stage3.0.f", "stage3.0"),
        ("mean", "stage3.0", "pool"), ("dense", "pool", "head")]
    assert found.blocks[0] == {"name": "stage1.0", "stage": "stage1", "x": "stem", "f": "stage1.0.f", "out": "stage1.0"}
    assert [block["x"] for block in found.blocks] == ["stem", "stage2.0.x", "stage3.0.x"]
    assert [step["relu"] for step in found.steps if step["op"] == "add"] == [True] * 3


def test_each_map_is_written_before_it_is_read_and_once():
    for version, option, stem in (("v1", "B", "imagenet"), ("v2", "A", "bare"), ("v2", "none", "imagenet")):
        found = packed(nets.resnet(((8, 2), (16, 1)), version=version, option=option, stem=stem))
        written = ["image"]
        for step in found.steps:
            assert step["from"] in written and step.get("x") in [None, *written] and step["to"] not in written
            written.append(step["to"])
        assert all(block[part] in [None, *written] for block in found.blocks for part in ("x", "f", "out"))
        assert all((block["x"] is None) == (option == "none") for block in found.blocks)


def test_parts_of_ones_own_are_refused_by_name():
    row = nn.HybridSequential()
    row.add(nn.Activation("tanh"))
    for part, why in ((nn.LeakyReLU(0.1), "its part 'own' is a LeakyReLU"), (row, "its part 'own' holds a Activation")):
        net = nets.cifar_resnet(8)
        net.own = part
        with pytest.raises(PageRefused, match=why):
            pack(lively(net, GREY), GREY)
    without = nets.Network()
    without.head = nn.Dense(2)
    with pytest.raises(PageRefused, match="the net has no residual blocks"):
        pack(lively(without, GREY), GREY)
