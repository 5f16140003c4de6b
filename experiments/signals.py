"""Signals and gradients of networks that have not been trained: what depth does to them, by shortcuts and BN.

The question: do gradients and features stay healthy in deep plain networks with BN, and what do shortcuts change? A
factor of ten from the first block to the last would matter. Everything is measured at the start, on 128 images:

* the norm of the loss's gradient with respect to what leaves each block, and each block's features, mean square;
* how alike the gradients at neighbouring inputs are (Balduzzi et al. 2017, arXiv:1702.08591, "shattered gradients"):
  along a line of 128 images from one to another, the correlation of the gradient at an image and at the next one, and
  at 2, 4, 8, 16 and 32 images' distance.

Weights are drawn as He et al. 2015 (arXiv:1502.01852) do, so that networks without BN have a chance.
"""
import sys
from typing import Any, Dict, List

from resnet_gluon import cifar_resnet, devices, seed_everything
from resnet_gluon.data import Split
from resnet_gluon.data.fashion_mnist import OFFICIAL
from resnet_gluon.nets import Network

import mxnet as mx
import numpy as onp
from mxnet import autograd, np
from mxnet.gluon import nn

from experiments import looking
from experiments.small import IMAGES, small_fashion
from experiments.study import Measure, One, Study, main

DEPTHS, POINTS, LAGS = (8, 20, 32, 56, 110), 128, (1, 2, 4, 8, 16, 32)


class Nothing(nn.HybridBlock):
    """Stands where a BatchNorm stood, and hands its input on."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x


def without_norm(net: Network) -> None:
    """Take every BatchNorm out of the blocks and the stem."""
    for block in net.blocks:
        for number in range(1, len(block.layers) + 1):
            block._children[f"bn{number}"] = nothing = Nothing()
            object.__setattr__(block, f"bn{number}", nothing)  # Gluon's own refuses a layer of another class
    for name, layer in net.stem._children.items():
        if isinstance(layer, nn.BatchNorm):
            net.stem._children[name] = Nothing()


def new_net(depth: int, one: One, shape: Any) -> Network:
    """The arm's net of this depth, at the start."""
    net: Network = cifar_resnet(depth, option=one.configuration["option"])
    if not one.configuration["norm"]:
        without_norm(net)
    seed_everything(one.seed)
    net.initialize(mx.init.MSRAPrelu("in", 0), ctx=devices()[0])
    with autograd.train_mode():
        net(np.zeros(shape, ctx=devices()[0]))
    return net


def line_of_images(split: Split, points: int) -> Any:
    """Images on a straight line from the split's first image to the first one of another class."""
    images, labels = looking.first_images(split, 100)
    end = int((labels != labels[0]).asnumpy().argmax())
    share = np.arange(points, ctx=images.ctx).reshape(-1, 1, 1, 1) / (points - 1)
    return images[:1] * (1 - share) + images[end:end + 1] * share


def likeness(net: Network, line: Any) -> Dict[str, float]:
    """{distance: mean correlation} of the gradients of the net's first output at images so far apart on a line."""
    line.attach_grad()
    with autograd.record():
        y = net(line)[:, 0].sum()
    y.backward()
    gradients = line.grad.asnumpy().reshape(len(line), -1).astype(float)
    gradients -= gradients.mean(1, keepdims=True)
    gradients /= onp.maximum(onp.linalg.norm(gradients, axis=1, keepdims=True), 1e-300)
    return {str(lag): float((gradients[:-lag] * gradients[lag:]).sum(1).mean()) for lag in LAGS if lag < len(line)}


def run(one: One) -> Dict[str, Any]:
    data, count = small_fashion(one), 8 if one.smoke else one.configuration["points"]
    found: Dict[str, Any] = {}
    for depth in one.configuration["depths"][:1 if one.smoke else None]:
        net = new_net(depth, one, (1, *data.train.channels_first.shape[1:]))
        norms, sizes = looking.gradients(net, data.train, count), looking.features(net, data.train, count)
        correlation = likeness(net, line_of_images(data.train, count))
        found[str(depth)] = {
            "gradients": norms, "features": sizes, "likeness": correlation,
            "gradient_first_by_last": norms["blocks"][0] / norms["blocks"][-1],
            "features_last_by_first": sizes[-1] / sizes[0], "likeness_of_neighbours": correlation["1"]}
    return found


def measures() -> List[Measure]:
    names = {"gradient_first_by_last": "the gradient's norm after the first block, by that after the last",
             "features_last_by_first": "features' mean square after the last block, by that after the first",
             "likeness_of_neighbours": "correlation of the gradients at neighbouring images"}
    return [Measure(f"{depth}/{key}", f"{depth} layers: {what}") for depth in DEPTHS for key, what in names.items()]


ARMS = {f"{kind}{'' if norm else ' without BN'}": {
    "option": option, "norm": norm, "depths": DEPTHS, "images": IMAGES, "pixels": 14, "points": POINTS}
    for kind, option in (("plain", "none"), ("residual", "A")) for norm in (True, False)}
STUDY = Study(
    name="signals", question="Do signals and gradients stay healthy in deep plain networks at the start?",
    arms=ARMS, run=run, seeds=range(5), edition=OFFICIAL, measures=measures(), minutes=1)

if __name__ == "__main__":
    sys.exit(main(STUDY))
