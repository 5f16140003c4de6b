"""The first edition's name for `resnet_gluon.exercises.judge`, which works for this edition with a warning."""
from typing import Any, Tuple

from resnet_gluon.exercises import judge
from resnet_gluon.exercises.checks import blocks
from resnet_gluon.notices import warn

OF_BLOCKS = ("Case", "Kind", "check_block")


def former_build(report: judge.Report, attempt: Any, *arguments: Any, **options: Any) -> Tuple[Any, str]:
    """Make a net as `judge.build` does. It is the net itself that is returned, for `Subject(net)`, and the call."""
    subject, call = judge.build(report, attempt, *arguments, **options)
    return subject._net, call


def __getattr__(name: str) -> Any:
    place = blocks if name in OF_BLOCKS else judge
    if name.startswith("__") or not hasattr(place, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    more = ", which gives a Subject at once" if name == "build" else ""
    warn(f"{__name__} has moved: write `from {place.__name__} import {name}`{more}. The old path works in this edition "
         "only.", FutureWarning)
    return former_build if name == "build" else getattr(place, name)
