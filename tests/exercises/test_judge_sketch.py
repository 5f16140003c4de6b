"""A net in plain words, and the numbers that checks draw."""
from resnet_gluon.exercises.judge import Subject, random_input, seeded
from resnet_gluon.exercises.judge.chance import secretly
from resnet_gluon.exercises.judge.sketch import built, sketch

import numpy as onp
import pytest
from mxnet.gluon import nn


def make():
    net, inner, first = nn.HybridSequential(), nn.HybridSequential(), nn.Dense(3, in_units=3, activation="relu")
    inner.add(nn.Conv2D(4, (3, 1), strides=2, padding=(1, 0), groups=2, in_channels=2), nn.BatchNorm(in_channels=4))
    net.add(inner, nn.MaxPool2D(2, 1), nn.Activation("tanh"), nn.Conv2D(3, 1, in_channels=4, use_bias=False),
            nn.GlobalAvgPool2D(), nn.Flatten(), first, nn.Dense(3, in_units=3, params=first.params), nn.Dropout(0.5))
    net[3].weight.grad_req, net[6].bias.lr_mult = "null", 0.1
    return net


def test_the_net_that_is_built_computes_the_same():
    one, x = Subject(make()), random_input((2, 2, 9, 8))
    one.randomise(0)
    other = Subject(built(sketch(one._net)), initialize=False)
    other.assign(dict(zip(other.parameters, one.values().values())))
    assert onp.allclose(one.numpy(x), other.numpy(x), atol=1e-6) and one.numpy(x).any()
    facts = [list(subject.parameters.values()) for subject in (one, other)]
    assert facts[0] == facts[1] and len(facts[0]) == 9  # the shared layer's count once


def test_a_layer_that_cannot_be_described_is_named():
    net = nn.HybridSequential()
    net.add(nn.Embedding(2, 3))
    with pytest.raises(ValueError, match="Embedding"):
        sketch(net)


def test_what_is_drawn_is_the_same_but_for_a_secret():
    drawn = [seeded(1).random(), seeded(1).random(), seeded(2).random()]
    with secretly(5):
        drawn += [seeded(1).random(), seeded(1).random()]
    with secretly(6):
        drawn += [seeded(1).random()]
    assert drawn[0] == drawn[1] and drawn[3] == drawn[4] and len(set(drawn)) == 4
    assert seeded(1).random() == drawn[0]
