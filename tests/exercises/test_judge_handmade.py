"""Batch normalisation written by hand: Gluon's runs in its place where it does the same, and only there."""
from resnet_gluon.exercises.judge.handmade import recognise

import pytest
import written
from mxnet import np, npx, util
from mxnet.gluon import nn

SOURCE = next(entry.source for bank in written.load() for entry in bank.entries
              if entry.exercise == "plain-block" and entry.name == "batch normalisation by hand")


def net_of(source):
    namespace = dict(written.IMPORTS)
    exec(source, namespace)  # the bank's own text
    net = nn.Sequential()
    net.add(nn.Conv2D(3, 1, in_channels=2), namespace["Norm"](3))
    net.initialize()
    return net


@pytest.mark.parametrize("old, new, recognised", [
    ("", "", True), ("1e-5", "2e-5", True), ("if autograd.is_training():", "if True:", False),
    ("np.sqrt(var + 1e-5)", "(var + 1e-5)", False), ("0.9 * running", "0.5 * running", False)])
def test_only_what_does_the_same_is_recognised(old, new, recognised):
    with util.np_shape(True), util.np_array(True):
        net = net_of(SOURCE.replace(old, new) if old else SOURCE)
        recognise(net)
        assert isinstance(getattr(net[1].forward, "__self__", None), type(net[1])) is not recognised
        names = [name for name in net.collect_params() if "gamma" in name]
        assert len(names) == 1
        x = np.random.normal(size=(4, 2, 5, 5))
        assert net(x).shape == (4, 3, 5, 5) and float(npx.relu(net(x)).min()) >= 0
