"""What should be found in a block, and what a teacher says where it is not."""
from dataclasses import dataclass, replace
from typing import Tuple

from resnet_gluon.exercises.judge.traces import Join, convs, of_kind, text


@dataclass(frozen=True)
class Plan:
    """The block that is asked for, in one case.

    kernels, channels: of the branch's convolutions. strides: of each convolution, in each way that is right.
    preactivation: BN, ReLU, convolution; else convolution, BN, ReLU. shortcut: "identity", "projection" or "none".
    dimension: of images or series.
    """
    kernels: Tuple[int, ...]
    channels: Tuple[int, ...]
    strides: Tuple[Tuple[int, ...], ...]
    shortcut: str
    preactivation: bool = False
    dimension: int = 2

    @property
    def stride(self):
        return max(self.strides[0])

    @property
    def unit(self):
        return ["bn", "relu", "conv"] if self.preactivation else ["conv", "bn", "relu"]

    @property
    def other_version(self):
        """`kinds` of the block with activation and convolution the other way round."""
        return replace(self, preactivation=not self.preactivation).kinds

    @property
    def kinds(self):
        """Of the branch's operators, in order. What follows the addition is not part of the branch."""
        kinds = self.unit * len(self.kernels)
        return kinds if self.preactivation or self.shortcut == "none" else kinds[:-1]

    def __str__(self):
        kernels = ("×".join([str(kernel)] * self.dimension) for kernel in self.kernels)
        return " → ".join({"bn": "BN", "relu": "ReLU"}.get(kind) or next(kernels) for kind in self.kinds)


@dataclass(frozen=True)
class Anatomy:
    """A block's path taken apart: up to the fork, on either side, and behind the place where the sides meet."""
    before: list
    branch: list    # all of it: what lies before the fork too
    shortcut: list
    join: object    # an Op, or None
    after: list

    @classmethod
    def of(cls, path):
        places = [i for i, part in enumerate(path) if isinstance(part, Join)]
        if not places:
            return cls([], path, [], None, [])
        i = places[0]
        return cls(path[:i], path[:i] + path[i].branch, path[i].shortcut, path[i].op, path[i + 1:])

    @property
    def layers(self):
        """Its convolutions and normalisations: the branch's, then the shortcut's."""
        return [op for path in (self.branch, self.shortcut) for kind in ("conv", "bn") for op in of_kind(path, kind)]


def examine(report, body, plan):
    """Say what of `body`, an Anatomy, is not as planned. What is right in another way was let through before."""
    path = body.branch + body.shortcut + body.after
    if not (examine_registration(report, path) and examine_record(report, body) and examine_join(report, body, plan)):
        return  # the rest would follow from it
    examine_strangers(report, body)
    examine_convolutions(report, convs(body.branch), plan)
    examine_presence(report, body, plan)
    if report.found("convolutions", "convolution-shared"):
        return
    examine_norms(report, body, plan)
    if body.join is not None and plan.shortcut != "none":
        examine_shortcut(report, body, plan)
    if not report.found("activation"):
        examine_activations(report, body, plan)


def examine_record(report, body):
    """Whether all that is computed comes from the input."""
    everything = body.branch + body.shortcut + body.after
    cut = of_kind(everything, "cut") + of_kind(everything, "stop")
    return report.expect(not cut, "gradient", "The output comes from an array whose record was "
                         "cut, so no gradient passes it.", observed=text(everything),
                         hint="detach(), asnumpy() and autograd.pause() cut it.")


def examine_registration(report, path):
    """Whether the layers are known to the block."""
    strange = [op for kind in ("conv", "bn") for op in of_kind(path, kind)
               if not any(op.parameters) or kind == "conv" and op.parameters[0] is None]
    return report.expect(not strange, "unregistered-layer", "The block uses a layer that Gluon does not know of, so it "
                         "is not trained. Layers have to be attributes of the block, set in its __init__.",
                         observed=text(strange))


def examine_join(report, body, plan):
    """Whether the two paths part and meet where they should."""
    if plan.shortcut == "none":
        report.expect(body.join is None, "shortcut-unasked", "A plain block has no shortcut; this one adds something "
                                                             "to its branch.")
        return body.join is None
    if body.join is None:
        return True  # there is nothing to say about the place
    report.expect(not convs(body.before), "shortcut-start", "The shortcut does not start at the block's input but "
                  "behind a convolution.", observed="it starts behind " + text(body.before))
    report.expect(not convs(body.after), "shortcut-end", "The shortcut ends before the last convolution, and should go "
                  "past all of them.", observed="behind the addition: " + text(body.after))
    joins = [part for part in body.branch + body.shortcut + body.after if isinstance(part, Join)]
    report.expect(not joins or report.findings, "addition-extra", "There should be one addition: that of shortcut and "
                  "branch.", observed=text(joins))
    return not report.found("shortcut-start", "shortcut-end", "addition-extra")


def examine_presence(report, body, plan):
    """Whether there is an addition."""
    if plan.shortcut != "none" and body.join is None:
        report.find("shortcut-missing", "There is no shortcut: the output is the branch's alone.",
                    expected="shortcut + branch", observed=text(body.branch),
                    hint="The input has to be added to what the branch computes.")
    elif body.join is not None and body.join.kind != "add":
        report.find("addition", "The shortcut and the branch should be added.", expected="add", observed=body.join)


def examine_strangers(report, body):
    """Operators that have no place in any of these blocks."""
    everything = body.branch + body.shortcut + body.after
    for kinds, rule, message in (
            (("other normalisation",), "normalisation", "There is a normalisation other than BatchNorm."),
            (("other activation", "softmax"), "activation", "There is an activation other than ReLU."),
            (("dropout",), "dropout", "There is a dropout that nobody asked for."),
            (("scale",), "scaled", "Something is multiplied by a number. A shortcut with a factor other than 1 shrinks "
                                   "or grows what passes through many blocks.")):
        found = [op for kind in kinds for op in of_kind(everything, kind)]
        report.expect(not found, rule, message, observed=text(found))
    pools = [op for op in of_kind(everything, "pool") if set(op.kernel) != {1}]  # windows of one pixel only subsample
    report.expect(not pools, "pooling", "There is a pooling that nobody asked for.", observed=text(pools))


def examine_convolutions(report, found, plan):
    """The branch's convolutions: how many, their kernels, strides, padding and channels."""
    if len({id(op.parameters[0]) for op in found}) < len(found):
        report.find("convolution-shared", "One convolution is used twice, so both share their weights.",
                    hint="Each place in the block needs a layer of its own.")
        return
    if len(found) != len(plan.kernels):
        report.find("convolutions", f"The branch should have {len(plan.kernels)} convolutions, and has {len(found)}.",
                    expected=" → ".join(f"{k}×{k}" for k in plan.kernels), observed=text(found) or "none",
                    hint="Is each layer that you make also called? Is one assigned to the name of another?")
        return
    kernels = [op.kernel[0] for op in found]
    report.expect(kernels == list(plan.kernels), "kernel", "A convolution of the branch has the wrong kernel size.",
                  expected=list(plan.kernels), observed=kernels)
    dilations = [max(op.numbers("dilate", 1)) for op in found]
    report.expect(set(dilations) == {1}, "dilation", "A convolution is dilated.", expected=1, observed=dilations)
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
    report.expect(set(groups) == {1}, "groups", "A convolution is divided into groups.", expected=1, observed=groups)


def examine_strides(report, strides, plan):
    allowed = " or ".join(str(list(pattern)) for pattern in plan.strides)
    total = 1
    for stride in strides:
        total *= stride
    if total != plan.stride:
        report.find("stride", f"The branch divides the size by {total} instead of {plan.stride}.",
                    expected=allowed, observed=strides, hint="One convolution has the block's stride, the others 1.")
    elif tuple(strides) not in plan.strides:
        report.find("stride-place", "The stride is on the wrong convolution.", expected=allowed, observed=strides)


def examine_norms(report, body, plan):
    """Batch normalisation: one for each convolution of the branch, and none used twice."""
    branch, all_of_them = of_kind(body.branch, "bn"), of_kind(body.branch + body.shortcut + body.after, "bn")
    known = [id(op.parameters[1]) for op in all_of_them if op.parameters[1] is not None]
    has = f"The branch should have {len(plan.kernels)} batch normalisations, and has {len(branch)}."
    shown = {"expected": plan, "observed": text(body.branch)}
    if len(set(known)) < len(known):
        report.find("batchnorm-shared", "One BatchNorm layer is used in two places, so both share γ, β and the running "
                                        "statistics, although what comes in differs.",
                    hint="Each place in the block needs a layer of its own.")
    elif body.join is not None and [op.kind for op in body.after[:1]] == ["bn"]:
        report.find("batchnorm-place", "There is a BatchNorm behind the addition, which normalises what the shortcut "
                                       "carries.", observed=text(body.after))
    elif len(branch) < len(plan.kernels) and not report.found("normalisation"):
        report.find("batchnorm-missing", has, **shown)
    elif len(branch) > len(plan.kernels):
        report.find("batchnorm-extra", has, **shown)
    if any(op.attributes.get("use_global_stats") == "True" for op in all_of_them):
        report.find("batchnorm-mode", "A BatchNorm layer uses its running statistics in training too.",
                    hint="Leave use_global_stats at False.")
    if any(op.attributes.get("axis") not in (None, "1") for op in all_of_them):
        report.find("batchnorm-axis", "A BatchNorm layer normalises along another axis than the channels'.",
                    expected="axis=1")


def examine_shortcut(report, body, plan):
    """What is on the shortcut."""
    found, shown = convs(body.shortcut), text(body.shortcut) or "the input itself"
    if plan.shortcut == "identity":
        carried = body.shortcut + (body.before if plan.preactivation else [])
        message = ("The shortcut should have no convolution here: the block keeps its input's shape." if found else
                   "Without a 1×1 convolution the shortcut should carry the input unchanged.")
        report.expect(not carried or report.found("scaled", "dropout"), "identity-changed", message,
                      observed=text(carried))
        return
    if not found:
        report.find("projection-missing", "The shortcut should be a 1×1 convolution here, and has none.",
                    observed=shown, hint="Is it used whenever use_1x1conv is true, whatever the stride?")
        return
    op = found[0]
    report.expect(len(found) == 1, "projection-extra", "The shortcut should be one 1×1 convolution.", observed=shown)
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


def examine_activations(report, body, plan):
    """ReLUs: where they should be, and nowhere else."""
    kinds = [op.kind for op in body.branch if op.kind in ("conv", "bn", "relu")]
    observed = text(body.branch)
    if kinds == plan.other_version and plan.shortcut != "none":
        report.find("order", "These are the right layers in the order of the other version: "
                    + ("here BN and ReLU come before each convolution." if plan.preactivation else
                       "here BN and ReLU come after the convolution."), expected=plan, observed=observed)
        return
    if plan.shortcut != "none" and body.join is not None:
        if not plan.preactivation and kinds[-1:] == ["relu"]:
            report.find("relu-before-addition", "ReLU is applied before the addition, so the block can only add "
                        "non-negative corrections.", expected=plan, observed=observed,
                        hint="A branch should be able to take away: add first, then apply ReLU.")
            kinds = kinds[:-1]
        behind = [op.kind for op in body.after]
        if plan.preactivation and "relu" in behind:
            report.find("relu-after-addition", "There is a ReLU after the addition. In a pre-activation block the "
                        "shortcut is free: what the block gives can be negative.", observed=text(body.after))
        elif not plan.preactivation and "relu" not in behind and not report.found("relu-before-addition"):
            report.find("final-relu-missing", "There is no ReLU after the addition.",
                        expected="relu(shortcut + branch)")
    elif plan.shortcut != "none" and not plan.preactivation and kinds[-1:] == ["relu"]:
        kinds = kinds[:-1]  # the last ReLU, behind an addition that is not there
    if plan.shortcut == "none" and [*kinds, "relu"] == plan.kinds:
        report.find("final-relu-missing", "There is no ReLU at the end.", expected=plan, observed=observed)
    else:
        examine_order(report, kinds, plan, observed)


def examine_order(report, kinds, plan, observed):
    """The branch's order, once its parts are all there."""
    wanted = plan.kinds
    if kinds == wanted:
        return
    if kinds.count("relu") < wanted.count("relu"):
        report.find("inner-relu-missing", "A ReLU is missing in the branch.", expected=plan, observed=observed,
                    hint="Without one between them, two convolutions are no more than one.")
    elif kinds.count("relu") > wanted.count("relu"):
        report.find("extra-relu", "There is a ReLU too many in the branch.", expected=plan, observed=observed)
    elif sorted(kinds) == sorted(wanted):
        report.find("order", "The branch has the right layers in the wrong order.", expected=plan, observed=observed)
