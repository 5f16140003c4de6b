"""One net on trial: built, called, compared with the package's, and where it differs, examined."""
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Tuple

from resnet_gluon.exercises.judge.calling import build, first_output, random_input
from resnet_gluon.exercises.judge.chance import seeded
from resnet_gluon.exercises.judge.comparing import Pair, close, copy_all
from resnet_gluon.exercises.judge.errors import explain
from resnet_gluon.exercises.judge.report import Report
from resnet_gluon.exercises.judge.subject import Subject
from resnet_gluon.exercises.judge.traces import Path, of_kind, text

import mxnet as mx
import numpy as onp
from mxnet import util


@dataclass
class Trial:
    """A student's net that was called, and what came of it.

    call: how it was made, in words. x, y: input and output. path: what it does with the input. differs: where it
    differs from ours.
    """
    subject: Subject
    call: str
    x: onp.ndarray
    y: onp.ndarray
    path: Path
    differs: List[str]


class Comparison:
    """What `compare` has to know of one net that is asked for; a class for each topic is derived from it.

    Attributes
    ----------
    arguments, options : tuple, dict
        What the student's class or function is called with.
    row : bool
        Accept a list of blocks too.
    shape, output : tuple of int
        The input's and the right output's.
    """
    arguments: Tuple[Any, ...] = ()
    options: Dict[str, Any] = {}
    row = False
    shape: Tuple[int, ...] = ()
    output: Tuple[int, ...] = ()

    def ours(self, path: Path) -> Optional[Any]:
        """Build the package's net of the form that the student's has; None where the layers do not correspond."""
        raise NotImplementedError

    def pairs(self, ours: Any, path: Path) -> Iterable[Pair]:
        """Return our layers and the student's operators, as they belong together."""
        raise NotImplementedError

    def examine_failure(self, report: Report, error: BaseException, subject: Subject, call: str) -> None:
        """Say what is wrong with a net that raises, where the layers that were called until then tell."""

    def examine_sharing(self, report: Report, path: Path) -> None:
        """Say which parts of a net share what they should not. A net can compute the right thing in spite of it."""

    def examine(self, report: Report, trial: Trial) -> None:
        """Say what is wrong with a net that computes something else than ours."""
        raise NotImplementedError


def compare(report: Report, attempt: Any, asked: Comparison) -> None:
    """Build the student's net, call it, compare it with ours; and where it differs, say why."""
    subject, call = build(report, attempt, *asked.arguments, row=asked.row, **asked.options)
    x = random_input(asked.shape)
    y = first_output(report, subject, x, call, lambda error: asked.examine_failure(report, error, subject, call))
    trial = Trial(subject, call, x, y, report.call(f"{call}, called while MXNet records,", subject.trace, x), ["shape"])
    if y.shape == asked.output:
        trial.differs = differences(report, trial, asked)
    asked.examine_sharing(report, trial.path)
    if not trial.differs:
        check_use(report, trial)
        return
    asked.examine(report, trial)
    if not report.findings:
        explain_difference(report, trial, asked.output)


def differences(report: Report, trial: Trial, asked: Comparison) -> List[str]:
    """Return where the student's net and ours differ, with the same parameters: in which mode, output or gradient."""
    if of_kind(trial.path, "stop"):
        return ["gradient in training"]  # it is not tried: where no gradient is left at all, MXNet ends the process
    subject, x = trial.subject, trial.x
    subject.randomise(2)
    with util.np_shape(True), util.np_array(True):
        net = asked.ours(trial.path)
        if net is None:
            return ["layers"]
        net.initialize(mx.init.Zero())  # the quickest; the student's parameters follow
        head = seeded(1).standard_normal(net(mx.np.zeros(x.shape)).shape, "float32")
        if not copy_all(asked.pairs(net, trial.path), subject.values()):
            return ["layers"]
        ours = Subject(net)
    theirs = report.call(trial.call, outputs, subject, x, head)
    with util.np_shape(True), util.np_array(True):
        expected = outputs(ours, x, head)
    names = "output in prediction", "output in training", "gradient in training"
    return [name for name, a, b in zip(names, theirs, expected) if not close(a, b)]


def outputs(subject: Subject, x: onp.ndarray, head: onp.ndarray) -> Tuple[onp.ndarray, ...]:
    """The output in prediction, that in training, and the gradient."""
    return (subject.numpy(x), *subject.gradient(x, head))


def in_one_mode(report: Report, trial: Trial) -> bool:
    """Whether a net is right but for the gradient, or does different things in its two modes: that is found."""
    path, call = trial.path, trial.call
    training = report.call(f"{call} in training", trial.subject.trace, trial.x, training=True)
    if text(training) != text(path):
        rule = "training-mode" if all("training" in what for what in trial.differs) else "predict-mode"
        report.find(rule, f"{call} does other things in training than in predict mode.",
                    expected=f"as in predict mode: {text(path)}", observed=f"in training: {text(training)}",
                    hint="Only BatchNorm (and dropout) should mind the mode, and they do so by themselves.")
    elif trial.differs == ["gradient in training"]:
        report.find("gradient", "The output is right, but not the gradient that reaches the input.",
                    hint="detach(), asnumpy() and autograd.pause() cut the record of what was computed. Where nothing "
                         "is cut, it is an operator whose gradient MXNet has wrong, such as np.where with a number.")
    return bool(report.findings)


def explain_difference(report: Report, trial: Trial, output: Tuple[int, ...]) -> None:
    """A finding for a net whose parts look right, and which still does something else."""
    call, shown = trial.call, ", ".join(trial.differs)
    report.require(trial.y.shape == output, "output-shape", f"{call} gives the wrong shape for an input of shape "
                   f"{trial.x.shape}.", expected=output, observed=trial.y.shape)
    wrong = [mode for mode in ("training", "prediction") if any(mode in what for what in trial.differs)]
    if wrong == ["training"]:
        report.find("training-mode", f"{call} is right in predict mode, but not in training.", observed=shown)
    elif wrong == ["prediction"]:
        report.find("predict-mode", f"{call} is right in training, but not in predict mode.", observed=shown)
    else:
        report.find("function", f"{call} computes something else than it should, with the same parameters.",
                    observed=f"these differ: {shown}")


def check_use(report: Report, trial: Trial) -> None:
    """Say which layers a net that computes the right thing uses twice or not at all, and what compiling changes."""
    subject, call = trial.subject, trial.call
    for kind, rule, name in (("conv", "convolution-shared", "convolution"), ("bn", "batchnorm-shared", "BatchNorm")):
        owners = [op.parameters[0] or op.parameters[1] for op in of_kind(trial.path, kind)]
        report.expect(len(set(owners)) == len(owners), rule, f"{call} uses one {name} layer in two places.",
                      hint="Each place needs a layer of its own.")
    unused = [name for name, parameter in subject.parameters.items()
              if parameter.grad_req != "null" and name not in subject.used]
    report.expect(not unused, "unused-layer", f"{call} has a layer that it does not use: saving and training would "
                  "trip over its missing parameters.", observed=", ".join(unused))
    if subject.hybrid:
        check_compiled(report, trial)


def check_compiled(report: Report, trial: Trial) -> None:
    """Say what compiling changes: it should change nothing."""
    subject, call = trial.subject, trial.call
    as_written = subject.numpy(trial.x)
    try:
        compiled = subject.compiled(trial.x)
    except Exception as error:
        report.stop("hybridize", f"{call} raises {type(error).__name__} once it is compiled.", observed=explain(error),
                    hint="In hybrid_forward x can be a Symbol, which has no shape and no values.")
    report.expect(close(compiled, as_written), "hybridize", f"{call} computes something else once it is compiled.")
    report.expect(not subject.overrides_forward, "never-compiled", "This HybridBlock has a forward of its own, so "
                  "hybridize() does nothing: write hybrid_forward, or derive it from nn.Block.", remark=True)
