"""Making a student's net, calling it for the first time, and taking numbers from a student's function."""
import contextlib
from typing import Any, Callable, Tuple

from resnet_gluon.exercises.judge.attempts import Attempt
from resnet_gluon.exercises.judge.chance import seeded
from resnet_gluon.exercises.judge.comparing import close
from resnet_gluon.exercises.judge.errors import Stop, TimeLimit
from resnet_gluon.exercises.judge.examining import examine_registration
from resnet_gluon.exercises.judge.report import Report
from resnet_gluon.exercises.judge.subject import Subject
from resnet_gluon.exercises.judge.values import plain

import numpy as onp


def build(report: Report, attempt: Any, *arguments: Any, row: bool = False, **options: Any) -> Tuple[Subject, str]:
    """Make the net that a student's class or function makes, with its parameters initialised.

    row: accept a list of blocks too. Returns a `Subject` and the call as text. Where no net can be made, that is found,
    and the check ends.
    """
    made = Attempt.of(attempt)
    given = [*map(str, arguments), *(f"{key}={value}" for key, value in options.items())]
    call = f"{made.name}({', '.join(given)})"
    report.require(made.callable and not made.is_block, "signature", "A class or function is "
                   f"expected, not a value of type {made.name}.")
    report.require(row or not made.is_class or made.is_block_class, "not-a-block",
                   f"{made.name} should be a Block of Gluon.", hint="Derive the class from nn.Block or nn.HybridBlock.")
    if not made.names >= set(options) and made.fits(*arguments, *options.values()):
        arguments, options = (*arguments, *options.values()), {}  # other names, in the same order
    report.require(made.fits(*arguments, **options), "signature", f"It should be possible to call {call}.")
    subject = report.call(call, made.make, arguments, options, row, gives="a Block of Gluon")
    report.call(f"{call}.initialize()", subject.initialize)
    return subject, call


def accepts(report: Report, attempt: Any, *names: str) -> None:
    """End the check unless `attempt` is a function of so many arguments."""
    function = Attempt.of(attempt)
    report.require(function.callable, "signature", f"A function of ({', '.join(names)}) is expected.",
                   observed=function.kind)
    report.require(function.fits(*names), "signature", f"The function should take ({', '.join(names)}).")


def random_input(shape: Tuple[int, ...]) -> onp.ndarray:
    """Return an array of random numbers; see chance.py."""
    return seeded(0).standard_normal(shape, "float32")


def one_array(report: Report, value: Any, doing: str) -> onp.ndarray:
    """Return an array of MXNet as NumPy's. Anything else is found, and ends the check."""
    return report.call(doing, plain, value)


def number(report: Report, doing: str, function: Callable[..., Any], *arguments: Any, expected: Any = "") -> float:
    """Return what the student's function gives, as a float. Where that is none, it is found, and the check ends.

    expected: what it should give, shown where the function raises.
    """
    found = report.call(doing, function, *arguments, gives="one number", expected=expected)
    return as_number(report, found, f"{doing} should be one number.")


def whole(report: Report, doing: str, function: Callable[..., Any], *arguments: Any, expected: Any = "") -> float:
    """The same for a count, which has to be of a whole number's type: range(4.0) raises."""
    answer = report.call(doing, function, *arguments, gives="one number", expected=expected)
    found = as_number(report, answer, f"{doing} should be one number.")
    answer = answer.asnumpy() if hasattr(answer, "asnumpy") else answer
    report.require(onp.asarray(answer).dtype.kind in "biu", "not-whole", f"{doing} should be a whole number, an int.",
                   observed=repr(answer)[:80], expected=expected, hint="// divides without a rest; / gives a float.")
    return found


def as_number(report: Report, value: Any, message: str) -> float:
    """Return a value as a float. Where it is none, "not-a-number" is found: text does not count as one."""
    found = float("nan")
    if not isinstance(value, str):
        with contextlib.suppress(TypeError, ValueError):
            found = float(value.asnumpy() if hasattr(value, "asnumpy") else value)
    report.require(onp.isfinite(found), "not-a-number", message, observed=repr(value)[:80])
    return found


def first_output(report: Report, subject: Subject, x: onp.ndarray, call: str,
                 examine_failure: Callable[[BaseException], None]) -> onp.ndarray:
    """Return what a net gives for `x`.

    examine_failure: function of the error that a net raises. What it finds in the layers that were called until then
    says more than the error.
    """
    doing = f"{call}, called with an input of shape {x.shape},"
    try:
        y = subject.watched(x)
    except (Stop, TimeLimit):
        raise
    except BaseException as error:
        examine_failure(error)
        if report.faults:
            raise Stop from error
        report.raised(doing, error)
    if not close(subject.numpy(x), y):
        path = report.call(doing, subject.trace, x)
        if examine_registration(report, path):
            report.find("state", f"{call} gives something else when it is called again with the same input, in predict "
                        "mode.", hint="Does it count its calls, or draw random numbers?")
        raise Stop
    return y
