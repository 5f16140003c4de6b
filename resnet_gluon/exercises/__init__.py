"""Exercises that know right code from wrong: `check(name, attempt)`, `hint(name)`, `exercises()`.

Checks look at what code does, not at how it is written. A student's code can raise, print, loop for ever or be no
code at all: that is a finding, never an exception.
"""
from typing import Any, List, Union

from resnet_gluon.exercises.catalogue import ALL, find
from resnet_gluon.exercises.hints import Hints, Text
from resnet_gluon.exercises.judge import Exercise, Finding, Report, Result, run

__all__ = ["Exercise", "Finding", "Report", "Result", "check", "exercises", "hint"]
TIME_LIMIT = 20  # seconds; a check takes one or two, but not on a machine that is busy
HINTS = Hints()


def check(exercise: Union[str, Exercise], attempt: Any, seconds: float = TIME_LIMIT, *,
          apart: bool = False) -> Result:
    """Check a student's `attempt` at an exercise.

    Parameters
    ----------
    exercise : str or Exercise
        A name that `exercises()` lists, or an exercise of your own.
    attempt : class, function or value
        What the exercise asks for. None: not attempted yet.
    seconds : float
        After which the code is stopped.
    apart : bool
        False: check in this process, at once. True: run the attempt's code again in a process of its own, which only
        answers, while another decides, as marking does: nothing that happens here has any effect, and code that ends
        its process, or loops in a library, is stopped. The code is that of the cells (or of the file) which the attempt
        depends on. It takes a few seconds the first time.

    Returns a `Result`, which prints, and has `passed` and `findings`. Raises ValueError for an unknown name, and
    nothing else, whatever the code does short of ending the process.
    """
    exercise = find(exercise)
    if attempt is None:
        return Result(exercise.name, (Finding("not-attempted", "There is nothing to check yet."),))
    if apart:
        from resnet_gluon.exercises.apart.desk import check_apart
        return check_apart(exercise, attempt, seconds)
    return run(exercise, attempt, seconds)


def hint(exercise: Union[str, Exercise]) -> Text:
    """Return the next hint for an exercise, from a nudge to nearly the answer; after the last the first again.

    exercise: a name that `exercises()` lists, or an exercise of your own. Raises ValueError for an unknown name.
    """
    return HINTS.next(find(exercise))


class Listing(List[Exercise]):
    """Exercises; prints as a table."""

    def __repr__(self) -> str:
        return "\n".join(f"{exercise.name:<22}notebook {exercise.notebook}   {exercise.difficulty:<8}{exercise.task}"
                         for exercise in self)


def exercises() -> Listing:
    """Return all exercises, in the notebooks' order: each has `name`, `notebook`, `difficulty` and `task`."""
    return Listing(ALL)
