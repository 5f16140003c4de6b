"""Nets to export: with parameters, and statistics as after some training."""
import tempfile

from resnet_gluon import nets, seed_everything
from resnet_gluon.nets import resnet
from resnet_gluon.weights.exported import read_symbol

import numpy as onp
from mxnet import autograd, np

SMALL = ((16, 1), (32, 2))
GREY, COLOUR, SERIES = (1, 28, 28), (3, 32, 32), (1, 30)

#: Small nets that between them hold all that the family is made of: (how to make it, an image's shape).
FAMILY = {
    **{f"{kind} {version} {option}": (lambda kind=kind, version=version, option=option: resnet(
        SMALL, kind=kind, version=version, option=option), GREY)
       for kind in ("basic", "bottleneck") for version in ("v1", "v1.5", "v2") for option in ("A", "B", "C", "none")
       if version != "v1.5" or (kind, option) == ("bottleneck", "A")},
    "small stem, d2l's form": (lambda: resnet(SMALL, stem="small", form="d2l"), GREY),
    "bare stem, v2, 32 channels": (lambda: resnet(((32, 2), (64, 1)), stem="bare", version="v2"), GREY),
    "Keras's form, colour": (lambda: resnet(SMALL, form="keras", dropout=0.1), COLOUR),
    "pooled branch": (lambda: resnet(SMALL, pool="branch", version="v2"), (1, 29, 27)),
    "pooled input": (lambda: resnet(SMALL, pool="input"), GREY),
    "wide, in groups": (lambda: resnet(SMALL, kind="bottleneck", width=2, groups=4, version="v1.5"), GREY),
    "cifar_resnet(8)": (lambda: nets.cifar_resnet(8), COLOUR),
    "cifar_resnet(8), v2": (lambda: nets.cifar_resnet(8, version="v2", width=2, option="B"), COLOUR),
    "mini_model": (nets.mini_model, COLOUR),
    "time series": (lambda: nets.time_series_resnet(3), SERIES),
    "one dimension, v1 A": (lambda: resnet(SMALL, dimension=1, option="A"), (2, 30)),
    "one dimension, v2 B": (lambda: resnet(SMALL, dimension=1, version="v2", pool="branch"), (2, 31)),
}


def ready(net, shape=GREY, n=6):
    """The net with parameters and statistics, images of this shape, and the net's logits: NumPy arrays."""
    seed_everything(1)
    net.initialize(force_reinit=True)
    images = np.random.normal(size=(n, *shape))
    with autograd.record():
        for _ in range(3):
            net(images)
    return net, images.asnumpy(), net(images).asnumpy()


def far(given, expected):
    """The largest difference, as a share of the largest number."""
    return float(onp.abs(given - expected).max() / onp.abs(expected).max())


def read_back(fused):
    """The function that a `Fused` is, by way of its files."""
    with tempfile.TemporaryDirectory() as folder:
        fused.save(f"{folder}/symbol", f"{folder}/parameters")
        return read_symbol(f"{folder}/symbol", f"{folder}/parameters")
