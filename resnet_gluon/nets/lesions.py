"""Trained networks with a block deleted, weakened, or moved: what Veit, Wilber and Belongie did (arXiv:1605.06431)."""
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from resnet_gluon.arguments import choose
from resnet_gluon.nets.block import Block
from resnet_gluon.nets.layers import relu
from resnet_gluon.nets.network import Network

from mxnet.gluon import nn


class Weakened(nn.HybridBlock):
    """A block whose two ways are scaled: x · carried + f · branch. It shares the block's parameters.

    A plain block has no second way; with f = 0 it hands its input on.
    """

    def __init__(self, block: Block, f: float, x: float) -> None:
        super().__init__(prefix="")
        self.block = block
        self.f = f
        self.x = x
        self.shortcut = block.shortcut

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        block = self.block
        if block.shortcut == "none":
            return x
        if block.pool == "input":
            x = block.pooling(x)
        if block.preactivation:
            activated = block.activated(F, x)
            y, carried = block.preactivated_branch(F, activated), block.carried(x, activated)
            return block.join(F, carried * self.x, y * self.f)
        return relu(F, block.join(F, block.carried(x) * self.x, block.branch(F, x) * self.f))


def named_blocks(net: Network) -> Dict[str, Block]:
    """The residual blocks by name, "stage1.0", in order. Raises ValueError for a net that is not of the family."""
    if not isinstance(net, Network):
        raise ValueError(f"lesions are for the networks of this package, but a {type(net).__name__} was given")
    found: Dict[str, Block] = {}
    for name, part in net.parts.items():
        if isinstance(part, Block):
            found[name] = part
        else:
            found.update({f"{name}.{number}": block for number, block in part._children.items()
                          if isinstance(block, Block)})
    return found


def can_be_deleted(block: Block) -> bool:
    """Whether something is left when a block's branch is gone: a plain block that changes the shape leaves nothing."""
    return block.shortcut != "none" or (block.strides == 1 and block.layers[0].channels == block.num_channels
                                        and block.conv1.weight.shape[1] == block.num_channels)


@contextmanager
def lesioned(net: Network, *deleted: str,
             scales: Optional[Mapping[str, Tuple[float, float]]] = None) -> Iterator[Network]:
    """Within it, blocks of `net` are deleted, or their two ways scaled; after it, the net is as it was.

    Parameters
    ----------
    net : Network
        With parameters.
    *deleted : str
        Names of blocks, such as "stage2.1": their branch is taken away, and the shortcut stays. In a plain network the
        block hands its input on.
    scales : dict
        {name: (f, x)}: the block computes x · shortcut + f · branch instead of shortcut + branch.

    Raises ValueError for an unknown block, for a net that is not of the family, and for a plain block that changes the
    shape, since nothing is left where it is deleted, or that is scaled.
    """
    blocks = named_blocks(net)
    wanted = {**{name: (0.0, 1.0) for name in deleted}, **(scales or {})}
    for name, (f, x) in wanted.items():
        block = choose("block", name, blocks)
        if block.shortcut == "none" and ((f, x) != (0, 1) or not can_be_deleted(block)):
            raise ValueError(f"{name} is a plain block" + (
                " that changes the shape: nothing is left where it is deleted" if (f, x) == (0, 1) else
                ", which has no shortcut to be scaled against: it can only be deleted"))
    with rearranged(net, {name: Weakened(blocks[name], f, x) for name, (f, x) in wanted.items()}):
        yield net


@contextmanager
def swapped(net: Network, first: str, second: str) -> Iterator[Network]:
    """Within it, two blocks have changed places; after it, they are back.

    Raises ValueError for unknown blocks, and for two that do not take and give the same shapes.
    """
    blocks = named_blocks(net)
    one, other = choose("block", first, blocks), choose("block", second, blocks)
    if one.num_channels != other.num_channels or max(one.strides, other.strides) > 1:
        raise ValueError(f"{first} and {second} cannot change places: only blocks of one stage that keep the shape can")
    with rearranged(net, {first: other, second: one}):
        yield net


@contextmanager
def rearranged(net: Network, instead: Mapping[str, Any]) -> Iterator[None]:
    """Within it, other blocks stand where those of these names stood, and the net is not compiled.

    Compiled, MXNet would warn of each parameter that is out of use.
    """
    active, flags = net._active, dict(net._flags)
    places: List[Tuple[Dict[str, Any], str, Any]] = []
    for name, block in instead.items():
        part, _, number = name.partition(".")
        children = net.parts[part]._children if number else net._children
        key = number or part
        places.append((children, key, children[key]))
        children[key] = block
    net.hybridize(False)
    try:
        yield
    finally:
        for children, key, former in places:
            children[key] = former
        net.hybridize(active, **flags)
