"""Judging exercises in another process than the student's."""
import secrets
import subprocess
import warnings
from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

from resnet_gluon.exercises.apart.far import FarAttempt
from resnet_gluon.exercises.apart.outcomes import CannotStart, Unanswered
from resnet_gluon.exercises.apart.student import USUAL, Limits, Start, Student
from resnet_gluon.exercises.judge.chance import secretly
from resnet_gluon.exercises.judge.errors import Explained, explain
from resnet_gluon.exercises.judge.exercise import Exercise
from resnet_gluon.exercises.judge.findings import Finding
from resnet_gluon.exercises.judge.guard import closed, in_either, judge, settle
from resnet_gluon.exercises.judge.report import Report

__all__ = ["USUAL", "CannotStart", "Judged", "Limits", "judge_attempt", "judge_cells"]


class Judged(NamedTuple):
    """The verdict on one attempt. exercise: its name."""
    exercise: str
    passed: bool
    findings: Tuple[Finding, ...]


def judge_cells(cells: Sequence[str], attempts: Iterable[Tuple[Exercise, str]], *, wrap: Start = subprocess.Popen,
                limits: Limits = USUAL, refuse: bool = True, secret: Optional[int] = None) -> List[Judged]:
    """Run a student's cells in a process of their own, and judge what they define. See `judge_apart`."""
    with Student(cells, wrap, limits, refuse) as student:
        return [judge_attempt(student, exercise, expression, secret) for exercise, expression in attempts]


def judge_attempt(student: Student, exercise: Exercise, expression: str, secret: Optional[int] = None,
                  seconds: Optional[float] = None) -> Judged:
    """Judge one attempt of a student's process. secret: what random numbers depend on; by default nobody knows it."""
    secret = secrets.randbits(64) if secret is None else secret
    with warnings.catch_warnings(), secretly(secret):
        warnings.simplefilter("ignore")
        findings = in_either(lambda numpy: judge_once(student, exercise, expression, numpy, seconds))
    return Judged(exercise.name, all(finding.remark for finding in findings), tuple(findings))


def judge_once(student: Student, exercise: Exercise, expression: str, numpy: bool,
               seconds: Optional[float] = None) -> List[Finding]:
    """The findings of one check, in one of MXNet's interfaces."""
    report = Report()
    settle()
    try:
        student.begin(seconds)
        attempt = attempt_of(student, exercise, expression)
        if attempt is None:
            return [Finding("not-attempted", "There is nothing to check yet.")]
        judge(exercise, attempt, report, numpy)
    except Unanswered as error:
        report.findings.append(error.finding)
    settle()
    return closed(report, student.printed)


def attempt_of(student: Student, exercise: Exercise, expression: str) -> Union[FarAttempt, object]:
    """What an expression gives in a student's process. Raises Unanswered where it gives nothing."""
    known = {"attempt": lambda *facts: FarAttempt(student, *facts)}
    try:
        return student.ask("attempt_at", exercise.name, expression, known=known)
    except Explained as error:
        cells = "\n".join(f"cell {number} raised {said}" for number, said in list(student.raised.items())[:3])
        raise Unanswered(Finding("not-defined", f"{expression} is not there once all cells have run.",
                                 observed=cells or explain(error))) from None
