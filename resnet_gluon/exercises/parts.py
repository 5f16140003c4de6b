"""The first edition's name for `resnet_gluon.exercises.judge`, which works for this edition with a warning."""
from typing import Any, Tuple

from resnet_gluon.exercises import judge
from resnet_gluon.exercises.checks import blocks
from resnet_gluon.notices import warn


def build(report: judge.Report, attempt: Any, *arguments: Any, **options: Any) -> Tuple[Any, str]:
    """Make a net as `judge.build` does. It is the net itself that is returned, for `Subject(net)`, and the call."""
    subject, call = judge.build(report, attempt, *arguments, **options)
    return subject._net, call


former_build = build
del build  # so that asking for it comes to `__getattr__`


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    place, value = judge.__name__, former_build if name == "build" else getattr(judge, name, None)
    if name in ("Case", "Kind", "check_block"):
        place, value = blocks.__name__, getattr(blocks, name)
    if value is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    more = ", whose `build` gives a Subject at once" if name == "build" else ""
    warn(f"{__name__} has moved: write `from {place} import {name}`{more}. The old path works in this edition only.",
         FutureWarning)
    return value
