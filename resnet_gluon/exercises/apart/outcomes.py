"""How asking a student's process can end, besides with a value."""
from typing import Any, NamedTuple

from resnet_gluon.bounded import Malformed, name_of
from resnet_gluon.exercises.judge.errors import Explained, NotABlock, NotAnArray, TimeLimit
from resnet_gluon.exercises.judge.findings import Finding


class CannotStart(RuntimeError):
    """The process did not start, before any of the student's code ran: `wrap`, or the set-up, is at fault."""


class Raised(NamedTuple):
    """What a student's code has raised, as an answer."""
    error: Exception


class Unanswered(TimeLimit):
    """Raised where a check ends because of the process, not of a result."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Unreadable(Unanswered):
    """Raised where an answer cannot be read."""

    def __init__(self, why: object) -> None:
        super().__init__(Finding("answer-unreadable", "The process with your code gives answers that cannot be read. "
                                 "Does your code write to descriptors that it has not opened, or change the package?",
                                 observed=str(why)[:200]))


def error_of(raised: Any) -> Exception:
    """An exception that is as much as possible like the one that was raised there."""
    if not isinstance(raised, list) or len(raised) != 5 or not isinstance(raised[1], list):
        raise Malformed("what was raised is not described")
    kind, special, said, explained = (name_of(text[:1000] if isinstance(text, str) else text, "what was raised")
                                      for text in (raised[0], *raised[2:]))
    if kind in ("NotAnArray", "NotABlock") and special:
        return NotAnArray(None, special) if kind == "NotAnArray" else NotABlock(special)
    base = next((base for base in (ValueError, TypeError, AttributeError, LookupError, RuntimeError)
                 if base.__name__ in raised[1]), Exception)
    bases = (Explained,) if base is Exception else (Explained, base)
    error: Explained = type(kind or "Exception", bases, {})(said)
    error.explained = explained or kind
    return error
