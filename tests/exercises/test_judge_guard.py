"""Code that may do anything, and what it leaves behind."""
import threading
import time
import warnings

from resnet_gluon.exercises import Exercise, check

import pytest

over = threading.Event()


def exercise(function):
    return Exercise("anything", 1, "easy", "anything", function)


def loops_in_spite_of_everything(report, attempt):
    while not over.is_set():
        try:
            time.sleep(0.001)
        except:  # noqa: E722
            continue


def test_filters_of_warnings_stay_though_a_check_cannot_be_stopped():
    over.clear()
    before = list(warnings.filters)
    result = check(exercise(loops_in_spite_of_everything), 0, seconds=0.1)
    assert [finding.rule for finding in result.findings] == ["time-limit"]
    assert warnings.filters == before
    with pytest.warns(UserWarning, match="mine"):
        warnings.warn("mine", stacklevel=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # set after the check, and not to be overwritten when its thread ends at last
        now = list(warnings.filters)
        over.set()
        time.sleep(0.1)
        assert warnings.filters == now
    assert warnings.filters == before


def test_warnings_of_what_a_check_does_are_not_shown(recwarn):
    assert check(exercise(lambda report, attempt: warnings.warn("MXNet's", stacklevel=1)), 0).passed
    assert [str(warning.message) for warning in recwarn] == []


def test_other_threads_print_as_before(capsys):
    def prints(report, attempt):
        thread = threading.Thread(target=print, args=("from another",))
        thread.start()
        thread.join()
        print("from the student's")

    result = check(exercise(prints), 0)
    assert [finding.observed for finding in result.findings] == ["from the student's\n"]
    assert capsys.readouterr().out == "from another\n"
