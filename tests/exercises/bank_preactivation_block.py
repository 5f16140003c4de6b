"""Solutions of `preactivation-block`: BN and ReLU before each convolution, nothing after the addition."""
from resnet_gluon.nets import Residual as Ours

import mxnet as mx
from bank import Bank
from mxnet import autograd, nd, np, npx
from mxnet.gluon import nn

SOURCE = """
class PreActivation(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.bn1 = nn.BatchNorm()
        self.conv1 = nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)
        self.bn2 = nn.BatchNorm(axis=1)
        self.conv2 = nn.Conv2D(num_channels, 3, padding=1)
        self.conv3 = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None

    def forward(self, x):
        y = npx.relu(self.bn1(x))
        if self.conv3 is not None:
            x = self.conv3(y)
        y = self.conv1(y)
        y = npx.relu(self.bn2(y))
        y = self.conv2(y)
        return x + y
"""
BANK = Bank("preactivation-block", SOURCE, {"mx": mx, "nn": nn, "np": np, "npx": npx, "autograd": autograd})
BANK.mutate_right(("self.conv3(y)", "self.conv3(x)"))  # a projection of the raw input
BANK.mutate_right(("x + y", "sum([x, y])"), ("npx.relu(self.bn1(x))", "np.maximum(self.bn1(x), 0)"))
BANK.mutate_right(("BatchNorm()", "BatchNorm(epsilon=1e-3)"), ("axis=1", "momentum=0.99"),
                  ("__init__()", "__init__(None)"))
BANK.mutate_right(("use_1x1conv=False, strides=1", "project=False, step=1"), ("if use_1x1conv", "if project"),
                  ("padding=1, strides=strides", "padding=1, strides=step"),
                  ("1, strides)", "1, step, use_bias=False)"))


# ---- right: other styles
@BANK.right
class ModelZoo(nn.HybridBlock):
    """As the model zoo's version 2: legacy arrays, the projection behind the first ReLU."""

    def __init__(self, channels, downsample=False, stride=1, **kwargs):
        super().__init__(**kwargs)
        self.bn1 = nn.BatchNorm()
        self.conv1 = nn.Conv2D(channels, 3, stride, 1, use_bias=False)
        self.bn2 = nn.BatchNorm()
        self.conv2 = nn.Conv2D(channels, 3, 1, 1, use_bias=False)
        self.downsample = nn.Conv2D(channels, 1, stride, use_bias=False) if downsample else None

    def hybrid_forward(self, F, x):
        residual = x
        x = F.Activation(self.bn1(x), act_type="relu")
        if self.downsample:
            residual = self.downsample(x)
        x = F.Activation(self.bn2(self.conv1(x)), act_type="relu")
        return self.conv2(x) + residual


@BANK.right
class Compiled(nn.HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.start, self.rest = nn.HybridSequential(), nn.HybridSequential()
        self.start.add(nn.BatchNorm(), nn.Activation("relu"))
        self.rest.add(nn.Conv2D(num_channels, 3, strides, 1), nn.BatchNorm(), nn.Activation("relu"),
                      nn.Conv2D(num_channels, 3, 1, 1))
        self.projection = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None
        self.hybridize()

    def hybrid_forward(self, F, x):
        y = self.start(x)
        return F.np.add(self.rest(y), self.projection(y) if self.projection else x)


@BANK.right
class OneBranch(nn.Block):
    """The whole branch in one Sequential, and the projection at the input."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.branch, self.shortcut = nn.Sequential(), nn.Sequential()
        for step in (strides, 1):
            self.branch.add(nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(num_channels, 3, step, 1))
        if use_1x1conv:
            self.shortcut.add(nn.Conv2D(num_channels, 1, strides, use_bias=False))

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


@BANK.right
class LegacyArrays(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.norms = nn.Sequential()
        self.norms.add(nn.BatchNorm(), nn.BatchNorm())
        self.a, self.b = nn.Conv2D(num_channels, 3, strides, 1), nn.Conv2D(num_channels, 3, 1, 1)
        self.c = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else (lambda x: x)

    def forward(self, x):
        y = self.a(nd.relu(self.norms[0](x)))
        y = self.b(nd.relu(self.norms[1](y)))
        return nd.elemwise_add(self.c(x), y)


@BANK.right
class Fused(nn.HybridBlock):
    """BatchNorm and ReLU in one layer, which MXNet has for legacy arrays only."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.n1, self.n2 = nn.BatchNormReLU(), nn.BatchNormReLU()
        self.c1, self.c2 = nn.Conv2D(num_channels, 3, strides, 1), nn.Conv2D(num_channels, 3, 1, 1)
        self.c3 = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None

    def hybrid_forward(self, F, x):
        y = self.n1(x)
        past = self.c3(y) if self.c3 else x
        return F.elemwise_add(past, self.c2(self.n2(self.c1(y))))


@BANK.right
class Subclass(Ours):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__(num_channels, use_1x1conv, strides, preactivation=True)


@BANK.right
class Sliced(nn.Block):
    """The projection from every second pixel of what is behind the first ReLU."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.step = strides
        self.bn1, self.bn2 = (nn.BatchNorm() for _ in range(2))
        self.conv1, self.conv2 = nn.Conv2D(num_channels, 3, strides, 1), nn.Conv2D(num_channels, 3, padding=1)
        self.project = nn.Conv2D(num_channels, 1) if use_1x1conv else None

    def forward(self, x):
        active = npx.activation(self.bn1(x), act_type="relu")
        branch = self.conv2(npx.activation(self.bn2(self.conv1(active)), act_type="relu"))
        if self.project is None:
            return branch + x
        return branch + self.project(active[:, :, ::self.step, ::self.step])


# ---- wrong: the source with one thing changed
BANK.mutate("relu-after-addition", ("return x + y", "return npx.relu(x + y)"))
BANK.mutate("identity-changed", ("        if self.conv3 is not None:\n            x = self.conv3(y)\n",
                                 "        x = y if self.conv3 is None else self.conv3(y)\n"))
BANK.mutate("identity-changed", ("if use_1x1conv else None", ""))
BANK.mutate("identity-changed", ("npx.relu(self.bn1(x))", "self.bn1(x)"), ("x = self.conv3(y)", "x = self.conv3(x)"),
            ("y = self.conv1(y)", "x = x if self.conv3 else y; y = self.conv1(npx.relu(y))"))
BANK.mutate("projection-norm", ("x = self.conv3(y)", "x = self.bn3(self.conv3(y))"),
            ("if use_1x1conv else None", "if use_1x1conv else None\n"
                                         "        self.bn3 = nn.BatchNorm() if use_1x1conv else None"))
BANK.mutate("projection-missing", ("if use_1x1conv else", "if strides > 1 else"))
BANK.mutate("projection-missing", ("x = self.conv3(y)", "x = x.mean(axis=1, keepdims=True)[:, :, :1, :1]"))
BANK.mutate("projection-kernel", ("num_channels, 1, strides", "num_channels, 3, strides, 1"))
BANK.mutate("projection-stride", ("num_channels, 1, strides", "num_channels, 1"))
BANK.mutate("projection-channels", ("num_channels, 1, strides", "num_channels // 2, 1, strides"))
BANK.mutate("projection-activation", ("x = self.conv3(y)", "x = npx.relu(self.conv3(y))"))
BANK.mutate("shortcut-start", ("y = self.conv1(y)", "x = y = self.conv1(y)"),
            ("        if self.conv3 is not None:\n            x = self.conv3(y)\n", ""), ("self.conv3 =", "conv3 ="))
BANK.mutate("shortcut-missing", ("return x + y", "return y"))
BANK.mutate("addition", ("return x + y", "return x - y"))
BANK.mutate("addition", ("return x + y", "return np.maximum(x, y)"))
BANK.mutate("scaled", ("return x + y", "return 0.5 * x + y"))  # the scaled shortcut of "Identity Mappings"
BANK.mutate("dropout", ("return x + y", "return npx.dropout(x, p=0.5) + y"))
BANK.mutate("gradient", ("return x + y", "return x.detach() + y"))
BANK.mutate("order", ("npx.relu(self.bn1(x))", "self.bn1(npx.relu(x))"))
BANK.mutate("order", ("y = self.conv1(y)", "y = self.bn2(self.conv1(x if self.conv3 is None else y))"),
            ("y = npx.relu(self.bn2(y))", "y = npx.relu(y)"), ("self.conv2(y)", "self.bn1(self.conv2(y))"),
            ("y = npx.relu(self.bn1(x))", "y = x"))  # version 1's order
BANK.mutate("inner-relu-missing", ("npx.relu(self.bn1(x))", "self.bn1(x)"))
BANK.mutate("inner-relu-missing", ("npx.relu(self.bn2(y))", "self.bn2(y)"))
BANK.mutate("inner-relu-missing", ("nn.BatchNorm()", "nn.BatchNormReLU()"), ("npx.relu(self.bn1(x))", "self.bn1(x)"))
BANK.mutate("extra-relu", ("return x + y", "return x + npx.relu(y)"))
BANK.mutate("batchnorm-missing", ("npx.relu(self.bn1(x))", "npx.relu(x)"), ("self.bn1 =", "bn1 ="))
BANK.mutate("batchnorm-missing", ("npx.relu(self.bn2(y))", "npx.relu(y)"), ("self.bn2 =", "bn2 ="))
BANK.mutate("batchnorm-shared", ("self.bn2(y)", "self.bn1(y)"), ("self.bn2 =", "bn2 ="))
BANK.mutate("batchnorm-extra", ("return x + y", "return x + self.bn3(y)"),
            ("self.bn1 =", "self.bn3 = nn.BatchNorm()\n        self.bn1 ="))
BANK.mutate("batchnorm-mode", ("nn.BatchNorm()", "nn.BatchNorm(use_global_stats=True)"))
BANK.mutate("normalisation", ("nn.BatchNorm()", "nn.LayerNorm(axis=1)"))
BANK.mutate("activation", ("npx.relu(self.bn1(x))", "npx.sigmoid(self.bn1(x))"))
BANK.mutate("convolutions", ("self.conv2 =", "self.conv1 ="), ("        y = self.conv2(y)\n", ""))
BANK.mutate("convolution-shared", ("self.conv2(y)", "self.conv1(y)"), ("self.conv2 =", "conv2 ="))
BANK.mutate("stride", ("padding=1, strides=strides", "padding=1"))
BANK.mutate("stride-place", ("padding=1, strides=strides", "padding=1"), ("channels, 3,", "channels, 3, strides,"))
BANK.mutate("padding", ("kernel_size=3, padding=1", "kernel_size=3"))
BANK.mutate("kernel", ("channels, 3, padding=1", "channels, 1"))
BANK.mutate("kernel", ("kernel_size=3, padding=1", "kernel_size=7, padding=3"))
BANK.mutate("channels", ("num_channels, kernel_size=3", "num_channels * 2, kernel_size=3"))
BANK.mutate("no-return", ("return x + y", "x + y"))
BANK.mutate("no-super", ("super().__init__()", "nn.Block"))
BANK.mutate("in-place", ("return x + y", "y += x; return y"))
BANK.mutate("exception", ("x = self.conv3(y)", "x = self.conv3(z)"))
BANK.mutate("state", ("return x + y", "self.seen = getattr(self, 'seen', 0) + 1; return x + y if self.seen > 1 else y"))
BANK.add("version 1", Ours, "order")


@BANK.wrong("time-limit", seconds=0.5)
class Waits(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.bn = nn.BatchNorm()

    def forward(self, x):
        while x is not None:
            x = self.bn(x)
        return x
