"""The student's net against the package's, with the student's own parameters in both."""
from resnet_gluon.exercises.judge.subject import Subject, assign
from resnet_gluon.exercises.judge.traces import of_kind

import mxnet as mx
import numpy as onp
from mxnet import util

LARGEST_EPSILON = 0.01


def differences(subject, x, make, pair):
    """Where the student's net and ours differ, with the same parameters: in which mode, output or gradient.

    make: builds ours. pair: what belongs together in the two, as pairs of a block and an Anatomy.
    """
    if of_kind(subject.path, "stop"):
        return ["gradient in training"]  # it is not tried: where no gradient is left at all, MXNet ends the process
    subject.randomise(2)
    with util.np_shape(True), util.np_array(True):
        ours = make()
        if ours is None:
            return ["layers"]
        ours.initialize(mx.init.Zero())  # the quickest; the student's parameters follow
        head = onp.random.default_rng(1).standard_normal(ours(mx.np.zeros(x.shape)).shape, "float32")
        if not all(copy_layers(*both) for both in pair(ours)):
            return ["layers"]
        ours = Subject(ours)
    theirs = subject.numpy(x), *subject.gradient(x, head)
    with util.np_shape(True), util.np_array(True):
        expected = ours.numpy(x), *ours.gradient(x, head)
    names = "output in prediction", "output in training", "gradient in training"
    return [name for name, a, b in zip(names, theirs, expected) if not close(a, b)]


def close(a, b, tolerance=0.01):
    """Equal within 1 % of the largest value: rounding passes, other computations do not."""
    return a.shape == b.shape and onp.abs(a - b).max() <= tolerance * max(onp.abs(b).max(), 1e-6)


def copy_layers(ours, body):
    """Copy the student's parameters, at the places that `body` tells of, into our block. False where shapes differ."""
    return copy_all(layers_of(ours), body.layers)


def layers_of(block):
    """As `Anatomy.layers`."""
    branch = [conv for conv, _ in block.units] + [norm for _, norm in block.units]
    return branch + (list(block.projection) if block.projection is not None else [])


def copy_all(layers, operators):
    return len(layers) == len(operators) and all(give(*both) for both in zip(layers, operators))


def give(layer, op):
    """Copy the parameters of the student's operator `op` into our layer. False where the shapes differ."""
    values = norm_values(op) if op.kind == "bn" else weight_and_bias(op)
    for name, value in values.items():
        parameter = getattr(layer, name)
        value = onp.zeros(parameter.shape) if value is None else value
        if without_ones(parameter.shape) != without_ones(value.shape):
            return False
        assign(parameter, value.reshape(parameter.shape))
    if op.kind == "bn":  # a difference as small as ε decides on which side of 0 a ReLU's input is
        layer._kwargs["eps"] = min(float(op.attributes.get("eps", 1e-3)), LARGEST_EPSILON)
    return True


def without_ones(shape):
    """So that a series' convolution can be an image's with a kernel of height 1."""
    return [length for length in shape if length != 1]


def weight_and_bias(op):
    weight, bias = (op.parameters + [None])[:2]
    return {"weight": weight and weight.data().asnumpy(), "bias": bias and bias.data().asnumpy()}


def norm_values(op):
    """γ, β and the statistics of a BatchNorm operator."""
    names = "gamma", "beta", "running_mean", "running_var"
    values = {name: parameter and parameter.data().asnumpy() for name, parameter in zip(names, op.parameters)}
    if op.attributes.get("fix_gamma") != "False" and values["gamma"] is not None:  # MXNet's own default
        values["gamma"] = onp.ones_like(values["gamma"])
    return values
