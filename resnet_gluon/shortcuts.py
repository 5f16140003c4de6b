"""How a block's input gets past its branch: unchanged, padded with zeros, or projected; and how the two are added."""
from dataclasses import dataclass

from resnet_gluon.arguments import choose

from mxnet import npx
from mxnet.gluon import nn

npx.set_np()


class SeriesNorm(nn.BatchNorm):
    """BatchNorm of series, (N, C, W), taken as images of height 1.

    MXNet 1.9.1's own fails for them between two convolutions, in training and from 32 channels on ("!is_view").
    """

    def _alias(self):
        return "batchnorm"

    def hybrid_forward(self, F, x, **parameters):
        return F.np.squeeze(super().hybrid_forward(F, F.np.expand_dims(x, 2), **parameters), axis=2)


# By the dimension of what goes through: series, images.
CONV = {1: nn.Conv1D, 2: nn.Conv2D}
NORM = {1: SeriesNorm, 2: nn.BatchNorm}
POOLING = {1: nn.MaxPool1D, 2: nn.MaxPool2D}

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


FORMS = {
    "paper": Form(conv_bias=False, shortcut_norm=True),  # also torchvision's
    "d2l": Form(conv_bias=True, shortcut_norm=False),
    "keras": Form(conv_bias=True, shortcut_norm=True),
}


def form_of(form):
    """A `Form`, from itself or its name in FORMS. Raises ValueError for anything else."""
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

    def __init__(self, num_channels, strides=1, *, in_channels=0, dimension=2, **kwargs):
        super().__init__(**kwargs)
        self.num_channels, self.strides, self.in_channels, self.dimension = (
            num_channels, strides, in_channels, dimension)

    def __call__(self, x):
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

    def hybrid_forward(self, F, x):
        ones = (1,) * self.dimension
        if self.strides > 1:  # the means of windows of one pixel: every second pixel
            x = F.npx.pooling(x, kernel=ones, stride=(self.strides,) * self.dimension, pool_type="avg")
        new = self.num_channels - self.in_channels
        return F.np.pad(x, ((0, 0), (new // 2, new - new // 2)) + ((0, 0),) * self.dimension)


def make_shortcut(kind, num_channels, strides, form, prefix, *, norm, in_channels, dimension):
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


def add(F, x, y, channels, name):
    """The sum of two arrays of one shape; others are refused while a net is compiled, in an operator of this name.

    On a CPU `elemwise_add` makes a compiled net's training 3 to 20 % faster with 32 channels or more, but, with 16,
    half as fast (experiments/levers.py). It refuses unequal shapes, where + would broadcast: hence `reshape_like`.
    """
    if channels >= 32:
        return F.elemwise_add(x.as_nd_ndarray(), y.as_nd_ndarray(), name=name).as_np_ndarray()
    return F.npx.reshape_like(x, y, name=name) + y
