"""What blocks are made of, for images and for series alike: convolutions, norms, pooling, ReLU and the addition."""
from typing import Any

from mxnet.gluon import nn


class SeriesNorm(nn.BatchNorm):
    """BatchNorm of series, (N, C, W), taken as images of height 1.

    MXNet 1.9.1's own fails for series in training, between two convolutions whose channels are a multiple of 8
    ("!is_view").
    """

    def _alias(self) -> str:
        return "batchnorm"

    def hybrid_forward(self, F: Any, x: Any, **parameters: Any) -> Any:
        return F.np.squeeze(super().hybrid_forward(F, F.np.expand_dims(x, 2), **parameters), axis=2)


class EvenConv1D(nn.Conv1D):
    """A convolution with a kernel of even size, padded by half of it: it drops the one output too many, the first."""

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        return super().hybrid_forward(F, x, weight, bias)[:, :, 1:]


class EvenConv2D(nn.Conv2D):
    """As `EvenConv1D`, for images."""

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        return super().hybrid_forward(F, x, weight, bias)[:, :, 1:, 1:]


# By the dimension of what goes through: series, images.
CONV = {1: nn.Conv1D, 2: nn.Conv2D}
EVEN_CONV = {1: EvenConv1D, 2: EvenConv2D}
NORM = {1: SeriesNorm, 2: nn.BatchNorm}
POOLING = {1: nn.MaxPool1D, 2: nn.MaxPool2D}
GLOBAL_POOL = {1: nn.GlobalAvgPool1D, 2: nn.GlobalAvgPool2D}
INPUTS = {1: "series, (N, C, W)", 2: "images, (N, C, H, W)"}


def convolution(dimension: int, channels: int, kernel: int, strides: int = 1, **options: Any) -> Any:
    """A convolution that keeps the size, or divides it by `strides`, whether its kernel is odd or even."""
    kinds = CONV if kernel % 2 else EVEN_CONV
    return kinds[dimension](channels, kernel, strides, padding=kernel // 2, **options)


def relu(F: Any, x: Any) -> Any:
    # `activation` and `relu` compute the same, but a compiled net trains a tenth faster with the first
    # (experiments/levers.py).
    return F.npx.activation(x, act_type="relu")


def add(F: Any, x: Any, y: Any, channels: int, name: str) -> Any:
    """The sum of two arrays of one shape; others are refused while a net is compiled, in an operator of this name.

    On a CPU `elemwise_add` lets a compiled ResNet-18 train a tenth faster than + does (experiments/levers.py). With 16
    channels it halves the speed, so those take +. `elemwise_add` refuses unequal shapes by itself; + would broadcast
    them: hence `reshape_like`.
    """
    if channels >= 32:
        return F.elemwise_add(x.as_nd_ndarray(), y.as_nd_ndarray(), name=name).as_np_ndarray()
    return F.npx.reshape_like(x, y, name=name) + y


def check_input(block: Any, x: Any, dimension: int = 2) -> Any:
    """Refuse whatever is not a non-empty batch of images (or series), before the engine meets it; return its shape.

    Blocks call this from `__call__`, which MXNet leaves alone. An override of `forward` would silently prevent
    compilation. A Symbol, met while a larger net is being compiled, has no shape: None.
    """
    shape = getattr(x, "shape", None)
    if shape is not None and (len(shape) != 2 + dimension or 0 in shape):
        raise ValueError(f"{type(block).__name__} expects a non-empty batch of {INPUTS[dimension]}, "
                         f"but the input's shape is {tuple(shape)}")
    return shape
