"""The judge's process: reads a submission from each line of its input, and writes the verdicts on it as a line.

It starts the student's code behind the wall that it is told, and asks it questions; `resnet_gluon.exercises.apart` says
how. It knows nothing of students, marks or files.
"""
import json
import os
import subprocess
import sys
import time
from typing import Any, Dict, List, Tuple

from resnet_gluon.exercises.apart import CannotStart, Limits
from resnet_gluon.exercises.apart.judging import judge_attempt
from resnet_gluon.exercises.apart.student import ROOT, Student
from resnet_gluon.exercises.catalogue import find
from resnet_gluon.exercises.judge import Exercise, Finding

A_CHECK = 20.0  # seconds that one check may take


class Start:
    """Starts a student's process: anew where it has ended, until the submission's time is over."""

    def __init__(self, wall: List[str], course: str, seconds: float) -> None:
        self.wall, self.course, self.deadline = wall, course, time.monotonic() + seconds

    def __call__(self, command: List[str], **options: Any) -> "subprocess.Popen[bytes]":
        if time.monotonic() > self.deadline:
            raise TimeoutError
        command = [word.replace(repr(ROOT), repr(self.course)) for word in command]
        return subprocess.Popen([*self.wall, *command], **options)


def main() -> None:
    """Answer until the input ends."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what MXNet prints is no answer
    say(answers, "ready")
    for line in sys.stdin:
        try:
            said: Any = judged(json.loads(line))
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        say(answers, said)


def say(answers: int, value: Any) -> None:
    """Write one line."""
    data = json.dumps(value).encode() + b"\n"
    while data:
        data = data[os.write(answers, data):]


def judged(question: Dict[str, Any]) -> List[Dict[str, Any]]:
    """Return the verdicts on one submission."""
    start = Start(question["wall"], question["course"], question["seconds"])
    limits = Limits(seconds=A_CHECK, cells=question["seconds"] / 3, file=question["size"])
    with Student(question["cells"], start, limits) as student:
        return [judged_test(student, start, *exercise_of(*test)) for test in question["tests"]]


def exercise_of(name: str, attempt: str, own: str) -> Tuple[Exercise, str]:
    """An exercise, the course's or one that the instructor's code `own` makes, and the name of the attempt at it."""
    if not own:
        return find(name), attempt
    namespace: Dict[str, Any] = {}
    exec(own, namespace)
    return eval(name, namespace), attempt


def judged_test(student: Student, start: Start, exercise: Exercise, attempt: str) -> Dict[str, Any]:
    """The verdict on one test. A student's process that no longer starts, since its time is over, fails it."""
    try:
        found = judge_attempt(student, exercise, attempt)
        passed, findings = found.passed, found.findings
    except CannotStart:
        if time.monotonic() <= start.deadline:
            raise
        passed, findings = False, (Finding("time-limit", "The notebook has taken all the time that it may, before "
                                           "this was checked."),)
    return {"passed": passed, "findings": [vars(finding) for finding in findings]}


if __name__ == "__main__":
    main()
