"""Exercises that know right code from wrong: `check(name, attempt)`, `hint(name)`, `exercises()`.

Checks look at what code does, not at how it is written. A student's code can raise, print, loop for ever or be no
code at all: that is a finding, never an exception.
"""
from resnet_gluon.arguments import choose
from resnet_gluon.exercises.catalogue import ALL, BY_NAME, Exercise
from resnet_gluon.exercises.judge.guard import run
from resnet_gluon.exercises.judge.report import Finding, Report, Result

__all__ = ["Exercise", "Finding", "Report", "Result", "check", "exercises", "hint"]
TIME_LIMIT = 20  # seconds; a check takes one or two, but not on a machine that is busy
given = {}       # name: how many of its hints were given


class Text(str):
    """A string that Jupyter shows as it reads."""

    def __repr__(self):
        return str(self)


def check(exercise, attempt, seconds=TIME_LIMIT):
    """Check a student's `attempt` at an exercise.

    Parameters
    ----------
    exercise : str or Exercise
        A name that `exercises()` lists, or an exercise of your own.
    attempt : class, function or value
        What the exercise asks for. None: not attempted yet.
    seconds : float
        After which the code is stopped.

    Returns a `Result`, which prints, and has `passed` and `findings`. Raises ValueError for an unknown name, and
    nothing else, whatever the code does short of ending the process.
    """
    if not isinstance(exercise, Exercise):
        exercise = choose("exercise", exercise, BY_NAME)
    if attempt is None:
        return Result(exercise.name, (Finding("not-attempted", "There is nothing to check yet."),))
    return run(exercise, attempt, seconds)


def hint(name):
    """The next hint for this exercise, from a nudge to nearly the answer. Raises ValueError for an unknown name."""
    hints = choose("exercise", name, BY_NAME).hints
    given[name] = number = given.get(name, 0) % len(hints) + 1
    return Text(f"Hint {number} of {len(hints)}: {hints[number - 1]}")


class Listing(list):
    """Exercises; prints as a table."""

    def __repr__(self):
        return "\n".join(f"{exercise.name:<22}notebook {exercise.notebook}   {exercise.difficulty:<8}{exercise.task}"
                         for exercise in self)


def exercises():
    """All exercises, in the notebooks' order: each has `name`, `notebook`, `difficulty` and `task`."""
    return Listing(ALL)
