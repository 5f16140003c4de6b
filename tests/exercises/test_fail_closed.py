"""A check that did not reach its end, and found nothing, never says "right"; nothing of one attempt fails the next."""
from resnet_gluon.exercises import Exercise, check, exercises
from resnet_gluon.exercises.judge import Report, Stop, guard
from resnet_gluon.exercises.judge.errors import TimeLimit

import mxnet as mx
import pytest
from mxnet import np
from mxnet.gluon import nn


class Silent(Exception):
    """Its text raises what ends a check."""

    def __str__(self):
        raise Stop

    __repr__ = __str__


class Late(Exception):
    def __str__(self):
        raise TimeLimit


class Odd(str):
    def splitlines(self, *rest):
        raise Stop

    def split(self, *rest):
        raise Stop


class Misleading(Exception):
    def __str__(self):
        return Odd("nothing")


RAISED = [Stop, TimeLimit, Silent, Late, Misleading, SystemExit, KeyboardInterrupt, GeneratorExit, BaseException]


def raising(error):
    class Raises(nn.Block):
        def __init__(self, *arguments, **options):
            super().__init__()

        def forward(self, *arguments):
            raise error

    def raises(*arguments, **options):
        raise error
    return Raises, raises


@pytest.mark.parametrize("error", RAISED, ids=lambda error: error.__name__)
@pytest.mark.parametrize("exercise", [exercise.name for exercise in exercises()])
def test_raising_is_never_right(exercise, error):
    for attempt in raising(error):
        result = check(exercise, attempt)
        assert not result.passed and result.findings, result


def test_a_check_that_stops_without_a_finding_is_not_right():
    def stops(report, attempt):
        raise Stop

    def swallows(report, attempt):
        try:
            attempt()
        except Stop:
            return

    own = Exercise("own", 1, "easy", "anything", stops)
    assert [finding.rule for finding in check(own, 1).findings] == ["unfinished"]
    found = check(Exercise("own", 1, "easy", "anything", lambda report, attempt: report.call("It", attempt)),
                  raising(Stop)[1])
    assert [finding.rule for finding in found.findings] == ["exception"]


def test_remarks_alone_do_not_end_a_check_well():
    report = Report()
    report.find("remark", "By the way.", remark=True)
    assert [finding.rule for finding in guard.closed(report, "")] == ["remark", "unfinished"]
    report.finished = True
    assert [finding.rule for finding in guard.closed(report, "")] == ["remark"]


def test_an_error_that_nobody_has_asked_for_is_not_the_next_attempts():
    def count(net):
        np.random.normal(0, -1, size=(3,))  # MXNet raises this when somebody waits for it
        return sum(p.data().size for p in net.collect_params().values() if p.grad_req != "null")

    check("count-parameters", count)
    mx.nd.waitall()  # raises, if it is still there
    np.random.normal(0, -1, size=(3,))

    class Block(nn.Block):
        def __init__(self, num_channels, strides=1):
            super().__init__()
            self.body = nn.Sequential()
            self.body.add(nn.Conv2D(num_channels, 3, strides, 1), nn.BatchNorm(), nn.Activation("relu"),
                          nn.Conv2D(num_channels, 3, 1, 1), nn.BatchNorm(), nn.Activation("relu"))

        def forward(self, x):
            return self.body(x)

    assert check("plain-block", Block).passed
