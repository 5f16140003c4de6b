"""A judge's process beside a notebook's kernel: it stays, and has the next student's process started already.

It reads a question from each line of its input, and writes the findings as a line.
"""
import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
import time
from typing import Any, Dict, List, Optional

from resnet_gluon.exercises.apart.judging import judge_attempt
from resnet_gluon.exercises.apart.outcomes import CannotStart
from resnet_gluon.exercises.apart.sources import NoSource, code_of
from resnet_gluon.exercises.apart.student import ROOT, TO_START, USUAL, Student
from resnet_gluon.exercises.catalogue import BY_NAME
from resnet_gluon.exercises.judge.exercise import Exercise
from resnet_gluon.exercises.judge.findings import Finding, Result

PROGRAM = f"import sys; sys.path[0] = {ROOT!r}; from resnet_gluon.exercises.apart.desk import main; main()"
UNFINISHED = Finding("unfinished", "The judge's process has ended, or did not answer in time.")


def check_apart(exercise: Exercise, attempt: Any, seconds: float) -> Result:
    """Check an attempt by the code that it comes from, which is run again in another process."""
    began = time.perf_counter()
    try:
        cells, expression = code_of(attempt)
    except NoSource as error:
        return Result(exercise.name, (Finding("no-source", str(error)),))
    if BY_NAME.get(exercise.name) is exercise:
        findings = DESK.ask({"cells": cells, "exercise": exercise.name, "expression": expression, "seconds": seconds})
    else:  # a check that only this process has
        with Student(cells, limits=USUAL._replace(seconds=seconds)) as student:
            findings = list(judge_attempt(student, exercise, expression).findings)
    return Result(exercise.name, tuple(findings), time.perf_counter() - began)


class Desk:
    """The judge's process, as the notebook's kernel sees it. Started when it is first asked, and when it has ended."""

    def __init__(self) -> None:
        self.process: Optional[subprocess.Popen[bytes]] = None

    def ask(self, question: Dict[str, Any]) -> List[Finding]:
        """Return the findings on an attempt."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            atexit.register(self.end)
        try:
            self.process.stdin.write(json.dumps(question).encode() + b"\n")  # type: ignore[union-attr]
            self.process.stdin.flush()  # type: ignore[union-attr]
            limit = time.monotonic() + 4 * (TO_START + USUAL.cells) + 2 * question["seconds"]
            return [Finding(**finding) for finding in json.loads(self.line(limit))]
        except (OSError, ValueError, TypeError):
            self.end()
            return [UNFINISHED]
        except BaseException:  # Ctrl-C: the answer would come to the next question
            self.end()
            raise

    def line(self, limit: float) -> bytes:
        """The next line. Raises TimeoutError."""
        pipe, found = self.process.stdout, b""  # type: ignore[union-attr]
        while not found.endswith(b"\n"):
            if not select.select([pipe], [], [], max(0, limit - time.monotonic()))[0]:
                raise TimeoutError
            more = os.read(pipe.fileno(), 1 << 16)  # type: ignore[union-attr]
            if not more:
                raise EOFError
            found += more
        return found

    def end(self) -> None:
        """End the process, and with it the student's."""
        atexit.unregister(self.end)
        if self.process is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()  # type: ignore[union-attr]
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process = None


DESK = Desk()


def main() -> None:
    """Answer until the input ends."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what MXNet prints is no answer
    student = Student([])
    try:
        with contextlib.suppress(CannotStart):
            student.start()
        for line in sys.stdin:
            findings = judged(student, json.loads(line))
            os.write(answers, json.dumps(findings).encode() + b"\n")
            student.end()
            student = Student([])
            with contextlib.suppress(CannotStart):
                student.start()
    finally:
        student.end()


def judged(student: Student, question: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The findings on an attempt, as plain values. The process is fresh, and nobody else's after it."""
    student.cells, student.limits = question["cells"], USUAL._replace(seconds=question["seconds"])
    found = judge_attempt(student, BY_NAME[question["exercise"]], question["expression"])
    return [vars(finding) for finding in found.findings]
