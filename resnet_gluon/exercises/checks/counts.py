"""Numbers: a tower's depth, lists of stages, and how many values a value sees."""
import numbers

from resnet_gluon.exercises.judge import Exercise, Mistake, accepts, as_number, seeded, whole


def check_tower(report, attempt):
    """Check blocks_for(depth): a tower of b blocks has depth 2b + 2; ValueError where none has this depth."""
    accepts(report, attempt, "depth")
    for depth in (4, 10, 42, 6, 1202, 2 * int(seeded(1).integers(25, 500)) + 2):
        right = depth // 2 - 1
        found = whole(report, f"blocks_for({depth})", attempt, depth, expected=right)
        report.require(found == right, "blocks", f"blocks_for({depth}) is wrong.", expected=right,
                       observed=f"{found:g}", hint="Two layers a block, one before them all and one behind.")
    for depth in (3, 11, 0, 2, -2, -3):
        try:
            answer = attempt(depth)
        except ValueError:
            continue
        except Exception as error:
            report.stop("error-kind", f"blocks_for({depth}) raises {type(error).__name__}, not ValueError.")
        why = "it is odd" if depth % 2 else "it has no whole block"
        report.stop("impossible-depth", f"No tower has depth {depth}: {why}. But blocks_for gives an answer.",
                    expected="ValueError", observed=answer, hint="raise ValueError(…), where no b ≥ 1 fits.")


def check_stages(right, hints):
    """Return a check of stages, ((channels, blocks), …). hints: for either number that is wrong."""
    def check(report, attempt):
        expected = "((64, 2), (128, 2), …)"
        try:
            pairs = [(channels, blocks) for channels, blocks in attempt]
        except (TypeError, ValueError):
            report.stop("not-stages", "Stages are pairs (channels, blocks).", expected=expected,
                        observed=repr(attempt)[:80])
        report.require(all(isinstance(value, numbers.Integral) for pair in pairs for value in pair), "not-whole",
                       "Channels and blocks are whole numbers.", expected=expected, observed=repr(attempt)[:80])
        found = [(int(channels), int(blocks)) for channels, blocks in pairs]
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
    report.require(found == int(found) and found > 0, "not-whole", "The answer is a whole number, above 0.",
                   observed=f"{found:g}")
    report.answer(found, right, [
        Mistake(14, "one-block", "That is what one block sees; there are three."),
        Mistake(13, "one-block", "That is what one block adds to the value itself; there are three blocks."),
        *(Mistake(1 + 13 * blocks, "blocks", f"That is what {blocks} blocks see; there are three.")
          for blocks in (2, 4)),
        Mistake(right - 1, "itself", "The value in the middle is seen too: begin with 1."),
        *(Mistake(value, "kernels-added", "A kernel of k adds k - 1 values to those already seen.")
          for value in (48, 49)),
        *(Mistake(value, "kernels-multiplied", "What the convolutions add to the values already seen is added up, not "
                  "multiplied.") for value in (120, 120 ** 3, 1 + 7 * 4 * 2, 7 * 4 * 2 * 3)),
        *(Mistake(value, "kernel-sizes", "The three kernels of a block have the sizes 8, 5 and 3: not all are alike.")
          for value in (19, 64, 72)),
        *(Mistake(value, "projection-counted", "The projection's kernel is of size 1: it adds 0 values, and lies "
                  "beside the branch.") for value in (41, 42)),
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
