"""What a student's code raises, in a teacher's words."""
import contextlib
import linecache
import re
import traceback
from typing import Iterator, NamedTuple, Optional, Tuple


class Cause(NamedTuple):
    """A fault that shows as an error which does not name it. signs: what is in the error's text, one of them."""
    rule: str
    message: str
    signs: Tuple[str, ...]


KNOWN = (
    Cause("no-super", "__init__ does not call super().__init__(), before all else.",
          tuple(f"has no attribute '_{name}'"
                for name in ("children", "reg_params", "prefix", "params", "scope", "active"))),
    Cause("unregistered-layer", "There is a layer that Gluon does not know of, so it was not initialised. Layers have "
          "to be attributes of the block, set in its __init__, or be in a Sequential; not in a list, nor in the class.",
          ("has not been initialized. Note that",)),
    Cause("in-place", "An array is changed in place (+=, x[…] = …), which cannot be recorded for the backward pass. "
          "Make a new one: y = y + x; or np.concatenate, or np.pad.",
          ("already in a computational graph", "Inplace operations")),
    Cause("gradient", "The output was not recorded, or its record was cut, so no gradient passes: by detach(), "
          "asnumpy() or autograd.pause().", ("not part of a computation graph",)),
    Cause("types", "Two arrays of different number types meet. MXNet's argmax gives int64, labels are int32: use "
          "answers.astype(labels.dtype).", ("Type inconsistent",)),
    Cause("item-assignment", "The layers of a Sequential cannot be set by net[i] = …. Put those that stay, net[:-1], "
          "and the new one into a new HybridSequential.", ("object does not support item assignment",)),
    Cause("dimension", "A layer is given an array of another number of axes than it takes: Conv1D takes (N, C, W), "
          "Conv2D (N, C, H, W).", ("dshp.ndim() ==",)),
    Cause("argument-changed", "Your code changes in place what it is given, so that it is something else afterwards "
          "for all who use it. Make a new array: x = x / 2, not x /= 2 or x[…] = ….",
          ("is changed in place by your code",)),
    Cause("shapes", "Two arrays meet whose shapes do not fit each other. Is an axis the wrong one, or one left out?",
          ("could not be broadcast together",)),
    Cause("not-whole", "A layer is made with a number of channels, a kernel size or a stride that is not whole: // "
          "divides without a rest, / gives a float.", ("Invalid Parameter format",)),
    Cause("one-number", "An array of several numbers is turned into one number. Which mean or sum is missing, along "
          "which axis?", ("only size-1 arrays can be converted", "only integer scalar arrays can be converted")),
    Cause("no-return", "One part of the net is None: the function that should make it returns nothing.",
          ("None has type", "one part of the net is None")),
)


#: What MXNet puts before what it says: the operator, the place in its source, the condition that failed.
RAW = re.compile(r"^(MXNetError: )?(Error in operator [\w.]+: )?(\[[\d:]+\] \S+:\d+: )?"
                 r"(Check failed: [^:]*(?:: :[^:]*)*: )?")


class TimeLimit(BaseException):
    """Raised in a check that takes too long. Not an Exception, so that `except Exception` does not swallow it."""


class Stop(BaseException):
    """Raised where a check cannot go on: what it found is in the report."""


class Unfit(RuntimeError):
    """Raised in place of what a student's code raises, where that could end a check unseen."""


@contextlib.contextmanager
def their_code() -> Iterator[None]:
    """Around each call of a student's code: what ends a check comes neither from there, nor from an error's text."""
    try:
        yield
    except TimeLimit:
        raise
    except Stop as error:
        raise Unfit("Stop, which only checks raise") from error
    except BaseException as error:
        try:
            plain = type(str(error)) is str
        except BaseException:
            plain = False
        if not plain:
            raise Unfit(f"{type(error).__name__}, whose text is none") from error
        raise


class NotABlock(TypeError):
    """Raised where a net was expected. kind: the name of the type that came instead."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"{kind} is no Block of Gluon")


class NotAnArray(TypeError):
    """Raised where a net gives something else than one array. kind: the name of its type."""

    def __init__(self, value: object, kind: str = "") -> None:
        self.kind = kind or type(value).__name__
        self.nothing = self.kind == "NoneType"
        super().__init__(f"the net gives {self.kind} instead of an array")


class Explained(Exception):
    """An error of another process. explained: what `explain` has made of it there."""
    explained = ""


def said_by(error: BaseException) -> str:
    """Return an exception's text. That of a student's own class can raise in its turn."""
    try:
        return "".join(["", str(error)])  # which can be of a class derived from str
    except BaseException as another:
        return f"(its text cannot be shown: that raises {type(another).__name__})"


def cause_of(error: BaseException) -> Optional[Cause]:
    """Return the fault behind an error, where it is a known one."""
    said = said_by(error)
    return next((cause for cause in KNOWN if any(sign in said for sign in cause.signs)), None)


def explain(error: BaseException) -> str:
    """Return what an exception says, in a few lines, and the student's line that it came from."""
    if isinstance(error, Explained):
        return error.explained
    said = [line.strip() for line in said_by(error).split("Stack trace")[0].splitlines() if line.strip()]
    said = [line for line in said if not line.startswith(("Traceback", "File "))]  # of MXNet's own source
    shown = [(RAW.sub("", line) or line)[:200] for line in said[:3]]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_theirs(frame.filename)]
    if frames:
        name, number = frames[-1].name, frames[-1].lineno
        line = linecache.getline(frames[-1].filename, number or 0).strip()
        shown.append(f"in {name}, line {number}: {line}" if line else f"in {name}, line {number}")
    return "\n".join(shown) or type(error).__name__


def is_theirs(filename: str) -> bool:
    """Whether a file of a traceback is the student's: a cell of a notebook, or a file outside all packages."""
    if filename.startswith("<"):
        return filename.startswith("<ipython")
    return not any(part in filename for part in ("site-packages", "/resnet_gluon/", "/lib/python"))
