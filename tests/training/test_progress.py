"""Ctrl-C is asked for, not suffered; and what is shown, to terminals and to files."""
import io
import os
import signal
import sys
import threading

from resnet_gluon import History
from resnet_gluon.training import Epoch
from resnet_gluon.training.progress import Interrupt, Progress

import pytest

HISTORY = History(epochs=[Epoch(1.5, 1.25, 0.5, 1234.5, 61.0)])


def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_ctrl_c_asks_and_the_second_interrupts():
    with pytest.raises(KeyboardInterrupt), Interrupt() as asked:
        assert not asked
        ctrl_c()
        assert asked
        ctrl_c()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_afterwards_ctrl_c_is_what_it_was():
    seen = []
    former = signal.signal(signal.SIGINT, lambda *_: seen.append(1))
    try:
        with Interrupt() as asked:
            ctrl_c()
        assert asked and seen == []
        ctrl_c()
        assert seen == [1]
    finally:
        signal.signal(signal.SIGINT, former)


def test_where_ctrl_c_is_ignored_it_stays_ignored():
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupt() as asked:
            ctrl_c()
            assert not asked and signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, former)


def test_in_another_thread_nothing_changes():
    found = []

    def work():
        with Interrupt() as asked:
            found.append((bool(asked), signal.getsignal(signal.SIGINT)))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(False, signal.default_int_handler)]


class Screen(io.StringIO):
    def isatty(self):
        return True


def show(total=256, wanted=True, watch=None):
    with Progress(total, wanted, watch) as shown:
        shown.start(64)
        shown.step(64)
        shown.show(0, 2, loss=1.5)
        shown.epoch(HISTORY)


def test_a_terminal_gets_a_bar_that_is_cleared_and_a_line_an_epoch(monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_BARS", "text")
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    show()
    lines = screen.getvalue().replace("\r", "\n").split("\n")
    assert any("50%" in line or "25%" in line for line in lines)  # 64 images were done before
    assert HISTORY.last_epoch() in [line.strip() for line in lines]


def test_a_file_gets_the_line_alone_and_the_silent_nothing(capsys):
    show()
    assert capsys.readouterr().out == HISTORY.last_epoch() + "\n"
    show(wanted=False)
    assert capsys.readouterr().out == ""


def test_the_watcher_is_called_whether_or_not_anything_is_shown():
    seen = []
    for wanted in (True, False):
        show(wanted=wanted, watch=seen.append)
    assert seen == [HISTORY, HISTORY]
