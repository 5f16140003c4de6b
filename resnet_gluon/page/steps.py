"""A network's parts as steps that a page can take, one after the other.

A step is a dict of plain values. "op" says what it does, "from" and "to" name the maps that it reads and writes:

    conv      convolution, batch normalisation folded in; with "relu" the ReLU behind it
    affine    batch normalisation alone: a factor and a shift for each channel
    maxpool   the largest of each window
    pad       option A's shortcut: every so-manieth pixel, and zeros for the new channels
    add       a block's end: shortcut "x" (None in a plain block) plus branch "from"
    mean      each channel's mean
    dense     the logits
"""
from typing import Any, Dict, List, NoReturn, Optional

from resnet_gluon.nets.block import Block
from resnet_gluon.page.numbers import Store, affine

from mxnet.gluon import nn

TAKEN = ('networks for images made of basic blocks or bottlenecks, version "v1", "v1.5" or "v2", with option "A", "B", '
         '"C" or "none", and any of the stems')


class PageRefused(ValueError):
    """A net that a page cannot show, or a page that would be too large."""


def refuse(why: str) -> NoReturn:
    raise PageRefused(f"{why}; a page takes {TAKEN}")


class Steps:
    """The steps so far. last: the name of the map that the next step reads; channels: how many each map has."""

    def __init__(self, store: Store, channels: int) -> None:
        self.store = store
        self.taken: List[Dict[str, Any]] = []
        self.blocks: List[Dict[str, Any]] = []
        self.last = "image"
        self.channels = {self.last: channels}

    def step(self, op: str, to: str, **facts: Any) -> str:
        """One more step, from the last map unless `facts` say another; the name of what it writes."""
        self.taken.append({"op": op, "from": self.last, "to": to, **facts})
        self.channels[to] = facts["shape"][0] if "shape" in facts else self.channels[self.last]
        return to

    def part(self, name: str, part: Any) -> None:
        """A part of the network."""
        children = list(getattr(part, "_children", {}).values())
        if isinstance(part, Block):
            self.block(name, name, part)
        elif any(isinstance(child, Block) for child in children):
            for number, child in enumerate(children):
                self.block(f"{name}.{number}", name, child)
        elif isinstance(part, nn.GlobalAvgPool2D):
            self.last = self.step("mean", name)
        elif isinstance(part, nn.Dense):
            self.last = self.step("dense", name, **self.store.layer(part))
        elif isinstance(part, nn.HybridSequential):
            self.row(name, children)
        elif not isinstance(part, nn.Dropout):  # which does nothing in prediction
            refuse(f"its part {name!r} is a {type(part).__name__}")

    def row(self, name: str, layers: List[Any]) -> None:
        """Layers one after the other, as stems have them."""
        layers = list(layers)
        while layers:
            layer = layers.pop(0)
            norm = layers.pop(0) if isinstance(layer, nn.Conv2D) and is_a(nn.BatchNorm, layers) else None
            relu = is_a(nn.Activation, layers) and bool(layers.pop(0))
            to = f"{name}.{type(layer).__name__.lower()}" if layers else name
            if isinstance(layer, nn.Conv2D):
                self.last = self.conv(to, layer, norm, relu=relu)
            elif isinstance(layer, nn.BatchNorm):
                self.last = self.norm(to, layer, relu=relu)
            elif isinstance(layer, nn.MaxPool2D) and not relu:
                self.last = self.step("maxpool", to, **{name: list(layer._kwargs[name])
                                                        for name in ("kernel", "stride", "pad")})
            else:
                refuse(f"its part {name!r} holds a {type(layer).__name__}")

    def conv(self, to: str, layer: Any, norm: Optional[Any], *, relu: bool = False, **facts: Any) -> str:
        """A convolution's step."""
        options = layer._kwargs
        return self.step("conv", to, relu=relu, stride=list(options["stride"]), pad=list(options["pad"]),
                         **self.store.layer(layer, norm), **facts)

    def norm(self, to: str, norm: Any, *, relu: bool) -> str:
        """A step of batch normalisation alone."""
        return self.step("affine", to, relu=relu, floats=self.store.add("floats", *affine(norm)))

    def block(self, name: str, stage: str, block: Block) -> None:
        """A residual block's steps: branch, shortcut, addition. Version 2 activates first, and not at the end."""
        entered = self.last
        (first, first_norm), *rest = block.units
        activated = entered
        if block.preactivation:
            activated = self.last = self.norm(f"{name}.ready", first_norm, relu=True)
        norms = [norm for _, norm in rest] + [None] if block.preactivation else [norm for _, norm in block.units]
        layers = [first, *(conv for conv, _ in rest)]
        for number, (layer, norm) in enumerate(zip(layers, norms), 1):
            inner = number < len(layers)
            self.last = self.conv(f"{name}.inside{number}" if inner else f"{name}.f", layer, norm, relu=inner)
        self.last = entered
        x = self.carried(name, block, activated)
        self.last = f"{name}.f"
        self.last = self.step("add", name, x=x, relu=not block.preactivation, block=len(self.blocks))
        self.blocks.append({"name": name, "stage": stage, "x": x, "f": f"{name}.f", "out": name})

    def carried(self, name: str, block: Block, activated: str) -> Optional[str]:
        """The shortcut's step, if it takes one; the name of the map that is added."""
        if block.shortcut == "none":
            return None
        if block.shortcut == "identity":
            return self.last
        if block.shortcut == "zero-pad":
            return self.step("pad", f"{name}.x", stride=block.strides, channels=block.num_channels,
                             before=(block.num_channels - self.channels[self.last]) // 2)
        projection: Any = block.projection
        layer, *norm = projection._children.values()
        source = activated if block.preactivation else self.last
        self.last = source
        return self.conv(f"{name}.x", layer, norm[0] if norm else None)


def is_a(kind: Any, layers: List[Any]) -> bool:
    """Whether the next of these layers is of this kind; an activation, a ReLU."""
    return bool(layers) and isinstance(layers[0], kind) and getattr(layers[0], "_act_type", "relu") == "relu"
