"""The student's net against the package's, with the student's own parameters in both."""
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from resnet_gluon.exercises.judge.traces import Op
from resnet_gluon.exercises.judge.values import assign

import numpy as onp

LARGEST_EPSILON = 0.01
Values = Mapping[Any, onp.ndarray]  # by a parameter's name; None, which no parameter is called, has none
Pair = Tuple[Sequence[Any], Sequence[Op]]


def close(a: onp.ndarray, b: onp.ndarray, tolerance: float = 0.01) -> bool:
    """Whether two arrays are equal within 1 % of the largest value: rounding passes, other computations do not."""
    return a.shape == b.shape and bool(onp.abs(a - b).max() <= tolerance * max(onp.abs(b).max(), 1e-6))


def copy_all(pairs: Iterable[Pair], values: Values) -> bool:
    """Copy the student's parameters into our layers.

    pairs: layers of ours, and as many operators of the student's. values: of the student's parameters. Returns False
    where the two do not correspond.
    """
    for layers, operators in pairs:
        if len(layers) != len(operators):
            return False
        if not all(give(layer, op, values) for layer, op in zip(layers, operators)):
            return False
    return True


def give(layer: Any, op: Op, values: Values) -> bool:
    """Copy the parameters of the student's operator into our layer. Returns False where shapes differ, or some lack."""
    if not known(op):
        return False
    found = norm_values(op, values) if op.kind == "bn" else weight_and_bias(op, values)
    for name, value in found.items():
        parameter = getattr(layer, name)
        value = onp.zeros(parameter.shape) if value is None else value
        if without_ones(parameter.shape) != without_ones(value.shape):
            return False
        assign(parameter, value.reshape(parameter.shape))
    if op.kind == "bn":  # a difference as small as ε decides on which side of 0 a ReLU's input is
        layer._kwargs["eps"] = min(float(op.attributes.get("eps", 1e-3)), LARGEST_EPSILON)
    return True


def known(op: Op) -> bool:
    """Whether an operator works with parameters of the net: a weight; all four of a BatchNorm's."""
    needed = op.parameters if op.kind == "bn" else op.parameters[:1]
    return bool(needed) and None not in needed


def weight_and_bias(op: Op, values: Values) -> Dict[str, Optional[onp.ndarray]]:
    """The values of a convolution's or a dense layer's parameters."""
    weight, bias = (op.parameters + [None, None])[:2]
    return {"weight": values.get(weight), "bias": values.get(bias)}


def norm_values(op: Op, values: Values) -> Dict[str, Optional[onp.ndarray]]:
    """The values of γ, β and the statistics of a BatchNorm operator."""
    names = "gamma", "beta", "running_mean", "running_var"
    found = {name: values.get(parameter) for name, parameter in zip(names, op.parameters)}
    if op.attributes.get("fix_gamma") != "False" and found["gamma"] is not None:  # MXNet's own default
        found["gamma"] = onp.ones_like(found["gamma"])
    return found


def without_ones(shape: Tuple[int, ...]) -> List[int]:
    """A shape without its ones, so that a series' convolution can be an image's with a kernel of height 1."""
    return [length for length in shape if length != 1]
