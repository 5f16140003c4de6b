"""Checks of blocks: the student's block against the package's, with the student's own parameters in both."""
from dataclasses import dataclass
from typing import Callable, Tuple

from resnet_gluon.exercises.judge.anatomy import Anatomy, Plan, examine
from resnet_gluon.exercises.judge.calling import build, examine_layers, first_output, random_input
from resnet_gluon.exercises.judge.comparing import close, differences
from resnet_gluon.exercises.judge.report import Stop
from resnet_gluon.exercises.judge.report import explain as said
from resnet_gluon.exercises.judge.subject import Subject
from resnet_gluon.exercises.judge.traces import convs, of_kind, text
from resnet_gluon.nets import Bottleneck, Form, Plain, Residual

from mxnet.gluon import HybridBlock


class FromInput(Residual):
    """A pre-activation block whose projection starts at the raw input: right as well."""

    def carried(self, x, activated=None):
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
                    case.shortcut, self.preactivation, len(case.size))


def check_block(kind):
    """A check of classes that make blocks of this kind."""
    def check(report, attempt):
        check_independence(report, attempt, kind.cases[0])
        for case in kind.cases:
            try:
                check_case(report, kind, attempt, case)
            except Stop:
                if report.found("signature", "not-a-block", "no-return", "no-super"):
                    raise
    return check


def options_of(case):
    """The arguments that a student's class is called with."""
    if case.shortcut == "none":
        return {"strides": case.strides}
    return {"use_1x1conv": case.shortcut == "projection", "strides": case.strides}


def check_case(report, kind, attempt, case):
    """Build, call, compare; and where it differs, say why."""
    net, call = build(report, attempt, case.channels, **options_of(case))
    x, plan = random_input(case.shape), kind.plan(case)
    subject = report.call(f"{call}.initialize()", Subject, net)
    y = first_output(report, subject, x, call, lambda *failure: examine_layers(report, *failure, plan, x))
    path = report.call(f"{call}, called while MXNet records,", subject.trace, x)
    body, differs = Anatomy.of(path), ["shape"]
    if y.shape == case.output:
        differs = differences(subject, x, lambda: our_block(kind, case, body), lambda ours: [(ours, body)])
    if not differs:
        check_use(report, subject, path, x, call)
        return
    if not in_one_mode(report, subject, path, x, call, differs):
        examine(report, body, plan)
    if not report.findings:
        explain(report, differs, call, x, y, case.output)


def our_block(kind, case, body):
    """The package's block of this form; None where the layers do not correspond."""
    norms, projections, n = of_kind(body.branch, "bn"), of_kind(body.shortcut, "bn"), len(kind.kernels)
    if len(convs(body.branch)) != n or len(norms) != n or len(projections) > len(convs(body.shortcut)):
        return None
    strided = max(range(n), key=lambda i: max(convs(body.branch)[i].strides))
    if strided not in kind.strided:
        return None
    return kind.reference(case, Form(True, bool(projections)), bool(body.before), strided)


def in_one_mode(report, subject, path, x, call, differs):
    """Whether the net is right but for the gradient, or does different things in its two modes: that is found."""
    training = report.call(f"{call} in training", subject.trace, x, training=True)
    shown = {"expected": f"as in predict mode: {text(path)}", "observed": f"in training: {text(training)}"}
    if text(training) != text(path):
        rule = "training-mode" if all("training" in what for what in differs) else "predict-mode"
        report.find(rule, f"{call} does other things in training than in predict mode.", **shown, hint="Only "
                    "BatchNorm (and dropout) should mind the mode, and they do so by themselves.")
    elif differs == ["gradient in training"]:
        report.find("gradient", "The output is right, but not the gradient that reaches the input.",
                    hint="detach(), asnumpy() and autograd.pause() cut the record of what was computed. Where nothing "
                         "is cut, it is an operator whose gradient MXNet has wrong, such as np.where with a number.")
    return bool(report.findings)


def explain(report, differs, call, x, y, shape):
    """A finding for a net whose parts look right, and which still does something else."""
    shown = ", ".join(differs)
    report.require(y.shape == shape, "output-shape", f"{call} gives the wrong shape for an input of shape {x.shape}.",
                   expected=shape, observed=y.shape)
    modes = "training", "prediction"
    wrong = [mode for mode in modes if any(mode in what for what in differs)]
    if wrong == ["training"]:
        report.find("training-mode", f"{call} is right in predict mode, but not in training.", observed=shown)
    elif wrong == ["prediction"]:
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
    unused = [name for name, parameter in subject.parameters.items()
              if parameter.grad_req != "null" and parameter not in subject.used]
    report.expect(not unused, "unused-layer", f"{call} has a layer that it does not use: saving and training would "
                  "trip over its missing parameters.", observed=", ".join(unused))
    if isinstance(subject.net, HybridBlock):
        check_compiled(report, subject, x, call)


def check_compiled(report, subject, x, call):
    """hybridize() changes nothing."""
    plain = subject.numpy(x)
    subject.net.hybridize()
    try:
        compiled = subject.numpy(x)
    except Exception as error:
        report.stop("hybridize", f"{call} raises {type(error).__name__} once it is compiled.", observed=said(error),
                    hint="In hybrid_forward x can be a Symbol, which has no shape and no values.")
    report.expect(close(compiled, plain), "hybridize", f"{call} computes something else once it is compiled.")
    if type(subject.net).forward is not HybridBlock.forward:
        report.find("never-compiled", "This HybridBlock has a forward of its own, so hybridize() does nothing: write "
                    "hybrid_forward, or derive it from nn.Block.", remark=True)


def check_independence(report, attempt, case):
    """Two blocks share nothing."""
    nets = [build(report, attempt, case.channels, **options_of(case))[0] for _ in range(2)]
    shared = {id(p) for p in nets[0].collect_params().values()} & {id(p) for p in nets[1].collect_params().values()}
    report.require(not shared, "shared-between-blocks", "Two blocks share their parameters: layers are made once for "
                  "the class, and not for each block.", hint="Make the layers in __init__.")


def images(*cases, size=(7, 6)):
    return tuple(Case(*case, size=size) for case in cases)


#: No multiples of 8 in series: MXNet's BatchNorm fails for those in training ("!is_view"), see shortcuts.py.
SERIES_CASES = ((4, 4), (4, 6, "projection"), (4, 6, "projection", 2), (4, 4, "projection", 2))
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
SERIES = Kind(reference(Residual, dimension=1), images(*SERIES_CASES, size=(11,)))
PLAIN = Kind(plain, images((4, 4, "none"), (4, 8, "none"), (4, 8, "none", 2)))
BOTTLENECK = Kind(reference(Bottleneck), images((16, 16), (6, 16, "projection"), (6, 16, "projection", 2)),
                  kernels=(1, 3, 1), strided=(0, 1), inner=4)
