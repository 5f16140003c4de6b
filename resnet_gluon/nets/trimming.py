"""The weights that multiply more than padding at a given image size, and the net without the others.

A 3×3 convolution of a 1×1 map has one tap that meets the image; the other eight only ever meet padding, so their
gradient is exactly zero. At 28 pixels that is 62 % of ResNet-18's weights. A net can be trained without them: outputs
and gradients stay what they were, and a step is faster.
"""
import json
from contextlib import contextmanager
from math import prod
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from resnet_gluon.nets.layers import EvenConv1D, EvenConv2D
from resnet_gluon.nets.network import Network

import mxnet as mx
from mxnet.gluon import nn


class Axis(NamedTuple):
    """A convolution along one axis. first: of its outputs that count; the even kernels drop the one before it."""
    size: int
    kernel: int
    strides: int
    pad: int
    first: int = 0

    def outputs(self, start: int, stop: int) -> int:
        """The number of outputs with the taps start … stop - 1 alone, and `start` less padding on both sides."""
        return (self.size + 2 * (self.pad - start) - (stop - start)) // self.strides + 1

    def live(self) -> Tuple[int, int]:
        """The taps that meet the image somewhere: from … to, the second not included."""
        places = [place * self.strides - self.pad for place in range(self.first, self.outputs(0, self.kernel))]
        met = [tap for tap in range(self.kernel) if any(0 <= place + tap < self.size for place in places)]
        return met[0], met[-1] + 1

    def kept(self) -> Tuple[int, int]:
        """The taps that a trimmed kernel keeps: the live ones, and more where padding has to be equal on both sides."""
        start, stop = self.live()
        wanted = self.outputs(0, self.kernel)
        while self.outputs(start, stop) < wanted:
            start -= 1
        while self.outputs(start, stop) > wanted:
            stop += 1
        return start, stop


class Taps(NamedTuple):
    """One convolution layer, its weight's shape, and which taps count: a pair (from, to) for each axis."""
    layer: Any
    shape: Tuple[int, ...]
    live: Tuple[Tuple[int, int], ...]
    kept: Tuple[Tuple[int, int], ...]

    @property
    def dead(self) -> int:
        """How many of its weights multiply only padding."""
        return prod(self.shape) - prod(self.shape[:2]) * prod(stop - start for start, stop in self.live)


def live_taps(net: Any, shape: Sequence[int]) -> Dict[str, Taps]:
    """For each convolution of a network, by its weight's name, which taps meet an image of this shape.

    Parameters
    ----------
    net : Network
        Initialised or not.
    shape : tuple of int
        The input's, (N, C, H, W), or (N, C, W) of series.

    Raises ValueError for a net that is not of the family.
    """
    if not isinstance(net, Network):
        raise ValueError(f"live_taps is for the networks of this package, but a {type(net).__name__} was given")
    layers: Dict[str, Tuple[str, Any]] = {}
    collect(net, "", layers)
    graph = net(mx.sym.var("data").as_np_ndarray()).as_nd_ndarray()
    internals = graph.get_internals()
    sizes = dict(zip(internals.list_outputs(), internals.infer_shape(data=tuple(shape))[1]))
    shapes = dict(zip(graph.list_arguments(), graph.infer_shape(data=tuple(shape))[0]))
    nodes = json.loads(graph.tojson())["nodes"]
    found = {}
    for node in nodes:
        if node["op"] == "Convolution":
            source, weight = nodes[node["inputs"][0][0]], nodes[node["inputs"][1][0]]["name"]
            size = sizes["data" if source["op"] == "null" else source["name"] + "_output"][2:]
            name, layer = layers[weight]
            axes = axes_of(layer, size)
            found[name] = Taps(layer, shapes[weight], tuple(axis.live() for axis in axes),
                               tuple(axis.kept() for axis in axes))
    return found


def collect(block: Any, path: str, found: Dict[str, Tuple[str, Any]]) -> None:
    """Note every convolution layer inside `block`: {its weight's name for MXNet: (our name, layer)}."""
    for name, child in block._children.items():
        if isinstance(child, (nn.Conv1D, nn.Conv2D)):
            found[child.weight.name] = f"{path}{name}.weight", child
        collect(child, f"{path}{name}.", found)


def axes_of(layer: Any, size: Sequence[int]) -> List[Axis]:
    """The layer along each axis of an input of this size."""
    first = 1 if isinstance(layer, (EvenConv1D, EvenConv2D)) else 0
    options = layer._kwargs
    return [Axis(n, kernel, strides, pad, first) for n, kernel, strides, pad in
            zip(size, options["kernel"], options["stride"], options["pad"])]


@contextmanager
def trimmed(net: Network, shape: Sequence[int]) -> Iterator[Dict[str, Taps]]:
    """Within it, `net` has only the taps that an image of this shape meets; after it, it is whole again.

    The taps that were away keep the values that they had. `net.save_parameters` writes the whole net meanwhile, and an
    image of another size is refused.

    Parameters
    ----------
    net : Network
        With parameters.
    shape : tuple of int
        As in `live_taps`, whose answer it yields, for the layers that have dead taps.

    Raises ValueError for a net that is not of the family, has no parameters or is trimmed already.
    """
    if getattr(net, "whole", None) is not None:
        raise ValueError(f"the net is trimmed already, for {net.trimmed_for}")
    taps = {name: taps for name, taps in live_taps(net, shape).items() if cut(taps) != uncut(taps)}
    if any(parameter._data is None for parameter in net.collect_params().values()):
        raise ValueError("the net has no parameters yet: initialise it, and call it once")
    mx.npx.waitall()  # right after a use in predict mode weights can still be being rearranged
    former = {name: one.layer.weight.data(one.layer.weight.list_ctx()[0]).asnumpy() for name, one in taps.items()}
    options = {name: dict(one.layer._kwargs) for name, one in taps.items()}
    for name, one in taps.items():
        one.layer._kwargs.update(
            kernel=tuple(stop - start for start, stop in one.kept),
            pad=tuple(pad - start for pad, (start, _) in zip(one.layer._kwargs["pad"], one.kept)))
        refill(one.layer.weight, former[name][cut(one)])
    net.whole = lambda: {name: put_back(former[name], one) for name, one in taps.items()}
    net.trimmed_for = tuple(shape[2:])
    recompile(net)
    try:
        yield taps
    finally:
        mx.npx.waitall()
        arrays = net.whole()
        for name, one in taps.items():
            one.layer._kwargs.update(options[name])
            refill(one.layer.weight, arrays[name])
        net.whole = net.trimmed_for = None
        recompile(net)


def cut(taps: Taps) -> Tuple[slice, ...]:
    """Where the kept taps are in the whole weight, (out, in, *kernel)."""
    return (slice(None), slice(None), *(slice(start, stop) for start, stop in taps.kept))


def uncut(taps: Taps) -> Tuple[slice, ...]:
    """All of the weight, as `cut` would have it."""
    return (slice(None), slice(None), *(slice(0, kernel) for kernel in taps.layer._kwargs["kernel"]))


def put_back(former: Any, taps: Taps) -> Any:
    """The whole weight as a NumPy array: what was away as it was, the rest as it is now."""
    array = former.copy()
    array[cut(taps)] = taps.layer.weight.data(taps.layer.weight.list_ctx()[0]).asnumpy()
    return array


def refill(parameter: Any, array: Any) -> None:
    """Give a parameter other values, of another shape."""
    places = parameter.list_ctx()
    parameter._shape = array.shape
    parameter._data = parameter._grad = None
    parameter.initialize(init=mx.init.Zero(), ctx=places, force_reinit=True)
    parameter.set_data(mx.np.array(array))


def recompile(net: Network) -> None:
    """Have a compiled net forget its graph, which knows the former kernels."""
    if net._active:
        net.hybridize(True, **dict(net._flags))
    else:
        net.hybridize(False)
