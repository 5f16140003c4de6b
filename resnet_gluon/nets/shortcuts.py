"""How a block's input gets past its branch: unchanged, padded with zeros, or projected."""
from dataclasses import dataclass
from typing import Any, Literal, Optional, Union

from resnet_gluon.arguments import choose
from resnet_gluon.nets.layers import CONV, NORM

from mxnet.gluon import nn

#: kind: what it is. "none" makes a block plain, without a shortcut.
SHORTCUTS = {
    "none": "no shortcut",
    "identity": "the input itself",
    "zero-pad": "every second pixel, and zeros for the new channels: no parameters (the paper's option A)",
    "projection": "a 1×1 convolution (the paper's options B and C)",
    "norm": "batch normalisation alone, as in the last block of Wang et al.'s network for time series",
}


@dataclass(frozen=True)
class Form:
    """Where published blocks of one kind differ: biases in convolutions; BatchNorm after a shortcut's projection."""
    conv_bias: bool
    shortcut_norm: bool


FormLike = Union[Literal["paper", "d2l", "keras"], Form]
FORMS = {
    "paper": Form(conv_bias=False, shortcut_norm=True),  # also torchvision's
    "d2l": Form(conv_bias=True, shortcut_norm=False),
    "keras": Form(conv_bias=True, shortcut_norm=True),
}


def form_of(form: Union[FormLike, dict]) -> Form:
    """A `Form`: itself, one of FORMS by its name, or one from its fields. Raises ValueError for anything else."""
    if isinstance(form, dict):
        return Form(**form)
    return form if isinstance(form, Form) else choose("form", form, FORMS)


class ZeroPad(nn.HybridBlock):
    """Option A (the paper, section 3.3): subsample by the stride, and pad the channels with zeros, half on either side.

    Parameters
    ----------
    num_channels, strides : int
        Channels of the output; every `strides`-th pixel of each axis is kept.
    in_channels : int
        Channels of the input, which an array tells by itself. A net that is compiled before it has seen one needs them.

    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉), or (N, C, W) → (N, num_channels, ⌈W/strides⌉).
    Raises ValueError where the input has more channels than the output. No parameters.
    """

    def __init__(self, num_channels: int, strides: int = 1, *, in_channels: int = 0, dimension: int = 2,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_channels = num_channels
        self.strides = strides
        self.in_channels = in_channels
        self.dimension = dimension

    def __call__(self, x: Any) -> Any:
        shape = getattr(x, "shape", None)
        if shape is not None:
            self.in_channels = shape[1]
        if not self.in_channels:
            raise ValueError("a zero-padded shortcut has to know its input's channels: pass in_channels, or call the "
                             "net once before it is compiled")
        if self.in_channels > self.num_channels:
            raise ValueError(f"a zero-padded shortcut can add channels, not remove them: {self.in_channels} come in, "
                             f"{self.num_channels} should go out")
        return super().__call__(x)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        ones = (1,) * self.dimension
        if self.strides > 1:  # the means of windows of one pixel: every second pixel
            x = F.npx.pooling(x, kernel=ones, stride=(self.strides,) * self.dimension, pool_type="avg")
        new = self.num_channels - self.in_channels
        return F.np.pad(x, ((0, 0), (new // 2, new - new // 2)) + ((0, 0),) * self.dimension)


def make_shortcut(kind: str, num_channels: int, strides: int, form: Form, prefix: str, *, norm: bool,
                  in_channels: int, dimension: int) -> Optional[Any]:
    """The shortcut's layers; None for "identity", which has none, and for "none". norm: BN after a projection."""
    if kind in ("none", "identity"):
        return None
    if kind == "zero-pad":
        return ZeroPad(num_channels, strides, in_channels=in_channels, dimension=dimension, prefix=prefix)
    layers = nn.HybridSequential(prefix=prefix)
    with layers.name_scope():
        if kind == "projection":
            layers.add(CONV[dimension](num_channels, kernel_size=1, strides=strides, use_bias=form.conv_bias))
        if kind == "norm" or norm:
            layers.add(NORM[dimension]())
    return layers
