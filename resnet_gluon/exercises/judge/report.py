"""The report of one check: what checks say what they find with."""
import contextlib
import operator
from typing import Any, Callable, Iterable, Iterator, List, NamedTuple, NoReturn, Tuple

from resnet_gluon.exercises.judge.errors import (
    NotABlock,
    NotAnArray,
    Stop,
    TimeLimit,
    cause_of,
    explain,
)
from resnet_gluon.exercises.judge.findings import Finding


class Mistake(NamedTuple):
    """A usual mistake. value: the answer that it leads to. rule, message: those of its finding."""
    value: Any
    rule: str
    message: str


class Report:
    """Collects the findings of one check. Its methods are what checks are written with."""

    def __init__(self) -> None:
        self.findings: List[Finding] = []
        self.finished = False  # whether the check came to its end
        self.place = ""  # put before messages: "Block 2: "

    def find(self, rule: str, message: str, **details: Any) -> None:
        """Note a finding; details: `hint`, `expected`, `observed`, `remark`."""
        details = {name: value if name == "remark" else str(value) for name, value in details.items()}
        if not self.found(rule):  # the same fault shows in more than one case
            self.findings.append(Finding(rule, self.place + message, **details))

    def found(self, *rules: str) -> bool:
        """Whether one of these rules has a finding."""
        return any(finding.rule in rules for finding in self.findings)

    @property
    def faults(self) -> bool:
        """Whether there is a finding besides remarks."""
        return any(not finding.remark for finding in self.findings)

    def expect(self, holds: Any, rule: str, message: str, **details: Any) -> bool:
        """Note a finding unless `holds`, which is returned."""
        if not holds:
            self.find(rule, message, **details)
        return bool(holds)

    def stop(self, rule: str, message: str, **details: Any) -> NoReturn:
        """Note a finding and end the check."""
        self.find(rule, message, **details)
        raise Stop

    def require(self, holds: Any, rule: str, message: str, **details: Any) -> None:
        """End the check with a finding unless `holds`."""
        if not holds:
            self.stop(rule, message, **details)

    def answer(self, found: Any, right: Any, mistakes: Iterable[Mistake], otherwise: Tuple[str, str], *,
               same: Callable[[Any, Any], bool] = operator.eq, hint: str = "", **shown: Any) -> bool:
        """Return whether an answer is right. Otherwise the first mistake that leads to it is named, and ends the check.

        otherwise: rule and message where none of the mistakes leads to it; `hint` goes with these. same: whether two
        answers are the same. shown: `expected` and `observed`.
        """
        if same(found, right):
            return True
        self.name_mistake(found, mistakes, same=same, **shown)
        self.find(*otherwise, hint=hint, **shown)
        return False

    def name_mistake(self, found: Any, mistakes: Iterable[Mistake], *, same: Callable[[Any, Any], bool] = operator.eq,
                     **shown: Any) -> None:
        """End the check with the first of these mistakes that leads to what was `found`, if one does."""
        for mistake in mistakes:
            if same(found, mistake.value):
                self.stop(mistake.rule, mistake.message, **shown)

    @contextlib.contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Put a place, such as "Block 2", before the messages of what is found inside a `with`."""
        before, self.place = self.place, f"{place}: "
        try:
            yield
        finally:
            self.place = before

    def call(self, doing: str, function: Callable[..., Any], *arguments: Any, gives: str = "", expected: Any = "",
             **options: Any) -> Any:
        """Return what the student's `function` does. Where it raises, "`doing` raised …" is found, and the check ends.

        gives: what it should return, in words; with these, a function without a `return` is found as well.
        expected: the answer, where it is known.
        """
        try:
            value = function(*arguments, **options)
        except TimeLimit:
            raise
        except BaseException as error:
            if isinstance(error, Stop) and self.faults:
                raise  # a check's own
            self.raised(doing, error, expected if expected != "" else gives)
        if gives:
            self.require(value is not None, "no-return", f"{doing} gives None.", expected=gives,
                         hint="Is there a `return`?")
        return value

    def raised(self, doing: str, error: BaseException, expected: Any = "") -> NoReturn:
        """Note that `doing` raised `error`, by its cause where that is known, and end the check.

        expected: what it should have given instead.
        """
        if isinstance(error, NotAnArray):
            self.require(not error.nothing, "no-return", f"{doing} gives None.", hint="Has its forward a `return`?")
            self.stop("return-value", f"{doing} should give one array.", observed=error.kind)
        if isinstance(error, NotABlock):
            self.stop("not-a-block", f"{doing} should give a Block of Gluon.", observed=error.kind,
                      hint="Return the net itself: a class is to be called, and what is no Block is none yet.")
        cause = cause_of(error)
        if cause is not None:
            self.stop(cause.rule, cause.message, observed=explain(error), expected=expected)
        self.stop("exception", f"{doing} raised {type(error).__name__}.", observed=explain(error), expected=expected)
