"""The plain values that a student's net answers with, and MXNet's that they stand for."""
import contextlib
from typing import Any, Dict, Iterator, NamedTuple, Tuple

from resnet_gluon.exercises.judge.errors import NotAnArray

import mxnet as mx
import numpy as onp
from mxnet import util


class Parameter(NamedTuple):
    """What is known of a parameter besides its values. grad_req, lr_mult: how it learns, as Gluon has it."""
    shape: Tuple[int, ...]
    grad_req: str
    lr_mult: float

    @property
    def learns(self) -> bool:
        return self.grad_req != "null" and self.lr_mult > 0


class Layer(NamedTuple):
    """A convolution layer. weight: the parameter's name; given: the shape of what it was called with."""
    attributes: Dict[str, str]
    weight: str
    given: Tuple[int, ...] = ()


class Elsewhere:
    """A function in another process, to which a net can be lent. See exercises/apart."""

    def borrow(self, subject: Any, arguments: Tuple[Any, ...], rework: bool = False) -> Any:
        """Call it there with such a net, whose parameters are then given the values that they have there.

        rework: a net that it returns becomes a Subject.
        """
        raise NotImplementedError


@contextlib.contextmanager
def interface(numpy: bool) -> Iterator[None]:
    """Within it, MXNet's NumPy interface is switched on, or the legacy one."""
    switches = (util.np_shape, util.np_array) if numpy else (util.np_array, util.np_shape)  # MXNet minds the order
    with switches[0](numpy), switches[1](numpy):
        yield


def array(values: Any) -> Any:
    """Return an MXNet array in the interface that is switched on."""
    return (mx.np if util.is_np_array() else mx.nd).array(values, dtype="float32")


def plain(value: Any) -> onp.ndarray:
    """Return an array of MXNet as NumPy's. Raises NotAnArray for anything else."""
    if not hasattr(value, "asnumpy"):
        raise NotAnArray(value)
    return value.asnumpy()


def describe(layer: Any) -> Layer:
    """Return a convolution layer's attributes as an operator has them, and its weight's name."""
    return Layer({name: str(value) for name, value in layer._kwargs.items()}, layer.weight.name)


def assign(parameter: Any, values: Any) -> None:
    """Give a parameter new values. In new arrays: MXNet cannot write into those that oneDNN has rearranged."""
    mx.nd.waitall()
    parameter.reset_ctx(mx.cpu())
    parameter.set_data(array(values))
