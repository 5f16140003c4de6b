from resnet_gluon import resnet18
from resnet_gluon.describe import describe

import pytest
from mxnet import np
from mxnet.gluon import nn


def test_multiply_adds_of_a_net_counted_by_hand():
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, strides=2, padding=1), nn.Dense(5))
    table = describe(net, (7, 2, 8, 8))
    assert [(row.output_shape, row.parameters, row.macs) for row in table.rows] == [
        ((7, 4, 4, 4), 4 * 2 * 9 + 4, 4 * 4 * 4 * 2 * 9), ((7, 5), 64 * 5 + 5, 64 * 5)]


def test_grouped_convolutions_are_counted_by_their_groups():
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, padding=1, groups=2, in_channels=4, use_bias=False))
    assert describe(net, (1, 4, 8, 8)).rows[0].macs == 8 * 8 * 4 * 2 * 9


@pytest.mark.parametrize("compiled", (False, True))
def test_resnet18_against_published_totals(compiled):
    net = resnet18(num_classes=1000)
    if compiled:
        net.initialize()
        net.hybridize()
        net(np.zeros((1, 3, 32, 32)))
    table = describe(net, (1, 3, 224, 224))
    assert table.parameters == 11_689_512     # torchvision's documentation
    assert table.macs == 1_814_073_344        # 1.8e9 in the paper's table 1; the exact sum by hand below
    stem, dense = 112 * 112 * 64 * 3 * 49, 512 * 1000
    stage1 = 4 * 56 * 56 * 64 * 64 * 9
    others = sum(size * size * c * c * (9 // 1 * 3 + 9 / 2 + 1 / 2) for size, c in ((28, 128), (14, 256), (7, 512)))
    assert table.macs == stem + stage1 + others + dense


def test_the_printed_table():
    lines = str(describe(resnet18(), (2, 1, 28, 28))).splitlines()
    assert [line.split()[0] for line in lines] == ["part", "input", "stem", "stage", "stage", "stage", "stage", "avg",
                                                   "dense", "total"]
    assert lines[-1].split()[:2] == ["total", "11,175,370"]
