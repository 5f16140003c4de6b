"""Formulas, counts and lists: of layers, parameters, stages, and of what a value sees."""

from resnet_gluon.exercises.judge import Exercise, Mistake, Subject, accepts, as_number, number, random_input
from resnet_gluon.nets import Residual

import numpy as onp
from mxnet.gluon import nn

STATISTICS = "BatchNorm's running statistics are counted, which are not trained."
ARRAYS = "The arrays are counted, not the numbers in them."
SUM = "The sizes of the axes have to be multiplied, not added."


def check_tower(report, attempt):
    """Check blocks_for(depth): a tower of b blocks has depth 2b + 2; ValueError where none has this depth."""
    accepts(report, attempt, "depth")
    for depth in (4, 10, 42):
        found = number(report, f"blocks_for({depth})", attempt, depth)
        report.require(found == depth // 2 - 1, "blocks", f"blocks_for({depth}) is wrong.", expected=depth // 2 - 1,
                       observed=f"{found:g}", hint="Two layers a block, one before them all and one behind.")
    for depth in (3, 11, 0, 2):
        try:
            answer = attempt(depth)
        except ValueError:
            continue
        except Exception as error:
            report.stop("error-kind", f"blocks_for({depth}) raises {type(error).__name__}, not ValueError.")
        report.stop("impossible-depth", f"No tower has depth {depth}, but blocks_for gives an answer.",
                    expected="ValueError", observed=answer)


def check_parameters(report, attempt):
    """Check parameters(c_in, c_out, use_1x1conv): how many `Residual` trains."""
    accepts(report, attempt, "c_in", "c_out", "use_1x1conv")
    for c_in, c_out, projects in ((3, 3, False), (3, 6, True), (3, 10, True), (4, 4, True)):
        block = Subject(Residual(c_out, projects))
        block.numpy(random_input((1, c_in, 4, 4)))
        right = sum(values.size for values in block.values(learned=True).values())
        call = f"parameters({c_in}, {c_out}, {projects})"
        found = number(report, call, attempt, c_in, c_out, projects)
        mistakes = usual_formulas(right, c_in, c_out, projects)
        if not report.answer(found, right, mistakes, ("formula", f"{call} is wrong."), expected=f"{call} = {right}",
                             observed=f"{found:g}"):
            return


def usual_formulas(right, c_in, c_out, projects):
    """What usual mistakes make of the number of a block's parameters."""
    layers = 3 if projects else 2
    norms, biases, projection = 2 * c_out * layers, c_out * layers, c_in * c_out
    usual = [
        Mistake(right - norms, "batchnorm-left-out", "BatchNorm's γ and β are missing."),
        Mistake(right + norms, "statistics-counted", STATISTICS),
        Mistake(right + biases, "biases-counted", "The package's convolutions have no biases: BatchNorm has."),
    ]
    if not projects:
        return [Mistake(right + projection + 2 * c_out, "projection-unasked", "The shortcut's 1×1 convolution is "
                        "counted although there is none."), *usual]
    return [
        Mistake(right - 2 * c_out, "batchnorm-left-out", "The projection has a BatchNorm too."),
        *usual,
        Mistake(right - projection - 2 * c_out, "projection-left-out", "The shortcut's 1×1 convolution and its "
                                                                       "BatchNorm are missing."),
        Mistake(right - projection, "projection-left-out", "The shortcut's 1×1 convolution is missing."),
    ]


def check_count(report, attempt):
    """Check count(net) → the number of trainable parameters."""
    accepts(report, attempt, "net")
    net, first = nn.HybridSequential(), nn.Dense(3, in_units=3)
    net.add(nn.Conv2D(3, 3, in_channels=2), nn.BatchNorm(in_channels=3), nn.GlobalAvgPool2D(), first,
            nn.Dense(3, in_units=3, params=first.params), nn.Dense(2, in_units=3))
    subject = Subject(net)
    shapes = {name: parameter.shape for name, parameter in subject.parameters.items()}
    sizes = {name: int(onp.prod(shape)) for name, shape in shapes.items()}
    learned = [name for name in sizes if "running" not in name]
    right, found = sum(sizes[name] for name in learned), number(report, "count(net)", subject.lend, attempt)
    report.answer(found, right, [
        Mistake(sum(sizes.values()), "statistics-counted", STATISTICS),
        Mistake(right + 12, "shared-counted-twice", "Two layers share their parameters, and these are counted twice."),
        Mistake(len(learned), "arrays-counted", ARRAYS),
        Mistake(len(sizes), "arrays-counted", ARRAYS),
        Mistake(sum(sizes[name] for name in sizes if name.endswith("weight")), "weights-only", "Weights are counted, "
                "but not biases and BatchNorm's γ and β."),
        Mistake(right - 6, "batchnorm-left-out", "BatchNorm's γ and β are trained too."),
        Mistake(right - 8, "biases-left-out", "Biases are parameters too."),
        Mistake(sum(map(sum, shapes.values())), "shape-sum", SUM),
        Mistake(sum(sum(shapes[name]) for name in learned), "shape-sum", SUM),
    ], ("count", "That is not the number of trainable parameters."), expected=right, observed=f"{found:g}")


def check_stages(right, hints):
    """Return a check of stages, ((channels, blocks), …). hints: for either number that is wrong."""
    def check(report, attempt):
        try:
            found = [(int(channels), int(blocks)) for channels, blocks in attempt]
        except (TypeError, ValueError):
            report.stop("not-stages", "Stages are pairs (channels, blocks).", expected="((64, 2), (128, 2), …)",
                        observed=repr(attempt)[:80])
        report.require(len(found) == len(right), "stage-count", "The network has four stages.", expected=len(right),
                       observed=len(found))
        report.require([stage[::-1] for stage in found] != list(right), "swapped", "In each pair the channels come "
                       "first, then the blocks.", observed=attempt)
        for place, rule in enumerate(("channels", "blocks")):
            wanted, given = [stage[place] for stage in right], [stage[place] for stage in found]
            report.expect(given == wanted, rule, f"The numbers of {rule} are not this network's.", observed=given,
                          hint=hints[rule])
    return check


def check_field(report, attempt):
    """Check how many values of the input one value behind the three blocks of kernels 8, 5 and 3 sees."""
    found, right = as_number(report, attempt, "The answer is a number."), 1 + 3 * (7 + 4 + 2)
    report.answer(found, right, [
        Mistake(14, "one-block", "That is what one block sees; there are three."),
        Mistake(right - 1, "itself", "The value in the middle is seen too."),
        Mistake(48, "kernels-added", "A kernel of k adds k - 1 values to those already seen."),
    ], ("field", "That is not how many it sees."), observed=f"{found:g}",
        hint="Begin with 1, and add k - 1 for each convolution.")


COUNT_THE_LAYERS = "Count the layers: stem, those of all blocks, and the dense one."
TOWER_DEPTH = Exercise(
    "tower-depth", 1, "easy",
    "a function blocks_for(depth): the blocks of a tower, ValueError if there is none",
    check_tower, (
        "How many layers with weights has a block? Which layers are not in a block?",
        "A tower of b blocks has 2b + 2 layers. Solve for b.",
        "Which depths have no whole b ≥ 1? Test for them before you divide."))
RESIDUAL_PARAMETERS = Exercise(
    "residual-parameters", 2, "easy",
    "a function parameters(c_in, c_out, use_1x1conv): how many Residual trains",
    check_parameters, (
        "A k×k convolution from a to b channels has k·k·a·b weights, and here no biases.",
        "BatchNorm trains two numbers a channel.",
        "With the projection there is a 1×1 convolution more, and its BatchNorm."))
COUNT_PARAMETERS = Exercise(
    "count-parameters", 3, "easy",
    "a function (net) → the number of its trainable parameters",
    check_count, (
        "net.collect_params().values() are the parameters; each has a shape.",
        "What is not trained has grad_req 'null'.",
        "Multiply the lengths of each shape, and add up the products."))
RESNET34_STAGES = Exercise(
    "resnet34-stages", 3, "easy",
    "the stages of ResNet-34, ((channels, blocks), …)",
    check_stages(((64, 3), (128, 4), (256, 6), (512, 3)), {
        "blocks": COUNT_THE_LAYERS,
        "channels": "Basic blocks begin with 64 channels, which double from stage to stage."}), (
        "The paper's table 1, column 34-layer.",
        "Two of the 34 layers are in no block, and a basic block has two. How many blocks are there?",
        "The channels are ResNet-18's. Of the 16 blocks the first stage has 3 and the last one too."))
RESNET26_STAGES = Exercise(
    "resnet26-stages", 5, "easy",
    "the stages of a ResNet-26 of bottlenecks, ((channels, blocks), …)",
    check_stages(((256, 2), (512, 2), (1024, 2), (2048, 2)), {
        "blocks": COUNT_THE_LAYERS,
        "channels": "Bottlenecks are counted by their output, four times the 3×3 convolution's channels."}), (
        "Three layers a block, and two more. How many blocks are that?",
        "Each stage has equally many. Their channels, counted at the output, are ResNet-50's.",
        "The first stage has 256 channels, four times the 64 of its 3×3 convolutions."))
RECEPTIVE_FIELD = Exercise(
    "receptive-field", 8, "easy",
    "how many values of a series one value behind the last block sees",
    check_field, (
        "Begin with one value, and go back through one convolution.",
        "Each convolution of kernel k adds k - 1. There are nine.",
        "A block's kernels are 8, 5 and 3, which add 7 + 4 + 2, and there are three blocks."))
