"""What a student's code raises, in a teacher's words."""
from resnet_gluon.exercises.judge.errors import KNOWN, NotAnArray, cause_of, explain, is_theirs

import pytest
from mxnet import np
from mxnet.gluon import nn


class NoSuper(nn.Block):
    def __init__(self):
        self.dense = nn.Dense(1)


class InAList(nn.Block):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Dense(1)]

    def forward(self, x):
        return self.layers[0](x)


def in_a_list():
    InAList()(np.ones((1, 2)))


def item_assignment():
    net = nn.HybridSequential()
    net[0] = nn.Dense(1)


@pytest.mark.parametrize("function, rule", [
    (NoSuper, "no-super"), (in_a_list, "unregistered-layer"), (item_assignment, "item-assignment")])
def test_an_error_that_does_not_name_its_cause(function, rule):
    with pytest.raises(Exception) as caught:
        function()
    assert cause_of(caught.value).rule == rule


def test_other_errors_have_no_known_cause():
    assert cause_of(KeyError("no such layer")) is None
    assert len({cause.rule for cause in KNOWN}) == len(KNOWN)


def test_an_error_is_shown_with_the_students_own_line():
    with pytest.raises(ZeroDivisionError) as caught:
        1 / 0  # noqa: B018
    said = explain(caught.value).splitlines()
    assert said[0] == "division by zero" and said[1].endswith("1 / 0  # noqa: B018")
    assert explain(NotAnArray(None)) == "the net gives NoneType instead of an array"
    assert explain(KeyError()) == "KeyError"


@pytest.mark.parametrize("filename, theirs", [
    ("<ipython-input-3>", True), ("/home/me/solution.py", True), ("<string>", False),
    ("/x/site-packages/mxnet/gluon/block.py", False), ("/usr/lib/python3.8/ast.py", False)])
def test_whose_file_it_is(filename, theirs):
    assert is_theirs(filename) is theirs
