"""The family's blocks by name, as settings of one `Block`. Sources are named in block.py."""
from typing import Any, Literal, Optional, Tuple

from resnet_gluon.arguments import choose, positive_int
from resnet_gluon.nets.block import Block, Layer

StrideOn = Literal["1x1", "3x3"]


def basic(num_channels: int, strides: int) -> Tuple[Layer, Layer]:
    """The branch of the basic block: two 3×3 convolutions, the first with the stride."""
    return Layer(num_channels, 3, strides), Layer(num_channels, 3)


def shortcut_kind(shortcut: Optional[str], use_1x1conv: bool) -> str:
    """The kind that a block was asked for, by name or by d2l's flag."""
    return shortcut or ("projection" if use_1x1conv else "identity")


class Plain(Block):
    """Two 3×3 convolutions, each with batch normalisation, and nothing around them: the residual block's plain twin.

    3×3 → BN → ReLU → 3×3 → BN → ReLU (the paper's section 3.3, "plain network").

    Parameters: num_channels, strides; form, zero_gamma, preactivation, pool, dimension as in `Block`.
    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉). Raises ValueError for other inputs.
    """

    def __init__(self, num_channels: int, *, strides: int = 1, pool: Optional[str] = None, **options: Any) -> None:
        super().__init__(basic(num_channels, 1 if pool else strides), "none", strides=strides, pool=pool, **options)


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
        Any of SHORTCUTS, instead of `use_1x1conv`.
    **options
        `form`, `zero_gamma`, `preactivation`, `pool`, `in_channels`, `dimension` as in `Block`, which also says what
        is raised. form="paper" (the default, as in torchvision): no convolution biases, and BatchNorm after the
        projection. "d2l": convolution biases, and no BatchNorm after the projection.

    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉). Source: the paper, figure 2 and section 3.
    """

    remedy = "use_1x1conv=True"

    def __init__(self, num_channels: int, use_1x1conv: bool = False, strides: int = 1, *,
                 shortcut: Optional[str] = None, pool: Optional[str] = None, **options: Any) -> None:
        super().__init__(basic(num_channels, 1 if pool else strides), shortcut_kind(shortcut, use_1x1conv),
                         strides=strides, pool=pool, **options)


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

    def __init__(self, num_channels: int, use_1x1conv: bool = False, strides: int = 1, *,
                 shortcut: Optional[str] = None, width: int = 1, groups: int = 1, stride_on: StrideOn = "1x1",
                 pool: Optional[str] = None, **options: Any) -> None:
        if positive_int("num_channels", num_channels) % 4:
            raise ValueError(f"num_channels must be a multiple of 4, but {num_channels} was given")
        inner = num_channels // 4 * positive_int("width", width)
        if inner % positive_int("groups", groups):
            raise ValueError(f"groups={groups} do not divide the 3×3 convolution's {inner} channels")
        first, second = choose("stride_on", stride_on, {"1x1": (strides, 1), "3x3": (1, strides)})
        if pool:
            first = second = 1
        super().__init__((Layer(inner, 1, first), Layer(inner, 3, second, groups), Layer(num_channels, 1)),
                         shortcut_kind(shortcut, use_1x1conv), strides=strides, pool=pool, **options)


def identity_block(kernel_size: int, filters: Tuple[int, int, int], **options: Any) -> Block:
    """Keras's name for a bottleneck whose shortcut is the identity: convolutions with biases, `filters` three numbers.

    Shapes: (N, filters[2], H, W) → the same.
    """
    return Block(keras_layers(kernel_size, filters, 1), "identity", form="keras", **options)


def conv_block(kernel_size: int, filters: Tuple[int, int, int], strides: int = 2, **options: Any) -> Block:
    """Keras's name for a bottleneck whose shortcut is a projection; the stride is the first convolution's.

    Shapes: (N, C, H, W) → (N, filters[2], ⌈H/strides⌉, ⌈W/strides⌉).
    """
    return Block(keras_layers(kernel_size, filters, strides), "projection", strides=strides, form="keras", **options)


def keras_layers(kernel_size: int, filters: Tuple[int, int, int], strides: int) -> Tuple[Layer, Layer, Layer]:
    """The branch of Keras's two blocks: 1×1 with the stride, a kernel in the middle, 1×1."""
    first, second, third = filters
    return Layer(first, 1, strides), Layer(second, kernel_size), Layer(third, 1)


def time_series_block(num_channels: int, shortcut: str = "projection", **options: Any) -> Block:
    """The block of Wang, Yan and Oates 2016 (arXiv:1611.06455): kernels 8, 5, 3 over series, and a shortcut with BN.

    Shapes: (N, C, W) → (N, num_channels, W).
    """
    return Block([(num_channels, kernel) for kernel in (8, 5, 3)], shortcut,
                 **{"form": "keras", "dimension": 1, **options})
