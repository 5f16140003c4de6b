"""A trained network on new classes: a new head, and what becomes of the rest."""
from resnet_gluon.arguments import choose, not_negative, positive_int
from resnet_gluon.devices import devices as all_devices
from resnet_gluon.shortcuts import SeriesNorm

from mxnet.gluon import nn

NORMS = (nn.BatchNorm, SeriesNorm)

#: What becomes of batch normalisation. A frozen backbone whose statistics still moved would not be frozen.
BATCH_NORM = {"train": "learns, and normalises by the batch",
              "frozen": "normalises by the statistics that it has, and learns nothing"}


def fine_tune(net, num_classes, *, backbone=0.1, batch_norm=None, devices=None):
    """Give a trained network a new head, and say how fast the rest may learn. Changes `net` in place and returns it.

    Parameters
    ----------
    net : Network
        With parameters; its last part is the dense layer that is replaced. Of MXNet's model zoo: `net.output` is.
    num_classes : int
        Of the new data.
    backbone : float, or "frozen"
        What the learning rate is multiplied by everywhere but in the head; "frozen", or 0: the rest does not learn.
    batch_norm : {"train", "frozen"}, optional
        See BATCH_NORM. Default: "frozen" if the backbone is, else "train".
    devices : list of mxnet.Context, optional
        Where the head goes. Default: where the rest is.

    Raises ValueError for arguments out of range, for a net without parameters and for one that does not end in a dense
    layer. Then train it: `fit(net, data, …)`.
    """
    positive_int("num_classes", num_classes)
    rate = 0.0 if backbone == "frozen" else not_negative("backbone", backbone)
    policy = batch_norm or ("train" if rate else "frozen")
    choose("batch_norm", policy, BATCH_NORM)
    last = "output" if hasattr(net, "output") else list(net._children)[-1]
    head = net._children[last]
    if not isinstance(head, nn.Dense):
        raise ValueError(f"the net should end in a dense layer, but it ends in {type(head).__name__}")
    parameters = net.collect_params()
    if any(parameter._data is None for parameter in parameters.values()):
        raise ValueError("the net has no parameters yet: train it or load some first")
    for parameter in parameters.values():
        parameter.lr_mult = rate
        if parameter.grad_req != "null" and not rate:
            parameter.grad_req = "null"
    if policy == "frozen":
        net.apply(freeze_norm)
    new = nn.Dense(num_classes, in_units=head.weight.shape[1], prefix=head.prefix)
    new.initialize(ctx=devices or next(iter(parameters.values())).list_ctx() or all_devices())
    if last == "output":
        net.output = new
    else:
        net._children[last] = new
    net.hybridize(False)  # what was compiled knows the old head
    return net


def freeze_norm(layer):
    """Have a BatchNorm layer use the statistics that it has, in training too, and keep its γ and β."""
    if isinstance(layer, NORMS):
        layer._kwargs["use_global_stats"] = True
        layer.gamma.grad_req = layer.beta.grad_req = "null"
