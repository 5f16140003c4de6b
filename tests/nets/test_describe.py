"""A network as a table."""
from resnet_gluon import Residual, describe, resnet, resnet18

import pytest
from mxnet import autograd, np
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


def test_rows_are_named_as_the_parts_are_and_found_by_name():
    table = describe(resnet18(), (2, 1, 28, 28))
    assert [row.name for row in table.rows] == ["stem", "stage1", "stage2", "stage3", "stage4", "pool", "head"]
    assert table["stage2"].output_shape == (2, 128, 4, 4) and table["head"].parameters == 512 * 10 + 10
    with pytest.raises(KeyError):
        table["stage5"]


def test_a_row_a_block():
    net = resnet(((8, 2), (16, 1)))
    whole, each = (describe(net, (1, 1, 28, 28), blocks=blocks) for blocks in (False, True))
    assert [row.name for row in each.rows] == ["stem", "stage1.0", "stage1.1", "stage2.0", "pool", "head"]
    assert each.parameters == whole.parameters and each.macs == whole.macs
    assert each["stage1.1"].output_shape == whole["stage1"].output_shape


def test_other_nets_have_numbers_and_a_single_block_its_own_name():
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3), Residual(4))
    assert [row.name for row in describe(net, (1, 1, 8, 8)).rows] == ["0 Conv2D", "1 Residual"]
    assert [row.name for row in describe(Residual(4), (1, 4, 8, 8)).rows] == ["Residual"]
    assert [row.name for row in describe(resnet18()[1:3], (1, 64, 8, 8)).rows] == ["0 HybridSequential",
                                                                                  "1 HybridSequential"]


def test_the_printed_table():
    table = describe(resnet18(), (2, 1, 28, 28))
    lines = str(table).splitlines()
    assert [line.split()[0] for line in lines] == ["part", "input", "stem", "stage1", "stage2", "stage3", "stage4",
                                                   "pool", "head", "total"]
    assert lines[-1].split()[:2] == ["total", "11,175,370"]
    assert len({len(line) for line in lines[2:]}) == 1  # columns
    assert repr(table) == f"Description(7 parts, 11,175,370 parameters, {table.macs:,} multiply-adds)"


@pytest.mark.parametrize("blocks", (False, True))
def test_live_parameters_are_those_whose_gradient_is_not_zero(blocks):
    """Over 64 images only a weight that meets nothing but padding has a gradient of exactly zero."""
    net, shape = resnet(((4, 1), (8, 1), (8, 1)), stem="small"), (64, 1, 4, 4)  # stage3 works on single pixels
    net.initialize()
    with autograd.record():
        loss = (net(np.random.normal(size=shape)) ** 3).sum()
    loss.backward()
    found = describe(net, shape, blocks=blocks, live=True)
    for row in found.rows:
        gradients = [p.grad() for name, p in net._collect_params_with_prefix().items()
                     if name.startswith(f"{row.name}.") and p.grad_req != "null"]
        dead_convolutions = sum(int((gradient == 0).sum()) for gradient in gradients if gradient.ndim == 4)
        assert row.parameters - row.live == dead_convolutions
    assert found.live < found.parameters
    assert str(found).splitlines()[0].endswith("live")
    assert str(found).splitlines()[-1].split()[-1] == f"{found.live:,}"


def test_without_being_asked_nothing_is_said_of_live_parameters():
    table = describe(resnet18(), (1, 1, 28, 28))
    assert table.live is None and all(row.live is None for row in table.rows) and "live" not in str(table)
    with pytest.raises(ValueError, match="networks of this package"):
        describe(nn.HybridSequential(), (1, 1, 28, 28), live=True)
