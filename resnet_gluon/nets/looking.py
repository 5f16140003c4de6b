"""Looking into a net at work: what every block carries and adds, what every part gives, what speaks for a class."""
from typing import Any, Dict, List, NamedTuple

from resnet_gluon.nets.block import Block
from resnet_gluon.nets.lesions import named_blocks
from resnet_gluon.nets.network import Network

import mxnet as mx
import numpy as onp
from mxnet.gluon import nn


class Addition(NamedTuple):
    """What meets at a block's addition, NumPy arrays of one shape, (N, C, H, W) or (N, C, W).

    x: what comes past the branch, projected where the block projects; branch: f(x), what the block has learned to add;
    total: their sum, before any ReLU.
    """
    x: onp.ndarray
    branch: onp.ndarray
    total: onp.ndarray


def activations(net: Network, x: Any) -> Dict[str, Addition]:
    """The two sides of every residual block's addition, by the block's name such as "stage1.0".

    Parameters
    ----------
    net : Network
        With parameters. It is asked in predict mode, as outside of `autograd.record`.
    x : array
        Images on the net's device and scale: (N, C, H, W), or (N, C, W) of series.

    Plain blocks, which add nothing, are left out. Raises ValueError for a net that is not of the family.
    """
    found: Dict[str, Addition] = {}
    names = {id(block): name for name, block in named_blocks(net).items()}
    for part in net.parts.values():
        inside = [part] if isinstance(part, Block) else list(part._children.values())
        for layer in inside if any(id(one) in names for one in inside) else [part]:
            if isinstance(layer, Block) and layer.shortcut != "none":
                found[names[id(layer)]] = addition(layer, x)
            x = layer(x)
    return found


def addition(block: Block, x: Any) -> Addition:
    """The two sides of one block's addition for the block's input `x`, and their sum."""
    F = mx.nd
    if block.pool == "input":
        x = block.pooling(x)
    if block.preactivation:
        activated = block.activated(F, x)
        branch, carried = block.preactivated_branch(F, activated), block.carried(x, activated)
    else:
        branch, carried = block.branch(F, x), block.carried(x)
    total = carried + branch
    return Addition(*(array.asnumpy() for array in (carried, branch, total)))


def maps_by_part(net: Network, x: Any) -> Dict[str, onp.ndarray]:
    """What each part of a network gives for the first image of `x`, from the stem to the last feature map: (C, H, W).

    `net`, `x` as in `activations`. Global pooling and the head, whose outputs are no maps, are left out.
    """
    found: Dict[str, onp.ndarray] = {}
    for name, part in net.parts.items():
        if name in ("pool", "head"):
            break
        x = part(x)
        found[name] = x[0].asnumpy()
    return found


def class_activation(net: Network, x: Any, label: int) -> onp.ndarray:
    """The evidence for a class at every place of the last feature map, beside all classes' mean: (N, h, w), or (N, w).

    Average pooling and a dense layer can change places, so its mean over all places is the class's logit, less the mean
    of all logits, but for the biases. What speaks for all classes speaks for none. Source: Zhou et al. 2015,
    arXiv:1512.04150.

    Raises ValueError for a label that the net does not have.
    """
    weights = net.head.weight.data(net.head.weight.list_ctx()[0]).asnumpy()  # (classes, C)
    if not 0 <= label < len(weights):
        raise ValueError(f"label must be from 0 to {len(weights) - 1}, but {label!r} was given")
    for name, part in net.parts.items():
        if name == "pool":
            break
        x = part(x)
    return onp.einsum("c,nc...->n...", weights[label] - weights.mean(axis=0), x.asnumpy())


def first_kernels(net: Any) -> onp.ndarray:
    """The weights of a net's first convolution, (out, in, *kernel)."""
    layers: List[Any] = []
    net.apply(lambda layer: layers.append(layer) if isinstance(layer, (nn.Conv1D, nn.Conv2D)) else None)
    weight = layers[0].weight
    return weight.data(weight.list_ctx()[0]).asnumpy()
