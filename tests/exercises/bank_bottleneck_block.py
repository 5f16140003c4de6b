"""Solutions of `bottleneck-block`: 1×1 down to a quarter, 3×3, 1×1 up again, and a shortcut around them."""
from resnet_gluon.nets import Bottleneck as Ours

import mxnet as mx
from bank import Bank
from mxnet import autograd, nd, np, npx
from mxnet.gluon import nn

SOURCE = """
class Bottleneck(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        inner = num_channels // 4
        self.conv1 = nn.Conv2D(inner, kernel_size=1, strides=strides)
        self.conv2 = nn.Conv2D(inner, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2D(num_channels, kernel_size=1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm(axis=1)
        self.bn3 = nn.BatchNorm()
        self.conv4 = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None

    def forward(self, x):
        y = npx.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y = npx.relu(y)
        y = self.conv3(y)
        y = self.bn3(y)
        if self.conv4 is not None:
            x = self.conv4(x)
        z = x + y
        return npx.relu(z)
"""
BANK = Bank("bottleneck-block", SOURCE, {"mx": mx, "nn": nn, "np": np, "npx": npx, "autograd": autograd})
BANK.mutate_right(("kernel_size=1, strides=strides", "kernel_size=1"),
                  ("kernel_size=3, padding=1", "kernel_size=3, padding=1, strides=strides"))
BANK.mutate_right(("npx.relu(z)", "np.maximum(0, z)"), ("x + y", "np.add(y, x)"),
                  ("num_channels // 4", "num_channels >> 2"))
BANK.mutate_right(("kernel_size=1, strides=strides", "1, strides, 0, use_bias=False"), ("axis=1", "momentum=0.1"))


# ---- right: other styles
@BANK.right
class ModelZoo(nn.HybridBlock):
    """As the model zoo's version 1: the stride on the first 1×1, BN on the shortcut, legacy arrays."""

    def __init__(self, channels, downsample=False, stride=1, **kwargs):
        super().__init__(**kwargs)
        self.body = nn.HybridSequential(prefix="")
        self.body.add(nn.Conv2D(channels // 4, 1, stride), nn.BatchNorm(), nn.Activation("relu"),
                      nn.Conv2D(channels // 4, 3, 1, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                      nn.Conv2D(channels, 1), nn.BatchNorm())
        self.downsample = None
        if downsample:
            self.downsample = nn.HybridSequential(prefix="")
            self.downsample.add(nn.Conv2D(channels, 1, stride, use_bias=False), nn.BatchNorm())

    def hybrid_forward(self, F, x):
        residual = self.downsample(x) if self.downsample else x
        return F.Activation(residual + self.body(x), act_type="relu")


@BANK.right
class Compiled(nn.HybridBlock):
    """The stride on the 3×3, as torchvision has it."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        kernels, widths = (1, 3, 1), (num_channels // 4, num_channels // 4, num_channels)
        with self.name_scope():
            for i, (k, c) in enumerate(zip(kernels, widths)):
                setattr(self, f"conv{i}", nn.Conv2D(c, k, strides if k == 3 else 1, k // 2, use_bias=False))
                setattr(self, f"norm{i}", nn.BatchNorm())
            self.past = nn.HybridSequential()
            if use_1x1conv:
                self.past.add(nn.Conv2D(num_channels, 1, strides, use_bias=False), nn.BatchNorm())
        self.hybridize()

    def hybrid_forward(self, F, x):
        y = F.npx.activation(self.norm0(self.conv0(x)), act_type="relu")
        y = F.npx.activation(self.norm1(self.conv1(y)), act_type="relu")
        return F.npx.activation(self.past(x) + self.norm2(self.conv2(y)), act_type="relu")


@BANK.right
class LegacyArrays(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.convs, self.norms, self.shortcut = nn.Sequential(), nn.Sequential(), None
        self.convs.add(nn.Conv2D(num_channels // 4, 1, strides), nn.Conv2D(num_channels // 4, 3, padding=1),
                       nn.Conv2D(num_channels, 1))
        self.norms.add(*(nn.BatchNorm() for _ in range(3)))
        if use_1x1conv:
            self.shortcut = nn.Conv2D(num_channels, 1, strides)

    def forward(self, x):
        y = x
        for i in range(3):
            y = self.norms[i](self.convs[i](y))
            y = nd.relu(y if i < 2 else y + (self.shortcut(x) if self.shortcut else x))
        return y


@BANK.right
class Subclass(Ours):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__(num_channels, use_1x1conv, strides, stride_on="3x3", form="keras")


@BANK.right
class Wrapped(nn.Block):
    """One block inside another, and a word printed."""

    def __init__(self, channels, project, stride):
        super().__init__()
        self.inside = Ours(channels, project, stride)
        print(f"Bottleneck of {channels} channels")

    def forward(self, *inputs):
        return self.inside(*inputs)


@BANK.right
class Sliced(nn.Block):
    """The stride by slicing: behind the first convolution, and before the projection."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.step, inner = slice(None, None, strides), num_channels // 4
        self.down, self.across = nn.Conv2D(inner, 1), nn.Conv2D(inner, 3, padding=1)
        self.up = nn.Conv2D(num_channels, 1)
        self.n1, self.n2, self.n3 = nn.BatchNorm(), nn.BatchNorm(), nn.BatchNorm()
        self.match = nn.Conv2D(num_channels, 1) if use_1x1conv else None

    def forward(self, x):
        some = x[:, :, self.step, self.step]
        y = npx.relu(self.n1(self.down(some)))
        y = npx.relu(self.n2(self.across(y)))
        return npx.relu(sum([self.n3(self.up(y)), self.match(some) if self.match else x]))


# ---- wrong: the source with one thing changed
CONV1, CONV2, CONV3 = "kernel_size=1, strides=strides", "kernel_size=3, padding=1", "num_channels, kernel_size=1)"
BANK.mutate("channels", ("num_channels // 4", "num_channels"))
BANK.mutate("channels", ("num_channels // 4", "num_channels // 2"))
BANK.mutate("channels", ("inner, " + CONV2, "num_channels, " + CONV2))
BANK.mutate("channels", ("num_channels // 4", "num_channels"), (CONV3, "4 * " + CONV3))  # num_channels taken as inner
BANK.mutate("kernel", ("inner, " + CONV2, "inner, kernel_size=1"))
BANK.mutate("kernel", (CONV1, "kernel_size=3, padding=1, strides=strides"))
BANK.mutate("kernel", (CONV3, "num_channels, kernel_size=3, padding=1)"))
BANK.mutate("padding", (CONV2, "kernel_size=3"))
BANK.mutate("padding", (CONV1, "kernel_size=1, padding=1, strides=strides"))
BANK.mutate("stride", (CONV1, "kernel_size=1"))
BANK.mutate("stride", (CONV2, CONV2 + ", strides=strides"))
BANK.mutate("stride-place", (CONV1, "kernel_size=1"), (CONV3, "num_channels, kernel_size=1, strides=strides)"))
BANK.mutate("groups", (CONV2, CONV2 + ", groups=inner"))
BANK.mutate("convolutions", ("y = self.conv3(y)", "pass"), ("inner, " + CONV2, "num_channels, " + CONV2),
            ("self.conv3 =", "conv3 ="))
BANK.mutate("batchnorm-missing", ("        y = self.bn3(y)\n", ""), ("self.bn3 =", "bn3 ="))
BANK.mutate("batchnorm-missing", ("self.bn1(self.conv1(x))", "self.conv1(x)"), ("self.bn1,", "bn1,"))
BANK.mutate("batchnorm-shared", ("self.bn2(self.conv2(y))", "self.bn1(self.conv2(y))"), (", self.bn2 =", ", bn2 ="))
BANK.mutate("batchnorm-place", ("        y = self.bn3(y)\n", ""), ("npx.relu(z)", "npx.relu(self.bn3(z))"))
BANK.mutate("batchnorm-mode", ("axis=1", "use_global_stats=True"))
BANK.mutate("normalisation", ("axis=1", "axis=1, center=False"), ("nn.BatchNorm(), nn", "nn.LayerNorm(), nn"))
BANK.mutate("inner-relu-missing", ("        y = npx.relu(y)\n", ""))
BANK.mutate("inner-relu-missing", ("npx.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))"))
BANK.mutate("relu-before-addition", ("x + y", "x + npx.relu(y)"))
BANK.mutate("final-relu-missing", ("npx.relu(z)", "z"))
BANK.mutate("activation", ("y = npx.relu(y)", "y = np.tanh(y)"))
BANK.mutate("dropout", ("self.conv3(y)", "self.conv3(npx.dropout(y, p=0.5))"))
BANK.mutate("shortcut-missing", ("x + y", "y"))
BANK.mutate("addition", ("x + y", "y - x"))
BANK.mutate("scaled", ("x + y", "x + 0.1 * y"))
BANK.mutate("gradient", ("            x = self.conv4(x)", "            x = self.conv4(x).detach()"))
BANK.mutate("gradient", ("x + y", "mx.nd.BlockGrad(x.as_nd_ndarray()).as_np_ndarray() + y"))
BANK.mutate("projection-missing", ("if use_1x1conv else", "if use_1x1conv and strides > 1 else"))
BANK.mutate("projection-kernel", ("num_channels, 1, strides", "num_channels, 3, strides, 1"))
BANK.mutate("projection-stride", ("num_channels, 1, strides", "num_channels, 1, 1"))
BANK.mutate("projection-stride", ("num_channels, 1, strides", "num_channels, 1, 2"))
BANK.mutate("projection-channels", ("num_channels, 1, strides", "inner, 1, strides"))
BANK.mutate("projection-activation", ("            x = self.conv4(x)", "            x = npx.relu(self.conv4(x))"))
BANK.mutate("identity-changed", ("if use_1x1conv else None", ""))
BANK.mutate("order", ("self.bn2(self.conv2(y))", "self.conv2(y)"), ("y = npx.relu(y)", "y = self.bn2(npx.relu(y))"))
BANK.mutate("shortcut-end", ("        y = npx.relu(y)\n", "        x = self.conv4(x) if self.conv4 else x\n"
                                                          "        y = npx.relu(y)\n"),
            ("num_channels // 4", "num_channels"),
            ("        if self.conv4 is not None:\n            x = self.conv4(x)\n", ""),
            ("self.conv3(y)", "self.conv3(x + y)"), ("z = x + y", "z = y"))
BANK.mutate("not-whole", ("num_channels // 4", "num_channels / 4"))
BANK.mutate("no-super", ("super().__init__()", "super()"))
BANK.mutate("return-value", ("return npx.relu(z)", "return [npx.relu(z)]"))
BANK.mutate("predict-mode", ("x + y", "(x + y) if autograd.is_training() else y"))
BANK.mutate("training-mode", ("x + y", "y if autograd.is_training() else x + y"))


@BANK.wrong("time-limit", seconds=0.5)
class HalvesForEver(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        inner = num_channels
        while inner != 1.5:
            inner = inner // 2


@BANK.wrong("unregistered-layer")
class ListOfLayers(nn.Block):
    """Gluon finds layers in attributes and Sequentials, not in lists."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.branch = [nn.Conv2D(num_channels // 4, 1, strides), nn.BatchNorm(), nn.Activation("relu"),
                       nn.Conv2D(num_channels // 4, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"),
                       nn.Conv2D(num_channels, 1), nn.BatchNorm()]
        self.shortcut = [nn.Conv2D(num_channels, 1, strides)] if use_1x1conv else []

    def forward(self, x):
        y = x
        for layer in self.branch:
            y = layer(y)
        for layer in self.shortcut:
            x = layer(x)
        return npx.relu(x + y)
