"""What a page computes equals the net: all that a page takes, in float32; what scales do to a block."""
from resnet_gluon import nets
from resnet_gluon.page import pack, predict
from resnet_gluon.page.running import maps

import numpy as np
import pytest
from exporting import COLOUR, FAMILY, GREY
from mxnet import np as mxnp
from pages import lively

SHOWN = [name for name, (_, shape) in FAMILY.items() if len(shape) == 3 and not any(
    word in name for word in ("pool", "groups", "mini"))]


def images(shape, count=3):
    return np.random.default_rng(0).normal(size=(count, *shape)).astype("float32")


@pytest.mark.parametrize("name", SHOWN)
def test_a_packed_net_gives_the_nets_logits(name):
    make, shape = FAMILY[name]
    net, given = lively(make(), shape), images(shape)
    expected = net(mxnp.array(given)).asnumpy()
    assert np.abs(predict(pack(net, shape, bits=32), given) - expected).max() < 1e-4 * np.abs(expected).max()
    assert np.abs(net(mxnp.array(given)).asnumpy() - expected).max() == 0, "packing has changed the net"


@pytest.mark.parametrize("shape", (GREY, COLOUR), ids=str)
def test_int8_stays_near(shape):
    net, given = lively(nets.cifar_resnet(14), shape), images(shape, 20)
    expected = net(mxnp.array(given)).asnumpy()
    assert np.abs(predict(pack(net, shape), given) - expected).max() < 0.05 * np.abs(expected).max()


def test_the_maps_of_a_block_add_up_and_scales_count():
    net, given = lively(nets.cifar_resnet(8, option="B"), GREY), images(GREY, 2)
    packed = pack(net, GREY, bits=32)
    block = packed.blocks[1]
    for of_x, of_f in ((1, 1), (0, 1), (1.5, 0.25)):
        found = maps(packed, given, [(1, 1), (of_x, of_f), (1, 1)])
        total = np.maximum(of_x * found[block["x"]] + of_f * found[block["f"]], 0)
        assert np.allclose(found[block["out"]], total, atol=1e-6)
    assert np.abs(found["head"] - maps(packed, given)["head"]).max() > 0.01


def test_without_f_a_block_that_keeps_its_shape_is_the_identity_and_a_plain_one_is_silent():
    lost = [(1, 1), (1, 0), (1, 1), (1, 1), (1, 1), (1, 1)]
    for option in ("A", "none"):
        packed = pack(lively(nets.cifar_resnet(14, option=option), GREY), GREY)
        found = maps(packed, images(GREY, 2), lost)
        entered, left = found[packed.blocks[0]["out"]], found[packed.blocks[1]["out"]]
        assert (left == (entered if option == "A" else 0)).all()
