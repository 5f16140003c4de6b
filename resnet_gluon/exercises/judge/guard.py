"""Running code that may do anything: with a time limit, its printing caught, in either of MXNet's two interfaces."""
import contextlib
import ctypes
import sys
import threading
import time
import warnings
from typing import Any, Callable, List, Optional, TextIO

from resnet_gluon.exercises.judge.errors import Stop, TimeLimit
from resnet_gluon.exercises.judge.exercise import Exercise
from resnet_gluon.exercises.judge.findings import Finding, Result
from resnet_gluon.exercises.judge.report import Report
from resnet_gluon.exercises.judge.values import interface

import mxnet as mx
from mxnet.name import Prefix

#: Rules of findings that speak of the process, not of the code's results.
BROKEN = ("unfinished", "process-ended", "answer-unreadable", "package-used")
LEGACY_ONLY = ("This works in MXNet's legacy interface alone, after npx.reset_np(). The notebooks run the NumPy one: "
               "there it raises. Use np and npx; in hybrid_forward F.np and F.npx.")
PRINTED = 2_000  # characters kept of what is printed


class Caught:
    """Standard output for one thread: keeps a little of what is printed, and lets other threads print as before."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.thread: Optional[int] = None
        self.text = ""
        self.length = 0

    def write(self, text: str) -> int:
        if threading.get_ident() != self.thread:
            return self.stream.write(text)
        self.text += text[:max(0, PRINTED - self.length)]
        self.length += len(text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def run(exercise: Exercise, attempt: Any, seconds: float) -> Result:
    """Check `attempt` in MXNet's NumPy interface and, where that raises, in the legacy one.

    The check runs in a thread of its own, which is told to stop after so many seconds, and left alone if it does not
    listen (a loop around a bare `except:`). What cannot be stopped, such as `os._exit`, needs a process of its own.
    """
    began = time.perf_counter()
    findings = in_either(lambda numpy: run_once(exercise, attempt, seconds, numpy))
    return Result(exercise.name, tuple(findings), time.perf_counter() - began)


def in_either(run: Callable[[bool], List[Finding]]) -> List[Finding]:
    """Return the findings of `run(numpy)` in the NumPy interface; where it raises there, in the legacy one.

    What works in the legacy one alone is right, and gets a remark.
    """
    findings = run(True)
    if any(finding.rule == "exception" for finding in findings):
        legacy = run(False)
        if all(finding.rule not in ("exception", "time-limit", *BROKEN) for finding in legacy):
            right = all(finding.remark for finding in legacy)
            return [*legacy, Finding("legacy-only", LEGACY_ONLY, remark=True)] if right else legacy
    return findings


def settle() -> None:
    """Wait for MXNet, and forget what it raises: an error that nobody has asked for is not the next attempt's."""
    with contextlib.suppress(Exception):
        mx.nd.waitall()


def run_once(exercise: Exercise, attempt: Any, seconds: float, numpy: bool) -> List[Finding]:
    """Return the findings of one check, in one of the interfaces."""
    settle()
    report, caught = Report(), Caught(sys.stdout)
    worker = threading.Thread(target=work, args=(exercise, attempt, report, caught, numpy), daemon=True)
    # Filters of warnings hold for all threads. They are set and put back here: a worker that cannot be stopped would
    # leave its own behind.
    with warnings.catch_warnings(), contextlib.redirect_stdout(caught):  # type: ignore[type-var]
        warnings.simplefilter("ignore")  # MXNet's: on what the checks do to a net, not on the student's code
        worker.start()
        worker.join(seconds)
        late = worker.is_alive()
        if late:
            end(worker)
    settle()
    if late:
        report.findings.append(time_limit(seconds))
    return closed(report, caught.text)


def time_limit(seconds: float) -> Finding:
    """The finding for code that was stopped."""
    return Finding("time-limit", f"Your code was still running after {seconds:g} seconds, and was stopped.",
                   "Is there a loop whose condition never becomes false, or a generator that never ends?")


def closed(report: Report, printed: str) -> List[Finding]:
    """Return what was found. A check that has found nothing and did not come to its end says so: it fails closed."""
    findings = list(report.findings)
    if not report.finished and not report.faults:
        findings.append(Finding("unfinished", "The check was ended before it was through, by your code or by a fault "
                                              "of the check, so nobody knows whether this is right."))
    if printed and not printed.startswith("infer_shape error"):  # which MXNet prints, beside raising
        findings.append(Finding("printing", "Your code prints. That is fine while you look for a mistake; take it out "
                                            "in the end.", observed=printed[:200], remark=True))
    return findings


def work(exercise: Exercise, attempt: Any, report: Report, caught: Caught, numpy: bool) -> None:
    """Run one check in the thread that calls this."""
    caught.thread = threading.get_ident()
    with contextlib.suppress(TimeLimit):
        judge(exercise, attempt, report, numpy)


def judge(exercise: Exercise, attempt: Any, report: Report, numpy: bool) -> None:
    """Run one check, and note in the report whether it came to its end. Raises TimeLimit."""
    # Names count from 0 in each thread, and would meet those of layers that were made outside: hence the prefix.
    with interface(numpy), contextlib.suppress(Stop), Prefix("checked_"):
        try:
            exercise.check(report, attempt)
            report.finished = True
        except (TimeLimit, Stop):
            raise
        except BaseException as error:  # sys.exit(), or what the check's author did not foresee
            report.raised("Checking your code", error)


def end(worker: threading.Thread, patience: float = 0.5) -> None:
    """Raise TimeLimit in a thread, a few times: code can swallow one."""
    deadline = time.perf_counter() + patience
    while worker.is_alive() and time.perf_counter() < deadline:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident or 0), ctypes.py_object(TimeLimit))
        worker.join(0.02)
