"""What a check finds, and the result that a student sees."""
import html
from dataclasses import dataclass
from typing import List, Tuple


@dataclass(frozen=True)
class Finding:
    """One thing found in a student's code.

    rule: its name, for programs and gradebooks. message: the fault as a teacher would name it. hint: where to look.
    expected, observed: what should have come out, and what did. remark: True if it does not stop the code from passing.
    """
    rule: str
    message: str
    hint: str = ""
    expected: str = ""
    observed: str = ""
    remark: bool = False

    @property
    def details(self) -> List[Tuple[str, str]]:
        """What it says besides its message: pairs of name and text."""
        said = [("expected", self.expected), ("observed", self.observed), ("hint", self.hint)]
        return [(name, text) for name, text in said if text]

    def __str__(self) -> str:
        lines = [f"{self.rule}: {self.message}"]
        for name, text in self.details:
            lines.append(f"  {name + ':':10}" + text.replace("\n", "\n" + " " * 12))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td style='text-align:left'><i>{name}</i></td><td style='text-align:left'>"
                       f"{html.escape(text).replace(chr(10), '<br>')}</td></tr>" for name, text in self.details)
        return (f"<p style='margin-bottom:0'><code>{html.escape(self.rule)}</code> {html.escape(self.message)}</p>"
                f"<table>{rows}</table>")


@dataclass(frozen=True)
class Result:
    """What `check` returns: prints as text, in Jupyter as HTML; `passed` and `findings` are for code."""
    name: str
    findings: Tuple[Finding, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return all(finding.remark for finding in self.findings)

    @property
    def attempted(self) -> bool:
        return all(finding.rule != "not-attempted" for finding in self.findings)

    @property
    def verdict(self) -> str:
        faults = sum(not finding.remark for finding in self.findings)
        if not self.attempted:
            return "not attempted yet"
        if not faults:
            return "right"
        return f"not yet, {faults} finding" + ("s" if faults > 1 else "")

    def __str__(self) -> str:
        return "\n".join([f"{self.name}: {self.verdict}", *map(str, self.shown)])

    __repr__ = __str__

    @property
    def shown(self) -> Tuple[Finding, ...]:
        """The findings that the verdict does not say already."""
        return self.findings if self.attempted else ()

    def _repr_html_(self) -> str:
        mark = "✓ " if self.passed else ""
        return (f"<p><b>{html.escape(self.name)}</b>: {mark}{self.verdict}</p>"
                + "".join(finding._repr_html_() for finding in self.shown))
