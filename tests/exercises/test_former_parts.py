"""The first edition's import path, as its grading/README.md taught it."""
import importlib

from resnet_gluon.exercises import judge
from resnet_gluon.exercises.checks import blocks
from resnet_gluon.nets import Residual

import pytest

FORMER = ["Case", "Kind", "Report", "Subject", "accepts", "array", "build", "check_block", "close", "convs", "of_kind",
          "one_array", "random_input", "text"]


@pytest.mark.parametrize("name", FORMER)
def test_a_name_is_handed_on_with_a_warning(name):
    parts = importlib.import_module("resnet_gluon.exercises.parts")
    place = blocks if name in ("Case", "Kind", "check_block") else judge
    with pytest.warns(FutureWarning, match=f"from {place.__name__} import {name}") as caught:
        value = getattr(parts, name)
    assert caught[0].filename == __file__
    assert name == "build" or value is getattr(place, name)


def test_its_build_gives_the_net_itself():
    with pytest.warns(FutureWarning):
        from resnet_gluon.exercises.parts import build
    report = judge.Report()
    net, call = build(report, Residual, 4)
    assert isinstance(net, Residual) and call == "Residual(4)"
    assert report.call(f"{call}.initialize()", judge.Subject, net).numpy(judge.random_input((1, 4, 5, 5))).shape \
        == (1, 4, 5, 5)


def test_what_never_was_is_not_there():
    assert not hasattr(importlib.import_module("resnet_gluon.exercises.parts"), "nothing")
