"""Solutions of `residual-block-1d`: the residual block for series, (N, C, W)."""
from resnet_gluon.nets import Residual as Ours

import mxnet as mx
from bank import Bank
from mxnet import autograd, nd, np, npx
from mxnet.gluon import nn

SOURCE = """
class Residual1D(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv1D(num_channels, kernel_size=3, padding=1, strides=strides)
        self.bn1 = nn.BatchNorm()
        self.conv2 = nn.Conv1D(num_channels, 3, padding=1)
        self.bn2 = nn.BatchNorm(axis=1)
        self.conv3 = nn.Conv1D(num_channels, 1, strides) if use_1x1conv else None

    def forward(self, x):
        y = npx.relu(self.bn1(self.conv1(x)))
        y = self.conv2(y)
        y = self.bn2(y)
        if self.conv3 is not None:
            x = self.conv3(x)
        z = x + y
        return npx.relu(z)
"""
BANK = Bank("residual-block-1d", SOURCE, {"mx": mx, "nn": nn, "np": np, "npx": npx, "autograd": autograd})
BANK.mutate_right(("npx.relu(z)", "np.maximum(z, 0)"), ("x + y", "y + x"), ("axis=1", "epsilon=1e-3"))
BANK.mutate_right(("use_1x1conv=False, strides=1", "adapt=False, s=1"), ("if use_1x1conv", "if adapt"),
                  ("padding=1, strides=strides", "padding=1, strides=s"), ("1, strides)", "1, s)"))


# ---- right: other styles
@BANK.right
class Compiled(nn.HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.branch = nn.HybridSequential()
        for step in (strides, 1):
            self.branch.add(nn.Conv1D(num_channels, 3, step, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))
        self.branch = self.branch[:-1]
        self.shortcut = nn.HybridSequential()
        if use_1x1conv:
            self.shortcut.add(nn.Conv1D(num_channels, 1, strides, use_bias=False), nn.BatchNorm())
        self.hybridize()

    def hybrid_forward(self, F, x):
        return F.npx.relu(self.shortcut(x) + self.branch(x))


@BANK.right
class LegacyArrays(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv1D(num_channels, 3, strides, 1)
        self.conv2 = nn.Conv1D(num_channels, 3, 1, 1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
        self.conv3 = nn.Conv1D(num_channels, 1, strides) if use_1x1conv else None

    def forward(self, x):
        y = self.bn2(self.conv2(nd.relu(self.bn1(self.conv1(x)))))
        return nd.relu(nd.add_n(y, self.conv3(x) if self.conv3 else x))


@BANK.right
class LegacyHybrid(nn.HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.a, self.b = nn.Conv1D(num_channels, 3, strides, 1), nn.Conv1D(num_channels, 3, padding=1)
        self.na, self.nb = nn.BatchNorm(), nn.BatchNorm()
        self.c = nn.Conv1D(num_channels, 1, strides, use_bias=False) if use_1x1conv else None

    def hybrid_forward(self, F, x):
        y = self.nb(self.b(F.relu(self.na(self.a(x)))))
        return F.relu(F.broadcast_add(y, x if self.c is None else self.c(x)))


@BANK.right
class AsImages(nn.Block):
    """Series as images of height 1."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, (1, 3), (1, strides), (0, 1))
        self.conv2 = nn.Conv2D(num_channels, (1, 3), padding=(0, 1))
        self.conv3 = nn.Conv2D(num_channels, 1, (1, strides)) if use_1x1conv else None
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()

    def forward(self, x):
        x = np.expand_dims(x, 2)
        y = npx.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.conv3:
            x = self.conv3(x)
        return npx.relu(x + y)[:, :, 0]


@BANK.right
class Wide(nn.Block):
    """Series as images of width 1, by reshaping."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.inside = nn.Sequential()
        self.inside.add(nn.Conv2D(num_channels, (3, 1), (strides, 1), (1, 0)), nn.BatchNorm(), nn.Activation("relu"),
                        nn.Conv2D(num_channels, (3, 1), 1, (1, 0)), nn.BatchNorm())
        self.past = nn.Conv2D(num_channels, 1, (strides, 1)) if use_1x1conv else nn.Sequential()

    def forward(self, x):
        x = x.reshape(*x.shape, 1)
        return npx.relu(self.inside(x) + self.past(x)).squeeze(axis=-1)


@BANK.right
class Subclass(Ours):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__(num_channels, use_1x1conv, strides, dimension=1, form="d2l")


@BANK.right
class Sliced(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.strides = strides
        for name, kernel in (("first", 3), ("second", 3), ("third", 1)):
            if kernel == 3 or use_1x1conv:
                setattr(self, name, nn.Conv1D(num_channels, kernel, padding=kernel // 2))
        self.norm1, self.norm2 = nn.BatchNorm(), nn.BatchNorm()

    def forward(self, x):
        y = npx.relu(self.norm1(self.first(x)[:, :, ::self.strides]))
        y = self.norm2(self.second(y))
        x = self.third(x[:, :, ::self.strides]) if hasattr(self, "third") else x
        return npx.relu(np.add(x, y))


# ---- wrong: the source with one thing changed
BANK.mutate("dimension", ("nn.Conv1D(num_channels, kernel_size=3", "nn.Conv2D(num_channels, kernel_size=3"))
BANK.add("the block for images", Ours, "exception")
BANK.mutate("kernel", ("kernel_size=3, padding=1", "kernel_size=8, padding=4"))
BANK.mutate("kernel", ("channels, 3, padding=1", "channels, 5, padding=2"))
BANK.mutate("kernel", ("num_channels, kernel_size=3, padding=1", "num_channels, kernel_size=1"))
BANK.mutate("padding", ("channels, 3, padding=1", "channels, 3"))
BANK.mutate("padding", ("channels, 3, padding=1", "channels, 3, padding=2"))
BANK.mutate("dilation", ("channels, 3, padding=1", "channels, 3, padding=2, dilation=2"))
BANK.mutate("stride", ("padding=1, strides=strides", "padding=1"))
BANK.mutate("stride", ("padding=1, strides=strides", "padding=1, strides=3"))  # as large as the kernel
BANK.mutate("stride-place", ("padding=1, strides=strides", "padding=1"), ("channels, 3,", "channels, 3, strides,"))
BANK.mutate("channels", ("channels, 3,", "channels + 1, 3,"))
BANK.mutate("groups", ("channels, 3, padding=1", "channels, 3, padding=1, groups=num_channels"))
BANK.mutate("convolutions", ("self.conv2 =", "self.conv1 ="), ("        y = self.conv2(y)\n", ""))
BANK.mutate("convolution-shared", ("self.conv2(y)", "self.conv1(y)"), ("self.conv2 =", "conv2 ="))
BANK.mutate("batchnorm-missing", ("self.bn1(self.conv1(x))", "self.conv1(x)"), ("self.bn1 =", "bn1 ="))
BANK.mutate("batchnorm-missing", ("        y = self.bn2(y)\n", ""), ("self.bn2 =", "bn2 ="))
BANK.mutate("batchnorm-shared", ("self.bn2(y)", "self.bn1(y)"), ("self.bn2 =", "bn2 ="))
BANK.mutate("batchnorm-axis", ("axis=1", "axis=2"))
BANK.mutate("normalisation", ("nn.BatchNorm()", "nn.LayerNorm()"))
BANK.mutate("inner-relu-missing", ("npx.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))"))
BANK.mutate("relu-before-addition", ("y = self.bn2(y)", "y = npx.relu(self.bn2(y))"), ("npx.relu(z)", "z"))
BANK.mutate("final-relu-missing", ("npx.relu(z)", "z"))
BANK.mutate("activation", ("npx.relu(z)", "np.tanh(z)"))
BANK.mutate("shortcut-missing", ("x + y", "y"))
BANK.mutate("addition", ("x + y", "x * y"))
BANK.mutate("scaled", ("x + y", "(x + y) * 0.7071"))
BANK.mutate("gradient", ("x + y", "x.detach() + y"))
BANK.mutate("projection-missing", ("if use_1x1conv else", "if use_1x1conv and strides > 1 else"))
BANK.mutate("projection-stride", ("num_channels, 1, strides", "num_channels, 1"))
BANK.mutate("projection-kernel", ("num_channels, 1, strides", "num_channels, 3, strides, 1"))
BANK.mutate("projection-activation", ("x = self.conv3(x)", "x = npx.relu(self.conv3(x))"))
BANK.mutate("shortcut-start", ("y = npx.relu(self.bn1(self.conv1(x)))", "x = y = npx.relu(self.bn1(self.conv1(x)))"),
            ("num_channels, 1, strides", "num_channels, 1"))
BANK.mutate("output-shape", ("return npx.relu(z)", "return npx.relu(z).mean(axis=2)"))
BANK.mutate("output-shape", ("return npx.relu(z)", "return npx.relu(z).transpose(0, 2, 1)"))
BANK.mutate("no-return", ("return npx.relu(z)", "return print(z.shape)"))
BANK.mutate("return-value", ("return npx.relu(z)", "return {'y': npx.relu(z)}"))
BANK.mutate("training-mode", ("x + y", "x + (npx.relu(y) if autograd.is_training() else y)"))
