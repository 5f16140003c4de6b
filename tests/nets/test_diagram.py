"""Diagrams say what a graph computes, of the package's blocks and of any other."""
from dataclasses import asdict, replace

from resnet_gluon import Bottleneck, Plain, Residual, describe, diagram, resnet, resnet18, resnet50
from resnet_gluon.nets import Diagram, Route, Step, time_series_block, time_series_resnet

import pytest
from mxnet import np
from mxnet.gluon import nn

SHAPE = (1, 8, 6, 6)


def labels(found):
    return [step.label for step in found.steps]


def trunk(found):
    return [found.steps[place].label for place in found.routes()[0].steps]


def test_a_block_s_operations_in_order_with_shapes_and_names():
    found = diagram(Residual(16, use_1x1conv=True, strides=2), SHAPE)
    assert trunk(found) == ["3×3 conv, 16, /2", "BN", "ReLU", "3×3 conv, 16", "BN", "+", "ReLU"]
    assert [step.name for step in found.steps if step.kind == "conv"] == ["projection.0", "conv1", "conv2"]
    assert {step.output_shape for step in found.steps} == {(1, 16, 3, 3)} == {found.output_shape}
    assert found.name == "Residual" and found.input_shape == SHAPE


@pytest.mark.parametrize("block, shortcut, around", [
    (Plain(8), "none", None), (Residual(8), "identity", ()), (Bottleneck(8), "identity", ()),
    (Residual(16, True, 2), "projection", ("1×1 conv, 16, /2", "BN")),
    (Residual(16, True, 2, form="d2l"), "projection", ("1×1 conv, 16, /2",)),
    (Residual(16, True, 2, preactivation=True), "projection", ("1×1 conv, 16, /2",)),
    (Residual(16, strides=2, shortcut="zero-pad", in_channels=8), "zero-pad", ("every 2nd pixel", "8 zero channels")),
    (Residual(8, preactivation=True), "identity", ())])
def test_the_way_around_is_found_in_the_graph(block, shortcut, around):
    found = diagram(block, SHAPE)
    assert found.shortcut == shortcut == block.shortcut
    routes = found.routes()[1:]
    assert [tuple(found.steps[place].label for place in route.steps) for route in routes] == (
        [] if around is None else [around])


def test_a_projection_of_version_2_begins_behind_the_first_relu():
    found = diagram(Residual(16, True, 2, preactivation=True), SHAPE)
    assert found.steps[found.routes()[1].start].label == "ReLU"
    assert trunk(found) == ["BN", "ReLU", "3×3 conv, 16, /2", "BN", "ReLU", "3×3 conv, 16", "+"]


def test_series_have_kernels_of_one_length_and_no_plumbing():
    found = diagram(time_series_block(4, "norm"), (1, 4, 50))
    assert trunk(found)[::3] == ["8-wide conv, 4", "5-wide conv, 4", "3-wide conv, 4", "ReLU"]
    assert found.shortcut == "norm"
    assert {step.output_shape for step in found.steps} == {(1, 4, 50)}


@pytest.mark.parametrize("block", (Residual(16), Residual(32)))
def test_additions_look_alike_however_they_are_computed(block):
    """Sixteen channels take another operator of MXNet's than thirty-two."""
    found = diagram(block, (1, block.num_channels, 6, 6))
    assert [step.kind for step in found.steps].count("add") == 1 and found.steps[-2].inputs == (-1, 4)


class Mine(nn.HybridBlock):
    """Two additions, one inside of the other's branch, and a join of channels."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2D(8, 3, padding=1), nn.Conv2D(8, 5, padding=2)

    def hybrid_forward(self, F, x):
        y = self.one(x)
        y = y + self.two(y)
        return F.np.concatenate([F.npx.relu(x + y), x], axis=1)


def test_a_block_of_one_s_own():
    found = diagram(Mine(), SHAPE)
    assert sorted(labels(found)) == ["+", "+", "3×3 conv, 8", "5×5 conv, 8", "ReLU", "concat"]
    assert found.output_shape == (1, 16, 6, 6) and len(found.routes()) == 4
    assert trunk(found) == ["3×3 conv, 8", "5×5 conv, 8", "+", "+", "ReLU", "concat"]
    assert [found.steps[step.inputs[0]].name for step in found.steps if step.label == "5×5 conv, 8"] == ["one"]


def test_every_edge_of_a_graph_is_on_exactly_one_route():
    for block in (Mine(), Residual(16, True, 2), Residual(16, True, 2, preactivation=True)):
        found = diagram(block, SHAPE)
        edges = sorted((source, place) for place, step in enumerate(found.steps) for source in step.inputs)
        passed = []
        for route in found.routes():
            places = [route.start, *route.steps] + ([] if route.steps[-1:] == (route.end,) else [route.end])
            passed += zip(places, places[1:])
        assert sorted(passed) == edges


def test_a_network_is_its_parts_and_a_stage_its_blocks():
    found = diagram(resnet(((8, 2), (16, 2)), version="v2", option="A"), (1, 3, 32, 32))
    assert [part.name for part in found.parts] == ["stem", "stage1", "stage2", "norm", "pool", "head"]
    assert found.parts[2].shortcuts == ("zero-pad", "identity") and found.parts[0].shortcuts == ()
    assert found.shortcuts == ("identity", "identity", "zero-pad", "identity")
    assert found.parts[2].output_shape == (1, 16, 4, 4) and found.input_shape == (1, 3, 32, 32)
    assert labels(found.parts[0]) == ["7×7 conv, 8, /2", "BN", "ReLU", "3×3 max pool, /2"]
    assert labels(found.parts[4]) == ["global average pool"] and labels(found.parts[5]) == ["dense, 10"]
    assert found.name == "resnet" and found.output_shape == (1, 10)


def test_shapes_are_those_of_the_table():
    net, shape = resnet50(1000), (1, 3, 224, 224)
    assert [(part.name, part.output_shape) for part in diagram(net, shape).parts] == [
        (row.name, row.output_shape) for row in describe(net, shape).rows]


def test_equal_blocks_are_equal_whatever_their_names():
    first, second, third = diagram(resnet(((8, 3),)), (1, 3, 32, 32)).parts[1].parts
    assert first == second == third and (first.name, third.name) == ("0", "2")
    assert replace(first, input_shape=(1, 9)) != second


def test_a_diagram_of_single_blocks():
    parts = diagram(time_series_resnet(3), (1, 1, 50)).parts
    assert [(part.name, part.shortcuts) for part in parts] == [
        ("block1", ("projection",)), ("block2", ("projection",)), ("block3", ("norm",)), ("pool", ()), ("head", ())]


def test_compiled_nets_layers_and_a_name_of_one_s_choice():
    net = resnet18()
    net.initialize()
    net.hybridize()
    net(np.zeros((1, 1, 28, 28)))
    assert len(diagram(net, (1, 1, 28, 28)).shortcuts) == 8
    assert labels(diagram(nn.Dense(5), (2, 3))) == ["dense, 5"]
    assert diagram(Residual(8), SHAPE, "mine").name == "mine"


def test_it_is_made_of_plain_values():
    plain = asdict(diagram(Plain(8), SHAPE))
    assert plain["steps"][0] == {"kind": "conv", "label": "3×3 conv, 8", "output_shape": SHAPE, "inputs": (-1,),
                                 "name": "conv1"}
    assert Diagram("empty", SHAPE, SHAPE).routes() == [] and Route(-1, (), 0) and Step("a", "a", SHAPE, ())
