"""Making nets, and taking numbers from functions."""
from resnet_gluon.exercises.judge import Report, Stop, Subject, as_number, build, number, one_array
from resnet_gluon.nets import Residual

import pytest
from mxnet import np
from mxnet.gluon import nn


def rules(function, *arguments, **options):
    report = Report()
    with pytest.raises(Stop):
        function(report, *arguments, **options)
    return [finding.rule for finding in report.findings]


def test_a_net_comes_with_its_call_in_words():
    subject, call = build(Report(), Residual, 4, use_1x1conv=True)
    assert isinstance(subject, Subject) and call == "Residual(4, use_1x1conv=True)"


def test_other_names_in_the_same_order_are_right():
    subject, _ = build(Report(), lambda units, bias: nn.Dense(units, use_bias=bias, in_units=1), 2, use_bias=False)
    assert len(subject.parameters) == 1


@pytest.mark.parametrize("attempt, rule", [
    (3, "signature"), (nn.Dense(1), "signature"), (dict, "not-a-block"), (lambda: 0, "signature"),
    (lambda units: None, "no-return"), (lambda units: 0, "not-a-block"), (lambda units: 1 / 0, "exception"),
    (lambda units: [nn.Dense(units)], "not-a-block")])
def test_where_no_net_can_be_made_it_is_found(attempt, rule):
    assert rules(build, attempt, 4) == [rule]


def test_a_list_of_blocks_is_a_net_where_one_is_asked_for():
    subject, _ = build(Report(), lambda units: [nn.Dense(units, in_units=2), nn.Dense(units, in_units=2)], 2, row=True)
    assert len(subject.parameters) == 4

    def adds_none(units):
        net = nn.Sequential()
        net.add(None)
        return net

    assert rules(build, adds_none, 2, row=True) == ["no-return"]


@pytest.mark.parametrize("value", [3, 3.0, np.array([3.0]), np.array(3), True + 2])
def test_what_is_a_number(value):
    assert as_number(Report(), value, "") == 3 and number(Report(), "f()", lambda: value) == 3


@pytest.mark.parametrize("value", ["3", [3, 4], None, float("nan"), {}])
def test_what_is_none(value):
    assert rules(as_number, value, "") == ["not-a-number"]


def test_one_array():
    assert one_array(Report(), np.ones(2), "f()").tolist() == [1, 1]
    assert rules(one_array, None, "f()") == ["no-return"] and rules(one_array, (1, 2), "f()") == ["return-value"]
