"""Runs of `fit` that take a second."""
from dataclasses import fields

from resnet_gluon import Training, fit, resnet

import mxnet as mx

TINY = ((8, 1), (16, 1))
SETTINGS = {field.name for field in fields(Training)}


def train(data, net=None, **options):
    """A net, `resnet(TINY)` unless another is given, and its history. **options: of `Training` and of `fit`."""
    net = net or resnet(TINY)
    how = Training(**{"epochs": 2, "batch_size": 64,
                      **{name: value for name, value in options.items() if name in SETTINGS}})
    others = {name: value for name, value in options.items() if name not in SETTINGS}
    return net, fit(net, data, how, **{"progress": False, **others})


def parameters(net):
    """All parameters, on all devices, as NumPy arrays."""
    mx.npx.waitall()
    return [value.asnumpy() for p in net._collect_params_with_prefix().values() for value in p.list_data()]


def same(one, two):
    """Whether two nets have the same parameters, to the last bit."""
    return all((a == b).all() for a, b in zip(parameters(one), parameters(two)))
