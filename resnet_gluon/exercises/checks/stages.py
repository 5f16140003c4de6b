"""Stages: block after block against the package's. What networks are checked with as well is here too."""
import itertools
from typing import Sequence

from resnet_gluon.exercises.checks.blocks import Case, layers_of
from resnet_gluon.exercises.judge.anatomy import Anatomy, Plan
from resnet_gluon.exercises.judge.errors import Stop
from resnet_gluon.exercises.judge.examining import examine, examine_convolutions, examine_shortcut
from resnet_gluon.exercises.judge.exercise import Exercise
from resnet_gluon.exercises.judge.traces import Join, conv_of, convs, of_kind, text
from resnet_gluon.exercises.judge.trial import Comparison, compare
from resnet_gluon.nets import Form, resnet_block


class BlocksComparison(Comparison):
    """A net of residual blocks, one after the other. plans: the blocks'."""
    row = True
    plans: Sequence[Plan] = ()

    def form(self, bodies):
        """The form of the student's blocks, as far as it decides which layers there are."""
        return Form(conv_bias=True, shortcut_norm=any(of_kind(body.shortcut, "bn") for body in bodies))

    def examine_sharing(self, report, path):
        own = [{op.parameters[0] for op in convs(body.branch) if op.parameters} for body in split(path)]
        report.require(len(set().union(*own)) == sum(map(len, own)), "shared-between-blocks", "Two blocks share their "
                       "weights: one block was put in twice.", hint="Make a new block for each place.")

    def examine_failure(self, report, error, subject, call):
        """The blocks that ran before the net raised tell why."""
        said = str(error)
        report.require("has not been initialized" not in said, "unregistered-layer", f"{call} uses layers that "
                       "Gluon does not know of, so that net.initialize() leaves them out.", observed=said[:150],
                       hint="Gluon does not look into Python lists. Put blocks into a Sequential.")
        report.require("exceeds input" not in said, "pooling", f"{call} pools over a window that is larger than "
                       "what is left of the image.", observed=said[:150], hint="Global pooling fits any size.")
        if "shape" in said:
            ran = [conv_of(layer) for layer in subject.called]
            compare_blocks(report, ran + refused(subject, ran, said), self.plans)


class StageComparison(BlocksComparison):
    """One stage."""

    def __init__(self, case, blocks, first_block):
        self.blocks, self.first_block = blocks, first_block
        self.arguments, self.options = (case.channels, blocks), {"first_block": first_block}
        self.shape, self.output = case.shape, case.output
        self.plans = [stage_plan(case.channels, 2 if i == 0 and not first_block else 1) for i in range(blocks)]

    def ours(self, path):
        bodies = split(path)
        if len(bodies) != self.blocks:
            return None
        return resnet_block(*self.arguments, self.first_block, form=self.form(bodies))

    def pairs(self, ours, path):
        return block_pairs(ours, split(path))

    def examine(self, report, trial):
        bodies = split(trial.path)
        examine_count(report, bodies, self.plans, trial.call)
        examine_outside(report, bodies, [before_blocks(trial.path), *(body.after for body in bodies)])
        examine_blocks(report, bodies, self.plans, f"{trial.call}, block")


def stage_plan(channels, strides):
    """The plan of a basic block."""
    return Plan((3, 3), (channels, channels), ((strides, 1),), "projection" if strides > 1 else "identity")


def block_pairs(blocks, bodies):
    """The layers of our blocks, and those of the student's."""
    return [(layers_of(block), body.layers) for block, body in zip(blocks, bodies)]


def before_blocks(path):
    """What lies on a path before the first join: of a whole network the stem."""
    return list(itertools.takewhile(lambda part: not isinstance(part, Join), path))


def split(path):
    """The blocks along a path: each join, with what follows it up to the next."""
    starts = [i for i, part in enumerate(path) if isinstance(part, Join)]
    return [Anatomy.of(path[start:end]) for start, end in zip(starts, [*starts[1:], len(path)])]


def refused(subject, ran, said):
    """The convolutions of the block that raised an error, where it is the package's: it refuses before they run."""
    if "cannot be added" not in said:
        return []
    known = {op.parameters[0] for op in ran}
    return [conv_of(layer) for layer in subject.convolutions if layer.weight not in known][:2]


def compare_blocks(report, seen, plans):
    """Compare the convolutions that ran, up to an addition of unequal shapes, with those of the first blocks."""
    branches = [op for op in seen if op.kernel[0] == 3]
    stem, branches = branches[:len(branches) % 2], branches[len(branches) % 2:]
    stem += [op for op in seen if op.kernel[0] > 3]
    report.require(not stem or stem[0].channels == 64, "stem", "The stem should give 64 channels, as many as the first "
                   "blocks have.", observed=stem and stem[0].channels)
    for number, plan in enumerate(plans[:len(branches) // 2]):
        branch = branches[2 * number:2 * number + 2]
        with report.at(f"Block {number + 1}"):
            examine_change(report, [max(op.strides) for op in branch], plan)
            examine_convolutions(report, branch, plan)
            shortcut = [op for op in seen if op.kernel[0] == 1 and op.channels == plan.channels[-1]]
            if plan.shortcut == "projection" and not report.findings:
                examine_shortcut(report, Anatomy([], branch, shortcut[:1], None, []), plan)


def examine_change(report, strides, plan):
    """Whether a block changes the size that should, and no other."""
    halves = max(strides) > 1
    report.require(halves or plan.stride == 1, "stage-shape", "This block should halve height and width, and does not.",
                   expected=list(plan.strides[0]), observed=strides, hint=WITH_STRIDE)
    report.require(not halves or plan.stride > 1, "stage-shape", "This block should keep height and width, and does "
                   "not.", expected=list(plan.strides[0]), observed=strides, hint=WITH_STRIDE)


def examine_outside(report, bodies, paths):
    """No layer is before, between or behind the blocks: the rest would follow from it. Activations come with a block.

    Blocks that begin with BN or ReLU are those of version 2, whose first layers lie before their shortcuts.
    """
    extra = [op for path in paths for op in path if op.kind in ("conv", "bn", "pool", "dense")]
    second = any(part.kind in ("bn", "relu") for body in bodies for part in body.branch[:1])
    report.require(second or not extra, "extra-layer", "There is a layer beside the residual blocks: a "
                   "stage is blocks alone, and the first one's stride halves the size.", observed=text(extra))


def examine_count(report, bodies, plans, call):
    """As many residual blocks as planned; otherwise the rest would follow from it."""
    report.require(len(bodies) == len(plans), "blocks", f"{call} should have {len(plans)} residual blocks with a "
                   f"shortcut each, and has {len(bodies)}.", hint="A stage has num_residuals of them, its second "
                   "argument; a network is made of four stages.")


def examine_blocks(report, bodies, plans, where="Block"):
    """Say what is wrong with which block."""
    for number, (body, plan) in enumerate(zip(bodies, plans), 1):
        with report.at(f"{where} {number}"):
            strides = [max(op.strides) for op in convs(body.branch)]
            if strides:
                examine_change(report, strides, plan)
            examine(report, body, plan)


STAGES = (StageComparison(Case(5, 8, size=(7, 6), strides=2), 2, False),
          StageComparison(Case(5, 5, size=(6, 5)), 2, True),
          StageComparison(Case(5, 8, size=(6, 5), strides=2, images=1), 3, False),
          StageComparison(Case(5, 8, size=(6, 5), strides=2), 1, False))
WITH_STRIDE = ("Without first_block the first of the num_residuals blocks has use_1x1conv=True and strides=2, and no "
               "other has; with it no block changes the shape.")


def check_stage(report, attempt):
    """Check a function like `resnet_block`."""
    for asked in STAGES:
        try:
            compare(report, attempt, asked)
        except Stop:
            if not report.faults or report.found("signature", "no-return", "not-a-block"):
                raise


RESNET_BLOCK = Exercise(
    "resnet-block", 3, "medium",
    "a function like resnet_block(num_channels, num_residuals, first_block=False)",
    check_stage, (
        "Which block of a stage changes the shape? Is there one in the first stage?",
        "The first block has use_1x1conv=True and strides=2, unless first_block is true. All others keep the "
        "shape.", "Make a new block in each round of the loop, add it to a Sequential, and return that."))
