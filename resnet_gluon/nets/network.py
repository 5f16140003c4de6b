"""A network of named parts, which remembers how it was made and says what is wrong with an input."""
import functools
import inspect
from dataclasses import asdict, is_dataclass
from typing import Any, Callable, Dict, List, Optional, Tuple, TypeVar, cast

from resnet_gluon.arguments import choose
from resnet_gluon.nets.block import Block
from resnet_gluon.nets.layers import CONV, check_input

import numpy
from mxnet import np, npx
from mxnet.gluon import nn

Maker = TypeVar("Maker", bound=Callable[..., "Network"])


class Network(nn.HybridSequential):
    """Parts in a row, each an attribute: `stem`, `stage1` …, `pool`, `head`. Parameters: `stage1.0.conv1.weight` ….

    A slice, such as `net[:-1]`, is a plain `HybridSequential` that shares its parts with the network.

    Attributes
    ----------
    dimension : int
        2 for images, 1 for series. Anything else is refused with a ValueError.
    made : dict, optional
        The function that made it and all options, as plain values, from which `make_net` makes another.
    """

    def __init__(self, *, dimension: int = 2, **kwargs: Any) -> None:
        choose("dimension", dimension, CONV)
        super().__init__(**kwargs)
        self.dimension = dimension
        self.made: Optional[Dict[str, Any]] = None
        self.whole: Optional[Callable[[], Dict[str, Any]]] = None  # while trimmed: gives the weights that are cut
        self.trimmed_for: Optional[Tuple[int, ...]] = None

    def __call__(self, x: Any) -> Any:
        shape = check_input(self, x, self.dimension)
        if self.trimmed_for is not None and shape is not None and tuple(shape[2:]) != self.trimmed_for:
            sizes = ("×".join(map(str, size)) for size in (self.trimmed_for, shape[2:]))
            raise ValueError("the net is trimmed for inputs of size {}, but {} was given".format(*sizes))
        return super().__call__(x)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, slice):
            return list(self.parts.values())[key]
        row = nn.HybridSequential(prefix="")
        row.add(*list(self.parts.values())[key])
        return row

    @property
    def parts(self) -> Dict[str, Any]:
        """The parts by name, in order."""
        return dict(self._children)

    @property
    def stages(self) -> List[Any]:
        """The parts that are made of residual blocks, in order."""
        return [part for name, part in self.parts.items() if name.startswith("stage")]

    @property
    def blocks(self) -> List[Block]:
        """All residual blocks, in order."""
        found: List[Block] = []
        self.apply(lambda layer: found.append(layer) if isinstance(layer, Block) else None)
        return found

    def save_parameters(self, filename: str, *arguments: Any, **options: Any) -> None:
        """As Gluon's, and the whole net also while it is trimmed."""
        if self.whole is None:
            super().save_parameters(filename, *arguments, **options)
            return
        arrays = {name: parameter._reduce() for name, parameter in self._collect_params_with_prefix().items()}
        arrays.update({name: np.array(array) for name, array in self.whole().items()})
        npx.save(filename, arrays)

    def load_parameters(self, filename: str, *arguments: Any, **options: Any) -> None:
        """As Gluon's. A file of the first edition, in which parts had numbers, is refused with the way to read it."""
        try:
            super().load_parameters(filename, *arguments, **options)
        except AssertionError as error:
            if "is missing in file" not in str(error):
                raise
            raise ValueError(
                f"{filename} does not hold this network's parameters: {str(error).splitlines()[0]} If it comes from "
                f'the first edition of the course, load_weights(net, {filename!r}, "first edition") reads it.'
            ) from error


def plain(value: Any) -> Any:
    """An option as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, numpy.generic):
        return value.item()
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def remembered(function: Maker) -> Maker:
    """Have the networks that `function` makes remember the call, in `net.made`."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def make(*arguments: Any, **options: Any) -> Network:
        bound = signature.bind(*arguments, **options)
        bound.apply_defaults()
        net = function(*arguments, **options)
        given = {name: plain(value) for name, value in bound.arguments.items() if name != "options"}
        given.update({name: plain(value) for name, value in bound.arguments.get("options", {}).items()})
        net.made = {"function": function.__name__, "options": given}
        return net
    return cast(Maker, make)
