"""How many parameters: of the residual block by a formula, of any net by counting."""
from resnet_gluon.exercises.judge import Exercise, Mistake, Subject, accepts, random_input, seeded, whole
from resnet_gluon.nets import Residual

import numpy as onp
from mxnet.gluon import nn

STATISTICS = "BatchNorm's running statistics are counted, which are not trained."
PRODUCT = "A parameter has as many numbers as the lengths of its shape give when they are multiplied."


def check_parameters(report, attempt):
    """Check parameters(c_in, c_out, use_1x1conv): how many `Residual` trains."""
    accepts(report, attempt, "c_in", "c_out", "use_1x1conv")
    drawn = (*map(int, seeded(1).integers(20, 60, 2)), True)
    for c_in, c_out, projects in ((5, 12, True), (5, 5, False), (7, 16, True), (7, 7, True), drawn):
        block = Subject(Residual(c_out, projects))
        block.numpy(random_input((1, c_in, 4, 4)))
        right = sum(values.size for values in block.values(learned=True).values())
        call = f"parameters({c_in}, {c_out}, {projects})"
        found = whole(report, call, attempt, c_in, c_out, projects, expected=right)
        mistakes = usual_formulas(right, c_in, c_out, projects)
        if not report.answer(found, right, mistakes, ("formula", f"{call} is wrong."), expected=f"{call} = {right}",
                             observed=f"{found:g}", hint="Write down each layer with the shape of its weights: two 3×3 "
                             "convolutions, a BatchNorm behind each; with the projection one of either more."):
            return


def usual_formulas(right, c_in, c_out, projects):
    """What usual mistakes make of the number of a block's parameters."""
    first, second = 9 * c_in * c_out, 9 * c_out ** 2
    norm, norms = 2 * c_out, 2 * c_out * (3 if projects else 2)
    once = "A BatchNorm trains two numbers a channel, γ and β, and there is one behind each convolution."
    no_biases = "The package's convolutions have no biases: BatchNorm has."
    of_projection = usual_projections if projects else unasked_projections
    return [
        Mistake(right - norms, "batchnorm-left-out", "BatchNorm's γ and β are missing."),
        Mistake(right + norms, "statistics-counted", STATISTICS),
        Mistake(right - 2 * norm, "batchnorm-left-out", "BatchNorm's γ and β are missing."),
        Mistake(right + norms // 2, "biases-counted", no_biases),
        *of_projection(right, c_in, c_out),
        Mistake(right + norm, "biases-counted", no_biases),
        Mistake(right - norms // 2, "batchnorm-once", once), Mistake(right - norm, "batchnorm-once", once),
        Mistake(right + c_out, "addition-counted", "The addition, and ReLU, have no parameters."),
        *usual_branches(right, c_in, c_out),
        Mistake(right - first - second + first * second, "multiplied", "The layers' numbers are to be added, not "
                                                                       "multiplied."),
        Mistake(swapped(c_in, c_out, projects), "swapped", "c_in and c_out are taken for each other."),
        Mistake(first + second + 4 + (c_in + 2) * bool(projects), "brackets", "Every term belongs to each of the "
                "c_out output channels: is there a bracket missing?"),
    ]


def usual_projections(right, c_in, c_out):
    """Mistakes in the projection's part, where there is one."""
    projection, norm = c_in * c_out, 2 * c_out
    return [
        Mistake(right - norm, "batchnorm-left-out", "The projection has a BatchNorm too."),
        Mistake(right - projection - norm, "projection-left-out", "The shortcut's 1×1 convolution and its BatchNorm "
                                                                  "are missing."),
        Mistake(right - projection, "projection-left-out", "The shortcut's 1×1 convolution is missing."),
        Mistake(right - c_out, "projection-batchnorm", "The projection's BatchNorm has 2 · c_out parameters."),
        Mistake(right - norm + 2 * c_in, "batchnorm-channels", "A BatchNorm has a γ and a β for each output channel of "
                "its convolution: c_out. This one, of the branch or of the projection, is counted with c_in."),
        Mistake(right + 8 * projection, "projection-kernel", "The projection's kernel is 1×1."),
        Mistake(right - projection + c_out ** 2, "projection-channels", "The projection, a 1×1 convolution, goes from "
                                                                        "c_in to c_out channels."),
        Mistake(projection + norm, "branch-left-out", "With the projection there is more to count than the projection: "
                                                      "add it to the branch."),
    ]


def unasked_projections(right, c_in, c_out):
    """A projection that is counted where there is none."""
    message = "The shortcut's 1×1 convolution is counted although there is none."
    return [Mistake(right + c_in * c_out + norm, "projection-unasked", message) for norm in (2 * c_out, 0)]


def usual_branches(right, c_in, c_out):
    """Mistakes in the two convolutions of the branch."""
    first, second, both = 9 * c_in * c_out, 9 * c_out ** 2, c_out * (c_in + c_out)
    wrong_first = "The first convolution, 3×3, has c_in input channels and c_out output channels."
    wrong_second = "The second convolution, 3×3, has c_out input channels and c_out output channels."
    kernel = "A 3×3 kernel has 9 weights for each pair of an input and an output channel."
    return [
        *(Mistake(right - second + of, "second-convolution", wrong_second) for of in (first, 9 * c_in ** 2, 9 * c_out)),
        Mistake(right - second, "second-convolution", "The second convolution is missing."),
        *(Mistake(right - first + of, "first-convolution", wrong_first) for of in (second, 9 * c_in)),
        Mistake(right - first, "first-convolution", "The first convolution is missing."),
        Mistake(right + second, "three-convolutions", "A branch has two 3×3 convolutions, and three are counted."),
        *(Mistake(right + of, "kernel", kernel) for of in (-6 * both, -3 * both, 40 * c_in * c_out, 16 * c_in * c_out)),
    ]


def swapped(c_in, c_out, projects):
    """The formula with its two arguments the other way round."""
    return 9 * c_in * c_out + 9 * c_in ** 2 + 4 * c_in + (c_in * c_out + 2 * c_in) * bool(projects)


def counted_net():
    """A net with every kind of parameter: shared, frozen, in a row of layers inside, and BatchNorm's statistics."""
    net, inner = nn.HybridSequential(), nn.HybridSequential()
    first, frozen = nn.Dense(5, in_units=5), nn.Dense(6, in_units=5)
    inner.add(first, nn.Dense(5, in_units=5, use_bias=False))
    frozen.collect_params().setattr("grad_req", "null")
    net.add(nn.Conv2D(5, 3, in_channels=2), nn.BatchNorm(in_channels=5), nn.GlobalAvgPool2D(), inner,
            nn.Dense(5, in_units=5, params=first.params), frozen, nn.Dense(7, in_units=6))
    subject = Subject(net)
    subject.assign({net[-1].bias.name: onp.ones(7)})  # not all biases are 0
    return subject


def check_count(report, attempt):
    """Check count(net) → the number of trainable parameters."""
    accepts(report, attempt, "net")
    subject = counted_net()
    before = subject.parameters
    learned = sorted(size_of(parameter) for parameter in before.values() if parameter.learns)
    right = sum(learned)
    found = whole(report, "count(net)", subject.lend, attempt, expected=right)
    report.expect(subject.parameters == before, "argument-changed", "The net is another one after it was counted: "
                  "other parameters learn, or they have other shapes.", hint="Only look at grad_req; do not set it.")
    if report.answer(found, right, usual_counts(before), ("count", "That is not the number of trainable parameters."),
                     expected=right, observed=f"{found:g}",
                     hint="Add up the sizes of all parameters of all layers whose grad_req is not 'null'."):
        small = nn.HybridSequential()
        small.add(nn.Dense(2, in_units=3))
        for other, expected in ((subject, right), (Subject(small), 8)):
            again = whole(report, "count(net)", other.lend, attempt, expected=expected)
            report.expect(again == expected, "kept-between-calls", "The count is right once, but not when it is called "
                          "again: something is kept between the calls.", expected=expected, observed=f"{again:g}",
                          hint="Start from 0 inside the function.")


def size_of(parameter):
    """How many numbers a parameter has."""
    return int(onp.prod(parameter.shape))


def usual_counts(parameters):
    """What usual mistakes make of the number of `counted_net`'s parameters."""
    sizes = {name: size_of(parameter) for name, parameter in parameters.items()}
    learned = {name: size for name, size in sizes.items() if parameters[name].learns}
    statistics = sum(size for name, size in sizes.items() if "running" in name)
    right, everything, shared = sum(learned.values()), sum(sizes.values()), 30
    frozen = everything - right - statistics
    nested = "Layers lie inside other layers, and those inside are not counted: net.collect_params() has all."
    return [
        Mistake(everything, "statistics-counted", STATISTICS + " Nor are the frozen parameters."),
        Mistake(everything - frozen, "statistics-counted", STATISTICS),
        Mistake(right + frozen, "frozen-counted", "Frozen parameters are counted: their grad_req is 'null', so they "
                                                  "are not trained."),
        *(Mistake(right + shared + more, "shared-counted-twice", "Two layers share their parameters, and these are "
                  "counted twice.") for more in (0, frozen)),
        Mistake(everything - right, "not-trained-counted", "That is the number of those that are not trained, whose "
                                                           "grad_req is 'null'."),
        *(Mistake(right - less, "nested-left-out", nested) for less in (25, 55)),
        *usual_sums(parameters, learned), *usual_sums(parameters, sizes),
        Mistake(4 * right, "bytes", "That is their bytes: a number takes four."),
        Mistake(right + 1, "off-by-one", "That is one too many: the sum starts at 0."),
        Mistake(0, "nothing-counted", "Nothing is counted: net.params knows the net's own parameters alone, "
                "net.collect_params() those of all layers inside. What is trained has another grad_req than 'null'."),
    ]


def usual_sums(parameters, sizes):
    """Mistakes with these sizes, by the parameters' names: those of all, or of all that is trained."""
    shapes, names = [parameters[name].shape for name in sizes], list(sizes)

    def only(*ends):
        return sum(size for name, size in sizes.items() if name.endswith(ends))

    return [
        Mistake(len(sizes), "arrays-counted", "The arrays are counted, not the numbers in them. " + PRODUCT),
        Mistake(only("weight"), "weights-only", "Weights are counted, but not biases and BatchNorm's γ and β."),
        Mistake(only("weight", "bias"), "batchnorm-left-out", "BatchNorm's γ and β are trained too."),
        Mistake(only("weight", "gamma", "beta"), "biases-left-out", "Biases are parameters too."),
        Mistake(only("weight", "gamma"), "biases-left-out", "Biases, and BatchNorm's β, are parameters too."),
        *(Mistake(sum(sum(shape) + more for shape in shapes), "shape-sum", "The lengths of a shape have to be "
                  "multiplied, not added.") for more in (0, 1)),
        Mistake(sum(shape[0] for shape in shapes), "first-length", "Only the first axis is counted. " + PRODUCT),
        Mistake(sum(map(len, shapes)), "axes-counted", "The axes are counted, not the numbers. " + PRODUCT),
        Mistake(only("weight", "gamma") + 7, "zeros-left-out", "Values of zero are left out: a parameter counts by "
                                                               "its size or shape, whatever its values are."),
        Mistake(sum({shape: onp.prod(shape) for shape in shapes}.values()), "shapes-once", "Each shape is counted "
                "once, although several parameters have the same shape."),
        Mistake(onp.prod(list(sizes.values()), dtype=float), "multiplied", "The parameters' sizes are to be added "
                                                                           "up, not multiplied."),
        *(Mistake(value, "one-only", "The parameters of all layers have to be added up, and these are those of one. Is "
                  "`return` inside the loop?") for value in (
            sizes[names[0]], max(sizes.values()), sizes[names[-1]], sizes[names[0]] + 5)),
    ]


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
