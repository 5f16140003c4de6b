"""A trained network as a page holds it: its steps, its blocks and its numbers."""
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from resnet_gluon.nets import Network, trimmed
from resnet_gluon.page.numbers import Bits, Store
from resnet_gluon.page.steps import PageRefused, Steps, refuse

import numpy as np


class PageTooLarge(PageRefused):
    """A page of more bytes than it may have."""


@dataclass(frozen=True, repr=False)
class Packed:
    """A net, ready for a page.

    Attributes
    ----------
    title : str
    shape : tuple of int
        Of an image, (C, H, W).
    steps : list of dict
        As steps.py says.
    blocks : list of dict
        Of each residual block its name and stage, and the names of its maps: "x" (None in a plain block), "f", "out".
    weights, floats : array
        The numbers that the steps point into.
    bits : int
        Of a weight.
    """
    title: str
    shape: Tuple[int, ...]
    steps: List[Dict[str, Any]]
    blocks: List[Dict[str, Any]]
    weights: np.ndarray
    floats: np.ndarray
    bits: Bits

    def __repr__(self) -> str:
        return f"Packed({self})"

    def __str__(self) -> str:
        return f"{self.title}, {len(self.blocks)} blocks, {self.weights.size:,} weights in {self.bits} bits"


def pack(net: Any, shape: Sequence[int], *, title: Optional[str] = None, bits: Bits = 8) -> Packed:
    """A trained network as a page holds it.

    Parameters
    ----------
    net : Network
        With parameters.
    shape : tuple of int
        Of an image, (C, H, W). Weights that meet only padding at this size are left out.
    title : str, optional
        What the page calls it. Default: from how it was made.
    bits : {8, 7, 6, 32}
        Of a weight. Up to 8: integers, with a scale for each output channel. The fewer, the smaller the page. 32: the
        weights as they are.

    Raises PageRefused (a ValueError) for a net that a page cannot show.
    """
    check(net, shape)
    steps = Steps(Store(bits), int(shape[0]))
    with trimmed(net, (1, *shape)):
        for name, part in net.parts.items():
            steps.part(name, part)
    if not steps.blocks:
        refuse("the net has no residual blocks")
    return Packed(title or title_of(net), tuple(shape), steps.taken, steps.blocks, steps.store.row("weights"),
                  steps.store.row("floats"), bits)


def check(net: Any, shape: Sequence[int]) -> None:
    """Raise PageRefused for what no page shows, before anything is packed."""
    if not isinstance(net, Network):
        refuse(f"a {type(net).__name__} is not of the family")
    if net.dimension != 2 or len(shape) != 3:
        refuse("the net is for series")
    if shape[0] not in (1, 3):
        refuse(f"its images have {shape[0]} channels, not 1 or 3")
    for block in net.blocks:
        if block.pool:
            refuse(f"its blocks pool ({block.pool})")
        if block.shortcut == "norm" or any(layer.groups > 1 or layer.kernel % 2 == 0 for layer in block.layers):
            refuse("its blocks have groups, kernels of even size, or a shortcut of batch normalisation alone")


def title_of(net: Network) -> str:
    """A name for a net, from how it was made: ResNet-20, Plain-18."""
    made = net.made or {"function": "", "options": {}}
    options = made["options"]
    depth = str(options.get("depth", "")) or "".join(filter(str.isdigit, made["function"]))
    plain = options.get("option") == "none" or made["function"].startswith("plain")
    name = f"{'Plain' if plain else 'ResNet'}-{depth}" if depth else "A plain net" if plain else "A residual net"
    return f"{name} v2" if options.get("version") == "v2" else name
