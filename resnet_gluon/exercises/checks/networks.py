"""Check of ResNet-18: stem, blocks and head against the package's."""
from dataclasses import replace

from resnet_gluon.exercises.checks.blocks import check_use, explain
from resnet_gluon.exercises.checks.stages import (
    before_blocks,
    examine_blocks,
    examine_count,
    examine_failure,
    examine_outside,
    examine_sharing,
    in_a_row,
    split,
    stage_plan,
)
from resnet_gluon.exercises.judge.anatomy import Anatomy
from resnet_gluon.exercises.judge.calling import build, first_output, random_input
from resnet_gluon.exercises.judge.comparing import copy_all, differences
from resnet_gluon.exercises.judge.subject import Subject
from resnet_gluon.exercises.judge.traces import convs, of_kind, text
from resnet_gluon.nets import Form, resnet18

STEMS = (["7×7/2 to 64 channels, padded by 3", "BN", "ReLU", "3×3/2 max-pooling, padded by 1"],
         ["3×3 to 64 channels, padded by 1", "BN", "ReLU"])
CHANNELS = (64, 64, 128, 128, 256, 256, 512, 512)  # of its blocks
NOTHING = Anatomy([], [], [], None, [])  # has no layers, and so fits no block


def check_resnet18(report, attempt):
    """A function like `resnet18`."""
    net, call = build(report, in_a_row(report, attempt), num_classes=7)
    x, subject = random_input((2, 1, 33, 9)), report.call(f"{call}.initialize()", Subject, net)
    plans = [stage_plan(channels, 2 if i in (2, 4, 6) else 1) for i, channels in enumerate(CHANNELS)]
    y = first_output(report, subject, x, call, lambda *why: examine_failure(report, *why, net, plans, call))
    path = report.call(f"{call}, called while MXNet records,", subject.trace, x)
    stem, bodies, dense = before_blocks(path), split(path), of_kind(path, "dense")
    kernel = convs(stem)[0].kernel[0] if convs(stem) else 0

    def ours():
        if len(bodies) == 8 and [len(dense), kernel] in ([1, 7], [1, 3]):
            form = Form(True, any(of_kind(body.shortcut, "bn") for body in bodies))
            return resnet18(7, "imagenet" if kernel == 7 else "small", form)

    def pairs(net):
        """Those of blocks; none where the layers around them do not fit."""
        around = copy_all([net.stem[0], net.stem[1], net.head], convs(stem) + of_kind(stem, "bn") + dense)
        return zip(net.blocks, bodies if around else [NOTHING] * 8)

    differs = differences(subject, x, ours, pairs) if y.shape == (2, 7) else ["shape"]
    examine_sharing(report, bodies)
    if not differs:
        check_use(report, subject, path, x, call)
        return
    examine_network(report, path, bodies, plans, call)
    if not report.findings:
        explain(report, differs, call, x, y, (2, 7))


def examine_network(report, path, bodies, plans, call):
    """Say what is wrong with which part."""
    examine_head(report, path, bodies[-1].after if bodies else path, call)
    examine_count(report, bodies, plans, call)
    examine_stem(report, before_blocks(path))
    examine_outside(report, bodies, [body.after for body in bodies[:-1]])
    last = [replace(body, after=body.after[:1]) for body in bodies[-1:]]  # the head was looked at
    examine_blocks(report, bodies[:-1] + last, plans)


def examine_stem(report, stem):
    """What comes before the first block: the ImageNet stem or the small one."""
    found = list(map(details, stem))
    report.expect(found in STEMS, "stem", "The stem is neither ResNet-18's nor its variant for small images.",
                  observed=" → ".join(found) or "none", expected=" or\n".join(map(" → ".join, STEMS)))


def details(op):
    """An operator of a stem in words."""
    if op.kind == "conv":
        return f"{op} to {op.channels} channels, padded by {op.padding[0]}"
    if op.kind == "pool" and "kernel" in op.attributes:
        size = "×".join(map(str, op.kernel)) + f"/{max(op.strides)}" * (max(op.strides) > 1)
        return f"{size} {op.attributes.get('pool_type', 'max')}-pooling, padded by {op.padding[0]}"
    return str(op)


def examine_head(report, path, end, call):
    """What comes after the last block: global average pooling, and one dense layer."""
    shown, dense = text(end), of_kind(end, "dense")
    report.expect(not of_kind(path, "softmax"), "softmax", "There is a softmax in the network: it belongs to the loss, "
                  "which would otherwise apply it twice.", observed=shown)
    if not report.expect(len(dense) == 1, "head", "The network should end in one dense layer.", observed=shown):
        return
    report.expect(not of_kind(end, "dropout"), "dropout", "There is a dropout that ResNet-18 does not have.")
    units = int(dense[0].attributes["num_hidden"])
    report.expect(units == 7, "classes", f"{call} should give a number for each of 7 classes.", expected=7,
                  observed=units)
    report.expect(end[-1] is dense[0] or of_kind(end, "softmax"), "head-activation", "Something follows the dense "
                  "layer: the logits should leave the network as they are.", observed=shown)
    pools = [op for op in end if op.kind == "pool" and op.attributes.get("global_pool") == "True"
             and op.attributes.get("pool_type") == "avg" or "mean" in op.kind]
    report.expect(pools, "pooling", "There is no global average pooling before the dense layer.", observed=shown)
