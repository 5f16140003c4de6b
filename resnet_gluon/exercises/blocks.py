"""Checks of blocks: the student's block against the package's, with the student's own parameters in both."""
import contextlib
import inspect
from dataclasses import dataclass
from typing import Callable, Tuple

from resnet_gluon.blocks import Bottleneck, Plain, Residual
from resnet_gluon.exercises.anatomy import Anatomy, Plan, examine, examine_convolutions, examine_shortcut
from resnet_gluon.exercises.report import Stop
from resnet_gluon.exercises.subject import Subject, assign
from resnet_gluon.exercises.traces import Op, convs, of_kind
from resnet_gluon.shortcuts import Form

import mxnet as mx
import numpy as onp
from mxnet import util
from mxnet.gluon import Block, HybridBlock, nn


class FromInput(Residual):
    """A pre-activation block whose projection starts at the raw input: right as well."""

    def carried(self, x, inside):
        return super().carried(x, x)


@dataclass(frozen=True)
class Case:
    """One block to build, and the input to give it."""
    in_channels: int
    channels: int
    shortcut: str = "identity"
    strides: int = 1
    size: Tuple[int, ...] = (6, 5)

    @property
    def shape(self):
        return (2, self.in_channels, *self.size)

    @property
    def output(self):
        return (2, self.channels, *(-(-length // self.strides) for length in self.size))


@dataclass(frozen=True)
class Kind:
    """What blocks of one kind have in common.

    reference: builds the package's. kernels: of the branch. strided: which of its convolutions may have the stride.
    inner: what the channels of all but its last convolution are divided by.
    """
    reference: Callable
    cases: Tuple[Case, ...]
    kernels: Tuple[int, ...] = (3, 3)
    strided: Tuple[int, ...] = (0,)
    inner: int = 1
    preactivation: bool = False

    def plan(self, case):
        n = len(self.kernels)
        return Plan(self.kernels, (case.channels // self.inner,) * (n - 1) + (case.channels,),
                    tuple(tuple(case.strides if i == place else 1 for i in range(n)) for place in self.strided),
                    case.shortcut, self.preactivation)


def check_block(kind):
    """A check of classes that make blocks of this kind."""
    def check(report, attempt):
        for case in kind.cases:
            try:
                check_case(report, kind, attempt, case)
            except Stop:
                if report.found("signature", "not-a-block", "no-return"):
                    raise
        if not report.findings:
            check_independence(report, attempt, kind.cases[0])
    return check


def options_of(case):
    """The arguments that a student's class is called with."""
    if case.shortcut == "none":
        return {"strides": case.strides}
    return {"use_1x1conv": case.shortcut == "projection", "strides": case.strides}


def build(report, attempt, *arguments, **options):
    """The net that a student's class or function makes, and the call as text. A finding where it cannot be made."""
    name = getattr(attempt, "__name__", type(attempt).__name__)
    call = f"{name}({', '.join([*map(str, arguments), *(f'{key}={value}' for key, value in options.items())])})"
    report.require(callable(attempt), "signature", f"A class or function is expected, not a value of type {name}.")
    report.require(not inspect.isclass(attempt) or issubclass(attempt, Block), "not-a-block",
                   f"{name} should be a Block of Gluon.", hint="Derive the class from nn.Block or nn.HybridBlock.")
    if not fits(attempt, *arguments, **options):
        arguments, options = (*arguments, *options.values()), {}  # other names, in the same order
        report.require(fits(attempt, *arguments), "signature", f"It should be possible to call {call}.")
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


def fits(function, *arguments, **options):
    """Whether it can be called so."""
    try:
        inspect.signature(function).bind(*arguments, **options)
    except TypeError:
        return False
    except ValueError:
        pass  # built in, without a signature: the call will tell
    return True


def check_case(report, kind, attempt, case):
    """Build, call, compare; and where it differs, say why."""
    net, call = build(report, attempt, case.channels, **options_of(case))
    x, plan = random_input(case.shape), kind.plan(case)
    subject = report.call(f"{call}.initialize()", Subject, net)
    y = first_output(report, subject, x, call, plan)
    path = report.call(f"{call}, called while MXNet records,", subject.trace, x)
    body, differs = Anatomy.of(path), ["shape"]
    if y.shape == case.output:
        differs = differences(subject, x, lambda: our_block(kind, case, body), lambda ours: [(ours, body)])
    if not differs:
        check_use(report, subject, path, x, call)
        return
    examine(report, body, plan)
    if not report.findings:
        explain(report, differs, call, x, y, case.output)


def random_input(shape):
    return onp.random.default_rng(0).standard_normal(shape, "float32")


def first_output(report, subject, x, call, plan):
    """What the net gives for `x`, as a NumPy array. Where it raises, the layers that ran say more than the error."""
    seen = []
    try:
        with watched(subject.net, seen):
            y = subject(x)
        return report.call(f"{call}, called with an input of shape {x.shape},", as_numpy, y)
    except Exception as error:
        branch = [op for op in seen if op.kernel[0] > 1] if min(plan.kernels) > 1 else seen[:len(plan.kernels)]
        shortcut = [op for op in seen if op not in branch]
        if "shape" in str(error) and len(branch) == len(plan.kernels):  # else it was not the addition that failed
            examine_convolutions(report, branch, plan)
            if plan.shortcut == "projection" and not report.findings:
                examine_shortcut(report, Anatomy([], branch, shortcut, None, []), plan)
        if report.findings:
            raise Stop from error
        report.call(f"{call}, called with an input of shape {x.shape},", throw, error)


def throw(error):
    raise error


def as_numpy(y):
    if y is None:
        raise ValueError("forward returned None: is there a `return`?")
    if not hasattr(y, "asnumpy"):
        raise ValueError(f"forward returned {type(y).__name__}, and should return one array")
    return y.asnumpy()


@contextlib.contextmanager
def watched(net, seen):
    """Note each convolution layer of `net` when it is called."""
    handles = []

    def note(layer, _):
        attributes = {key: str(value) for key, value in layer._kwargs.items()}
        seen.append(Op("conv", [], attributes, [layer.weight]))

    def attach(layer):
        if isinstance(layer, (nn.Conv1D, nn.Conv2D)):
            handles.append(layer.register_forward_pre_hook(note))

    net.apply(attach)
    try:
        yield
    finally:
        for handle in handles:
            handle.detach()


def differences(subject, x, make, pair):
    """Where the student's net and ours differ, with the same parameters: in which mode, output or gradient.

    make: builds ours. pair: what belongs together in the two, as pairs of a block and an Anatomy.
    """
    subject.randomise(2)
    with util.np_shape(True), util.np_array(True):
        ours = make()
        if ours is None:
            return ["layers"]
        ours.initialize()
        head = onp.random.default_rng(1).standard_normal(ours(mx.np.zeros(x.shape)).shape, "float32")
        if not all(copy_layers(*both, subject) for both in pair(ours)):
            return ["layers"]
        ours = Subject(ours)
    theirs = subject.numpy(x), *subject.gradient(x, head)
    with util.np_shape(True), util.np_array(True):
        expected = ours.numpy(x), *ours.gradient(x, head)
    names = "output in prediction", "output in training", "gradient in training"
    return [name for name, a, b in zip(names, theirs, expected) if not close(a, b)]


def close(a, b, tolerance=0.01):
    """Equal within 1 % of the largest value: other ε in batch normalisation pass, other computations do not."""
    return a.shape == b.shape and onp.abs(a - b).max() <= tolerance * max(onp.abs(b).max(), 1e-6)


def our_block(kind, case, body):
    """The package's block of this form; None where the layers do not correspond."""
    norms, projections, n = of_kind(body.branch, "bn"), of_kind(body.shortcut, "bn"), len(kind.kernels)
    if len(convs(body.branch)) != n or len(norms) != n or len(projections) > len(convs(body.shortcut)):
        return None
    strided = max(range(n), key=lambda i: max(convs(body.branch)[i].strides))
    return kind.reference(case, Form(True, bool(projections)), bool(body.before), strided)


def copy_layers(ours, body, subject):
    """Copy the student's parameters, at the places that `body` tells of, into our block. False where shapes differ."""
    return copy_all(layers_of(ours), body.layers, subject)


def layers_of(block):
    """As `Anatomy.layers`."""
    branch = [getattr(block, f"{kind}{i}") for kind in ("conv", "bn") for i in range(1, len(block.layers) + 1)]
    return branch + (list(block.projection) if block.projection is not None else [])


def copy_all(layers, operators, subject):
    return len(layers) == len(operators) and all(give(*both, subject) for both in zip(layers, operators))


def give(layer, op, subject):
    """Copy the parameters of the student's operator `op` into our layer. False where the shapes differ."""
    values = norm_values(op, subject) if op.kind == "bn" else weight_and_bias(op)
    for name, value in values.items():
        parameter = getattr(layer, name)
        value = onp.zeros(parameter.shape) if value is None else value
        if parameter.shape != value.shape:
            return False
        assign(parameter, value)
    return True


def weight_and_bias(op):
    weight, bias = (op.parameters + [None])[:2]
    return {"weight": weight and weight.data().asnumpy(), "bias": bias and bias.data().asnumpy()}


def norm_values(op, subject):
    """γ, β and the statistics of a BatchNorm operator. Statistics are not recorded: they are found by their names."""
    gamma, beta = op.parameters[:2]
    known = beta or gamma
    if known is None:
        return {}
    prefix = known.name[:-len("beta" if beta else "gamma")]
    values = {}
    for name in ("gamma", "beta", "running_mean", "running_var"):
        parameter = subject.parameters.get(prefix + name)
        values[name] = None if parameter is None else parameter.data().asnumpy()
    if op.attributes.get("fix_gamma") == "True":
        values["gamma"] = onp.ones(known.shape)
    return values


def explain(report, differs, call, x, y, shape):
    """A finding for a net whose parts look right, and which still does something else."""
    shown = ", ".join(differs)
    report.require(y.shape == shape, "output-shape", f"{call} gives the wrong shape for an input of shape {x.shape}.",
                   expected=shape, observed=y.shape)
    if differs == ["gradient in training"]:
        report.find("gradient", "The output is right, but not the gradient that reaches the input: something cuts the "
                    "record of what was computed.", observed=shown, hint="detach() and autograd.pause() cut it.")
    elif all("training" in what for what in differs):
        report.find("training-mode", f"{call} is right in predict mode, but not in training.", observed=shown)
    elif all("prediction" in what for what in differs):
        report.find("predict-mode", f"{call} is right in training, but not in predict mode.", observed=shown)
    else:
        report.find("function", f"{call} computes something else than it should, with the same parameters.",
                    observed=f"these differ: {shown}")


def check_use(report, subject, path, x, call):
    """Of a net that computes the right thing: no layer is used twice or not at all; compiled it computes the same."""
    for kind, rule, name in (("conv", "convolution-shared", "convolution"), ("bn", "batchnorm-shared", "BatchNorm")):
        owners = [id(op.parameters[0] or op.parameters[1]) for op in of_kind(path, kind)]
        report.expect(len(set(owners)) == len(owners), rule, f"{call} uses one {name} layer in two places.",
                      hint="Each place needs a layer of its own.")
    used = {id(parameter) for kind in ("conv", "bn", "dense") for op in of_kind(path, kind)
            for parameter in op.parameters}
    unused = [name for name, p in subject.parameters.items() if id(p) not in used and name.endswith("weight")]
    report.expect(not unused, "unused-layer", f"{call} has a layer that it does not use: saving and training would "
                  "trip over its missing parameters.", observed=", ".join(unused))
    if isinstance(subject.net, HybridBlock):
        plain = subject.numpy(x)
        subject.net.hybridize()
        compiled = report.call(f"{call}, compiled by hybridize(),", subject.numpy, x)
        report.expect(close(compiled, plain), "hybridize", f"{call} computes something else once it is compiled.")


def check_independence(report, attempt, case):
    """Two blocks share nothing."""
    nets = [build(report, attempt, case.channels, **options_of(case))[0] for _ in range(2)]
    shared = {id(p) for p in nets[0].collect_params().values()} & {id(p) for p in nets[1].collect_params().values()}
    report.expect(not shared, "shared-between-blocks", "Two blocks share their parameters: layers are made once for "
                  "the class, and not for each block.", hint="Make the layers in __init__.")


def images(*cases, size=(7, 6)):
    return tuple(Case(*case, size=size) for case in cases)


ANY = ((4, 4), (4, 8, "projection"), (4, 8, "projection", 2), (4, 4, "projection", 2))


def reference(block, **options):
    """Builds the package's block for a case."""
    def make(case, form, activated, strided):
        kind = FromInput if options.get("preactivation") and not activated else block
        more = {"stride_on": ("1x1", "3x3")[strided]} if block is Bottleneck else {}
        return kind(case.channels, shortcut=case.shortcut, strides=case.strides, form=form, **options, **more)
    return make


def plain(case, form, activated, strided):
    return Plain(case.channels, strides=case.strides, form=form)


RESIDUAL = Kind(reference(Residual), images(*ANY))
PREACTIVATION = Kind(reference(Residual, preactivation=True), images(*ANY), preactivation=True)
SERIES = Kind(reference(Residual, dimension=1), images(*ANY, size=(11,)))
PLAIN = Kind(plain, images((4, 4, "none"), (4, 8, "none"), (4, 8, "none", 2)))
BOTTLENECK = Kind(reference(Bottleneck), images((16, 16), (6, 16, "projection"), (6, 16, "projection", 2)),
                  kernels=(1, 3, 1), strided=(0, 1), inner=4)
