"""A trained network on new classes: a new head, and what becomes of the rest."""
from resnet_gluon.arguments import choose, not_negative, positive_int

import mxnet as mx
from mxnet.gluon import nn

#: What becomes of batch normalisation.
BATCH_NORM = {"train": "learns, and normalises by the batch in training",
              "frozen": "normalises by the statistics that it has, and learns nothing"}


def fine_tune(net, num_classes=None, *, backbone=0.1, batch_norm=None, seed=0):
    """Give a trained network a new head, and say how fast the rest may learn. Changes `net` in place and returns it.

    Parameters
    ----------
    net : Network
        With parameters; its last part is the dense layer that is replaced. Of MXNet's model zoo: `net.output` is.
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
    last = "output" if hasattr(net, "output") else next(reversed(net._children), None)
    head = net._children.get(last)
    if not isinstance(head, nn.Dense):
        raise ValueError(f"the net should end in a dense layer, but it ends in {type(head).__name__}")
    parameters = net.collect_params()
    if any(parameter._data is None for parameter in parameters.values()):
        raise ValueError("the net has no parameters yet: train it or load some first")
    for parameter in parameters.values():
        parameter.lr_mult = rate
        parameter.grad_req = "write" if rate and parameter._differentiable else "null"
    net.apply(freeze_norm if policy == "frozen" else free_norm)
    if num_classes is not None:
        mx.random.seed(seed)
        new = nn.Dense(positive_int("num_classes", num_classes), use_bias=head.bias is not None, flatten=head._flatten,
                       in_units=head.weight.shape[1], prefix=head.prefix)
        new.initialize(ctx=head.weight.list_ctx())
        if last == "output":
            net.output = new
        else:
            net._children[last] = new
    for parameter in net._children[last].collect_params().values():
        parameter.lr_mult, parameter.grad_req = 1.0, "write"
    net.hybridize(False)  # what was compiled knows the old head
    return net


def freeze_norm(layer):
    """Have a BatchNorm layer use the statistics that it has, in training too, and keep its γ and β."""
    if isinstance(layer, nn.BatchNorm):
        layer._kwargs["use_global_stats"] = True
        layer.gamma.grad_req = layer.beta.grad_req = "null"


def free_norm(layer):
    """Have a BatchNorm layer normalise by the batch in training."""
    if isinstance(layer, nn.BatchNorm):
        layer._kwargs["use_global_stats"] = False
