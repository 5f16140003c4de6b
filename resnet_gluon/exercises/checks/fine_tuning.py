"""New classes for a trained net: a new head, and the classes' mean features."""
from resnet_gluon.exercises.checks.networks import examine_head
from resnet_gluon.exercises.judge import Exercise, Mistake, Stop, Subject, accepts, random_input, seeded

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
    new = report.call(f"fine_tune(net, {NEW})", subject.rework, attempt, NEW, gives="the net")
    report.require(isinstance(new, Subject), "not-a-block", "The function should return a net.",
                   observed=type(new).__name__)
    examine_output(report, new, x)
    examine_layers(report, new, x)
    found = list(new.values().values())
    lost = [a for a in backbone if not any(a.shape == b.shape and onp.allclose(a, b, atol=1e-6) for b in found)]
    report.expect(not lost, "backbone-lost", "What the net has learned is gone: parameters before the head have other "
                  "values.", observed=f"{len(lost)} of {len(backbone)} arrays have changed",
                  hint="Initialise the new head only.")


def examine_output(report, net, x):
    """Whether the new net gives what the new head computes."""
    try:
        shape = net.numpy(x).shape
    except Exception as error:
        report.require("not been initialized" not in str(error), "head-uninitialised", "The new head has no values "
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
    """Whether the new head is one dense layer, on the features, able to learn, with nothing behind it."""
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


def check_nearest(report, attempt):
    """Check nearest_mean(features, labels, queries) → for each row of queries the class whose mean is nearest."""
    accepts(report, attempt, "features", "labels", "queries")
    random = seeded(8)
    classes = onp.array([1, 2, 4, 7])  # not all there are
    labels = onp.repeat(classes, (40, 25, 10, 5))
    features = random.normal(0, 1, (80, 6)) * onp.linspace(0.5, 2, 6) + 3 * random.normal(size=(8, 6))[labels]
    queries = random.normal(0, 4, (60, 6))
    found = report.call("nearest_mean(features, labels, queries)", attempt, features, labels, queries,
                        gives="one class for each row of queries")
    found = onp.asarray(found.asnumpy() if hasattr(found, "asnumpy") else found)
    report.require(found.shape == (60,), "output-shape", "There should be one class for each row of queries.",
                   expected=(60,), observed=found.shape)
    report.require(found.dtype.kind in "biuf", "classes", "Classes are numbers.", observed=found.dtype)
    means = onp.stack([features[labels == label].mean(axis=0) for label in classes])
    distances = ((queries[:, None] - means) ** 2).sum(axis=2)
    one_by_one = labels[((queries[:, None] - features) ** 2).sum(axis=2).argmin(axis=1)]
    right = classes[distances.argmin(axis=1)]
    report.answer(found, right, [
        Mistake(distances.argmin(axis=1), "positions", "These are places in the list of means, not classes: the "
                                                       "classes here are 1, 2, 4 and 7."),
        Mistake(classes[distances.argmax(axis=1)], "farthest", "These are the classes that are farthest."),
        Mistake(classes[(queries @ means.T).argmax(axis=1)], "not-distance", "The largest product is not the smallest "
                                                                           "distance."),
        Mistake(one_by_one, "nearest-neighbour", "That is the class of the nearest image, not of the nearest mean."),
    ], ("classes", "Not every row has the class whose mean is nearest."), same=onp.array_equal,
        observed=f"{int((found != right).sum())} of 60 differ")


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
