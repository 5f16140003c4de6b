"""Option A's shortcut, right and wrong."""
from resnet_gluon.nets import ZeroPad

import mxnet as mx
import numpy as onp
from bank import Bank
from mxnet import autograd, np, npx
from mxnet.gluon import Block, HybridBlock, nn

BANK = Bank("zero-pad-shortcut", '''
def pad(x, channels, strides):
    x = x[:, :, ::strides, ::strides]
    new = channels - x.shape[1]
    return np.pad(x, ((0, 0), (new // 2, new - new // 2), (0, 0), (0, 0)))
''', {"np": np, "npx": npx})
BANK.right(ZeroPad)


# Right, in other styles

@BANK.right
def concatenating_behind(x, channels, strides):
    x = x[:, :, ::strides, ::strides]
    zeros = np.zeros((x.shape[0], channels - x.shape[1], x.shape[2], x.shape[3]))
    return np.concatenate([x, zeros], axis=1) if channels > x.shape[1] else x


@BANK.right
def legacy_interface(data, num_channels, stride):
    data = mx.nd.slice(data, begin=(None,) * 4, end=(None,) * 4, step=(1, 1, stride, stride))
    n, c, h, w = data.shape
    return mx.nd.concat(data, mx.nd.zeros((n, num_channels - c, h, w)), dim=1) if num_channels > c else data


@BANK.right
def pooling_of_kernel_one(x, channels, strides):
    x = npx.pooling(x, kernel=(1, 1), stride=(strides, strides), pool_type="max")
    before = (channels - x.shape[1]) // 2
    return np.pad(x, ((0, 0), (before, channels - x.shape[1] - before), (0, 0), (0, 0)), mode="constant")


@BANK.right
def zeros_of_the_input(x, channels, strides):
    small = x[:, :, ::strides, ::strides]
    parts = [small] + [0 * small[:, :1]] * (channels - small.shape[1])
    return np.concatenate(parts, axis=1)


@BANK.right
def in_front(x, channels, strides):
    small = x[..., ::strides, ::strides]
    return np.pad(small, ((0, 0), (channels - small.shape[1], 0), (0, 0), (0, 0)))


@BANK.right
def by_a_matrix(x, channels, strides):
    small = x[:, :, ::strides, ::strides]
    matrix = np.eye(channels, small.shape[1])
    return np.einsum("oc,nchw->nohw", matrix, small)


@BANK.right
def fixed_convolution(x, channels, strides):
    weight = np.eye(channels, x.shape[1]).reshape(channels, x.shape[1], 1, 1)
    return npx.convolution(x, weight, kernel=(1, 1), stride=(strides, strides), num_filter=channels, no_bias=True)


@BANK.right
class AsBlock(Block):
    """The new channels behind."""

    def __init__(self, channels, strides=1):
        super().__init__()
        self.channels, self.strides = channels, strides

    def forward(self, x):
        x = x[:, :, ::self.strides, ::self.strides]
        return np.pad(x, ((0, 0), (0, self.channels - x.shape[1]), (0, 0), (0, 0)))


@BANK.right
class WithLayers(HybridBlock):
    """Pooling as a layer."""

    def __init__(self, channels, strides, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels
        self.pool = nn.AvgPool2D(pool_size=1, strides=strides)

    def forward(self, x):
        new = self.channels - x.shape[1]
        return np.pad(self.pool(x), ((0, 0), (new // 2, new - new // 2), (0, 0), (0, 0)))


BANK.add("a lambda", lambda x, channels, strides: np.pad(
    x[:, :, ::strides, ::strides], ((0, 0), (0, channels - x.shape[1]), (0, 0), (0, 0))))
BANK.mutate_right(("(new // 2, new - new // 2)", "(0, new)"))
BANK.mutate_right(("::strides, ::strides", "0::strides, 0::strides"))
BANK.mutate_right((":, :, ::strides, ::strides", "..., ::strides, ::strides"))

# One thing changed

BANK.mutate("no-return", ("    return np.pad", "    np.pad"))
BANK.mutate("output-shape", ("    x = x[:, :, ::strides, ::strides]\n", ""))
BANK.mutate("output-shape", ("::strides, ::strides", "::strides"))
BANK.mutate("output-shape", (":, :, ::strides, ::strides", "::strides, ::strides"))
BANK.mutate("output-shape", ("::strides, ::strides", ":x.shape[2] // strides, :x.shape[3] // strides"))
BANK.mutate("output-shape", ("::strides, ::strides",
                             ":x.shape[2] // strides * strides:strides, :x.shape[3] // strides * strides:strides"))
BANK.mutate("output-shape", ("::strides, ::strides", "strides - 1::strides, strides - 1::strides"))
BANK.mutate("output-shape", ("new // 2, new - new // 2", "new, new"))
BANK.mutate("output-shape", ("new // 2, new - new // 2", "new // 2, new // 2"))
BANK.mutate("output-shape", ("(new // 2, new - new // 2), (0, 0)", "(0, 0), (new // 2, new - new // 2)"))
BANK.mutate("output-shape", ("channels - x.shape[1]", "channels"))
BANK.mutate("output-shape", ("    return np.pad(x, ((0, 0), (new // 2, new - new // 2), (0, 0), (0, 0)))",
                             "    return x"))
BANK.mutate("new-channels", ("(0, 0)))", "(0, 0)), mode='edge')"))
BANK.mutate("new-channels", ("    return np.pad(x, ((0, 0), (new // 2, new - new // 2), (0, 0), (0, 0)))",
                             "    return np.concatenate([x, np.ones((x.shape[0], new, *x.shape[2:]))], axis=1)"))
BANK.mutate("new-channels", ("    return np.pad(x, ((0, 0), (new // 2, new - new // 2), (0, 0), (0, 0)))",
                             "    return np.concatenate([x, x, x], axis=1)[:, :channels]"))
BANK.mutate("subsampling", ("    x = x[:, :, ::strides, ::strides]\n",
                            "    x = npx.pooling(x, kernel=(2, 2), stride=(strides, strides), pool_type='avg',"
                            " pooling_convention='full') if strides > 1 else x\n"))
BANK.mutate("subsampling", ("    x = x[:, :, ::strides, ::strides]\n",
                            "    x = npx.pooling(x, kernel=(2, 2), stride=(strides, strides), pool_type='max',"
                            " pooling_convention='full') if strides > 1 else x\n"))
BANK.mutate("subsampling", ("::strides, ::strides", "::-strides, ::-strides"))
BANK.mutate("subsampling", ("::strides, ::strides]", ":-(-x.shape[2] // strides), :-(-x.shape[3] // strides)]"))
BANK.mutate("subsampling", ("np.pad(x,", "np.pad(npx.relu(x),"))
BANK.mutate("subsampling", ("np.pad(x,", "np.pad(2 * x,"))
BANK.mutate("channel-order", ("np.pad(x,", "np.pad(x[:, ::-1],"))
BANK.mutate("signature", ("channels, strides", "channels"), ("::strides, ::strides", "::2, ::2"))
BANK.mutate("signature", ("(x, channels, strides)", "()"))
BANK.mutate("output-shape", ("::strides, ::strides", "::2, ::2"))
BANK.mutate("exception", ("np.pad(x", "np.pads(x"))
BANK.mutate("exception", ("x.shape[1]", "x.shap[1]"))
BANK.mutate("gradient", ("np.pad(x,", "np.pad(x.detach(),"))
BANK.mutate("gradient", ("np.pad(x,", "np.pad(np.array(x.asnumpy()),"))


# Faults that no small change makes

@BANK.wrong("gradient")
def slice_assignment(x, channels, strides):
    small = x[:, :, ::strides, ::strides]
    with autograd.pause():
        y = np.zeros((x.shape[0], channels, *small.shape[2:]))
        y[:, :x.shape[1]] = small
    return y


@BANK.wrong("gradient")
def paused(x, channels, strides):
    with autograd.pause():
        return in_front(x, channels, strides)


@BANK.wrong("in-place")
def assignment_while_recording(x, channels, strides):
    small = x[:, :, ::strides, ::strides]
    y = np.zeros((x.shape[0], channels, *small.shape[2:]))
    y[:, :x.shape[1]] = small
    return y


@BANK.wrong("not-an-array")
def numpy_array(x, channels, strides):
    x = x.asnumpy()[:, :, ::strides, ::strides]
    return onp.pad(x, ((0, 0), (0, channels - x.shape[1]), (0, 0), (0, 0)))


@BANK.wrong("parameters")
class Projection(Block):
    """Option B."""

    def __init__(self, channels, strides):
        super().__init__()
        self.conv = nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return self.conv(x)


@BANK.wrong("signature")
class NoStrides(Block):
    """Always by two."""

    def __init__(self, channels):
        super().__init__()
        self.channels = channels

    def forward(self, x):
        return in_front(x, self.channels, 2)


@BANK.wrong("no-return")
class WithoutReturn(AsBlock):
    """Forgets what it computes."""

    def forward(self, x):
        super().forward(x)


@BANK.wrong("exception")
class WithoutForward(Block):
    """Half done."""

    def __init__(self, channels, strides):
        super().__init__()


@BANK.wrong("channel-order")
def swapped(x, channels, strides):
    small = x[:, :, ::strides, ::strides]
    y = np.concatenate([small[:, 1:], small[:, :1]], axis=1)
    return np.pad(y, ((0, 0), (0, channels - x.shape[1]), (0, 0), (0, 0)))


@BANK.wrong("channel-order")
def zeros_first_channel_lost(x, channels, strides):
    small = x[:, 1:, ::strides, ::strides]
    return np.pad(small, ((0, 0), (0, channels - small.shape[1]), (0, 0), (0, 0)))


BANK.add("an array", onp.zeros((2, 8, 4, 3)), "signature")
BANK.add("a made block", AsBlock(8, 2), "signature")
