"""The student's side of a check: a net of unknown making, which answers in plain values.

All that touches a student's net is here. What goes in and comes out is NumPy arrays, numbers, names, and text, so that
a `Subject` can as well speak for a net in another process.
"""
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from resnet_gluon.exercises.judge.chance import seeded
from resnet_gluon.exercises.judge.errors import their_code
from resnet_gluon.exercises.judge.handmade import recognise
from resnet_gluon.exercises.judge.traces import Path, Record, of_kind, trace, used
from resnet_gluon.exercises.judge.unchanged import unchanged
from resnet_gluon.exercises.judge.values import Elsewhere, Layer, Parameter, array, assign, describe, plain

import mxnet as mx
import numpy as onp
from mxnet import autograd
from mxnet.gluon import Block, HybridBlock, nn


def in_a_row(made: Any) -> Any:
    """Return a list of blocks as one net, as the first edition of d2l has it, and anything else as it is.

    Raises ValueError where a part of a net is None.
    """
    if isinstance(made, (list, tuple)) and all(isinstance(block, Block) for block in made):
        net = nn.Sequential()
        net.add(*made)
        return net
    if isinstance(made, Block) and None in made._children.values():
        raise ValueError("one part of the net is None")
    return made


class Function(Block):
    """A function of arrays as a net. more: its further arguments."""

    def __init__(self, function: Callable[..., Any], *more: Any) -> None:
        super().__init__()
        self.function, self.more = function, more

    def __call__(self, x: Any) -> Any:  # Block's own refuses what is not of the interface that is switched on
        return self.function(x, *self.more)


class Subject:
    """A net, called with NumPy arrays in either mode, given other parameters, traced. Raises what its code raises.

    Attributes
    ----------
    called : list of Layer
        The convolution layers that the last call of `watched` has called, in order.
    used : set of str
        The parameters that the last `trace` has met.
    positive : set of str
        Those of them that have to be positive: each γ and variance. `randomise` minds them.
    """

    def __init__(self, net: Any, initialize: bool = True) -> None:
        self._net = net
        self.called: List[Layer] = []
        self.used: Set[str] = set()
        self.positive: Set[str] = set()
        self.compiled_on: Optional[Tuple[int, ...]] = None
        if initialize:
            self.initialize()

    def initialize(self) -> None:
        """Give its parameters first values, and have it run as it is written."""
        with their_code():
            self._net.initialize()
            recognise(self._net)
            self._net.hybridize(False)

    def numpy(self, x: Any, training: bool = False) -> onp.ndarray:
        """Return its output for `x`, in predict mode or in training, without recording."""
        x = array(x)
        with autograd.train_mode() if training else autograd.predict_mode(), their_code(), unchanged(x):
            y = self._net(x)
        mx.nd.waitall()  # in predict mode oneDNN rearranges the parameters, at a time of its own choosing
        return plain(y)

    def watched(self, x: Any) -> onp.ndarray:
        """Return its output in predict mode, and note in `called` which convolution layers it calls meanwhile."""
        self.called, handles = [], []

        def note(layer: Any, inputs: Any) -> None:
            self.called.append(describe(layer)._replace(given=inputs[0].shape))

        for layer in self._find_convolutions():
            handles.append(layer.register_forward_pre_hook(note))
        try:
            return self.numpy(x)
        finally:
            for handle in handles:
                handle.detach()

    def gradient(self, x: Any, head: Optional[Any] = None) -> Tuple[onp.ndarray, onp.ndarray]:
        """Return its output in training, and the gradient of sum(head · output) at `x`; without `head`, of the sum."""
        x = array(x)
        x.attach_grad()
        with autograd.record(), their_code():
            y = self._net(x)
        y.backward(None if head is None else array(head))
        return plain(y), x.grad.asnumpy()

    def record(self, x: Any, training: bool = False) -> Record:
        """Return what MXNet records while the net is called."""
        marker, x = array([0.0]), array(x)
        marker.attach_grad()
        known = {name: parameter for name, parameter in self._live.items() if parameter._data is not None}
        for parameter in known.values():  # running statistics too, which have no gradient: to know them by their place
            gradient = parameter.data().copy() if parameter.grad_req == "null" else parameter.grad()
            autograd.mark_variables([parameter.data()], [gradient], parameter.grad_req)
        x.attach_grad()
        with autograd.record(train_mode=training), their_code():
            first, y = marker + 1, self._net(x)
        number = int(autograd.get_symbol(first).list_arguments()[0][len("var"):])
        *leaves, given = [f"var{number + 1 + i}" for i in range(len(known) + 1)]
        return Record(autograd.get_symbol(y).tojson(), dict(zip(leaves, known)), given)

    def trace(self, x: Any, training: bool = False) -> Path:
        """Return what a net that was called before does with `x`, as a path; see traces.py."""
        record = self.record(x, training)
        path = trace(record)
        self.used = used(record)
        self.positive = {name for op in of_kind(path, "bn") for name in op.parameters[::3] if name is not None}
        return path

    def compiled(self, x: Any) -> onp.ndarray:
        """Compile the net, and return its output in predict mode."""
        self._net.hybridize()
        self.compiled_on = tuple(x.shape)
        return self.numpy(x)

    def uncompile(self) -> None:
        """Have the net run as it is written."""
        self._net.hybridize(False)
        self.compiled_on = None

    @property
    def hybrid(self) -> bool:
        """Whether it can be compiled."""
        return isinstance(self._net, HybridBlock)

    @property
    def overrides_forward(self) -> bool:
        """Whether it is a HybridBlock that MXNet never compiles, since it has a `forward` of its own."""
        return self.hybrid and type(self._net).forward is not HybridBlock.forward

    @property
    def _live(self) -> Dict[str, Any]:
        """MXNet's parameters by their names. They never leave this class."""
        return dict(self._net.collect_params().items())  # a ParameterDict's `get` would make what it does not find

    @property
    def parameters(self) -> Dict[str, Parameter]:
        """Its parameters by their names, without their values."""
        return {name: Parameter(p.shape, p.grad_req, p.lr_mult) for name, p in self._live.items()}

    @property
    def identities(self) -> Set[int]:
        """A number for each parameter, by which one that two nets share is known."""
        return {id(parameter) for parameter in self._live.values()}

    @property
    def convolutions(self) -> List[Layer]:
        """The convolution layers that Gluon knows of, in its order."""
        return [describe(layer) for layer in self._find_convolutions()]

    def _find_convolutions(self) -> List[Any]:
        """MXNet's convolution layers. They never leave this class."""
        layers: List[Any] = []
        self._net.apply(layers.append)
        return [layer for layer in layers if isinstance(layer, (nn.Conv1D, nn.Conv2D))]

    def values(self, learned: bool = False) -> Dict[str, onp.ndarray]:
        """Return the values of all parameters that have any. learned: without running statistics."""
        mx.nd.waitall()
        return {name: parameter.data().asnumpy() for name, parameter in self._live.items()
                if parameter._data is not None and not (learned and parameter.grad_req == "null")}

    def assign(self, values: Dict[str, Any]) -> None:
        """Give parameters new values."""
        live = self._live
        for name, value in values.items():
            assign(live[name], value)

    def randomise(self, seed: int) -> None:
        """Give all parameters values with which no two computations look alike. Variances are positive."""
        random, new = seeded(seed), {}
        for name, shape in self._shapes().items():
            if len(shape) > 1:
                new[name] = random.standard_normal(shape, "float32") / onp.prod(shape[1:]) ** 0.5
            elif name in self.positive:
                new[name] = random.uniform(0.5, 1.5, shape)
            else:
                new[name] = random.normal(0, 0.3, shape)
        self.assign(new)

    def _shapes(self) -> Dict[str, Tuple[int, ...]]:
        """The shapes of the parameters that have values, by their names."""
        return {name: parameter.shape for name, parameter in self._live.items() if parameter._data is not None}

    def lend(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what `function` gives for the net and these arguments."""
        if isinstance(function, Elsewhere):
            return function.borrow(self, arguments)
        with their_code(), unchanged(*arguments):
            return function(self._net, *arguments)

    def rework(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return the net that `function` makes of this one, as a Subject. Anything else is returned as it is."""
        if isinstance(function, Elsewhere):
            return function.borrow(self, arguments, rework=True)
        with their_code(), unchanged(*arguments):
            made = function(self._net, *arguments)
        return Subject(made, initialize=False) if isinstance(made, Block) else made
