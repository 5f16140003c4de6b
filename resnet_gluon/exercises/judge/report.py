"""What a check finds: findings, a report that collects them, and the result that a student sees."""
import html
import linecache
import traceback
from dataclasses import dataclass
from typing import Tuple


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

    def __str__(self):
        lines = [f"{self.rule}: {self.message}"]
        for name in ("expected", "observed", "hint"):
            if getattr(self, name):
                lines.append(f"  {name + ':':10}" + getattr(self, name).replace("\n", "\n" + " " * 12))
        return "\n".join(lines)


@dataclass(frozen=True)
class Result:
    """What `check` returns: prints as text, in Jupyter as HTML; `passed` and `findings` are for code."""
    name: str
    findings: Tuple[Finding, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self):
        return all(finding.remark for finding in self.findings)

    @property
    def verdict(self):
        if any(finding.rule == "not-attempted" for finding in self.findings):
            return "not attempted yet"
        faults = sum(not finding.remark for finding in self.findings)
        return f"not yet, {faults} finding{'s' * (faults > 1)}" if faults else "right"

    def __str__(self):
        shown = [finding for finding in self.findings if finding.rule != "not-attempted"]
        return "\n".join([f"{self.name}: {self.verdict}", *map(str, shown)])

    __repr__ = __str__

    def _repr_html_(self):
        shown = [finding for finding in self.findings if finding.rule != "not-attempted"]
        return (f"<p><b>{html.escape(self.name)}</b>: {'✓ ' * self.passed}{self.verdict}</p>"
                + "".join(map(as_html, shown)))


def as_html(finding):
    rows = "".join(f"<tr><td style='text-align:left'><i>{name}</i></td><td style='text-align:left'>"
                   f"{html.escape(getattr(finding, name)).replace(chr(10), '<br>')}</td></tr>"
                   for name in ("expected", "observed", "hint") if getattr(finding, name))
    return (f"<p style='margin-bottom:0'><code>{html.escape(finding.rule)}</code> {html.escape(finding.message)}</p>"
            f"<table>{rows}</table>")


#: Rules and messages for errors that do not name their cause; then what is in them.
KNOWN = (
    ("no-super", "__init__ does not call super().__init__(), before all else.",
     *(f"has no attribute '_{name}'" for name in ("children", "reg_params", "prefix", "params", "scope", "active"))),
    ("unregistered-layer", "There is a layer that Gluon does not know of, so it was not initialised. Layers have to be "
     "attributes of the block, set in its __init__, or be in a Sequential; not in a list, nor in the class.",
     "has not been initialized. Note that"),
    ("in-place", "An array is changed in place (+=, x[…] = …), which cannot be recorded for the backward pass. Make a "
     "new one: y = y + x; or np.concatenate, or np.pad.", "already in a computational graph", "Inplace operations"),
    ("gradient", "The output was not recorded, or its record was cut, so no gradient passes: by detach(), asnumpy() or "
     "autograd.pause().", "not part of a computation graph"),
    ("types", "Two arrays of different number types meet. MXNet's argmax gives int64, labels are int32: use "
     "answers.astype(labels.dtype).", "Type inconsistent"),
    ("item-assignment", "The layers of a Sequential cannot be set by net[i] = …. Put those that stay, net[:-1], and "
     "the new one into a new HybridSequential.", "object does not support item assignment"),
    ("dimension", "A layer is given an array of another number of axes than it takes: Conv1D takes (N, C, W), Conv2D "
     "(N, C, H, W).", "dshp.ndim() =="),
)


class Stop(BaseException):
    """Raised where a check cannot go on: what it found is in the report."""


class Report:
    """Collects the findings of one check. Its methods are what checks are written with."""

    def __init__(self):
        self.findings = []
        self.place = ""  # put before messages: "Block 2: "

    def find(self, rule, message, **details):
        """Note a finding; details: `hint`, `expected`, `observed`, `remark`."""
        details = {name: value if name == "remark" else str(value) for name, value in details.items()}
        if not self.found(rule):  # the same fault shows in more than one case
            self.findings.append(Finding(rule, self.place + message, **details))

    def found(self, *rules):
        """Whether one of these rules has a finding."""
        return any(finding.rule in rules for finding in self.findings)

    def expect(self, holds, rule, message, **details):
        """Note a finding unless `holds`, which is returned."""
        if not holds:
            self.find(rule, message, **details)
        return bool(holds)

    def stop(self, rule, message, **details):
        """Note a finding and end the check."""
        self.find(rule, message, **details)
        raise Stop

    def require(self, holds, rule, message, **details):
        """End the check with a finding unless `holds`."""
        if not holds:
            self.stop(rule, message, **details)

    def call(self, doing, function, *arguments, **options):
        """What the student's `function` returns. Where it raises, "`doing` raised …" is found, and the check ends."""
        try:
            return function(*arguments, **options)
        except (Stop, TimeLimit):
            raise
        except BaseException as error:
            self.raised(doing, error)

    def raised(self, doing, error):
        """Note that `doing` raised `error`, by its cause where that is known, and end the check."""
        for rule, message, *signs in KNOWN:
            if any(sign in str(error) for sign in signs):
                self.stop(rule, message, observed=explain(error))
        self.stop("exception", f"{doing} raised {type(error).__name__}.", observed=explain(error))


class TimeLimit(BaseException):
    """Raised in a check that takes too long. Not an Exception, so that `except Exception` does not swallow it."""


def explain(error):
    """What an exception says, in a few lines, and the student's line that it came from."""
    said = [line.strip() for line in str(error).split("Stack trace")[0].splitlines() if line.strip()]
    said = [line for line in said if not line.startswith(("Traceback", "File "))]  # of MXNet's own source
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_theirs(frame.filename)]
    where = []
    if frames:
        line = linecache.getline(frames[-1].filename, frames[-1].lineno).strip()
        where = [f"in {frames[-1].name}, line {frames[-1].lineno}" + f": {line}" * bool(line)]
    return "\n".join([line[:200] for line in said[:3]] + where) or type(error).__name__


def is_theirs(filename):
    """Whether a file of a traceback is the student's: a cell of a notebook, or a file outside all packages."""
    if filename.startswith("<"):
        return filename.startswith("<ipython")
    return not any(part in filename for part in ("site-packages", "/resnet_gluon/", "/lib/python"))
