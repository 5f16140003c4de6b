"""Checks of formulas, counts and lists: answers that are numbers."""
from resnet_gluon.exercises.judge.calling import accepts
from resnet_gluon.nets import Residual
from resnet_gluon.training import Evaluation

import mxnet as mx
import numpy as onp
from mxnet.gluon import nn


def number(report, doing, function, *arguments):
    """What the student's function returns, as a float."""
    found = report.call(doing, function, *arguments)
    report.require(found is not None, "no-return", f"{doing} gives None.", hint="Is there a `return`?")
    return as_number(report, found, f"{doing} should be one number.")


def as_number(report, value, message):
    """A value as a float. "not-a-number" where it is none: text does not count as one."""
    try:
        found = float("nan" if isinstance(value, str) else value.asnumpy() if hasattr(value, "asnumpy") else value)
    except (TypeError, ValueError):
        found = float("nan")
    report.require(onp.isfinite(found), "not-a-number", message, observed=repr(value)[:80])
    return found


def check_count(report, attempt):
    """count(net) → the number of trainable parameters."""
    accepts(report, attempt, "net")
    net = nn.HybridSequential()
    first = nn.Dense(3, in_units=3)
    net.add(nn.Conv2D(3, 3, in_channels=2), nn.BatchNorm(in_channels=3), nn.GlobalAvgPool2D(), first,
            nn.Dense(3, in_units=3, params=first.params), nn.Dense(2, in_units=3))
    net.initialize()
    shapes = {name: p.shape for name, p in net.collect_params().items()}
    sizes = {name: int(onp.prod(shape)) for name, shape in shapes.items()}
    learned = {name: size for name, size in sizes.items() if "running" not in name}
    found, right = number(report, "count(net)", attempt, net), sum(learned.values())
    for value, rule, message in (
            (sum(sizes.values()), "statistics-counted", "BatchNorm's running statistics are counted, which are not "
                                                        "trained."),
            (right + 12, "shared-counted-twice", "Two layers share their parameters, and these are counted twice."),
            (len(learned), "arrays-counted", "The arrays are counted, not the numbers in them."),
            (len(sizes), "arrays-counted", "The arrays are counted, not the numbers in them."),
            (sum(size for name, size in sizes.items() if name.endswith("weight")), "weights-only",
             "Weights are counted, but not biases and BatchNorm's γ and β."),
            (right - 6, "batchnorm-left-out", "BatchNorm's γ and β are trained too."),
            (right - 8, "biases-left-out", "Biases are parameters too."),
            (sum(map(sum, shapes.values())), "shape-sum", "The sizes of the axes have to be multiplied, not added."),
            (sum(sum(shapes[name]) for name in learned), "shape-sum",
             "The sizes of the axes have to be multiplied, not added.")):
        if found == value != right:
            report.stop(rule, message, expected=right, observed=f"{found:g}")
    report.expect(found == right, "count", "That is not the number of trainable parameters.", expected=right,
                  observed=f"{found:g}")


def check_tower(report, attempt):
    """blocks_for(depth): a tower of b blocks has depth 2b + 2; ValueError where none has this depth."""
    accepts(report, attempt, "depth")
    for depth in (4, 10, 42):
        found = number(report, f"blocks_for({depth})", attempt, depth)
        report.require(found == depth // 2 - 1, "blocks", f"blocks_for({depth}) is wrong.", expected=depth // 2 - 1,
                       observed=f"{found:g}", hint="Two layers a block, one before them all and one behind.")
    for depth in (3, 11, 0, 2):
        try:
            found = attempt(depth)
        except ValueError:
            continue
        except Exception as error:
            report.stop("error-kind", f"blocks_for({depth}) raises {type(error).__name__}, not ValueError.")
        report.stop("impossible-depth", f"No tower has depth {depth}, but blocks_for gives an answer.",
                    expected="ValueError", observed=found)


def check_parameters(report, attempt):
    """parameters(c_in, c_out, use_1x1conv): those of `Residual`."""
    accepts(report, attempt, "c_in", "c_out", "use_1x1conv")
    for c_in, c_out, projects in ((3, 3, False), (3, 6, True), (3, 10, True), (4, 4, True)):
        block = Residual(c_out, projects)
        block.initialize()
        block(mx.np.zeros((1, c_in, 4, 4)) if mx.util.is_np_array() else mx.nd.zeros((1, c_in, 4, 4)))
        right = sum(p.data().size for p in block.collect_params().values() if p.grad_req != "null")
        call = f"parameters({c_in}, {c_out}, {projects})"
        found = number(report, call, attempt, c_in, c_out, projects)
        norms, biases, projection = 2 * c_out * (2 + projects), c_out * (2 + projects), c_in * c_out * projects
        for extra, rule, message in (
                ((c_in + 2) * c_out * (not projects), "projection-unasked", "The shortcut's 1×1 convolution is counted "
                                                                            "although there is none."),
                (-2 * c_out * projects, "batchnorm-left-out", "The projection has a BatchNorm too."),
                (-norms, "batchnorm-left-out", "BatchNorm's γ and β are missing."),
                (norms, "statistics-counted", "BatchNorm's running statistics are counted, which are not trained."),
                (biases, "biases-counted", "The package's convolutions have no biases: BatchNorm has."),
                (-projection - 2 * c_out * projects, "projection-left-out", "The shortcut's 1×1 convolution and its "
                                                                           "BatchNorm are missing."),
                (-projection, "projection-left-out", "The shortcut's 1×1 convolution is missing.")):
            if found == right + extra != right:
                report.stop(rule, message, expected=f"{call} = {right}", observed=f"{found:g}")
        report.require(found == right, "formula", f"{call} is wrong.", expected=right, observed=f"{found:g}")


def check_stages(right):
    """A check of stages, ((channels, blocks), …)."""
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
        hints = {"blocks": "Count the layers: stem, those of all blocks, and the dense one.",
                 "channels": "Bottlenecks are counted by their output, four times the 3×3 convolution's channels."
                 if right[0][0] == 256 else "Basic blocks begin with 64 channels, which double from stage to stage."}
        for rule, place, name in (("channels", 0, "channels"), ("blocks", 1, "blocks")):
            wanted, given = [stage[place] for stage in right], [stage[place] for stage in found]
            report.expect(given == wanted, rule, f"The numbers of {name} are not this network's.", observed=given,
                          hint=hints[rule])
    return check


def check_top2(report, attempt):
    """top2(evaluation) → the share of images whose class is among the two most probable."""
    accepts(report, attempt, "evaluation")
    random = onp.random.default_rng(7)
    probabilities = random.dirichlet(onp.ones(6), 200).astype("float32")
    labels = random.integers(6, size=200).astype("int32")
    order, evaluation = onp.argsort(-probabilities, axis=1), Evaluation(labels, probabilities)
    top = [float((order[:, :k] == labels[:, None]).any(axis=1).mean()) for k in (1, 2, 3)]
    found = number(report, "top2(evaluation)", attempt, evaluation)
    least = float((onp.argsort(probabilities, axis=1)[:, :2] == labels[:, None]).any(axis=1).mean())
    for value, rule, message in (
            (top[0], "top-1", "That is the accuracy: only the most probable class counts."),
            (top[2], "top-3", "Three classes count, and two should."),
            (top[1] - top[0], "second-only", "Only the second most probable class counts."),
            (least, "least-probable", "The two least probable classes count: argsort sorts upwards."),
            (100 * top[1], "percent", "The answer should be a share, not per cent."),
            (1 - top[1], "error-rate", "That is the share of the others."),
            (top[1] / 2, "averaged", "The mean runs over both places. An image counts once, if either is right."),
            (200 * top[1], "counted", "The number of right images should be divided by that of all.")):
        if abs(found - value) < 1e-6:
            report.stop(rule, message, expected=f"{top[1]:.4f}", observed=f"{found:.4f}")
    report.expect(abs(found - top[1]) < 1e-6, "share", "That is not the share.", expected=f"{top[1]:.4f}",
                  observed=f"{found:.4f}")


def check_field(report, attempt):
    """How many values of the input one value behind the three blocks of kernels 8, 5 and 3 sees."""
    found = as_number(report, attempt, "The answer is a number.")
    right = 1 + 3 * (7 + 4 + 2)
    for value, rule, message in ((14, "one-block", "That is what one block sees; there are three."),
                                 (right - 1, "itself", "The value in the middle is seen too."),
                                 (48, "kernels-added", "A kernel of k adds k - 1 values to those already seen.")):
        report.require(found != value, rule, message, observed=f"{found:g}")
    report.expect(found == right, "field", "That is not how many it sees.", observed=f"{found:g}",
                  hint="Begin with 1, and add k - 1 for each convolution.")


def check_nearest(report, attempt):
    """nearest_mean(features, labels, queries) → for each row of queries the class whose mean feature is nearest."""
    accepts(report, attempt, "features", "labels", "queries")
    random = onp.random.default_rng(8)
    classes = onp.array([1, 2, 4, 7])  # not all there are
    labels = onp.repeat(classes, (40, 25, 10, 5))
    features = random.normal(0, 1, (80, 6)) * onp.linspace(0.5, 2, 6) + 3 * random.normal(size=(8, 6))[labels]
    queries = random.normal(0, 4, (60, 6))
    found = report.call("nearest_mean(features, labels, queries)", attempt, features, labels, queries)
    report.require(found is not None, "no-return", "The function returns nothing.")
    found = onp.asarray(found.asnumpy() if hasattr(found, "asnumpy") else found)
    report.require(found.shape == (60,), "output-shape", "There should be one class for each row of queries.",
                   expected=(60,), observed=found.shape)
    report.require(found.dtype.kind in "biuf", "classes", "Classes are numbers.", observed=found.dtype)
    means = onp.stack([features[labels == label].mean(axis=0) for label in classes])
    distances = ((queries[:, None] - means) ** 2).sum(axis=2)
    one_by_one = labels[((queries[:, None] - features) ** 2).sum(axis=2).argmin(axis=1)]
    for values, rule, message in (
            (distances.argmin(axis=1), "positions", "These are places in the list of means, not classes: the classes "
                                                    "here are 1, 2, 4 and 7."),
            (classes[distances.argmax(axis=1)], "farthest", "These are the classes that are farthest."),
            (classes[(queries @ means.T).argmax(axis=1)], "not-distance", "The largest product is not the smallest "
                                                                      "distance."),
            (one_by_one, "nearest-neighbour", "That is the class of the nearest image, not of the nearest mean.")):
        report.require(not onp.array_equal(found, values), rule, message)
    wrong = int((found != classes[distances.argmin(axis=1)]).sum())
    report.expect(not wrong, "classes", "Not every row has the class whose mean is nearest.",
                  observed=f"{wrong} of 60 differ")
