"""What a net does inside, as numbers: gradients, sizes of features, responses of layers, what lesions cost.

`gradients` and `features` work in training mode, which moves BatchNorm's running statistics and leaves gradients
behind: of a net that is still needed give them a `copy_of`.
"""
from itertools import combinations
from typing import Any, Callable, Dict, List, Optional, Tuple

from resnet_gluon import devices, evaluate
from resnet_gluon.data import Split
from resnet_gluon.nets import Network, make_net
from resnet_gluon.nets.lesions import can_be_deleted, lesioned, named_blocks, swapped

import numpy as onp
from mxnet import autograd, gluon, np, npx

CROSS_ENTROPY = gluon.loss.SoftmaxCrossEntropyLoss()


def copy_of(net: Network, shape: Tuple[int, ...], make: Optional[Callable[[], Network]] = None) -> Network:
    """A net of the same making with the same parameters, not compiled.

    shape: of an input. make: makes it, where that is more than `make_net` does.
    """
    npx.waitall()
    values = {name: parameter.data().asnumpy() for name, parameter in net._collect_params_with_prefix().items()}
    other = make() if make else make_net(net.made or {})
    other.initialize(ctx=devices()[0])
    with autograd.train_mode():  # in predict mode oneDNN would rearrange the weights
        other(np.zeros(shape, ctx=devices()[0]))
    for name, parameter in other._collect_params_with_prefix().items():
        parameter.set_data(np.array(values[name]))
    return other


def first_images(split: Split, count: int) -> Tuple[Any, Any]:
    """The first images of a split as a net sees them, on the device, and their labels."""
    images, labels = next(split.take(slice(count)).batches(count).epoch(0))
    return images.as_in_ctx(devices()[0]), labels.as_in_ctx(devices()[0])


def norm(array: Any) -> float:
    return float(onp.linalg.norm(array.asnumpy().ravel().astype(float)))


def through(net: Network, x: Any, after: Callable[[Any, Any], Any]) -> Any:
    """The net's output for `x`, where what leaves each block is first given to after(block, it)."""
    x = net.stem(x)
    for block in net.blocks:
        x = after(block, block(x))
    for name, part in net.parts.items():
        if not name.startswith(("stem", "stage")):
            x = part(x)
    return x


def gradients(net: Network, split: Split, count: int = 128) -> Dict[str, List[float]]:
    """Norms of the mean loss's gradient in training mode, on one batch, from the input on.

    blocks: with respect to what leaves each block, all images together. weights: to each convolution's weight in the
    blocks, as a share of the weight's own norm.
    """
    images, labels = first_images(split, count)
    nothing: List[Any] = []  # what is added to a block's output has the output's gradient

    def add_nothing(block: Any, output: Any) -> Any:
        nothing.append(np.zeros_like(output))
        nothing[-1].attach_grad()
        return output + nothing[-1]

    with autograd.record():
        loss = CROSS_ENTROPY(through(net, images, add_nothing), labels).mean()
    loss.backward()
    weights = [conv.weight for block in net.blocks for conv, _ in block.units]
    return {"blocks": [norm(zero.grad) for zero in nothing],
            "weights": [norm(weight.grad()) / norm(weight.data()) for weight in weights]}


def features(net: Network, split: Split, count: int = 128) -> List[float]:
    """The mean square of what leaves each block, in training mode, on one batch."""
    images, found = first_images(split, count)[0], []

    def keep(block: Any, output: Any) -> Any:
        found.append(float((output ** 2).mean()))
        return output

    with autograd.train_mode():
        through(net, images, keep)
    return found


def responses(net: Network, split: Split, count: int = 500) -> List[float]:
    """The standard deviation of what leaves each BN in the blocks, before anything is added or cut off.

    As in He et al. 2015, section 4.2 and figure 7, in predict mode. The net must not be compiled.
    """
    images, found = first_images(split, count)[0], []
    layers = [layer for block in net.blocks for _, layer in block.units]
    hooks = [layer.register_forward_hook(lambda layer, inputs, output: found.append(float(output.std())))
             for layer in layers]
    net(images)
    for hook in hooks:
        hook.detach()
    return found


def lesions(net: Network, split: Split, seed: int, draws: int = 5) -> Dict[str, Any]:
    """Accuracy with each block deleted, with several deleted at random, and with two neighbours swapped.

    Blocks that cannot be deleted, since nothing is left, have no entry. several: {how many: accuracies of the draws}.
    """
    blocks = named_blocks(net)
    names = [name for name, block in blocks.items() if can_be_deleted(block)]
    keep_shape = [name for name in names if blocks[name].strides == 1]
    random = onp.random.default_rng((seed, 7))

    def accuracy(*deleted: str) -> float:
        with lesioned(net, *deleted):
            return evaluate(net, split).accuracy

    def exchanged(pair: Tuple[str, str]) -> float:
        with swapped(net, *pair):
            return evaluate(net, split).accuracy

    several = {str(count): [accuracy(*random.choice(keep_shape, count, replace=False)) for _ in range(draws)]
               for count in (2, 3, 5, 8, 12) if count < len(keep_shape)}
    pairs = [pair for pair in combinations(keep_shape, 2) if neighbours(*pair)]
    return {"whole": accuracy(), "one": {name: accuracy(name) for name in names}, "several": several,
            "swapped": {" ".join(pair): exchanged(pair) for pair in pairs}}


def neighbours(first: str, second: str) -> bool:
    """Whether the second block, "stage1.1", follows the first, "stage1.0", in one stage."""
    (stage, number), (other, next_number) = first.split("."), second.split(".")
    return stage == other and int(next_number) - int(number) == 1
