"""Nets for pages: with parameters, and statistics as after some training."""
from resnet_gluon import seed_everything

import numpy as np
from mxnet import np as mxnp


def lively(net, shape):
    """The net with parameters and batch statistics that are all unlike 0 and 1."""
    seed_everything(1)
    net.initialize()
    net(mxnp.zeros((1, *shape)))
    draw = np.random.default_rng(1)
    for name, parameter in net._collect_params_with_prefix().items():
        if name.endswith(("gamma", "running_var")):
            parameter.set_data(mxnp.array(draw.uniform(0.5, 1.5, parameter.shape)))
        elif name.endswith(("beta", "running_mean", "bias")):
            parameter.set_data(mxnp.array(draw.normal(0, 0.3, parameter.shape)))
        else:
            fan = int(np.prod(parameter.shape[1:]))
            parameter.set_data(mxnp.array(draw.normal(0, (2 / fan) ** 0.5, parameter.shape)))
    return net
