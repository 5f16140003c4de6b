"""The student's parameters in our layers."""
from resnet_gluon.exercises.judge import Anatomy, Subject, close, random_input
from resnet_gluon.exercises.judge.comparing import copy_all
from resnet_gluon.nets import Plain, Residual

import numpy as onp
from mxnet import np
from mxnet.gluon import nn

X = random_input((2, 4, 6, 5))


def layers(block):
    return [conv for conv, _ in block.units] + [norm for _, norm in block.units]


def traced(block):
    subject = Subject(block)
    subject.numpy(X)
    return subject, Anatomy.of(subject.trace(X))


def test_close_is_one_per_cent_of_the_largest():
    a = onp.array([100.0, 1.0])
    assert close(a, a + 0.9) and not close(a, a + 1.1) and not close(a, a[:1])


def test_with_the_same_parameters_two_blocks_compute_the_same():
    (theirs, body), ours = traced(Residual(4, form="d2l")), Residual(4, form="d2l")
    theirs.randomise(0)
    ours.initialize()
    ours(np.array(X))
    assert copy_all([(layers(ours), body.layers)], theirs.values())
    assert close(Subject(ours).numpy(X), theirs.numpy(X), 1e-4)


def test_layers_of_other_shapes_or_numbers_do_not_correspond():
    (theirs, body), wide = traced(Plain(4)), Plain(5)
    wide.initialize()
    wide(np.array(X))
    assert not copy_all([(layers(wide), body.layers)], theirs.values())
    assert not copy_all([(layers(wide)[:1], body.layers)], theirs.values())


def test_a_series_convolution_is_an_images_of_height_one():
    series, image = Subject(nn.Conv1D(3, 3, in_channels=4)), nn.Conv2D(3, (1, 3), in_channels=4)
    image.initialize()
    x = random_input((2, 4, 7))
    assert copy_all([([image], series.trace(x))], series.values())
    assert close(image(np.array(x[:, :, None])).asnumpy()[:, :, 0], series.numpy(x))


def test_a_gamma_that_is_fixed_is_one():
    norm, ours = nn.BatchNorm(scale=False, in_channels=4), nn.BatchNorm(in_channels=4, epsilon=0.5)
    subject = Subject(norm)
    path = subject.trace(X)
    subject.randomise(3)
    ours.initialize()
    assert copy_all([([ours], path)], subject.values()) and (ours.gamma.data() == 1).all()
    assert ours._kwargs["eps"] == 1e-5 and close(Subject(ours).numpy(X), subject.numpy(X))
