"""The student's side: it answers in plain values, so that it can be in another process."""
from resnet_gluon.exercises.judge import Function, NotAnArray, Subject, random_input
from resnet_gluon.nets import Plain, Residual

import numpy as onp
import pytest
from mxnet import np, npx
from mxnet.gluon import nn

X = random_input((2, 4, 6, 5))


def test_what_it_answers_are_numpy_arrays_and_names():
    subject = Subject(Residual(4))
    y, gradient = subject.gradient(X)
    assert all(type(array) is onp.ndarray for array in (subject.numpy(X), y, gradient, *subject.values().values()))
    names = [name[name.index("conv0"):] for name in subject.parameters if "conv0" in name]
    assert names == ["conv0_weight"] and set(subject.values()) == set(subject.parameters)
    assert all("running" not in name for name in subject.values(learned=True))
    record = subject.record(X)
    assert isinstance(record.symbol, str) and set(record.leaves.values()) == set(subject.parameters)


def test_the_gradient_is_that_of_the_sum_with_a_head():
    subject = Subject(Function(lambda x: 3 * x))
    assert onp.allclose(subject.gradient(X)[1], 3) and onp.allclose(subject.gradient(X, 2 * onp.ones(X.shape))[1], 6)


def test_modes_differ_where_batch_normalisation_does():
    subject = Subject(Plain(4))
    assert not onp.allclose(subject.numpy(X), subject.numpy(X, training=True), atol=1e-3)


def test_new_values_are_as_asked_for_and_variances_positive():
    subject = Subject(Plain(4))
    subject.numpy(X)  # which makes its parameters
    subject.trace(X)
    subject.randomise(0)
    values = subject.values()
    assert all((values[name] > 0).all() for name in values if name.endswith(("gamma", "running_var")))
    assert any((values[name] < 0).any() for name in values if name.endswith("beta"))
    weight = next(name for name in values if name.endswith("weight"))
    subject.assign({weight: onp.zeros(values[weight].shape)})
    assert not subject.values()[weight].any()


def test_the_layers_that_ran_are_known_though_the_net_raises():
    class Raises(nn.Block):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2D(3, 3), nn.Conv2D(5, 1)

        def forward(self, x):
            return x + self.conv1(x)

    subject = Subject(Raises())
    with pytest.raises(Exception, match="shape"):
        subject.watched(X)
    layer, = subject.called
    assert layer.given == X.shape and layer.attributes["num_filter"] == "3"
    assert [layer.attributes["num_filter"] for layer in subject.convolutions] == ["3", "5"]


def test_what_is_no_array_is_refused():
    with pytest.raises(NotAnArray, match="tuple"):
        Subject(Function(lambda x: (x, x))).numpy(X)


def test_two_nets_that_share_a_parameter_know_it():
    one, another = nn.Dense(2, in_units=2), Subject(nn.Dense(2, in_units=2))
    sharing = Subject(nn.Dense(2, in_units=2, params=one.params))
    subject = Subject(one, initialize=False)
    assert subject.identities & sharing.identities and not subject.identities & another.identities


def test_what_can_be_compiled_is_known():
    class Mine(nn.HybridBlock):
        def forward(self, x):
            return x

    nets = (Function(npx.relu), False, False), (nn.Dense(1), True, False), (Mine(), True, True)
    for net, hybrid, overrides in nets:
        subject = Subject(net)
        assert (subject.hybrid, subject.overrides_forward) == (hybrid, overrides)


def test_a_net_that_is_worked_on_stays_on_its_side():
    subject = Subject(nn.Dense(2, in_units=3))
    assert subject.lend(lambda net, units: net._units + units, 1) == 3
    assert isinstance(subject.rework(lambda net: nn.Dense(4)), Subject)
    assert subject.rework(lambda net: 4) == 4


def test_it_works_in_the_interface_that_is_switched_on():
    assert onp.allclose(Subject(Function(npx.relu)).numpy(X), onp.maximum(X, 0))
    assert onp.allclose(Subject(Function(lambda x: np.concatenate([x, x]))).numpy(X)[:2], X)
