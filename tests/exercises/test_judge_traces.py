"""What a net did with its input, read from MXNet's record."""
import json

from resnet_gluon.exercises.judge import Join, Subject, convs, of_kind, random_input, text
from resnet_gluon.exercises.judge.traces import Record, trace, used
from resnet_gluon.nets import Bottleneck, Plain, Residual

import pytest
from mxnet import np, npx
from mxnet.gluon import nn

X = random_input((2, 4, 6, 5))


class Forward(nn.Block):
    """A net that is a function of the input and one convolution."""

    def __init__(self, function):
        super().__init__()
        self.conv, self.function = nn.Conv2D(4, 3, padding=1), function

    def forward(self, x):
        return self.function(self.conv, x)


def called(net):
    subject = Subject(net)
    subject.numpy(X)  # which makes its parameters
    return subject


@pytest.mark.parametrize("net, shown", [
    (Plain(4), "3×3 → BN → ReLU → 3×3 → BN → ReLU"),
    (Residual(4), "add(the input; 3×3 → BN → ReLU → 3×3 → BN) → ReLU"),
    (Residual(8, True, 2), "add(1×1/2 → BN; 3×3/2 → BN → ReLU → 3×3 → BN) → ReLU"),
    (Residual(4, preactivation=True), "add(the input; BN → ReLU → 3×3 → BN → ReLU → 3×3)"),
    (Bottleneck(4), "add(the input; 1×1 → BN → ReLU → 3×3 → BN → ReLU → 1×1 → BN) → ReLU"),
    (Forward(lambda conv, x: conv(x) * 0.5 + x), "add(the input; 3×3 → times 0.5)"),
    (Forward(lambda conv, x: npx.relu(np.squeeze(np.expand_dims(conv(x), 0), 0))), "3×3 → ReLU"),
    (Forward(lambda conv, x: conv(x).detach() + x), "add(the input; cut)"),
    (Forward(lambda conv, x: conv(x) - x), "subtract(the input; 3×3)")])
def test_a_path_reads_as_what_was_computed(net, shown):
    assert text(called(net).trace(X)) == shown


def test_operators_know_their_numbers_and_their_parameters_names():
    subject = called(Residual(8, True, 2))
    path = subject.trace(X)
    first, second, projection = convs(path)
    assert (first.kernel, first.strides, first.padding, first.channels) == ((3, 3), (2, 2), (1, 1), 8)
    assert (second.strides, projection.kernel) == ((1, 1), (1, 1))
    names = [name for op in convs(path) + of_kind(path, "bn") for name in op.parameters]
    assert sorted(names) == sorted(subject.parameters) and subject.used == set(names)


def test_a_parameter_that_is_not_the_nets_is_none():
    other = nn.Dense(2)
    other.initialize()
    subject = called(Forward(lambda conv, x: other(x)))
    dense, = of_kind(subject.trace(X), "dense")
    assert dense.parameters == [None, None] and subject.used == set()


def test_a_record_is_all_that_it_takes():
    nodes = [{"op": "null", "name": "var1", "inputs": []}, {"op": "null", "name": "var2", "inputs": []},
             {"op": "Convolution", "name": "c", "attrs": {"kernel": "(3, 3)"}, "inputs": [[0, 0, 0], [1, 0, 0]]},
             {"op": "_npi_add", "name": "a", "inputs": [[2, 0, 0], [0, 0, 0]]}]
    record = Record(json.dumps({"nodes": nodes}), {"var2": "weight", "var3": "unused"}, "var1")
    join, = trace(record)
    assert isinstance(join, Join) and text([join]) == "add(the input; 3×3)" and used(record) == {"weight"}
    assert join.branch[0].parameters == ["weight"]
