"""What a teacher says of a block that is not as it should be."""
from math import prod

from resnet_gluon.exercises.judge.activations import examine_activations
from resnet_gluon.exercises.judge.anatomy import Anatomy, Plan
from resnet_gluon.exercises.judge.report import Report
from resnet_gluon.exercises.judge.traces import Join, convs, of_kind, text

#: Of the operators that a batch normalisation written by hand runs.
HANDMADE = "sqrt", "var", "divide", "mean", "square", "multiply"
OWN_LAYER = "Each place in the block needs a layer of its own."

#: Operators that have no place in any of these blocks: their kinds, the rule, the message.
STRANGERS = (
    (("other normalisation",), "normalisation", "There is a normalisation other than BatchNorm."),
    (("other activation", "softmax"), "activation", "There is an activation other than ReLU."),
    (("dropout",), "dropout", "There is a dropout that nobody asked for."),
    (("scale",), "scaled", "Something is multiplied by a number. A shortcut with a factor other than 1 shrinks "
                           "or grows what passes through many blocks."),
)


def examine(report: Report, body: Anatomy, plan: Plan) -> None:
    """Say what of a block is not as planned. What is right in another way was let through before."""
    registered = examine_registration(report, body.everything)
    if not (registered and examine_record(report, body) and examine_join(report, body, plan)):
        return  # the rest would follow from it
    examine_strangers(report, body)
    examine_convolutions(report, convs(body.branch), plan)
    examine_presence(report, body, plan)
    if report.found("convolutions", "convolution-shared"):
        return
    examine_norms(report, body, plan)
    if body.join is not None and not plan.plain:
        examine_shortcut(report, body, plan)
    if not report.found("activation"):
        examine_activations(report, body, plan)


def examine_handmade(report, body):
    """Whether there is a normalisation written by hand, which cannot be followed."""
    kinds = {op.kind for op in everything(body.everything)}
    report.require("bn" in kinds or not any(sign in kind for kind in kinds for sign in HANDMADE), "batchnorm-by-hand",
                   "There is a batch normalisation written by hand that is not recognised: nobody knows whether the "
                   "block is right.", hint="Use nn.BatchNorm; or check that yours, a Block with γ, β and both running "
                   "statistics as parameters, gives what nn.BatchNorm gives in training and in prediction.")


def everything(path):
    """All operators along a path, inside joins too."""
    for part in path:
        if isinstance(part, Join):
            yield from everything(part.branch + part.shortcut)
        yield part.op if isinstance(part, Join) else part


def examine_registration(report, path):
    """Whether the layers are known to the block."""
    strange = [op for op in of_kind(path, "conv") if not any(op.parameters) or op.parameters[0] is None]
    strange += [op for op in of_kind(path, "bn") if not any(op.parameters)]
    return report.expect(not strange, "unregistered-layer", "The block uses a layer that Gluon does not know of, so it "
                         "is not trained. Layers have to be attributes of the block, set in its __init__.",
                         observed=text(strange))


def examine_record(report, body):
    """Whether all that is computed comes from the input."""
    cut = of_kind(body.everything, "cut") + of_kind(body.everything, "stop")
    return report.expect(not cut, "gradient", "The output comes from an array whose record was "
                         "cut, so no gradient passes it.", observed=text(body.everything),
                         hint="detach(), asnumpy() and autograd.pause() cut it.")


def examine_join(report, body, plan):
    """Whether the two paths part and meet where they should."""
    if plan.plain:
        return report.expect(body.join is None, "shortcut-unasked", "A plain block has no shortcut; this one adds "
                             "something to its branch.")
    if body.join is None:
        return True  # there is nothing to say about the place
    report.expect(not convs(body.before), "shortcut-start", "The shortcut does not start at the block's input but "
                  "behind a convolution.", observed="it starts behind " + text(body.before))
    report.expect(not convs(body.after), "shortcut-end", "The shortcut ends before the last convolution, and should go "
                  "past all of them.", observed="behind the addition: " + text(body.after))
    joins = [part for part in body.everything if isinstance(part, Join)]
    report.expect(not joins or report.findings, "addition-extra", "There should be one addition: that of shortcut and "
                  "branch.", observed=text(joins))
    return not report.found("shortcut-start", "shortcut-end", "addition-extra")


def examine_presence(report, body, plan):
    """Whether there is an addition."""
    if body.join is None:
        report.expect(plan.plain, "shortcut-missing", "There is no shortcut: the output is the branch's alone.",
                      expected="shortcut + branch", observed=text(body.branch),
                      hint="The input has to be added to what the branch computes.")
    else:
        report.expect(body.join.kind == "add", "addition", "The shortcut and the branch should be added.",
                      expected="add", observed=body.join)


def examine_strangers(report, body):
    """Operators that have no place in any of these blocks."""
    for kinds, rule, message in STRANGERS:
        found = [op for kind in kinds for op in of_kind(body.everything, kind)]
        report.expect(not found, rule, message, observed=text(found))
    pools = [op for op in of_kind(body.everything, "pool") if set(op.kernel) != {1}]  # one pixel: it only subsamples
    report.expect(not pools, "pooling", "There is a pooling that nobody asked for.", observed=text(pools))


def examine_convolutions(report, found, plan):
    """The branch's convolutions: how many, their kernels, strides, padding and channels."""
    if len({op.parameters[0] for op in found}) < len(found):
        report.find("convolution-shared", "One convolution is used twice, so both share their weights.", hint=OWN_LAYER)
        return
    if len(found) != len(plan.kernels):
        report.find("convolutions", f"The branch should have {len(plan.kernels)} convolutions, and has {len(found)}.",
                    expected=" → ".join(map(plan.size, plan.kernels)), observed=text(found) or "none",
                    hint="Is each layer that you make also called? Is one assigned to the name of another?")
        return
    kernels = [op.kernel[0] for op in found]
    why = "The branch's convolutions come in the wrong order." if sorted(kernels) == sorted(plan.kernels) else \
        "A convolution of the branch has the wrong kernel size."
    report.expect(kernels == list(plan.kernels), "kernel", why,
                  expected=list(plan.kernels), observed=kernels)
    dilations = [max(op.numbers("dilate", 1)) for op in found]
    report.expect(set(dilations) == {1}, "dilation", "A convolution is dilated: its kernel has "
                  "gaps.", expected=1, observed=dilations)
    for number, op in enumerate(found, 1):
        same_size = all(pad == k // 2 for pad, k in zip(op.padding, op.kernel))
        report.expect(same_size or report.found("dilation"), "padding",
                      f"Convolution {number} changes the size by its padding.", expected=op.kernel[0] // 2,
                      observed=op.padding[0], hint="A kernel of size k keeps the size with a padding of (k - 1) / 2.")
    examine_strides(report, [max(op.strides) for op in found], plan)
    channels = [op.channels for op in found]
    report.expect(channels == list(plan.channels), "channels", "A convolution has the wrong number of output channels.",
                  expected=list(plan.channels), observed=channels)
    groups = [int(op.attributes.get("num_group") or 1) for op in found]
    report.expect(set(groups) == {1}, "groups", "A convolution is divided into groups: each of "
                  "its kernels sees some of the channels alone.", expected=1, observed=groups)


def examine_strides(report, strides, plan):
    """What the branch divides the size by, and where."""
    allowed = " or ".join(str(list(pattern)) for pattern in plan.strides)
    if prod(strides) != plan.stride:
        report.find("stride", f"The branch divides the size by {prod(strides)} instead of {plan.stride}.",
                    expected=allowed, observed=strides, hint="One convolution has the block's stride, the others 1.")
    elif tuple(strides) not in plan.strides:
        report.find("stride-place", "The stride is on the wrong convolution.", expected=allowed, observed=strides)


def examine_norms(report, body, plan):
    """Batch normalisation: one for each convolution of the branch, and none used twice."""
    branch, norms = of_kind(body.branch, "bn"), of_kind(body.everything, "bn")
    known = [op.parameters[1] for op in norms if op.parameters[1] is not None]
    has = f"The branch should have {len(plan.kernels)} batch normalisations, and has {len(branch)}."
    shown = {"expected": plan, "observed": text(body.branch)}
    if len(set(known)) < len(known):
        report.find("batchnorm-shared", "One BatchNorm layer is used in two places, so both share γ, β and the running "
                                        "statistics, although what comes in differs.", hint=OWN_LAYER)
    elif body.join is not None and [op.kind for op in body.after[:1]] == ["bn"]:
        report.find("batchnorm-place", "There is a BatchNorm behind the addition, which normalises what the shortcut "
                                       "carries.", observed=text(body.after))
    elif len(branch) < len(plan.kernels):
        report.expect(report.found("normalisation"), "batchnorm-missing", has, **shown)
    elif len(branch) > len(plan.kernels):
        report.find("batchnorm-extra", has, **shown)
    report.expect(all(op.attributes.get("use_global_stats") != "True" for op in norms), "batchnorm-mode", "A BatchNorm "
                  "layer uses its running statistics in training too.", hint="Leave use_global_stats at False.")
    report.expect(all(op.attributes.get("axis") in (None, "1") for op in norms), "batchnorm-axis", "A BatchNorm layer "
                  "normalises along another axis than the channels'.", expected="axis=1")


def examine_shortcut(report, body, plan):
    """What is on the shortcut."""
    found, shown = convs(body.shortcut), text(body.shortcut) or "the input itself"
    if plan.shortcut == "identity":
        examine_identity(report, body, plan)
        return
    if not found:
        report.find("projection-missing", "The shortcut should be a projection here, a convolution with a "
                    "kernel of size 1, and has none.",
                    observed=shown, hint="Is it used whenever use_1x1conv is true, whatever the stride?")
        return
    op = found[0]
    report.expect(len(found) == 1, "projection-extra", "The shortcut should be one convolution with a "
                  "kernel of size 1.", observed=shown)
    report.expect(set(op.kernel) == {1}, "projection-kernel", "The shortcut's convolution should have a kernel of "
                                                              "size 1.", expected=1, observed=op.kernel[0])
    report.expect(max(op.strides) == plan.stride, "projection-stride", "The shortcut's convolution should have the "
                  "branch's stride.", expected=plan.stride, observed=max(op.strides))
    report.expect(op.channels == plan.channels[-1], "projection-channels", "The shortcut's convolution has the wrong "
                  "number of output channels.", expected=plan.channels[-1], observed=op.channels)
    report.expect(not of_kind(body.shortcut, "relu"), "projection-activation", "The shortcut has a ReLU, but a "
                  "projection is linear.", observed=shown)
    if plan.preactivation:
        report.expect(not of_kind(body.shortcut, "bn"), "projection-norm", "The projection of a pre-activation block "
                      "has no batch normalisation: it would normalise what the shortcut carries.", observed=shown)


def examine_identity(report, body, plan):
    """A shortcut that should change nothing."""
    carried = body.shortcut + (body.before if plan.preactivation else [])
    message = "Without a projection the shortcut should carry the input unchanged."
    if convs(body.shortcut):
        message = "The shortcut should have no convolution here: the block keeps its input's shape."
    report.expect(not carried or report.found("scaled", "dropout"), "identity-changed", message, observed=text(carried))
