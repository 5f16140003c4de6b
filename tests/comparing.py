"""Two implementations of one network, side by side."""
import mxnet as mx
import numpy as onp
from mxnet import autograd, np


def ready(block, shape):
    """`block` with parameters, BatchNorm's statistics and affine parameters among them, that are not 0 or 1."""
    block.initialize(mx.init.Normal(0.3))
    block(np.random.normal(size=shape))
    mx.npx.waitall()
    for name, parameter in block.collect_params().items():
        if "batchnorm" in name:
            low, high = (0.5, 1.5) if "gamma" in name or "var" in name else (-1, 1)
            parameter.set_data(np.random.uniform(low, high, size=parameter.shape))
    return block


def outputs_and_gradients(net, x, training):
    """The output and, in training mode, all gradients by name, of the sum of the squared outputs."""
    with autograd.record(train_mode=training):
        y = net(x)
        loss = (y * y).sum()
    arrays = {"output": y.asnumpy()}
    if training:  # in predict mode MXNet's max-pooling has no gradient
        loss.backward()
        arrays.update({name: p.grad().asnumpy() for name, p in net._collect_params_with_prefix().items()
                       if p.grad_req != "null"})
    return arrays


def assert_equal_but_for_rounding(net, x, training, theirs):
    """Differences are at most five times those of `net` from itself when its weights move by one part in ten million.

    A fixed tolerance would say little: gradients of a deep network change by per cents where a ReLU's input changes
    sign.
    """
    ours = outputs_and_gradients(net, x, training)
    numbers = onp.random.default_rng(0)
    for parameter in net.collect_params().values():
        array = parameter.data().asnumpy()
        parameter.set_data(np.array(array * (1 + 1e-7 * numbers.normal(size=array.shape)), dtype="float32"))
    moved = outputs_and_gradients(net, x, training)
    assert set(theirs) == set(ours)
    for name, array in ours.items():
        rounding = onp.abs(array - moved[name]).max() + 1e-6 * onp.abs(array).max()
        assert onp.abs(array - theirs[name]).max() <= 5 * rounding, name
