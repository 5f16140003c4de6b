"""Blocks taken apart, the block that is asked for, and what is said of one that differs."""
from dataclasses import replace

from resnet_gluon.exercises.judge import Anatomy, Plan, Report, Subject, examine, random_input, text
from resnet_gluon.nets import Plain, Residual

import pytest

X = random_input((2, 4, 6, 5))
BASIC = Plan((3, 3), (4, 4), ((1, 1),), "identity")


def body(net):
    subject = Subject(net)
    subject.numpy(X)  # which makes its parameters
    return Anatomy.of(subject.trace(X))


def rules(net, plan):
    report = Report()
    examine(report, body(net), plan)
    return [finding.rule for finding in report.findings]


def test_a_plan_in_words():
    assert str(BASIC) == "3×3 → BN → ReLU → 3×3 → BN"
    assert str(replace(BASIC, shortcut="none")) == "3×3 → BN → ReLU → 3×3 → BN → ReLU"
    assert str(replace(BASIC, preactivation=True)) == "BN → ReLU → 3×3 → BN → ReLU → 3×3"
    assert str(replace(BASIC, dimension=1)).startswith("3 → BN") and BASIC.stride == 1
    assert BASIC.other_version == replace(BASIC, preactivation=True).kinds


def test_a_block_taken_apart():
    parts = body(Residual(8, True, 2, preactivation=True))
    assert text(parts.before) == "BN → ReLU" and text(parts.shortcut) == "1×1/2" and parts.after == []
    assert text(parts.branch) == "BN → ReLU → 3×3/2 → BN → ReLU → 3×3" and parts.join.kind == "add"
    assert [op.kind for op in parts.layers] == ["conv", "conv", "bn", "bn", "conv"]
    plain = body(Plain(4))
    assert plain.join is None and plain.shortcut == [] and plain.everything == plain.branch


@pytest.mark.parametrize("net, plan, found", [
    (Residual(4), BASIC, []),
    (Plain(4), BASIC, ["shortcut-missing"]),
    (Residual(4), replace(BASIC, shortcut="none"), ["shortcut-unasked"]),
    (Residual(4, True), BASIC, ["identity-changed"]),
    (Residual(4), replace(BASIC, shortcut="projection"), ["projection-missing"]),
    (Residual(4, preactivation=True), BASIC, ["order"]),
    (Residual(8, True), replace(BASIC, shortcut="projection"), ["channels", "projection-channels"]),
    (Residual(4, True, 2), replace(BASIC, shortcut="projection"), ["stride", "projection-stride"]),
    (Residual(4), replace(BASIC, kernels=(3, 5)), ["kernel", "padding"][:1])])
def test_what_is_not_as_planned_is_named(net, plan, found):
    assert rules(net, plan) == found
