"""The front of the exercises: what `check` says about code that is not even an attempt, hints, results."""
import math
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from resnet_gluon.exercises import Exercise, Finding, Result, check, exercises, hint

import pytest
from mxnet import util

NAMES = {"residual-block", "resnet-block", "resnet18", "bottleneck-block", "preactivation-block", "zero-pad-shortcut",
         "residual-block-1d", "plain-block", "training-loop", "evaluate", "count-parameters", "fine-tune-head"}


over = threading.Event()


def rules(result):
    return [finding.rule for finding in result.findings]


def count(net):
    return sum(p.data().size for p in net.collect_params().values() if p.grad_req != "null")


def raises(net):
    raise KeyError("no such layer")


def leaves(net):
    sys.exit(1)


def interrupts(net):
    raise KeyboardInterrupt


def loops(net):
    while True:
        time.sleep(0.001)


def loops_in_spite_of_everything(net):
    while not over.is_set():
        try:
            time.sleep(0.001)
        except:  # noqa: E722
            continue


def prints(net):
    print("looking for it")
    return count(net)


def wrong_arguments(net, images, labels):
    return 0


class NoBlock:
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        pass


def test_right_code_passes():
    result = check("count-parameters", count)
    assert result.passed and result.findings == () and result.verdict == "right" and result.seconds > 0


@pytest.mark.parametrize("attempt", [raises, leaves, interrupts])
def test_what_is_raised_is_a_finding(attempt):
    result = check("count-parameters", attempt)
    assert not result.passed and rules(result) == ["exception"]
    assert attempt.__name__ in result.findings[0].observed  # where


@pytest.mark.parametrize("attempt", [loops, loops_in_spite_of_everything])
def test_an_endless_loop_is_stopped(attempt):
    over.clear()
    began = time.perf_counter()
    result = check("count-parameters", attempt, seconds=0.5)
    over.set()  # so that the thread, which cannot be stopped, does
    assert not result.passed and rules(result) == ["time-limit"] and time.perf_counter() - began < 5


@pytest.mark.parametrize("exercise, attempt, rule", [
    ("count-parameters", wrong_arguments, "signature"), ("count-parameters", 3, "signature"),
    ("count-parameters", math, "signature"), ("count-parameters", "count", "signature"),
    ("residual-block", NoBlock, "not-a-block"), ("residual-block", math, "signature"),
    ("resnet-block", 18, "signature"), ("resnet18", math, "signature"), ("resnet34-stages", math, "not-stages")])
def test_what_is_no_attempt_is_a_finding(exercise, attempt, rule):
    result = check(exercise, attempt)
    assert not result.passed and rules(result) == [rule]


@pytest.mark.parametrize("exercise", [exercise.name for exercise in exercises()])
@pytest.mark.parametrize("attempt", [math, 3, "text", lambda *_, **__: None, type, print, object(), []])
def test_no_check_raises(exercise, attempt):
    result = check(exercise, attempt)
    assert not result.passed and all(isinstance(finding, Finding) for finding in result.findings)


def test_none_is_not_attempted_yet():
    result = check("resnet18", None)
    assert not result.passed and result.verdict == "not attempted yet" == str(result).split(": ")[1]


def test_printing_is_a_remark_and_goes_nowhere(capsys):
    before = sys.stdout
    result = check("count-parameters", prints)
    assert result.passed and rules(result) == ["printing"] and result.findings[0].remark
    assert "looking for it" in result.findings[0].observed
    assert sys.stdout is before and capsys.readouterr().out == ""


def test_an_unknown_name_lists_the_names():
    for ask in (hint, lambda name: check(name, count)):
        with pytest.raises(ValueError, match="residual-block.*fine-tune-head"):
            ask("resnet-17")


def test_exercises():
    names = [exercise.name for exercise in exercises()]
    assert set(names) >= NAMES and len(set(names)) == len(names)
    numbers = [exercise.notebook for exercise in exercises()]
    assert numbers == sorted(numbers)
    assert all(name in str(exercises()) for name in names)
    assert all(exercise.task and len(exercise.hints) >= 2 and exercise.difficulty in ("easy", "medium", "hard")
               for exercise in exercises())


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.name)
def test_hints_come_one_after_the_other_and_again(exercise):
    given = [hint(exercise.name) for _ in range(2 * len(exercise.hints))]
    assert sorted(set(given)) == sorted(given[:len(exercise.hints)]) and given[0] == given[len(exercise.hints)]
    assert repr(given[0]) == str(given[0]) and given[0].endswith(exercise.hints[int(given[0].split()[1]) - 1])


def test_an_exercise_itself_can_be_asked_for_hints():
    own = Exercise("eleven", 1, "easy", "11", lambda report, attempt: None, ("More than ten.", "Less than twelve."))
    assert [hint(own) for _ in range(3)] == ["Hint 1 of 2: More than ten.", "Hint 2 of 2: Less than twelve.",
                                             "Hint 1 of 2: More than ten."]
    assert hint(replace(own, name="no hints", hints=())) == "There are no hints for no hints."


def test_each_exercise_is_in_its_notebook():
    for exercise in exercises():
        notebook, = (Path(__file__).parent.parent / "notebooks").glob(f"{exercise.notebook:02d}_*.ipynb")
        assert f'check(\\"{exercise.name}\\"' in notebook.read_text(encoding="utf8"), exercise.name


def test_a_result_reads_as_text_and_as_html():
    finding = Finding("stride", "1 < 2 & so on", hint="Look\nagain.", expected="<b>2</b>", observed="1")
    result = Result("<name>", (finding, Finding("printing", "It prints.", remark=True)))
    assert str(result) == repr(result) == (
        "<name>: not yet, 1 finding\nstride: 1 < 2 & so on\n  expected: <b>2</b>\n  observed: 1\n"
        "  hint:     Look\n            again.\nprinting: It prints.")
    shown = result._repr_html_()
    assert "&lt;name&gt;" in shown and "&lt;b&gt;2&lt;/b&gt;" in shown and "1 &lt; 2 &amp; so on" in shown
    assert "<b>2</b>" not in shown and "Look<br>again." in shown and "✓" not in shown
    assert "✓" in Result("right")._repr_html_()


def test_an_exercise_of_ones_own():
    def at_least_ten(report, attempt):
        report.expect(report.call("attempt()", attempt) >= 10, "small", "That is less than ten.")

    own = Exercise("ten", 1, "easy", "a function () → a number of at least 10", at_least_ten, ("Eleven would do.",))
    assert check(own, lambda: 11).passed and rules(check(own, lambda: 9)) == ["small"]
    assert rules(check(own, lambda: "9")) == ["exception"]  # the check's own error is a finding as well


@pytest.mark.parametrize("numpy", [True, False])
def test_the_callers_switches_stay_as_they_are(numpy):
    with util.np_array(numpy), util.np_shape(numpy):
        for attempt in (count, raises, None):
            check("count-parameters", attempt)
            assert util.is_np_array() is numpy and util.is_np_shape() is numpy
