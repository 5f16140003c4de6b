"""The ways through a residual network: how many go through exactly k of its n branches."""
from math import factorial

from resnet_gluon.exercises.judge import Exercise, Mistake, accepts, number, seeded

#: (blocks, k). In the first one every usual mistake gives an answer of its own.
CASES = ((7, 3), (3, 0), (3, 3), (5, 1), (10, 5), (54, 2))


def check_paths(report, attempt):
    """Check paths(blocks, k): n over k."""
    accepts(report, attempt, "blocks", "k")
    drawn = sorted(map(int, seeded(1).integers(2, 40, 2)), reverse=True)
    for blocks, k in (*CASES, drawn):
        call, right = f"paths({blocks}, {k})", ways(blocks, k)
        found = number(report, call, attempt, blocks, k)
        if not report.answer(found, right, usual_counts(blocks, k), ("paths", f"{call} is wrong."), expected=right,
                             observed=f"{found:g}", hint="Write down all ways through three blocks: 8 of them."):
            return


def ways(blocks, k):
    """The right answer."""
    return factorial(blocks) // (factorial(k) * factorial(blocks - k))


def usual_counts(blocks, k):
    """What usual mistakes make of it."""
    numbers = [ways(blocks, i) for i in range(blocks + 1)]
    return (
        Mistake(2 ** blocks, "all-paths",
                "That is the number of all ways; those through exactly k branches are asked for."),
        Mistake(sum(numbers[:k + 1]), "at-most", "Ways through fewer branches are counted too."),
        Mistake(sum(numbers[k:]), "at-least", "Ways through more branches are counted too."),
        Mistake(numbers[k] * factorial(k), "ordered",
                "The branches are met in the network's order: each choice of k blocks is one way."),
        Mistake(2 ** k, "choices",
                "2ᵏ is the number of ways through k blocks. Which k of them are passed is the question."),
        Mistake(numbers[k] / 2 ** blocks, "share", "That is the share of all ways; their number is asked for."),
        Mistake(numbers[k] * k, "times-k", "A way through k branches is one way, not k."),
    )


PATH_LENGTHS = Exercise(
    "path-lengths", 10, "easy",
    "a function paths(blocks, k): how many ways through so many residual blocks go through exactly k branches",
    check_paths, (
        "At each block a way goes through the branch, or around it.",
        "Which k of the blocks does it go through? Count the choices.",
        "It is the binomial coefficient, n! / (k! (n − k)!)."))
