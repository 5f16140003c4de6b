"""Residual blocks, plain ones, bottlenecks; with activation first; for series."""
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Tuple

from resnet_gluon.exercises.judge.anatomy import Anatomy, Plan
from resnet_gluon.exercises.judge.calling import build
from resnet_gluon.exercises.judge.errors import Stop
from resnet_gluon.exercises.judge.examining import examine, examine_convolutions, examine_handmade, examine_shortcut
from resnet_gluon.exercises.judge.exercise import Check, Exercise
from resnet_gluon.exercises.judge.traces import conv_of, convs, of_kind
from resnet_gluon.exercises.judge.trial import Comparison, compare, in_one_mode
from resnet_gluon.nets import Block, Bottleneck, Form, Residual


class FromInput(Residual):
    """A pre-activation block whose projection starts at the raw input: right as well."""

    def carried(self, x, activated=None):
        return super().carried(x, x)


@dataclass(frozen=True)
class Case:
    """One block to build, and the input to give it. images: how many. by_place: arguments are given without names."""
    in_channels: int
    channels: int
    shortcut: str = "identity"
    strides: int = 1
    images: int = 2
    by_place: bool = False
    size: Tuple[int, ...] = (6, 5)

    @property
    def shape(self) -> Tuple[int, ...]:
        return (self.images, self.in_channels, *self.size)

    @property
    def output(self) -> Tuple[int, ...]:
        return (self.images, self.channels, *(-(-length // self.strides) for length in self.size))

    @property
    def options(self) -> Dict[str, Any]:
        """What a student's class is called with besides the channels."""
        if self.shortcut == "none":
            return {"strides": self.strides}
        return {"use_1x1conv": self.shortcut == "projection", "strides": self.strides}


@dataclass(frozen=True)
class Kind:
    """What blocks of one kind have in common.

    reference: builds the package's from a case, a form, whether BN and ReLU come before the fork, and the number of the
    convolution that has the stride. kernels: of the branch. strided: which of its convolutions may have the stride.
    inner: what the channels of all but its last convolution are divided by.
    """
    reference: Callable[[Case, Form, bool, int], Block]
    cases: Tuple[Case, ...]
    kernels: Tuple[int, ...] = (3, 3)
    strided: Tuple[int, ...] = (0,)
    inner: int = 1
    preactivation: bool = False

    def plan(self, case):
        """The block that a case asks for."""
        n = len(self.kernels)
        strides = tuple(tuple(case.strides if i == place else 1 for i in range(n)) for place in self.strided)
        return Plan(
            kernels=self.kernels,
            channels=(case.channels // self.inner,) * (n - 1) + (case.channels,),
            strides=strides,
            shortcut=case.shortcut,
            preactivation=self.preactivation,
            dimension=len(case.size))


class BlockComparison(Comparison):
    """One block of a kind."""

    def __init__(self, kind, case):
        self.kind, self.case, self.plan = kind, case, kind.plan(case)
        self.arguments, self.options = (case.channels,), case.options
        if case.by_place:
            self.arguments, self.options = (case.channels, *case.options.values()), {}
        self.shape, self.output = case.shape, case.output

    def ours(self, path):
        body, n = Anatomy.of(path), len(self.kind.kernels)
        branch, norms = convs(body.branch), of_kind(body.branch, "bn")
        projections = of_kind(body.shortcut, "bn")
        if len(branch) != n or len(norms) != n or len(projections) > len(convs(body.shortcut)):
            return None
        strided = max(range(n), key=lambda i: max(branch[i].strides))
        if strided not in self.kind.strided:
            return None
        form = Form(conv_bias=True, shortcut_norm=bool(projections))
        return self.kind.reference(self.case, form, bool(body.before), strided)

    def pairs(self, ours, path):
        return [(layers_of(ours), Anatomy.of(path).layers)]

    def examine_failure(self, report, error, subject, call):
        """Where the addition failed, the convolutions that ran before it tell why."""
        plan, ops = self.plan, [conv_of(layer) for layer in subject.called]
        branch = [op for op in ops if op.kernel[0] > 1] if min(plan.kernels) > 1 else ops[:len(plan.kernels)]
        if "shape" not in str(error) or len(branch) != len(plan.kernels):
            return
        examine_convolutions(report, branch, plan)
        if plan.shortcut == "projection" and not report.findings:
            given = {layer.given[1:2] for layer, op in zip(subject.called, ops) if op not in branch}
            report.require(given <= {self.shape[1:2]}, "shortcut-start", "The shortcut's convolution is not "
                           "given the block's input.")
            shortcut = [op for op in ops if op not in branch]
            examine_shortcut(report, Anatomy([], branch, shortcut, None, []), plan)
            report.expect(report.findings or "broadcast" not in str(error), "projection-unused", "The layers are "
                          "right, but branch and shortcut have different shapes where they meet: is what the "
                          "shortcut's projection gives used?", expected=self.output)

    def examine(self, report, trial):
        body = Anatomy.of(trial.path)
        examine_handmade(report, body)
        if not in_one_mode(report, trial):
            examine(report, body, self.plan)


def layers_of(block):
    """A block's layers, in the order of `Anatomy.layers`."""
    branch = [conv for conv, _ in block.units] + [norm for _, norm in block.units]
    return branch + (list(block.projection) if block.projection is not None else [])


def check_block(kind: Kind) -> Check:
    """Return a check of classes that make blocks of this kind."""
    def check(report, attempt):
        check_independence(report, attempt, kind.cases[0])
        for case in kind.cases:
            try:
                compare(report, attempt, BlockComparison(kind, case))
            except Stop:
                if not report.faults or report.found("signature", "not-a-block", "no-return", "no-super"):
                    raise
    return check


def check_independence(report, attempt, case):
    """Say whether two blocks of a class share anything: they should not."""
    one, other = (build(report, attempt, case.channels, **case.options)[0] for _ in range(2))
    report.require(not one.identities & other.identities, "shared-between-blocks", "Two blocks share their parameters: "
                   "layers are made once for the class, and not for each block.", hint="Make the layers in __init__.")


def images(*cases, size=(7, 6)):
    """Cases from their channels, shortcuts and strides."""
    return tuple(Case(*case, size=size) for case in cases)


def reference(block=Residual, **options):
    """Return a function that builds the package's block for a case."""
    def make(case, form, activated, strided):
        return block(case.channels, shortcut=case.shortcut, strides=case.strides, form=form, **options)
    return make


def preactivation(case, form, activated, strided):
    return reference(Residual if activated else FromInput, preactivation=True)(case, form, activated, strided)


def bottleneck(case, form, activated, strided):
    return reference(Bottleneck, stride_on=("1x1", "3x3")[strided])(case, form, activated, strided)


#: Numbers of channels that no usual mistake can take for each other. The fourth projects although nothing asks for it.
CASES = images((5, 5), (5, 7, "projection"), (5, 7, "projection", 2, 2, True), (5, 5, "projection"),
               (5, 7, "projection", 3, 1))
SERIES_CASES = tuple(replace(case, size=(11,)) for case in CASES)

RESIDUAL = Kind(reference(), CASES)
PLAIN = Kind(reference(), images((5, 5, "none"), (5, 7, "none"), (5, 7, "none", 2), (5, 7, "none", 3, 1)))
BOTTLENECK = Kind(bottleneck, images((20, 20), (6, 20, "projection"), (6, 20, "projection", 2, 2, True),
                                     (20, 20, "projection"), (6, 20, "projection", 3, 1)), kernels=(1, 3, 1),
                  strided=(0, 1), inner=4)
PREACTIVATION = Kind(preactivation, CASES, preactivation=True)
SERIES = Kind(reference(dimension=1), SERIES_CASES)

RESIDUAL_BLOCK = Exercise(
    "residual-block", 2, "medium",
    "a class like Residual(num_channels, use_1x1conv=False, strides=1)",
    check_block(RESIDUAL), (
        "Which layers have weights? Give each a name in __init__, and use each once in the forward pass.",
        "Branch: 3×3 with the stride, BN, ReLU, 3×3, BN. Both convolutions pad by 1.",
        "Shortcut: the input, or with use_1x1conv a 1×1 convolution with the branch's stride. Add first, then "
        "apply ReLU."))
PLAIN_BLOCK = Exercise(
    "plain-block", 2, "easy",
    "a class like Plain(num_channels, strides=1): a residual block without its shortcut",
    check_block(PLAIN), (
        "Take the residual block, and leave something out.",
        "3×3 with the stride, BN, ReLU, 3×3, BN, ReLU."))
BOTTLENECK_BLOCK = Exercise(
    "bottleneck-block", 5, "medium",
    "a class like Bottleneck(num_channels, use_1x1conv=False, strides=1); num_channels: the output's",
    check_block(BOTTLENECK), (
        "Three convolutions: down to a quarter of the channels, across, and up again.",
        "Each has a BN behind it, and each but the last a ReLU. Only the 3×3 needs padding.",
        "The stride can be on the first 1×1 or on the 3×3."))
PREACTIVATION_BLOCK = Exercise(
    "preactivation-block", 7, "medium",
    "a class like Residual(num_channels, use_1x1conv=False, strides=1), BN and ReLU before each convolution",
    check_block(PREACTIVATION), (
        "Branch: BN, ReLU, 3×3 with the stride, BN, ReLU, 3×3.",
        "Nothing comes after the addition.",
        "A projection starts behind the first ReLU (or at the input), and has no BN."))
RESIDUAL_BLOCK_1D = Exercise(
    "residual-block-1d", 8, "medium",
    "a class like Residual(num_channels, use_1x1conv=False, strides=1), for series (N, C, W)",
    check_block(SERIES), (
        "What slides along one axis instead of two?",
        "nn.Conv1D, twice with kernel 3, and with kernel 1 on the shortcut."))
