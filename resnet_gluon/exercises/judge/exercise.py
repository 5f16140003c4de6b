"""One exercise as a value: what is asked, which hints there are, and which check knows right from wrong."""
from dataclasses import dataclass
from typing import Any, Callable, Tuple

from resnet_gluon.exercises.judge.report import Report

Check = Callable[[Report, Any], None]


@dataclass(frozen=True)
class Exercise:
    """One exercise. notebook: its number; check: function (report, attempt), which notes findings in the report.

    task: what `attempt` should be. hints: from a nudge to nearly the answer.
    """
    name: str
    notebook: int
    difficulty: str
    task: str
    check: Check
    hints: Tuple[str, ...] = ()
