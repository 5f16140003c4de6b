"""Check of stages: block after block against the package's. What networks are checked with as well is here too."""
from resnet_gluon.exercises.checks.blocks import Case, check_use, explain
from resnet_gluon.exercises.judge.anatomy import Anatomy, Plan, examine, examine_convolutions, examine_shortcut
from resnet_gluon.exercises.judge.calling import build, first_output, random_input
from resnet_gluon.exercises.judge.comparing import differences
from resnet_gluon.exercises.judge.report import Stop
from resnet_gluon.exercises.judge.subject import Subject
from resnet_gluon.exercises.judge.traces import Join, Op, convs, of_kind, text
from resnet_gluon.nets import Form, resnet_block

from mxnet.gluon import Block, nn

STAGES = ((Case(4, 8, size=(7, 6), strides=2), 2, False), (Case(4, 4, size=(6, 5)), 2, True),
          (Case(4, 8, size=(6, 5), strides=2), 3, False), (Case(4, 8, size=(6, 5), strides=2), 1, False))


def check_stage(report, attempt):
    """A function like `resnet_block`."""
    for case, blocks, first_block in STAGES:
        try:
            check_one_stage(report, attempt, case, blocks, first_block)
        except Stop:
            if report.found("signature", "no-return", "not-a-block"):
                raise
        report.place = ""


def check_one_stage(report, attempt, case, blocks, first_block):
    net, call = build(report, in_a_row(report, attempt), case.channels, blocks, first_block=first_block)
    plans = [stage_plan(case.channels, 2 if i == 0 and not first_block else 1) for i in range(blocks)]
    x, subject = random_input(case.shape), report.call(f"{call}.initialize()", Subject, net)
    y = first_output(report, subject, x, call, lambda *why: examine_failure(report, *why, net, plans, call))
    path = report.call(f"{call}, called while MXNet records,", subject.trace, x)
    bodies = split(path)

    def ours():
        if len(bodies) == blocks:
            form = Form(True, any(of_kind(body.shortcut, "bn") for body in bodies))
            return resnet_block(case.channels, blocks, first_block, form=form)

    differs = differences(subject, x, ours, lambda stage: zip(stage, bodies)) if y.shape == case.output else ["shape"]
    examine_sharing(report, bodies)
    if not differs:
        check_use(report, subject, path, x, call)
        return
    examine_count(report, bodies, plans, call)
    examine_outside(report, bodies, [before_blocks(path), *(body.after for body in bodies)])
    examine_blocks(report, bodies, plans, f"{call}, block")
    if not report.findings:
        explain(report, differs, call, x, y, case.output)


def examine_failure(report, error, seen, net, plans, call):
    """Of a net that raised `error`: the blocks that ran."""
    report.require("has not been initialized" not in str(error), "unregistered-layer", f"{call} uses layers that "
                   "Gluon does not know of, so that net.initialize() leaves them out.", observed=str(error)[:150],
                   hint="Gluon does not look into Python lists. Put blocks into a Sequential.")
    report.require("exceeds input" not in str(error), "pooling", f"{call} pools over a window that is larger than "
                   "what is left of the image.", observed=str(error)[:150], hint="Global pooling fits any size.")
    if "shape" in str(error):
        ran = [op for op, _ in seen]
        compare_blocks(report, ran + refused(net, ran, error), plans)


def refused(net, seen, error):
    """The convolutions of the block that raised `error`, where it is the package's: it refuses before they run."""
    layers, ran = [], {id(op.parameters[0]) for op in seen}
    net.apply(lambda layer: layers.append(layer) if isinstance(layer, nn.Conv2D) else None)
    waiting = [layer for layer in layers if id(layer.weight) not in ran] if "cannot be added" in str(error) else []
    return [Op("conv", [], {name: str(value) for name, value in layer._kwargs.items()}, [layer.weight])
            for layer in waiting[:2]]


def compare_blocks(report, seen, plans):
    """Compare the convolutions that ran, up to an addition of unequal shapes, with those of the first blocks."""
    branches = [op for op in seen if op.kernel[0] == 3]
    stem, branches = branches[:len(branches) % 2], branches[len(branches) % 2:]
    stem += [op for op in seen if op.kernel[0] > 3]
    report.require(not stem or stem[0].channels == 64, "stem", "The stem should give 64 channels, as many as the first "
                   "blocks have.", observed=stem and stem[0].channels)
    for number, plan in enumerate(plans[:len(branches) // 2]):
        report.place, branch = f"Block {number + 1}: ", branches[2 * number:2 * number + 2]
        examine_convolutions(report, branch, plan)
        shortcut = [op for op in seen if op.kernel[0] == 1 and op.channels == plan.channels[-1]]
        if plan.shortcut == "projection" and not report.findings:
            examine_shortcut(report, Anatomy([], branch, shortcut[:1], None, []), plan)


NO_PART = "One part of the net is None: the function that should make it returns nothing."


def in_a_row(report, attempt):
    """The student's function; a list of blocks that it gives becomes a net, as in the first edition of d2l."""
    def make(*arguments, **options):
        try:
            made = attempt(*arguments, **options)
        except ValueError as error:
            report.require("None has type" not in str(error), "no-return", NO_PART, hint="Is there a `return`?")
            raise
        if isinstance(made, (list, tuple)) and all(isinstance(block, Block) for block in made):
            net = nn.Sequential()
            net.add(*made)
            return net
        empty = isinstance(made, Block) and None in made._children.values()
        report.require(not empty, "no-return", NO_PART, hint="Is there a `return`?")
        return made
    if not callable(attempt) or isinstance(attempt, Block):
        return attempt  # which is found to be no function
    make.__name__, make.__wrapped__ = getattr(attempt, "__name__", "your function"), attempt
    return make


def stage_plan(channels, strides):
    return Plan((3, 3), (channels, channels), ((strides, 1),), "projection" if strides > 1 else "identity")


def before_blocks(path):
    """What lies on a path before the first join: of a whole network the stem."""
    return path[:next((i for i, part in enumerate(path) if isinstance(part, Join)), len(path))]


def split(path):
    """The blocks along a path: each join, with what follows it up to the next."""
    starts = [i for i, part in enumerate(path) if isinstance(part, Join)]
    return [Anatomy.of(path[start:end]) for start, end in zip(starts, [*starts[1:], len(path)])]


def examine_outside(report, bodies, paths):
    """No layer is before, between or behind the blocks: the rest would follow from it. Activations come with a block.

    Blocks that begin with BN or ReLU are those of version 2, whose first layers lie before their shortcuts.
    """
    extra = [op for path in paths for op in path if op.kind in ("conv", "bn", "pool", "dense")]
    second = any(part.kind in ("bn", "relu") for body in bodies for part in body.branch[:1])
    report.require(second or not extra, "extra-layer", "There is a layer beside the residual blocks.",
                   observed=text(extra))


def examine_sharing(report, bodies):
    """No block is in two places."""
    own = [{id(op.parameters[0]) for op in convs(body.branch) if op.parameters} for body in bodies]
    if len(set().union(*own)) < sum(map(len, own)):
        report.stop("shared-between-blocks", "Two blocks share their weights: one block was put in twice.",
                    hint="Make a new block for each place.")


def examine_count(report, bodies, plans, call):
    """As many residual blocks as planned; otherwise the rest would follow from it."""
    report.require(len(bodies) == len(plans), "blocks", f"{call} should have {len(plans)} residual blocks with a "
                   f"shortcut each, and has {len(bodies)}.")


def examine_blocks(report, bodies, plans, where="Block"):
    """Say what is wrong with which block."""
    for number, (body, plan) in enumerate(zip(bodies, plans), 1):
        report.place = f"{where} {number}: "
        examine(report, body, plan)
    report.place = ""
