"""A student's net, handled with NumPy arrays: called in both modes, given other parameters, traced."""
from resnet_gluon.exercises.judge.traces import of_kind, trace

import mxnet as mx
import numpy as onp
from mxnet import autograd, util


def array(values):
    """An MXNet array in the interface that is switched on."""
    return (mx.np if util.is_np_array() else mx.nd).array(values, dtype="float32")


def assign(parameter, values):
    """Give a parameter new values. In new arrays: MXNet cannot write into those that oneDNN has rearranged."""
    mx.nd.waitall()
    parameter.reset_ctx(mx.cpu())
    parameter.set_data(array(values))


class Subject:
    """A net of unknown making. Raises what its code raises."""

    def __init__(self, net):
        self.net, self.path, self.used, self.positive = net, [], set(), set()
        net.initialize()
        net.hybridize(False)

    def __call__(self, x, training=False):
        """Its output for `x`, without recording."""
        with autograd.train_mode() if training else autograd.predict_mode():
            y = self.net(array(x))
        mx.nd.waitall()  # in predict mode oneDNN rearranges the parameters, at a time of its own choosing
        return y

    def numpy(self, x):
        """Its output in predict mode, as a NumPy array."""
        return self(x).asnumpy()

    def gradient(self, x, head):
        """Its output in training, and the gradient of sum(head · output) with respect to the input."""
        x = array(x)
        x.attach_grad()
        with autograd.record():
            y = self.net(x)
        y.backward(array(head))
        return y.asnumpy(), x.grad.asnumpy()

    @property
    def parameters(self):
        return dict(self.net.collect_params().items())  # a ParameterDict's `get` would make what it does not find

    def trace(self, x, training=False):
        """What the net does with `x`, as a path; see traces.py. Notes it, and which parameters it used."""
        marker, x = array([0.0]), array(x)
        marker.attach_grad()
        known = [p for p in self.parameters.values() if p._data is not None]
        for parameter in known:  # running statistics too, which have no gradient, in order to know them by their place
            gradient = parameter.data().copy() if parameter.grad_req == "null" else parameter.grad()
            autograd.mark_variables([parameter.data()], [gradient], parameter.grad_req)
        x.attach_grad()
        with autograd.record(train_mode=training):
            first, y = marker + 1, self.net(x)
        number = int(autograd.get_symbol(first).list_arguments()[0][len("var"):])
        self.path, self.used = trace(y, x, {number + 1 + i: leaf for i, leaf in enumerate([*known, x])})
        norms = of_kind(self.path, "bn")
        self.positive = {parameter for op in norms for parameter in op.parameters[::3]}  # γ and the variance
        return self.path

    def randomise(self, seed):
        """Give all parameters values with which no two computations look alike. Variances are positive."""
        random = onp.random.default_rng(seed)
        for parameter in self.parameters.values():
            if parameter._data is None:
                continue
            if len(parameter.shape) > 1:
                values = random.standard_normal(parameter.shape, "float32") / onp.prod(parameter.shape[1:]) ** 0.5
            elif parameter in self.positive:
                values = random.uniform(0.5, 1.5, parameter.shape)
            else:
                values = random.normal(0, 0.3, parameter.shape)
            assign(parameter, values)
