"""What a residual block is: a branch that learns a correction, and a shortcut that carries the input past it.

Sources: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015 (arXiv:1512.03385), called
"the paper" below; by the same, "Identity Mappings in Deep Residual Networks", 2016 (arXiv:1603.05027), for
pre-activation; "Dive into Deep Learning", section 8.6, called "d2l".
"""
from math import prod
from typing import NamedTuple

from resnet_gluon.arguments import choose, positive_int
from resnet_gluon.shortcuts import CONV, NORM, POOLING, SHORTCUTS, add, form_of, make_shortcut

from mxnet.gluon import nn

POOLS = {None: "the layers' strides", "branch": "pooling at its start", "input": "pooling before branch and shortcut"}
INPUTS = {1: "series, (N, C, W)", 2: "images, (N, C, H, W)"}


def relu(F, x):
    # `activation` and `relu` compute the same; in a compiled net the first trains about 4 % faster on a CPU.
    return F.npx.activation(x, act_type="relu")


def check_input(block, x, dimension=2):
    """Refuse whatever is not a non-empty batch of images (or series), before the engine meets it; return its shape.

    Blocks call this from `__call__`, which MXNet leaves alone, not from `forward`, whose override would silently
    prevent compilation. A Symbol, met while a larger net is being compiled, has no shape: None.
    """
    shape = getattr(x, "shape", None)
    if shape is not None and (len(shape) != 2 + dimension or 0 in shape):
        raise ValueError(f"{type(block).__name__} expects a non-empty batch of {INPUTS[dimension]}, "
                         f"but the input's shape is {tuple(shape)}")
    return shape


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
    ValueError
        For unknown names, and where the shapes of branch and shortcut differ, one-channel images among them, which an
        ordinary addition would broadcast in silence. Inside a larger compiled net the message is MXNet's, with both
        shapes in it.
    """

    remedy = 'shortcut="projection"'

    def __init__(self, layers, shortcut="identity", *, strides=1, preactivation=False, pool=None, form="paper",
                 zero_gamma=False, in_channels=0, dimension=2, **kwargs):
        choose("shortcut", shortcut, SHORTCUTS)
        choose("pool", pool, POOLS)
        choose("dimension", dimension, CONV)
        positive_int("strides", strides)
        if zero_gamma and shortcut == "none":
            raise ValueError("zero_gamma=True needs a shortcut: a plain block that starts at zero never learns")
        if set(kwargs) - {"prefix", "params"}:
            raise ValueError(f"{type(self).__name__} has no option {', '.join(set(kwargs) - {'prefix', 'params'})}")
        layers, form = tuple(Layer(*layer) for layer in layers), form_of(form)
        pool = pool if strides > 1 else None
        check_layers(layers, 1 if pool else strides)
        super().__init__(**kwargs)
        self.layers, self.shortcut, self.strides, self.preactivation = layers, shortcut, strides, preactivation
        self.pool, self.dimension, self.num_channels = pool, dimension, layers[-1].channels
        self.shortcut_strides = 1 if pool == "input" else strides
        with self.name_scope():
            for number, layer in enumerate(layers, 1):
                zero = zero_gamma and number == len(layers)
                conv = CONV[dimension](
                    layer.channels, layer.kernel, layer.strides, padding=layer.kernel // 2, groups=layer.groups,
                    use_bias=form.conv_bias, weight_initializer="zeros" if zero and preactivation else None)
                setattr(self, f"conv{number}", conv)
                norm = NORM[dimension](gamma_initializer="zeros" if zero and not preactivation else "ones")
                setattr(self, f"bn{number}", norm)
        if pool:
            self.pooling = POOLING[dimension](pool_size=strides, strides=strides, ceil_mode=True)
        self.projection = make_shortcut(
            shortcut, self.num_channels, self.shortcut_strides, form, self.prefix + "projection_",
            norm=form.shortcut_norm and not preactivation, in_channels=in_channels, dimension=dimension)

    def __call__(self, x):
        shape = check_input(self, x, self.dimension)
        if self.shortcut in ("identity", "norm"):
            self.check_addition(shape)
        return super().__call__(x)

    def hybrid_forward(self, F, x):
        if self.pool == "input":
            x = self.pooling(x)
        inside = self.pooling(x) if self.pool == "branch" else x
        if self.preactivation:
            inside = relu(F, self.bn1(inside))
        y = self.branch(F, inside)  # (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉)
        if self.shortcut != "none":
            y = add(F, self.carried(x, inside), y, self.num_channels,
                    name=f"{self.prefix}shortcut_and_branch_differ_in_shape_set_use_1x1conv")
        return y if self.preactivation else relu(F, y)

    def branch(self, F, x):
        """The correction: no ReLU at its end, since it may be negative."""
        for number, layer in enumerate(self.layers, 1):
            conv, norm = getattr(self, f"conv{number}"), getattr(self, f"bn{number}")
            if self.preactivation:
                x = relu(F, norm(x)) if number > 1 else x  # `bn1` is done: a projection starts behind it too
            x = same_size(conv(x), layer, self.dimension)
            if not self.preactivation:
                x = norm(x) if number == len(self.layers) else relu(F, norm(x))
        return x

    def carried(self, x, inside):
        """What arrives at the addition past the branch."""
        if self.projection is None:
            return x
        behind_activation = self.preactivation and self.shortcut == "projection" and self.pool is None
        return self.projection(inside if behind_activation else x)

    def check_addition(self, shape):
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

    def refuse(self, branch, shortcut, remedy):
        raise ValueError(f"{type(self).__name__}({self.num_channels}, strides={self.strides}): the branch gives "
                         f"{branch} but the shortcut carries {shortcut}, and the two cannot be added. Set "
                         f"{self.remedy}, which projects the shortcut to the branch's shape, or {remedy}.")


def check_layers(layers, strides):
    for layer in layers:
        for name, value in layer._asdict().items():
            positive_int({"channels": "num_channels"}.get(name, name), value)
        if layer.kernel % 2 == 0 and layer.strides > 1:
            raise ValueError(f"a kernel of even size needs stride 1, but {layer} was given")
    if prod(layer.strides for layer in layers) != strides:
        raise ValueError(f"the layers' strides should multiply to {strides}, but {layers} were given")


def same_size(y, layer, dimension):
    """Without the first of the outputs that padding by half an even kernel gives one too many of."""
    return y if layer.kernel % 2 else y[(slice(None),) * 2 + (slice(1, None),) * dimension]


class Plain(Block):
    """Two 3×3 convolutions, each with batch normalisation, and nothing around them: the residual block's plain twin.

    3×3 → BN → ReLU → 3×3 → BN → ReLU (the paper's section 3.3, "plain network").

    Parameters: num_channels, strides; form, zero_gamma, preactivation, pool, dimension as in `Block`.
    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉). Raises ValueError for other inputs.
    """

    def __init__(self, num_channels, *, strides=1, **options):
        super().__init__(basic(num_channels, strides, **options), "none", strides=strides, **options)


class Residual(Block):
    """The basic residual block: relu(shortcut(x) + branch(x)), where the branch is that of `Plain`.

    Parameters
    ----------
    num_channels : int
        Channels of the output.
    use_1x1conv : bool
        False: the shortcut is the identity. True: it is a 1×1 convolution with the branch's stride (the paper's
        projection, section 3.2), needed wherever the branch changes the shape.
    strides : int
        Stride of the branch's first convolution and of the projection.
    shortcut : str, optional
        Any of SHORTCUTS, in place of `use_1x1conv`.
    **options
        `form`, `zero_gamma`, `preactivation`, `pool`, `in_channels`, `dimension` as in `Block`, which also says what
        is raised. form="paper" (the default, as in torchvision): no convolution biases, and BatchNorm after the
        projection. "d2l": convolution biases, and no BatchNorm after the projection.

    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉). Source: the paper, figure 2 and section 3.
    """

    remedy = "use_1x1conv=True"

    def __init__(self, num_channels, use_1x1conv=False, strides=1, *, shortcut=None, **options):
        super().__init__(basic(num_channels, strides, **options),
                         shortcut or ("projection" if use_1x1conv else "identity"), strides=strides, **options)


class Bottleneck(Block):
    """The bottleneck block: 1×1 to a quarter of the channels, 3×3, 1×1 back, each with BN; and a shortcut around them.

    Parameters
    ----------
    num_channels, use_1x1conv, strides, shortcut, **options
        As in `Residual`. num_channels is the output's, four times the 3×3 convolution's.
    width, groups : int
        The 3×3 convolution has num_channels / 4 · width channels, in so many groups. width=2, groups=32 is
        ResNeXt-50 32×4d's block (Xie et al. 2016, arXiv:1611.05431).
    stride_on : {"1x1", "3x3"}
        The convolution that has the stride: the first (the paper), or the 3×3 (torchvision; "v1.5"), which looks at
        all pixels and costs more.

    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉). Source: the paper, figure 5.
    """

    remedy = "use_1x1conv=True"

    def __init__(self, num_channels, use_1x1conv=False, strides=1, *, shortcut=None, width=1, groups=1,
                 stride_on="1x1", **options):
        if positive_int("num_channels", num_channels) % 4:
            raise ValueError(f"num_channels must be a multiple of 4, but {num_channels} was given")
        inner = num_channels // 4 * positive_int("width", width)
        if inner % positive_int("groups", groups):
            raise ValueError(f"groups={groups} do not divide the 3×3 convolution's {inner} channels")
        first, second = choose("stride_on", stride_on, {"1x1": (strides, 1), "3x3": (1, strides)})
        if options.get("pool"):
            first = second = 1
        super().__init__((Layer(inner, 1, first), Layer(inner, 3, second, groups), Layer(num_channels, 1)),
                         shortcut or ("projection" if use_1x1conv else "identity"), strides=strides, **options)


def basic(num_channels, strides, pool=None, **_):
    """The branch of the basic block; with `pool` it leaves the stride to pooling."""
    return Layer(num_channels, 3, 1 if pool else strides), Layer(num_channels, 3)


def identity_block(kernel_size, filters, **options):
    """Keras's name for a bottleneck whose shortcut is the identity: convolutions with biases, `filters` three numbers.

    Shapes: (N, filters[2], H, W) → the same.
    """
    return Block(keras_layers(kernel_size, filters, 1), "identity", form="keras", **options)


def conv_block(kernel_size, filters, strides=2, **options):
    """Keras's name for a bottleneck whose shortcut is a projection; the stride is the first convolution's.

    Shapes: (N, C, H, W) → (N, filters[2], ⌈H/strides⌉, ⌈W/strides⌉).
    """
    return Block(keras_layers(kernel_size, filters, strides), "projection", strides=strides, form="keras", **options)


def keras_layers(kernel_size, filters, strides):
    first, second, third = filters
    return Layer(first, 1, strides), Layer(second, kernel_size), Layer(third, 1)


def time_series_block(num_channels, shortcut="projection", **options):
    """The block of Wang, Yan and Oates 2016 (arXiv:1611.06455): kernels 8, 5, 3 over series, and a shortcut with BN.

    Shapes: (N, C, W) → (N, num_channels, W).
    """
    return Block([(num_channels, kernel) for kernel in (8, 5, 3)], shortcut,
                 **{"form": "keras", "dimension": 1, **options})
