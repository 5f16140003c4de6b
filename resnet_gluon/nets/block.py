"""Any residual block: a branch that learns a correction, and a shortcut that carries the input past it.

Sources: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015 (arXiv:1512.03385), called
"the paper" below; by the same, "Identity Mappings in Deep Residual Networks", 2016 (arXiv:1603.05027), for
pre-activation; "Dive into Deep Learning", section 8.6, called "d2l".
"""
from math import prod
from typing import Any, List, NamedTuple, NoReturn, Optional, Sequence, Tuple

from resnet_gluon.arguments import choose, positive_int
from resnet_gluon.nets.layers import CONV, NORM, POOLING, add, check_input, convolution, relu
from resnet_gluon.nets.shortcuts import SHORTCUTS, Form, FormLike, form_of, make_shortcut

from mxnet.gluon import nn

POOLS = {None: "the layers' strides", "branch": "pooling at its start", "input": "pooling before branch and shortcut"}


class Layer(NamedTuple):
    """One convolution of a branch. channels: its output's; kernel: of this size along each axis."""
    channels: int
    kernel: int = 3
    strides: int = 1
    groups: int = 1


class Block(nn.HybridBlock):
    """Any block of the family: relu(shortcut(x) + branch(x)), the branch being convolutions with batch normalisation.

    Parameters
    ----------
    layers : sequence of Layer
        The branch. Its convolutions are `conv1`, `conv2` …, their normalisations `bn1`, `bn2` ….
    shortcut : str
        One of SHORTCUTS. "none": a plain block, the branch alone.
    strides : int
        What height and width are divided by: the product of the layers' strides, or pooling's.
    preactivation : bool
        False: convolution, BN, ReLU …, and a ReLU after the addition (version 1). True: BN, ReLU, convolution …, and
        nothing after the addition; a projection then starts behind the first ReLU, and has no BN (version 2).
    pool : {None, "branch", "input"}
        Who divides height and width by `strides`: the layers; max-pooling at the branch's start, with a strided
        projection from the raw input; max-pooling before both.
    form : str or Form
        Of FORMS: biases in the convolutions or not, BN after the projection or not.
    zero_gamma : bool
        Start the branch as the zero function, by the last BN's γ, or the last convolution's weights where no BN follows
        it (Goyal et al. 2017, arXiv:1706.02677, section 5.1).
    in_channels : int
        Of the input: needed by "zero-pad" where the net is compiled before it has seen an array.
    dimension : {2, 1}
        Of images or series: (N, C, H, W) or (N, C, W).

    Shapes: (N, C, H, W) → (N, C', ⌈H/strides⌉, ⌈W/strides⌉), C' the last layer's channels.

    Raises
    ------
    TypeError
        For an unknown option.
    ValueError
        For unknown names, and where the shapes of branch and shortcut differ, one-channel images among them, which an
        ordinary addition would broadcast in silence. Inside a larger compiled net the message is MXNet's, with both
        shapes in it.
    """

    remedy = 'shortcut="projection"'

    def __init__(self, layers: Sequence[Any], shortcut: str = "identity", *, strides: int = 1,
                 preactivation: bool = False, pool: Optional[str] = None, form: FormLike = "paper",
                 zero_gamma: bool = False, in_channels: int = 0, dimension: int = 2, **kwargs: Any) -> None:
        choose("shortcut", shortcut, SHORTCUTS)
        choose("pool", pool, POOLS)
        choose("dimension", dimension, CONV)
        positive_int("strides", strides)
        if zero_gamma and shortcut == "none":
            raise ValueError("zero_gamma=True needs a shortcut: a plain block that starts at zero never learns")
        unknown = sorted(set(kwargs) - {"prefix", "params"})
        if unknown:
            raise TypeError(f"{type(self).__name__} has no option {', '.join(unknown)}")
        form, pool = form_of(form), pool if strides > 1 else None
        checked = check_layers([Layer(*layer) for layer in layers], 1 if pool else strides)
        super().__init__(**kwargs)
        self.layers = checked
        self.num_channels = checked[-1].channels
        self.shortcut = shortcut
        self.strides = strides
        self.shortcut_strides = 1 if pool == "input" else strides
        self.preactivation = preactivation
        self.pool = pool
        self.dimension = dimension
        with self.name_scope():
            self.make_branch(form, zero_gamma)
        if pool:
            self.pooling = POOLING[dimension](pool_size=strides, strides=strides, ceil_mode=True)
        self.projection = make_shortcut(
            shortcut, self.num_channels, self.shortcut_strides, form, self.prefix + "projection_",
            norm=form.shortcut_norm and not preactivation, in_channels=in_channels, dimension=dimension)

    def make_branch(self, form: Form, zero_gamma: bool) -> None:
        """Make `conv1`, `bn1`, `conv2` …; with `zero_gamma` so that the branch starts as the zero function."""
        for number, layer in enumerate(self.layers, 1):
            zero = zero_gamma and number == len(self.layers)
            weights, scale = ("zeros", "ones") if self.preactivation else (None, "zeros")
            setattr(self, f"conv{number}", convolution(
                self.dimension, layer.channels, layer.kernel, layer.strides, groups=layer.groups,
                use_bias=form.conv_bias, weight_initializer=weights if zero else None))
            setattr(self, f"bn{number}", NORM[self.dimension](gamma_initializer=scale if zero else "ones"))

    @property
    def units(self) -> List[Tuple[Any, Any]]:
        """The branch's convolutions, each with its batch normalisation: (conv1, bn1), (conv2, bn2) …."""
        return [(getattr(self, f"conv{i}"), getattr(self, f"bn{i}")) for i in range(1, len(self.layers) + 1)]

    def __call__(self, x: Any) -> Any:
        shape = check_input(self, x, self.dimension)
        if self.shortcut in ("identity", "norm"):
            self.check_addition(shape)
        return super().__call__(x)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        if self.pool == "input":
            x = self.pooling(x)
        return self.version2(F, x) if self.preactivation else self.version1(F, x)

    def version1(self, F: Any, x: Any) -> Any:
        """The paper's block: the ReLU comes after the addition, so what leaves it is not negative."""
        y = self.branch(F, x)  # (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉)
        if self.shortcut != "none":
            y = self.join(F, self.carried(x), y)
        return relu(F, y)

    def branch(self, F: Any, x: Any) -> Any:
        """Version 1's correction: convolution, BN, ReLU, …, convolution, BN. It may be negative, so no ReLU ends it."""
        y = self.pooling(x) if self.pool == "branch" else x
        *inner, (last_conv, last_norm) = self.units
        for conv, norm in inner:
            y = relu(F, norm(conv(y)))
        return last_norm(last_conv(y))

    def version2(self, F: Any, x: Any) -> Any:
        """The pre-activation block: nothing comes after the addition, so the shortcut is free."""
        activated = self.activated(F, x)
        y = self.preactivated_branch(F, activated)
        return y if self.shortcut == "none" else self.join(F, self.carried(x, activated), y)

    def activated(self, F: Any, x: Any) -> Any:
        """Version 2's first BN and ReLU. A projection starts behind them too."""
        return relu(F, self.bn1(self.pooling(x) if self.pool == "branch" else x))

    def preactivated_branch(self, F: Any, activated: Any) -> Any:
        """Version 2's correction, from its first convolution on: convolution, BN, ReLU, convolution …."""
        (first_conv, _), *rest = self.units
        y = first_conv(activated)
        for conv, norm in rest:
            y = conv(relu(F, norm(y)))
        return y

    def carried(self, x: Any, activated: Any = None) -> Any:
        """What arrives at the addition past the branch."""
        if self.projection is None:
            return x
        behind_activation = self.preactivation and self.shortcut == "projection" and self.pool is None
        return self.projection(activated if behind_activation else x)

    def join(self, F: Any, x: Any, y: Any) -> Any:
        """Shortcut plus branch."""
        return add(F, x, y, self.num_channels,
                   name=f"{self.prefix}shortcut_and_branch_differ_in_shape_set_use_1x1conv")

    def check_addition(self, shape: Optional[Tuple[int, ...]]) -> None:
        """Refuse an input that the identity cannot carry to the branch's shape. A Symbol has none: shape None."""
        strides, axes = self.shortcut_strides, "HW"[-self.dimension:]
        if shape is None and strides > 1:
            self.refuse(f"(N, {self.num_channels}, {', '.join(f'⌈{axis}/{strides}⌉' for axis in axes)})",
                        f"(N, C, {', '.join(axes)})", "set strides=1")
        if shape is not None:
            n, channels, *size = shape
            branch = (n, self.num_channels, *(-(-length // strides) for length in size))
            if branch != shape:
                self.refuse(branch, shape, f"keep the input's shape with num_channels={channels}, strides=1")

    def refuse(self, branch: Any, shortcut: Any, remedy: str) -> NoReturn:
        raise ValueError(f"{type(self).__name__}({self.num_channels}, strides={self.strides}): the branch gives "
                         f"{branch} but the shortcut carries {shortcut}, and the two cannot be added. Set "
                         f"{self.remedy}, which projects the shortcut to the branch's shape, or {remedy}.")


def check_layers(layers: List[Layer], strides: int) -> Tuple[Layer, ...]:
    """The layers as a tuple. Raises ValueError for a size below 1, and where their product of strides is another."""
    for layer in layers:
        for name, value in layer._asdict().items():
            positive_int({"channels": "num_channels"}.get(name, name), value)
        if layer.kernel % 2 == 0 and layer.strides > 1:
            raise ValueError(f"a kernel of even size needs stride 1, but {layer} was given")
    if prod(layer.strides for layer in layers) != strides:
        raise ValueError(f"the layers' strides should multiply to {strides}, but {tuple(layers)} were given")
    return tuple(layers)
