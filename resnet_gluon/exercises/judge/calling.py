"""Making a student's net, and calling it for the first time."""
import contextlib
import inspect

from resnet_gluon.exercises.judge.anatomy import Anatomy, examine_convolutions, examine_registration, examine_shortcut
from resnet_gluon.exercises.judge.comparing import close
from resnet_gluon.exercises.judge.report import Stop, TimeLimit
from resnet_gluon.exercises.judge.traces import Op

import numpy as onp
from mxnet.gluon import Block, nn


def build(report, attempt, *arguments, **options):
    """The net that a student's class or function makes, and the call as text. A finding where it cannot be made."""
    name = getattr(attempt, "__name__", type(attempt).__name__)
    call = f"{name}({', '.join([*map(str, arguments), *(f'{key}={value}' for key, value in options.items())])})"
    report.require(callable(attempt) and not isinstance(attempt, Block), "signature", "A class or function is "
                   f"expected, not a value of type {name}.")
    report.require(not inspect.isclass(attempt) or issubclass(attempt, Block), "not-a-block",
                   f"{name} should be a Block of Gluon.", hint="Derive the class from nn.Block or nn.HybridBlock.")
    if not names_of(attempt) >= set(options) and fits(attempt, *arguments, *options.values()):
        arguments, options = (*arguments, *options.values()), {}  # other names, in the same order
    report.require(fits(attempt, *arguments, **options), "signature", f"It should be possible to call {call}.")
    net = report.call(call, attempt, *arguments, **options)
    report.require(net is not None, "no-return", f"{call} gave None.", hint="Is there a `return`?")
    report.require(isinstance(net, Block), "not-a-block", f"{call} should give a Block of Gluon.",
                   observed=type(net).__name__)
    return net, call


def accepts(report, attempt, *names):
    """End the check unless `attempt` is a function of so many arguments."""
    report.require(callable(attempt), "signature", f"A function of ({', '.join(names)}) is expected.",
                   observed=type(attempt).__name__)
    report.require(fits(attempt, *names), "signature", f"The function should take ({', '.join(names)}).")


def names_of(function):
    """Of its arguments; none of what is built in, without a signature."""
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return set()


def fits(function, *arguments, **options):
    """Whether it can be called so."""
    try:
        inspect.signature(function).bind(*arguments, **options)
    except TypeError:
        return False
    except ValueError:
        pass  # built in, without a signature: the call will tell
    return True


def random_input(shape):
    return onp.random.default_rng(0).standard_normal(shape, "float32")


def first_output(report, subject, x, call, examine_failure):
    """What the net gives for `x`, as a NumPy array.

    examine_failure: function (error, seen) for a net that raises. What it finds in the convolution layers that were
    called, `seen`, each with the shape that it was given, says more than the error.
    """
    seen, doing = [], f"{call}, called with an input of shape {x.shape},"
    try:
        with watched(subject.net, seen):
            y = subject(x)
    except (Stop, TimeLimit):
        raise
    except BaseException as error:
        examine_failure(error, seen)
        if report.findings:
            raise Stop from error
        report.raised(doing, error)
    y = one_array(report, y, doing)
    if not close(subject.numpy(x), y):
        if examine_registration(report, report.call(doing, subject.trace, x)):
            report.find("state", f"{call} gives something else when it is called again with the same input, in predict "
                        "mode.", hint="Does it count its calls, or draw random numbers?")
        raise Stop
    return y


def one_array(report, y, doing):
    """An array of MXNet as NumPy's. A finding where it is something else."""
    report.require(y is not None, "no-return", f"{doing} gives None.", hint="Has its forward a `return`?")
    report.require(hasattr(y, "asnumpy"), "return-value", f"{doing} should give one array.", observed=type(y).__name__)
    return report.call(doing, y.asnumpy)


def examine_layers(report, error, seen, plan, x):
    """Of a block that raised `error`: its convolutions, where it was the addition that failed."""
    called, given = [op for op, _ in seen], dict(seen)
    branch = [op for op in called if op.kernel[0] > 1] if min(plan.kernels) > 1 else called[:len(plan.kernels)]
    shortcut = [op for op in called if op not in branch]
    if "shape" not in str(error) or len(branch) != len(plan.kernels):
        return
    examine_convolutions(report, branch, plan)
    if plan.shortcut == "projection" and not report.findings:
        report.require(all(given[op][1:2] == x.shape[1:2] for op in shortcut), "shortcut-start", "The "
                       "shortcut's convolution is not given the block's input.")
        examine_shortcut(report, Anatomy([], branch, shortcut, None, []), plan)


@contextlib.contextmanager
def watched(net, seen):
    """Note each convolution layer of `net` when it is called, and the shape of what it is given."""
    handles = []

    def note(layer, inputs):
        attributes = {key: str(value) for key, value in layer._kwargs.items()}
        seen.append((Op("conv", [], attributes, [layer.weight]), inputs[0].shape))

    def attach(layer):
        if isinstance(layer, (nn.Conv1D, nn.Conv2D)):
            handles.append(layer.register_forward_pre_hook(note))

    net.apply(attach)
    try:
        yield
    finally:
        for handle in handles:
            handle.detach()
