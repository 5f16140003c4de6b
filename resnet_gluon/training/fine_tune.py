"""A trained network on new classes: a new head, and what becomes of the rest."""
from typing import Any, Literal, Optional, Union

from resnet_gluon.arguments import choose, not_negative, positive_int

import mxnet as mx
from mxnet.gluon import nn

#: What becomes of batch normalisation.
BATCH_NORM = {"train": "learns, and normalises by the batch in training",
              "frozen": "normalises by the statistics that it has, and learns nothing"}


def fine_tune(net: Any, num_classes: Optional[int] = None, *, backbone: Union[float, Literal["frozen"]] = 0.1,
              batch_norm: Optional[Literal["train", "frozen"]] = None, seed: int = 0) -> Any:
    """Give a trained network a new head, and say how fast the rest may learn. Changes `net` in place and returns it.

    Parameters
    ----------
    net : Network
        With parameters; its `head` is the dense layer that is replaced. Of a `HybridSequential` it is the last layer,
        of a net from MXNet's model zoo `net.output`.
    num_classes : int, optional
        Of the new data. None: keep the head, for instance to let a backbone learn that was frozen at first.
    backbone : float, or "frozen"
        What the learning rate is multiplied by everywhere but in the head; "frozen", or 0: the rest does not learn.
    batch_norm : {"train", "frozen"}, optional
        See BATCH_NORM. Default: "frozen" if the backbone is, else "train". A frozen backbone's has to be frozen.
    seed : int
        Of the new head's weights.

    Raises ValueError for arguments out of range, for a net without parameters and for one that does not end in a dense
    layer. Then train it: `fit(net, data, …)`.
    """
    rate = 0.0 if backbone == "frozen" else not_negative("backbone", backbone)
    policy = batch_norm or ("train" if rate else "frozen")
    choose("batch_norm", policy, BATCH_NORM)
    if policy == "train" and not rate:
        raise ValueError("batch_norm='train' needs a backbone that learns: with a frozen one the head would be trained "
                         "on features normalised by the batch, and used on others")
    name = head_name(net)
    parameters = net.collect_params()
    if any(parameter._data is None for parameter in parameters.values()):
        raise ValueError("the net has no parameters yet: train it or load some first")
    for parameter in parameters.values():
        parameter.lr_mult = rate
        parameter.grad_req = "write" if rate and parameter._differentiable else "null"
    net.apply(freeze_norm if policy == "frozen" else free_norm)
    if num_classes is not None:
        new_head(net, name, positive_int("num_classes", num_classes), seed)
    for parameter in net._children[name].collect_params().values():
        parameter.lr_mult, parameter.grad_req = 1.0, "write"
    net.hybridize(False)  # what was compiled knows the old head
    return net


def head_name(net: Any) -> str:
    """The name of the child that is the head. Raises ValueError where the net does not end in a dense layer."""
    names = [name for name in ("head", "output") if name in net._children] or list(net._children)[-1:]
    last = net._children[names[0]] if names else None
    if not isinstance(last, nn.Dense):
        raise ValueError(f"the net should end in a dense layer, but it ends in {type(last).__name__}")
    return names[0]


def new_head(net: Any, name: str, num_classes: int, seed: int) -> None:
    """Put a new dense layer, with weights drawn with `seed`, in the old one's place."""
    old = net._children[name]
    mx.random.seed(seed)
    new = nn.Dense(num_classes, use_bias=old.bias is not None, flatten=old._flatten, in_units=old.weight.shape[1],
                   prefix=old.prefix)
    new.initialize(ctx=old.weight.list_ctx())
    net._children[name] = new
    if hasattr(net, name):
        setattr(net, name, new)
    if getattr(net, "made", None):
        net.made = {**net.made, "options": {**net.made["options"], "num_classes": num_classes}}


def freeze_norm(layer: Any) -> None:
    """Have a BatchNorm layer use the statistics that it has, in training too, and keep its γ and β."""
    if isinstance(layer, nn.BatchNorm):
        layer._kwargs["use_global_stats"] = True
        layer.gamma.grad_req = layer.beta.grad_req = "null"


def free_norm(layer: Any) -> None:
    """Have a BatchNorm layer normalise by the batch in training."""
    if isinstance(layer, nn.BatchNorm):
        layer._kwargs["use_global_stats"] = False
