"""New classes for a trained net: a new head, and the classes' mean features."""
from resnet_gluon.exercises.checks.networks import examine_head
from resnet_gluon.exercises.judge import (
    Attempt,
    Exercise,
    Mistake,
    Stop,
    Subject,
    accepts,
    close,
    of_kind,
    random_input,
    seeded,
)

import numpy as onp
from mxnet.gluon import nn

IMAGES, FEATURES, OLD, NEW = 4, 4, 5, 7  # how many of each: images, features, classes before and after


def trained_net(x):
    """A small net as it is after training: what was compiled knows the old head."""
    net = nn.HybridSequential()
    net.add(nn.Conv2D(FEATURES, 3, padding=1, in_channels=2), nn.BatchNorm(in_channels=FEATURES),
            nn.Activation("relu"), nn.GlobalAvgPool2D(), nn.Dense(OLD, in_units=FEATURES))
    subject = Subject(net)
    subject.randomise(6)
    subject.compiled(x)
    return subject


def check_fine_tune(report, attempt):
    """Check fine_tune(net, num_classes) → the net with a new last layer."""
    accepts(report, attempt, "net", "num_classes")
    x = random_input((IMAGES, 2, 6, 6))
    subject = trained_net(x)
    backbone = list(subject.values().values())[:-2]
    features = Subject(subject._net[:-1], initialize=False).numpy(x).reshape(IMAGES, FEATURES)
    new = report.call(f"fine_tune(net, {NEW})", subject.rework, attempt, NEW, gives="the net")
    report.require(isinstance(new, Subject), "not-a-block", "The function should return a net.",
                   observed=type(new).__name__)
    examine_output(report, new, x)
    head = examine_layers(report, new, x)
    found = list(new.values().values())
    lost = [a for a in backbone if not any(a.shape == b.shape and onp.allclose(a, b, atol=1e-6) for b in found)]
    report.expect(not lost, "backbone-lost", "What the net has learned is gone: parameters before the head have other "
                  "values.", observed=f"{len(lost)} of {len(backbone)} arrays have changed",
                  hint="Initialise the new head only.")
    examine_function(report, new, x, features, head)


def examine_function(report, net, x, features, head):
    """Whether the new net computes what its head, a dense layer, gives for the features that the old net computes."""
    values = net.values()
    weight, bias = (values.get(name) for name in [*head.parameters, None][:2])
    report.require(weight is not None and weight.shape == (NEW, FEATURES), "function", "The new head is not a dense "
                   "layer of the net.")
    expected = features @ weight.T + (0 if bias is None else bias)
    report.expect(report.faults or close(net.numpy(x), expected), "function", "The new net computes something else "
                  "than its head makes of the old net's features.", expected="new_head(net[:-1](x))",
                  hint="All old layers but the last go into the new net, once each, in their order, and nothing "
                  "between them and the head; the images go in as they are.")


def examine_output(report, net, x):
    """Whether the new net gives what the new head computes."""
    try:
        shape = net.numpy(x).shape
    except Exception as error:
        said = str(error)
        report.require("Shape inconsistent" not in said, "features-size", "A layer is given something else than it was "
                       f"made for. The new head sees the {FEATURES} features that the old one saw, not the images.",
                       hint="Leave in_units out: it is found with the first array.", expected=f"{NEW} outputs")
        report.require("dshp.ndim()" not in said, "layers-order", "The layers come in another order than in the old "
                       "net: the new head goes to the end.", expected="new_head(net[:-1](x))")
        report.require("not been initialized" not in said, "head-uninitialised", "The new head has no values "
                       "yet.", hint="new_head.initialize()")
        report.raised("The new net", error)
    net.uncompile()
    fresh, wanted = report.call("The new net", net.numpy, x), (IMAGES, NEW)
    report.require(shape == wanted or fresh.shape != wanted, "stale-graph", "The net still computes the old head's "
                   "outputs: it was compiled before.", expected=wanted, observed=shape,
                   hint="net.hybridize(False), or compile it anew.")
    report.require(shape == wanted, "classes", f"The new net should give {NEW} numbers for each image.",
                   expected=wanted, observed=shape)


def examine_layers(report, net, x):
    """Return the new head's operator, if it is one dense layer, on the features, able to learn, with nothing behind."""
    shapes = [parameter.shape for parameter in net.parameters.values()]
    report.require(shapes, "unregistered-layer", "Gluon does not know of the net's layers: nothing of it would be "
                   "trained or saved.", hint="Gluon does not look into Python lists: use a HybridSequential.")
    report.require((NEW, OLD) not in shapes, "old-head", "The new head stands on the old one: it sees five logits "
                   "instead of the features.", hint="Replace the last layer.")
    path = report.call("The new net", net.trace, x)
    examine_head(report, path, path)
    if report.found("head"):
        raise Stop
    report.require((NEW, FEATURES) in shapes, "layers-left-out", f"The new head does not see the {FEATURES} features "
                   "that the old one saw: this is another network, or one without more than its last layer.",
                   hint="net[:-1] leaves out the last layer alone.")
    learning = [parameter.shape for parameter in net.parameters.values() if parameter.learns]
    report.require((NEW, FEATURES) in learning, "head-frozen", "The new head cannot learn.",
                   hint="Freeze the backbone before you add the head, or free the head afterwards.")
    return of_kind(path, "dense")[-1]


def check_nearest(report, attempt):
    """Check nearest_mean(features, labels, queries) → for each row of queries the class whose mean is nearest."""
    accepts(report, attempt, "features", "labels", "queries")
    examine_nearest(report, attempt, 8, 60)
    if not report.faults:
        with report.at("With other data, after the first call"):
            examine_nearest(report, attempt, 10, 40)


def examine_nearest(report, attempt, seed, rows):
    """One call."""
    random = seeded(seed)
    classes = onp.array([1, 2, 4, 7])  # not all there are
    labels = random.permutation(onp.repeat(classes, (40, 25, 10, 5)))
    spread = onp.linspace(0.5, 2, 6) * onp.array([0, 0.3, 4, 0, 1, 0, 0, 2])[labels, None]  # of each class another
    features = random.normal(0, 1, (80, 6)) * spread + 3 * random.normal(size=(8, 6))[labels] + 1
    queries = random.normal(1, 4, (rows, 6))
    found = report.call("nearest_mean(features, labels, queries)", Attempt.of(attempt), features, labels, queries,
                        gives="one class for each row of queries, (queries,): argmin along the classes' axis")
    found = onp.asarray(found.asnumpy() if hasattr(found, "asnumpy") else found)
    report.require(found.shape == (rows,), "output-shape", "There should be one class for each row of queries.",
                   expected=(rows,), observed=found.shape)
    report.require(found.dtype.kind in "biuf", "classes", "Classes are numbers.", observed=found.dtype)
    means = onp.stack([features[labels == label].mean(axis=0) for label in classes])
    right = classes[distances(queries, means).argmin(axis=1)]
    mistakes = [*wrong_distances(features, labels, queries, means), *wrong_means(features, labels, queries, classes)]
    report.answer(found, right, [mistake._replace(value=classes[mistake.value] if mistake.rule != "positions"
                                                  else mistake.value) for mistake in mistakes],
                  ("classes", "Not every row has the class whose mean is nearest."), same=onp.array_equal,
                  observed=f"{int((found != right).sum())} of {rows} differ", hint="The mean of each class's features, "
                  "the sum of the squared differences over all features, and the class for which it is smallest.")


def distances(queries, means):
    """The squares of all distances, (queries, means)."""
    return ((queries[:, None] - means) ** 2).sum(axis=2)


def wrong_means(features, labels, queries, classes):
    """What usual mistakes with the means lead to, as places among the classes."""
    groups = [features[labels == label] for label in classes]
    means = onp.stack([group.mean(axis=0) for group in groups])
    order = [list(classes).index(label) for label in dict.fromkeys(labels.tolist())]
    length = onp.linalg.norm(features, axis=1, keepdims=True)
    unit = onp.stack([(features / length)[labels == label].mean(axis=0) for label in classes])
    spread = queries.std(axis=0)
    scaled = "Features or queries are scaled or shifted before they are compared. Take them as they are."
    found = [
        ("sums", "The sums of the classes' features are taken for their means: divide by the number of rows.",
         [group.sum(axis=0) for group in groups]),
        ("mean-axis", "The mean runs along the wrong axis, or both: a class's mean has one number for each feature: "
                      "axis=0.", [onp.full(6, group.mean()) for group in groups]),
        ("not-mean", "The largest values are taken, not the mean.", [group.max(axis=0) for group in groups]),
        ("not-mean", "The median is taken, not the mean.", [onp.median(group, axis=0) for group in groups]),
        ("not-mean", "One image stands for the class, not the mean of all.", [group[0] for group in groups]),
        ("class-order", "The means are in the order in which the classes appear in `labels`, but the answer is read "
                        "off in another order.", means[order]), ("scaled", scaled, unit),
        ("scaled", scaled, means - means.mean(axis=0)),
    ]
    answers = [Mistake(distances(queries, onp.stack(means)).argmin(axis=1), rule, message)
               for rule, message, means in found]
    return [*answers, *(Mistake(distances(changed, means).argmin(axis=1), "scaled", scaled) for changed in (
        (queries - queries.mean(axis=0)) / spread, queries - features.mean(axis=0)))]


def wrong_distances(features, labels, queries, means):
    """What usual mistakes with the distances lead to, as places among the classes."""
    gaps, classes = queries[:, None] - means, onp.unique(labels)
    images = onp.sqrt(distances(queries, features))
    places, squares = onp.searchsorted(classes, labels), distances(queries, means)
    by_class = onp.stack([images[:, labels == label].mean(axis=1) for label in classes], axis=1)
    common = onp.bincount(places).argmax()
    other = "Another distance is taken: the sum of the squared differences is asked for."
    product = "The largest product, or cosine, is not the smallest distance."
    unsquared = "The differences are added up without being squared, so that they cancel each other."
    return [
        Mistake(squares.argmin(axis=1), "positions", "These are places in the list of means, not classes: the classes "
                                                     "here are 1, 2, 4 and 7."),
        Mistake(squares.argmax(axis=1), "farthest", "These are the classes that are farthest."),
        Mistake((queries @ means.T).argmax(axis=1), "not-distance", product),
        Mistake((queries @ means.T / onp.linalg.norm(means, axis=1)).argmax(axis=1), "not-distance", product),
        Mistake(places[images.argmin(axis=1)], "nearest-neighbour", "That is the class of the nearest image, not of "
                                                                    "the nearest mean."),
        Mistake(gaps.sum(axis=2).argmin(axis=1), "not-squared", unsquared),
        Mistake(abs(gaps.sum(axis=2)).argmin(axis=1), "not-squared", "One number for each class is compared: the mean "
                "runs along both axes, not axis=0 alone, or the differences are added up before they are squared."),
        Mistake((gaps ** 3).sum(axis=2).argmin(axis=1), "not-squared", "The differences are cubed, not squared."),
        Mistake(abs(gaps).sum(axis=2).argmin(axis=1), "other-distance", other),
        Mistake(abs(gaps).max(axis=2).argmin(axis=1), "other-distance", other),
        *(Mistake(abs(gaps[:, :, place]).argmin(axis=1), "one-feature", "One feature alone decides: add up the squares "
                  "of all.") for place in (0, gaps.shape[2] - 1)),
        Mistake(by_class.argmin(axis=1), "mean-distance", "The mean distance to the class's images is taken, not the "
                                                          "distance to their mean."),
        Mistake(onp.full(len(queries), common), "one-class", "Every row gets the same class, the commonest one: the "
                                                             "queries are not looked at."),
    ]


FINE_TUNE_HEAD = Exercise(
    "fine-tune-head", 9, "medium",
    "a function fine_tune(net, num_classes) → the net, a HybridSequential, with a new dense layer at its end",
    check_fine_tune, (
        "What of the net stays, and what does not?",
        "net[:-1] is everything before the head.",
        "Initialise the new layer alone, and mind that a compiled net remembers its old head."))
NEAREST_MEAN = Exercise(
    "nearest-mean", 9, "easy",
    "a function nearest_mean(features, labels, queries) → the class of each row of queries; NumPy arrays",
    check_nearest, (
        "First the mean feature of each class, an array of shape (classes, features).",
        "queries[:, None] - means has all differences. Which class has the smallest sum of squares?"))
