"""Running code that may do anything: with a time limit, its printing caught, in either of MXNet's two interfaces."""
import contextlib
import ctypes
import sys
import threading
import time
import warnings
from typing import Any, List, Optional, TextIO

from resnet_gluon.exercises.judge.errors import TimeLimit
from resnet_gluon.exercises.judge.exercise import Exercise
from resnet_gluon.exercises.judge.findings import Finding, Result
from resnet_gluon.exercises.judge.report import Report, Stop

from mxnet import util
from mxnet.name import Prefix

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
    findings = run_once(exercise, attempt, seconds, numpy=True)
    if any(finding.rule == "exception" for finding in findings):
        legacy = run_once(exercise, attempt, seconds, numpy=False)
        if all(finding.rule not in ("exception", "time-limit") for finding in legacy):
            findings = legacy
    return Result(exercise.name, tuple(findings), time.perf_counter() - began)


def run_once(exercise: Exercise, attempt: Any, seconds: float, numpy: bool) -> List[Finding]:
    """Return the findings of one check, in one of the interfaces."""
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
    findings = list(report.findings)
    if late:
        findings.append(Finding(
            "time-limit", f"Your code was still running after {seconds} seconds, and was stopped.",
            "Is there a loop whose condition never becomes false, or a generator that never ends?"))
    if caught.length and not caught.text.startswith("infer_shape error"):  # which MXNet prints, beside raising
        findings.append(Finding("printing", "Your code prints. That is fine while you look for a mistake; take it out "
                                            "in the end.", observed=caught.text[:200], remark=True))
    return findings


def work(exercise: Exercise, attempt: Any, report: Report, caught: Caught, numpy: bool) -> None:
    """Run one check in the thread that calls this."""
    caught.thread = threading.get_ident()
    # Names count from 0 in each thread, and would meet those of layers that were made outside: hence the prefix.
    with util.np_shape(numpy), util.np_array(numpy), contextlib.suppress(Stop), Prefix("checked_"):
        try:
            exercise.check(report, attempt)
        except (TimeLimit, Stop):
            pass
        except BaseException as error:  # sys.exit(), or what the check's author did not foresee
            report.raised("Checking your code", error)


def end(worker: threading.Thread, patience: float = 0.5) -> None:
    """Raise TimeLimit in a thread, a few times: code can swallow one."""
    deadline = time.perf_counter() + patience
    while worker.is_alive() and time.perf_counter() < deadline:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident or 0), ctypes.py_object(TimeLimit))
        worker.join(0.02)
