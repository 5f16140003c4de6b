"""ResNet-18: stem, blocks and head against the package's."""
from dataclasses import replace

from resnet_gluon.exercises.checks.stages import (
    BlocksComparison,
    before_blocks,
    block_pairs,
    examine_blocks,
    examine_count,
    examine_outside,
    split,
    stage_plan,
)
from resnet_gluon.exercises.judge import Exercise, compare, convs, of_kind, text
from resnet_gluon.nets import resnet18

STEMS = (["7×7/2 to 64 channels, padded by 3", "BN", "ReLU", "3×3/2 max-pooling, padded by 1"],
         ["3×3 to 64 channels, padded by 1", "BN", "ReLU"])
STEM_BY_KERNEL = {7: "imagenet", 3: "small"}
CHANNELS = (64, 64, 128, 128, 256, 256, 512, 512)  # of its blocks
CLASSES = 7


class NetworkComparison(BlocksComparison):
    """ResNet-18, with either stem."""
    options = {"num_classes": CLASSES}
    shape, output = (2, 1, 33, 9), (2, CLASSES)
    plans = [stage_plan(channels, 2 if i in (2, 4, 6) else 1) for i, channels in enumerate(CHANNELS)]

    def ours(self, path):
        bodies, first = split(path), convs(before_blocks(path))[:1]
        kernel = first[0].kernel[0] if first else 0
        if len(bodies) != len(CHANNELS) or len(of_kind(path, "dense")) != 1 or kernel not in STEM_BY_KERNEL:
            return None
        return resnet18(CLASSES, STEM_BY_KERNEL[kernel], self.form(bodies))

    def pairs(self, ours, path):
        stem = before_blocks(path)
        around = convs(stem) + of_kind(stem, "bn") + of_kind(path, "dense")
        return [([ours.stem[0], ours.stem[1], ours.head], around), *block_pairs(ours.blocks, split(path))]

    def examine_failure(self, report, error, subject, call):
        super().examine_failure(report, error, subject, call)
        report.require(report.findings or "cannot be added" not in str(error), "stem", "The first block is given other "
                       "channels than 64: has the stem run before it?", expected=" or\n".join(map(" → ".join, STEMS)))

    def examine(self, report, trial):
        path, bodies = trial.path, split(trial.path)
        examine_end(report, path, bodies[-1].after if bodies else path, trial.call)
        examine_count(report, bodies, self.plans, trial.call)
        examine_stem(report, before_blocks(path))
        examine_outside(report, bodies, [body.after for body in bodies[:-1]])
        last = replace(bodies[-1], after=bodies[-1].after[:1])  # the head was looked at
        examine_blocks(report, [*bodies[:-1], last], self.plans)


def check_resnet18(report, attempt):
    """Check a function like `resnet18`."""
    compare(report, attempt, NetworkComparison())


def examine_stem(report, stem):
    """What comes before the first block: the ImageNet stem or the small one."""
    found = list(map(details, stem))
    nearest = min(STEMS, key=lambda right: len(set(right) ^ set(found)))
    wrong = [part for part in nearest if part not in found]
    report.expect(found in STEMS, "stem", "The stem is neither ResNet-18's nor its variant for small images. This part "
                  f"of it is missing, or another: {', '.join(wrong) or 'the order'}.",
                  observed=" → ".join(found) or "none", expected=" or\n".join(map(" → ".join, STEMS)))


def details(op):
    """An operator of a stem in words."""
    if op.kind == "conv":
        return f"{op} to {op.channels} channels, padded by {op.padding[0]}"
    if op.kind == "pool" and "kernel" in op.attributes:
        size = "×".join(map(str, op.kernel))
        if max(op.strides) > 1:
            size += f"/{max(op.strides)}"
        return f"{size} {op.attributes.get('pool_type', 'max')}-pooling, padded by {op.padding[0]}"
    return str(op)


def examine_end(report, path, end, call):
    """What comes after the last block: global average pooling, and one dense layer."""
    examine_head(report, path, end)
    if report.found("head"):
        return
    report.expect(not of_kind(end, "dropout"), "dropout", "There is a dropout that ResNet-18 does not have.")
    units = int(of_kind(end, "dense")[0].attributes["num_hidden"])
    report.expect(units == CLASSES, "classes", f"{call} should give a number for each of {CLASSES} classes.",
                  expected=CLASSES, observed=units)
    report.expect(any(map(is_average, end)), "pooling", "There is no global average pooling before the dense layer.",
                  observed=text(end))


def examine_head(report, path, end):
    """Whether a net ends in one dense layer whose outputs leave it as they are."""
    report.expect(not of_kind(path, "softmax"), "softmax", "There is a softmax in the network: it belongs to the loss, "
                  "which would otherwise apply it twice.", observed=text(end))
    if report.expect(len(of_kind(end, "dense")) == 1, "head", "The network should end in one dense layer.",
                     observed=text(end)):
        report.expect(end[-1].kind in ("dense", "softmax"), "head-activation", "Something follows the dense layer: the "
                      "logits should leave the network as they are.", observed=text(end))


def is_average(op):
    """Whether an operator is the mean over height and width, as a layer or as a function."""
    if op.kind != "pool":
        return "mean" in op.kind
    return op.attributes.get("global_pool") == "True" and op.attributes.get("pool_type") == "avg"


RESNET18 = Exercise(
    "resnet18", 3, "medium",
    "a function like resnet18(num_classes=10), with the stem for large images or the one for small ones",
    check_resnet18, (
        "Stem, four stages of two blocks, pooling, dense.",
        "Stem: 7×7 with stride 2 to 64 channels, BN, ReLU, 3×3 max-pooling with stride 2, padded by 3 and 1; "
        "for small images 3×3, BN, ReLU.",
        "The stages have 64, 128, 256 and 512 channels; the first one is told so by first_block=True.",
        "After the stages: GlobalAvgPool2D and Dense(num_classes), and nothing behind it."))
