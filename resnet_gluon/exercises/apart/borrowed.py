"""The package's own solutions of the exercises, recognised in a student's process when an attempt uses them.

They stay importable: assignments are written over some of them, and cells may look at all. But while an attempt at an
exercise is asked, whoever makes or runs what solves that exercise is noted, under whatever name it goes: the methods of
the classes, and the functions' code, are the same for every alias and for derived classes.

A copy of the package's text is not recognised: that is the student's own typing. Nor can code that takes this guard
apart; it could as well copy the text.
"""
import types
from typing import Any, Callable, Dict, Optional, Tuple

from resnet_gluon.exercises.judge.errors import their_code
from resnet_gluon.nets import Block, Network, ZeroPad, stages
from resnet_gluon.training import fine_tune as tuning

CLASSES = {"a block of resnet_gluon": Block, "a network of resnet_gluon": Network, "resnet_gluon's ZeroPad": ZeroPad}
FUNCTIONS = {"resnet_gluon's resnet_block": stages.resnet_block, "resnet_gluon's fine_tune": tuning}
BLOCKS = ("a block of resnet_gluon", "a network of resnet_gluon")
#: What solves an exercise.
SOLVED: Dict[str, Tuple[str, ...]] = {
    "residual-block": BLOCKS, "plain-block": BLOCKS, "bottleneck-block": BLOCKS, "preactivation-block": BLOCKS,
    "residual-block-1d": BLOCKS,
    "resnet-block": ("resnet_gluon's resnet_block", "a network of resnet_gluon"),
    "resnet18": ("a network of resnet_gluon",),
    "zero-pad-shortcut": ("resnet_gluon's ZeroPad", *BLOCKS),
    "fine-tune-head": ("resnet_gluon's fine_tune",),
}


class Watch:
    """Notes in `used` what of the package an attempt at `exercise` uses that solves it. Made once in a process."""

    def __init__(self) -> None:
        self.exercise = ""
        self.used: Optional[str] = None
        for name, kind in CLASSES.items():
            for method in ("__init__", "hybrid_forward", "__call__"):
                if method in vars(kind):
                    setattr(kind, method, self.watched(name, vars(kind)[method]))
        for name, function in FUNCTIONS.items():
            self.watch_function(name, function)

    def begin(self, exercise: str) -> None:
        """From now on an attempt at this exercise is asked."""
        self.exercise, self.used = exercise, None

    def note(self, name: str) -> None:
        if name in SOLVED.get(self.exercise, ()):
            self.used = self.used or name

    def note_net(self, net: Any) -> None:
        """Look at a net that an attempt has made, and at its parts: it can have been made before."""
        parts: Any = []
        with their_code():
            net.apply(parts.append)
        for part in parts:
            for name, kind in CLASSES.items():
                if isinstance(part, kind):
                    self.note(name)

    def watched(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """A method that notes its use."""
        def noted(*arguments: Any, **options: Any) -> Any:
            self.note(name)
            return method(*arguments, **options)
        return noted

    def watch_function(self, name: str, function: Any) -> None:
        """Have a function note its use, by whichever name it is called: its code is replaced."""
        original = types.FunctionType(function.__code__, function.__globals__, function.__name__,
                                      function.__defaults__)
        original.__kwdefaults__ = function.__kwdefaults__
        noted = self.watched(name, original)

        def pointer(*arguments: Any, __noted__: Any = noted, **options: Any) -> Any:
            return __noted__(*arguments, **options)
        function.__signature__ = __import__("inspect").signature(function)
        function.__code__, function.__defaults__ = pointer.__code__, None
        function.__kwdefaults__ = pointer.__kwdefaults__
