"""A net of a check's own in plain words, from which another process builds one like it, to lend it to a student."""
from typing import Any, Callable, Dict, List, NamedTuple

import mxnet as mx
from mxnet.gluon import nn

#: The layers that can be described, and the options that their like is made with.
LAYERS: Dict[str, Callable[[Any], Dict[str, Any]]] = {
    "Dense": lambda layer: {
        "units": layer._units, "in_units": layer.weight.shape[1], "use_bias": layer.bias is not None,
        "flatten": layer._flatten, "activation": layer.act._act_type if layer.act else None},
    "Conv1D": lambda layer: convolution(layer),
    "Conv2D": lambda layer: convolution(layer),
    "BatchNorm": lambda layer: {
        "axis": layer._kwargs["axis"], "epsilon": layer._kwargs["eps"], "momentum": layer._kwargs["momentum"],
        "scale": not layer._kwargs["fix_gamma"], "use_global_stats": layer._kwargs["use_global_stats"],
        "in_channels": layer.gamma.shape[0]},
    "Activation": lambda layer: {"activation": layer._act_type},
    "Dropout": lambda layer: {"rate": layer._rate},
    "Flatten": lambda layer: {},
    "GlobalAvgPool1D": lambda layer: {},
    "GlobalAvgPool2D": lambda layer: {},
    "MaxPool2D": lambda layer: {"pool_size": layer._kwargs["kernel"], "strides": layer._kwargs["stride"],
                                "padding": layer._kwargs["pad"]},
}
ROWS = "HybridSequential", "Sequential"


class Sketch(NamedTuple):
    """A net in plain words.

    parts: [kind, options, parts], one for each layer, rows of layers among them. shared: for each parameter of each
    layer the number of the first that is the same. learning: (grad_req, lr_mult) of each parameter.
    """
    parts: List[Any]
    shared: List[int]
    learning: List[List[Any]]


def convolution(layer: Any) -> Dict[str, Any]:
    """The options of a convolution."""
    known = layer._kwargs
    return {"channels": known["num_filter"], "kernel_size": known["kernel"], "strides": known["stride"],
            "padding": known["pad"], "dilation": known["dilate"], "groups": known["num_group"],
            "in_channels": layer.weight.shape[1] * known["num_group"], "use_bias": not known["no_bias"],
            "activation": layer.act._act_type if layer.act else None}


def sketch(net: Any) -> Sketch:
    """Describe a net of known layers, whose shapes are all known. Raises ValueError for other layers."""
    owned = [parameter for layer in layers_of(net) for parameter in layer._reg_params.values()]
    ids = [id(parameter) for parameter in owned]
    return Sketch([part(net)], [ids.index(number) for number in ids], [[p.grad_req, p.lr_mult] for p in owned])


def part(layer: Any) -> List[Any]:
    """One layer, or a row of layers, in plain words."""
    kind = type(layer).__name__
    if type(layer) is not getattr(nn, kind, None) or kind not in (*LAYERS, *ROWS):
        raise ValueError(f"a net that is lent to another process should have no {kind}: there are "
                         f"{', '.join((*ROWS, *LAYERS))}")
    options = LAYERS[kind](layer) if kind in LAYERS else {}
    return [kind, options, [part(child) for child in layer._children.values()] if kind in ROWS else []]


def built(drawing: Sketch) -> Any:
    """Build the net that a sketch describes. It is initialised, and its parameters have any values."""
    net = build_part(*drawing.parts[0])
    places = [(layer, name) for layer in layers_of(net) for name in layer._reg_params]
    for (layer, name), first in zip(places, drawing.shared):
        owner, its_name = places[first]
        if (layer, name) != (owner, its_name):
            share(layer, name, getattr(owner, its_name))
    for (layer, name), (grad_req, lr_mult) in zip(places, drawing.learning):
        parameter = getattr(layer, name)
        parameter.grad_req, parameter.lr_mult = grad_req, lr_mult
    net.initialize(mx.init.Zero())
    return net


def build_part(kind: str, options: Dict[str, Any], parts: List[Any]) -> Any:
    """One layer, or a row of layers."""
    layer = getattr(nn, kind)(**options)
    if parts:
        layer.add(*(build_part(*inner) for inner in parts))
    return layer


def share(layer: Any, name: str, parameter: Any) -> None:
    """Have a layer use a parameter that another layer has already, as `params=` does."""
    layer.params._params.pop(getattr(layer, name).name, None)
    layer.params._params[parameter.name] = parameter
    layer._reg_params[name] = parameter
    object.__setattr__(layer, name, parameter)


def layers_of(net: Any) -> List[Any]:
    """All layers of a net, rows of layers among them, in order; those inside first."""
    found: List[Any] = []
    net.apply(found.append)
    return found
