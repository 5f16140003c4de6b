"""Solutions of `plain-block`: the residual block's branch, a ReLU at its end, and nothing around it."""
from resnet_gluon.nets import Plain as Ours
from resnet_gluon.nets import Residual

import mxnet as mx
from bank import Bank
from mxnet import autograd, nd, np, npx
from mxnet.gluon import nn

SOURCE = """
class Plain(nn.HybridBlock):
    def __init__(self, num_channels, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, 3, strides=strides, padding=1)
        self.bn1 = nn.BatchNorm()
        self.conv2 = nn.Conv2D(num_channels, kernel_size=3, padding=1)
        self.bn2 = nn.BatchNorm(axis=1)

    def hybrid_forward(self, F, x):
        y = self.bn1(self.conv1(x))
        y = F.npx.relu(y)
        y = self.conv2(y)
        y = self.bn2(y)
        return F.npx.relu(y)
"""
BANK = Bank("plain-block", SOURCE, {"mx": mx, "nn": nn, "np": np, "npx": npx, "autograd": autograd})
BANK.mutate_right(("return F.npx.relu(y)", "return F.np.maximum(y, 0)"))
BANK.mutate_right(("__init__()", "__init__(prefix='plain_')"), ("axis=1", "epsilon=1e-3"))
BANK.mutate_right(("num_channels, strides=1):", "c, s=1, **rest):"),
                  ("num_channels, 3, strides=strides", "c, 3, strides=s"),
                  ("num_channels, kernel_size=3", "c, 3, use_bias=False"))


# ---- right: other styles
@BANK.right
def a_sequential(num_channels, strides=1):
    """A function that returns a row of layers."""
    net = nn.Sequential()
    for i in range(2):
        net.add(nn.Conv2D(num_channels, 3, (strides, 1)[i], 1), nn.BatchNorm(), nn.Activation("relu"))
    return net


@BANK.right
class Row(nn.HybridSequential):
    """A Sequential that fills itself, and is compiled from the start."""

    def __init__(self, num_channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.add(nn.Conv2D(num_channels, 3, strides, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))
            self.add(nn.Conv2D(num_channels, 3, 1, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))
        self.hybridize()


@BANK.right
class Legacy(nn.Block):
    def __init__(self, num_channels, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, 3, strides, 1)
        self.conv2 = nn.Conv2D(num_channels, 3, 1, 1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()

    def forward(self, x):
        return nd.relu(self.bn2(self.conv2(nd.relu(self.bn1(self.conv1(x))))))


@BANK.right
class LegacyHybrid(nn.HybridBlock):
    def __init__(self, num_channels, strides=1):
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2D(num_channels, 3, s, 1) for s in (strides, 1))
        self.bn1, self.bn2 = nn.BatchNormReLU(), nn.BatchNormReLU()

    def hybrid_forward(self, F, x):
        return F.identity(self.bn2(self.conv2(self.bn1(self.conv1(x)))))


@BANK.right
class WithoutItsShortcut(Residual):
    """The residual block, with the option that leaves its shortcut out."""

    def __init__(self, num_channels, strides=1):
        super().__init__(num_channels, strides=strides, shortcut="none", form="keras")


@BANK.right
class Units(nn.Block):
    """A block made of blocks."""

    class Unit(nn.Block):
        def __init__(self, channels, stride):
            super().__init__()
            self.conv, self.norm = nn.Conv2D(channels, 3, stride, 1), nn.BatchNorm(momentum=0.5)

        def forward(self, x):
            return np.maximum(0, self.norm(self.conv(x)))

    def __init__(self, num_channels, strides=1):
        super().__init__()
        self.first, self.second = self.Unit(num_channels, strides), self.Unit(num_channels, 1)

    def forward(self, x):
        for child in self._children.values():
            x = child(x)
        return x


@BANK.right
class OverridesForward(nn.HybridBlock):
    """It is never compiled, which is a remark."""

    def __init__(self, num_channels, strides=1):
        super().__init__()
        self.row = Ours(num_channels, strides=strides)

    def forward(self, x):
        return self.row(x)


# ---- wrong: the source with one thing changed
BANK.mutate("shortcut-unasked", ("return F.npx.relu(y)", "return F.npx.relu(y + self.carry(x))"),
            ("axis=1)", "axis=1)\n        self.carry = nn.Conv2D(num_channels, 1, strides)"))
BANK.mutate("shortcut-unasked", ("self.conv2(y)", "y + self.conv2(y)"))
BANK.mutate("inner-relu-missing", ("        y = F.npx.relu(y)\n", ""))
BANK.mutate("final-relu-missing", ("return F.npx.relu(y)", "return y"))
BANK.mutate("activation", ("return F.npx.relu(y)", "return F.npx.sigmoid(y)"))
BANK.mutate("activation", ("y = F.npx.relu(y)", "y = F.npx.leaky_relu(y, act_type='gelu')"))
BANK.mutate("batchnorm-missing", ("self.bn1(self.conv1(x))", "self.conv1(x)"), ("self.bn1 = nn.BatchNorm()", "pass"))
BANK.mutate("batchnorm-missing", ("        y = self.bn2(y)\n", ""), ("self.bn2 =", "bn2 ="))
BANK.mutate("batchnorm-shared", ("self.bn2(y)", "self.bn1(y)"), ("self.bn2 =", "bn2 ="))
BANK.mutate("batchnorm-mode", ("axis=1", "use_global_stats=True"))
BANK.mutate("convolution-shared", ("self.conv2(y)", "self.conv1(y)"), ("self.conv2 =", "conv2 ="))
BANK.mutate("convolutions", ("self.conv2 =", "self.conv1 ="), ("        y = self.conv2(y)\n", ""))
BANK.mutate("convolutions", ("        y = self.conv2(y)\n        y = self.bn2(y)\n", ""), ("self.conv2 =", "conv2 ="),
            ("self.bn2 =", "bn2 ="), ("return F.npx.relu(y)", "return y"))
BANK.mutate("stride", ("3, strides=strides", "3, strides=1"))
BANK.mutate("stride", ("kernel_size=3", "kernel_size=3, strides=strides"))
BANK.mutate("stride-place", ("3, strides=strides, ", "3, "), ("kernel_size=3", "kernel_size=3, strides=strides"))
BANK.mutate("padding", ("strides=strides, padding=1", "strides=strides"))
BANK.mutate("kernel", ("kernel_size=3, padding=1", "kernel_size=1"))
BANK.mutate("channels", ("num_channels, 3,", "64, 3,"))
BANK.mutate("order", ("y = self.bn1(self.conv1(x))", "y = self.conv1(x)"),
            ("y = F.npx.relu(y)", "y = self.bn1(F.npx.relu(y))"))
BANK.mutate("extra-relu", ("self.conv1(x)", "self.conv1(F.npx.relu(x))"))
BANK.mutate("dropout", ("self.conv2(y)", "self.conv2(F.npx.dropout(y, p=0.2))"))
BANK.mutate("scaled", ("self.conv2(y)", "self.conv2(2 * y)"))
BANK.mutate("pooling", ("3, strides=strides", "3, strides=1"), ("y = self.conv2(y)", "y = self.conv2(self.pool(y))"),
            ("axis=1)", "axis=1)\n        self.pool = nn.MaxPool2D(strides, strides, ceil_mode=True)"))
BANK.mutate("gradient", ("self.conv2(y)", "self.conv2(F.BlockGrad(y.as_nd_ndarray()).as_np_ndarray())"))
BANK.mutate("gradient", ("self.conv2(y)", "self.conv2(y.detach())"))
BANK.mutate("gradient", ("self.conv1(x)", "self.conv1(x.detach())"))
BANK.mutate("gradient", ("        y = F.npx.relu(y)\n",
                         "        with autograd.pause():\n            y = F.npx.relu(y)\n"))
BANK.mutate("gradient", ("return F.npx.relu(y)", "return F.npx.relu(y).detach()"))
BANK.mutate("hybridize", ("return F.npx.relu(y)", "return F.npx.relu(y) if hasattr(x, 'shape') else y"))
BANK.mutate("exception", ("self.conv2(y)", "self.convolution2(y)"))
BANK.mutate("exception", ("(self, F, x)", "(self, x)"))
BANK.mutate("no-return", ("return F.npx.relu(y)", "y = F.npx.relu(y)"))
BANK.mutate("unused-layer", ("axis=1)", "axis=1)\n        self.conv3 = nn.Conv2D(num_channels, 1)"))
BANK.mutate("signature", ("num_channels, strides=1", "num_channels, kernel, padding, strides"))
BANK.add("the residual block", Residual, "shortcut-unasked")


@BANK.wrong("no-return")
def forgets_return(num_channels, strides=1):
    """The fault of a blog post's builder."""
    net = nn.HybridSequential()
    net.add(Ours(num_channels, strides=strides))


@BANK.wrong("not-a-block")
def a_list(num_channels, strides=1):
    return [nn.Conv2D(num_channels, 3, strides, 1), nn.BatchNorm(), nn.Activation("relu"),
            nn.Conv2D(num_channels, 3, 1, 1), nn.BatchNorm(), nn.Activation("relu")]


@BANK.wrong("batchnorm-shared")
def one_layer_repeated(num_channels, strides=1):
    net, norm, relu = nn.HybridSequential(), nn.BatchNorm(), nn.Activation("relu")
    net.add(nn.Conv2D(num_channels, 3, strides, 1), norm, relu, nn.Conv2D(num_channels, 3, 1, 1), norm, relu)
    return net


@BANK.wrong("shared-between-blocks")
def made_once(num_channels, strides=1, norm=nn.BatchNorm()):  # noqa: B008 (the fault)
    net = nn.HybridSequential()
    net.add(nn.Conv2D(num_channels, 3, strides, 1), nn.BatchNorm(), nn.Activation("relu"),
            nn.Conv2D(num_channels, 3, 1, 1), norm, nn.Activation("relu"))
    return net


@BANK.wrong("time-limit", seconds=0.5)
def adds_for_ever(num_channels, strides=1):
    net, i = nn.HybridSequential(), 0
    while i < 2:
        net.add(nn.Conv2D(num_channels, 3, strides, 1))
    return net
