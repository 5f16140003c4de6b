"""The report: what checks say what they find with."""
from resnet_gluon.exercises.judge import Mistake, NotAnArray, Report, Stop

import pytest

HALF = Mistake(5, "half", "That is half of it.")


def rules(report):
    return [finding.rule for finding in report.findings]


def test_a_right_answer_is_no_finding():
    report = Report()
    assert report.answer(10, 10, [HALF], ("wrong", "That is wrong.")) and report.findings == []


def test_an_answer_that_a_mistake_leads_to_is_named_and_ends_the_check():
    report = Report()
    with pytest.raises(Stop):
        report.answer(5, 10, [HALF], ("wrong", "That is wrong."), expected=10, observed=5, hint="Double it.")
    finding, = report.findings
    assert (finding.rule, finding.message, finding.expected, finding.observed) == ("half", HALF.message, "10", "5")
    assert finding.hint == ""  # it goes with the other


def test_another_answer_is_wrong_in_general():
    report = Report()
    assert not report.answer(7, 10, [HALF], ("wrong", "That is wrong."), hint="Count.")
    assert rules(report) == ["wrong"] and report.findings[0].hint == "Count."


def test_a_mistake_that_gives_the_right_answer_is_none():
    assert Report().answer(10, 10, [Mistake(10, "half", "")], ("wrong", ""))


def test_answers_are_the_same_as_the_check_says():
    report = Report()
    with pytest.raises(Stop):
        report.answer(5.1, 10, [HALF], ("wrong", ""), same=lambda a, b: abs(a - b) < 0.2)
    assert rules(report) == ["half"]


def test_places_come_before_messages_and_go():
    report = Report()
    with pytest.raises(Stop), report.at("Block 2"):
        report.stop("one", "Wrong.")
    report.find("two", "Wrong.")
    assert [finding.message for finding in report.findings] == ["Block 2: Wrong.", "Wrong."]


def test_what_gives_none_is_found_where_something_is_asked_for():
    report = Report()
    assert report.call("f()", lambda: None) is None and report.findings == []
    assert report.call("f()", lambda: 0, gives="a number") == 0
    with pytest.raises(Stop):
        report.call("f()", lambda: None, gives="a number")
    finding, = report.findings
    assert (finding.rule, finding.message, finding.expected) == ("no-return", "f() gives None.", "a number")


@pytest.mark.parametrize("value, rule", [(None, "no-return"), ([1], "return-value")])
def test_what_is_no_array_is_named(value, rule):
    report = Report()
    with pytest.raises(Stop):
        report.raised("net(x)", NotAnArray(value))
    assert rules(report) == [rule]


def test_a_known_cause_is_named_instead_of_its_error():
    report = Report()
    with pytest.raises(Stop):
        report.raised("net(x)", ValueError("Children of HybridBlock must also be HybridBlock, but None has type …"))
    assert rules(report) == ["no-return"]


def test_the_same_fault_is_found_once():
    report = Report()
    report.find("stride", "One.")
    report.find("stride", "Two.")
    assert [finding.message for finding in report.findings] == ["One."]
