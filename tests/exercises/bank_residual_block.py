"""Solutions of `residual-block`: the basic block, after the addition a ReLU."""
import sys

from resnet_gluon.nets import Residual as Ours

import mxnet as mx
from bank import Bank
from mxnet import autograd, nd, np, npx
from mxnet.gluon import nn

SOURCE = """
class Residual(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)
        self.bn1 = nn.BatchNorm()
        self.conv2 = nn.Conv2D(num_channels, 3, padding=1)
        self.bn2 = nn.BatchNorm(axis=1)
        self.conv3 = None
        if use_1x1conv:
            self.conv3 = nn.Conv2D(num_channels, kernel_size=1, strides=strides)

    def forward(self, x):
        y = self.bn1(self.conv1(x))
        y = npx.relu(y)
        y = self.conv2(y)
        y = self.bn2(y)
        if self.conv3 is not None:
            x = self.conv3(x)
        z = x + y
        return npx.relu(z)
"""
BANK = Bank("residual-block", SOURCE, {"mx": mx, "nn": nn, "np": np, "npx": npx, "autograd": autograd})

# ---- right: the source, changed a little
BANK.mutate_right(("npx.relu(z)", "np.maximum(z, 0)"), ("npx.relu(y)", 'npx.activation(y, act_type="relu")'))
BANK.mutate_right(("npx.relu(z)", "np.where(z > 0, z, np.zeros_like(z))"), ("npx.relu(y)", "y * (y > 0)"))
BANK.mutate_right(("npx.relu(z)", "np.clip(z, 0, None)"), ("npx.relu(y)", "(y + np.abs(y)) / 2"))
BANK.mutate_right(("x + y", "sum([y, x])"))
BANK.mutate_right(("BatchNorm()", "BatchNorm(epsilon=1e-3, momentum=0.99)"), ("axis=1", "epsilon=2e-5"))
BANK.mutate_right(("strides=1)", "strides=1, **options)"), ("__init__()", "__init__(**options)"))
BANK.mutate_right(("        super().__init__()\n", "        super(Residual, self).__init__(prefix='mine_')\n"))
BANK.mutate_right(("use_1x1conv=False, strides=1", "downsample=False, stride=1"), ("if use_1x1conv", "if downsample"),
                  ("padding=1, strides=strides", "padding=1, strides=stride"),
                  ("kernel_size=1, strides=strides", "kernel_size=1, strides=stride"))
BANK.mutate_right(("    def forward(self, x):", "    def forward(self, x):\n        print('in', x.shape)"))


# ---- right: other styles
@BANK.right
class Compiled(nn.HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.conv1 = nn.Conv2D(num_channels, 3, strides, 1, use_bias=False)
            self.bn1 = nn.BatchNorm()
            self.relu = nn.Activation("relu")
            self.conv2 = nn.Conv2D(num_channels, 3, 1, 1, use_bias=False)
            self.bn2 = nn.BatchNorm()
            if use_1x1conv:
                self.projection = nn.Conv2D(num_channels, 1, strides, use_bias=False)
                self.bn3 = nn.BatchNorm()
            else:
                self.projection = None
        self.hybridize()

    def hybrid_forward(self, F, x):
        branch = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        shortcut = self.bn3(self.projection(x)) if self.projection else x
        return F.npx.relu(branch + shortcut)


@BANK.right
class LegacyHybrid(nn.HybridBlock):
    """As the model zoo writes it: F.Activation refuses the NumPy interface's arrays."""

    def __init__(self, channels, downsample=False, stride=1):
        super().__init__()
        self.body = nn.HybridSequential(prefix="")
        self.body.add(nn.Conv2D(channels, 3, stride, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                      nn.Conv2D(channels, 3, 1, 1, use_bias=False), nn.BatchNorm())
        self.downsample = nn.HybridSequential(prefix="")
        if downsample:
            self.downsample.add(nn.Conv2D(channels, 1, stride, use_bias=False), nn.BatchNorm())

    def hybrid_forward(self, F, x):
        return F.Activation(self.downsample(x) + self.body(x), act_type="relu")


@BANK.right
class LegacyArrays(nn.Block):
    """As in the first edition of d2l."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)
        self.conv2 = nn.Conv2D(num_channels, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2D(num_channels, kernel_size=1, strides=strides) if use_1x1conv else None
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()

    def forward(self, X):
        Y = nd.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        return nd.relu(Y + X)


@BANK.right
class FusedLegacy(nn.HybridBlock):
    """BatchNorm and ReLU in one layer, which MXNet has for legacy arrays only."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.branch = nn.HybridSequential()
        self.branch.add(nn.Conv2D(num_channels, 3, strides, 1), nn.BatchNormReLU(), nn.Conv2D(num_channels, 3, 1, 1),
                        nn.BatchNorm())
        self.shortcut = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else nn.HybridLambda("identity")

    def hybrid_forward(self, F, x):
        return F.relu(F.elemwise_add(self.shortcut(x), self.branch(x)))


@BANK.right
class Nested(nn.Block):
    """Blocks of blocks, in Sequentials, made by a helper; an empty one is the identity."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()

        def unit(kernel, stride, *more):
            layers = nn.Sequential()
            layers.add(nn.Conv2D(num_channels, kernel, stride, kernel // 2), nn.BatchNorm(), *more)
            return layers

        self.left = nn.Sequential()
        self.left.add(unit(3, strides, nn.Activation("relu")), unit(3, 1))
        self.right = unit(1, strides) if use_1x1conv else nn.Sequential()
        self.end = nn.Lambda(lambda x: npx.relu(x))

    def forward(self, x):
        return self.end(np.add(self.left(x), self.right(x)))


@BANK.right
class Looped(nn.Block):
    """Layers made in a loop, under names that are made too."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        for i in range(2):
            setattr(self, f"conv_{i}", nn.Conv2D(num_channels, 3, strides if i == 0 else 1, 1))
            setattr(self, f"norm_{i}", nn.BatchNorm())
        self.project = use_1x1conv
        if self.project:
            self.match = nn.Conv2D(num_channels, 1, strides)

    def forward(self, x):
        inputs = self.match(x) if self.project else x
        for i in range(2):
            x = getattr(self, f"norm_{i}")(getattr(self, f"conv_{i}")(x))
            if i == 1:
                x = x + inputs
            x = npx.relu(x)
        return x


@BANK.right
class Functional(nn.HybridBlock):
    """No layers at all: operators with the block's own parameters."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.channels, self.strides, self.project = num_channels, strides, use_1x1conv
        later = {"allow_deferred_init": True}
        for i in (1, 2):
            setattr(self, f"w{i}", self.params.get(f"w{i}", shape=(num_channels, 0, 3, 3), **later))
            for name, start in (("scale", "ones"), ("shift", "zeros"), ("mean", "zeros"), ("spread", "ones")):
                setattr(self, f"{name}{i}", self.params.get(
                    f"{name}{i}", shape=(num_channels,), init=start,
                    grad_req="null" if name in ("mean", "spread") else "write"))
        if use_1x1conv:
            self.w3 = self.params.get("w3", shape=(num_channels, 0, 1, 1), **later)

    def hybrid_forward(self, F, x, w1, w2, scale1, shift1, mean1, spread1, scale2, shift2, mean2, spread2, w3=None):
        def conv(x, w, kernel, strides):
            return F.npx.convolution(x, w, no_bias=True, num_filter=self.channels, kernel=(kernel, kernel),
                                     stride=(strides, strides), pad=(kernel // 2, kernel // 2))

        y = F.npx.batch_norm(conv(x, w1, 3, self.strides), scale1, shift1, mean1, spread1, fix_gamma=False)
        y = F.npx.batch_norm(conv(F.npx.relu(y), w2, 3, 1), scale2, shift2, mean2, spread2, fix_gamma=False)
        return F.npx.relu(y + (conv(x, w3, 1, self.strides) if self.project else x))


@BANK.right
class Sliced(nn.Block):
    """Every second pixel by slicing, then a 1×1 convolution of stride 1; and the branch likewise."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.strides, self.project = strides, use_1x1conv
        self.a, self.b = nn.Conv2D(num_channels, 3, padding=1), nn.Conv2D(num_channels, 3, padding=1)
        self.norm_a, self.norm_b = nn.BatchNorm(), nn.BatchNorm()
        if use_1x1conv:
            self.c, self.norm_c = nn.Conv2D(num_channels, 1), nn.BatchNorm()

    def forward(self, x):
        s = self.strides
        inside = npx.relu(self.norm_a(self.a(x)[:, :, ::s, ::s]))
        inside = self.norm_b(self.b(inside))
        past = self.norm_c(self.c(x[:, :, ::s, ::s])) if self.project else x
        return npx.relu(past + inside)


@BANK.right
class Subclass(Ours):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__(num_channels, use_1x1conv, strides, form="d2l")


@BANK.right
def a_function(channels, project, stride):
    """That returns a block, and has its arguments in other words."""
    return Ours(channels, use_1x1conv=project, strides=stride, form="keras")


@BANK.right
class OneArray(nn.Block):
    """The addition by stacking, the projection by pooling with windows of one pixel."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.branch, self.shortcut = nn.Sequential(), nn.Sequential()
        self.branch.add(nn.Conv2D(num_channels, 3, strides, 1), nn.BatchNorm(), nn.Activation("relu"),
                        nn.Conv2D(num_channels, 3, 1, 1), nn.BatchNorm())
        if use_1x1conv:
            self.shortcut.add(nn.AvgPool2D(1, strides), nn.Conv2D(num_channels, 1))

    def forward(self, x):
        return npx.relu(np.stack([self.shortcut(x), self.branch(x)]).sum(axis=0))


# ---- wrong: convolutions
CONV1 = "nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)"
CONV3 = "nn.Conv2D(num_channels, kernel_size=1, strides=strides)"
BANK.mutate("convolutions", ("self.conv2 =", "self.conv1 ="), ("        y = self.conv2(y)\n", ""))
BANK.mutate("convolution-shared", ("self.conv2(y)", "self.conv1(y)"), ("self.conv2 = ", "unused = "))
BANK.mutate("convolution-shared", ("self.conv2 = nn.Conv2D(num_channels, 3, padding=1)", "self.conv2 = self.conv1"),
            ("padding=1, strides=strides", "padding=1"))
BANK.mutate("kernel", (CONV1, "nn.Conv2D(num_channels, kernel_size=5, padding=2, strides=strides)"))
BANK.mutate("kernel", ("num_channels, 3, padding=1", "num_channels, 1"))
BANK.mutate("padding", (CONV1, "nn.Conv2D(num_channels, kernel_size=3, strides=strides)"))
BANK.mutate("padding", ("kernel_size=3, padding=1", "kernel_size=3, padding=2"))
BANK.mutate("padding", ("kernel_size=3, padding=1", "kernel_size=3, padding=2"),
            ("channels, 3, padding=1", "channels, 3"))
BANK.mutate("dilation", ("channels, 3, padding=1", "channels, 3, padding=2, dilation=2"))
BANK.mutate("channels", (CONV1, CONV1.replace("num_channels", "num_channels // 2")))
BANK.mutate("channels", ("num_channels, 3", "2 * num_channels, 3"))
BANK.mutate("groups", ("channels, 3, padding=1", "channels, 3, padding=1, groups=num_channels"))
BANK.mutate("stride", (CONV1, "nn.Conv2D(num_channels, kernel_size=3, padding=1)"))
BANK.mutate("stride", ("num_channels, 3, padding=1", "num_channels, 3, padding=1, strides=strides"))
BANK.mutate("stride", ("padding=1, strides=strides", "padding=1, strides=3"))
BANK.mutate("stride-place", ("padding=1, strides=strides", "padding=1"),
            ("num_channels, 3, padding=1", "num_channels, 3, padding=1, strides=strides"))
BANK.mutate("convolutions", ("y = self.conv2(y)", "y = self.conv2(self.bn3(self.conv4(y)))"),
            ("self.conv3 = None", "self.conv3 = None; self.bn3 = nn.BatchNorm(); "
                                  "self.conv4 = nn.Conv2D(num_channels, 3, padding=1)"))

# ---- wrong: batch normalisation
BANK.mutate("batchnorm-missing", ("self.bn1(self.conv1(x))", "self.conv1(x)"), ("self.bn1 =", "unused ="))
BANK.mutate("batchnorm-missing", ("y = self.bn2(y)", "pass"), ("self.bn2 =", "unused ="))
BANK.mutate("batchnorm-shared", ("y = self.bn2(y)", "y = self.bn1(y)"), ("self.bn2 =", "unused ="))
BANK.mutate("batchnorm-shared", ("x = self.conv3(x)", "x = self.bn2(self.conv3(x))"))
BANK.mutate("batchnorm-extra", ("y = self.conv2(y)", "y = self.bn3(self.conv2(y))"),
            ("self.conv3 = None", "self.conv3 = None; self.bn3 = nn.BatchNorm()"))
BANK.mutate("batchnorm-place", ("y = self.bn2(y)", "pass"), ("npx.relu(z)", "npx.relu(self.bn2(z))"))
BANK.mutate("batchnorm-mode", ("BatchNorm()", "BatchNorm(use_global_stats=True)"))
BANK.mutate("batchnorm-axis", ("axis=1", "axis=-1"))
BANK.mutate("normalisation", ("BatchNorm()", "LayerNorm()"))
BANK.mutate("normalisation", ("BatchNorm()", "GroupNorm(1)"), ("npx.relu(y)", "mx.nd.relu(y)"),
            ("npx.relu(z)", "mx.nd.relu(z)"))
BANK.mutate("normalisation", ("BatchNorm()", "InstanceNorm()"), ("npx.relu(y)", "mx.nd.relu(y)"),
            ("npx.relu(z)", "mx.nd.relu(z)"))

# ---- wrong: activations
BANK.mutate("inner-relu-missing", ("y = npx.relu(y)", "pass"))
BANK.mutate("inner-relu-missing", ("BatchNorm()", "BatchNormReLU()"), ("y = npx.relu(y)", "pass"))  # forgotten by MXNet
BANK.mutate("final-relu-missing", ("npx.relu(z)", "z"))
BANK.mutate("relu-before-addition", ("npx.relu(z)", "z"), ("y = self.bn2(y)", "y = npx.relu(self.bn2(y))"))
BANK.mutate("relu-before-addition", ("x + y", "x + npx.relu(y)"))
BANK.mutate("order", ("y = self.bn1(self.conv1(x))", "y = self.conv1(x)"),
            ("y = npx.relu(y)", "y = self.bn1(npx.relu(y))"))
BANK.mutate("order", ("self.bn1(self.conv1(x))", "self.conv1(npx.relu(self.bn1(x)))"), ("npx.relu(z)", "z"),
            ("        y = npx.relu(y)\n", ""), ("self.conv2(y)", "self.conv2(npx.relu(self.bn2(y)))"),
            ("        y = self.bn2(y)\n", ""))
BANK.mutate("extra-relu", ("y = self.bn1(self.conv1(x))", "y = self.bn1(npx.relu(self.conv1(x)))"))
BANK.mutate("activation", ("npx.relu(y)", "npx.sigmoid(y)"))
BANK.mutate("activation", ("npx.relu(z)", "np.tanh(z)"))
BANK.mutate("activation", ("npx.relu(z)", "npx.leaky_relu(z, act_type='leaky', slope=0.1)"))
BANK.mutate("activation", ("npx.relu(y)", "y * npx.sigmoid(y)"))
BANK.mutate("activation", ("npx.relu(z)", "npx.softmax(z, axis=1)"))
BANK.mutate("dropout", ("npx.relu(y)", "npx.dropout(npx.relu(y), p=0.5)"))
BANK.mutate("dropout", ("x + y", "npx.dropout(x, p=0.1) + y"))
BANK.mutate("projection-activation", ("x = self.conv3(x)", "x = npx.relu(self.conv3(x))"))

# ---- wrong: the shortcut
BANK.mutate("shortcut-missing", ("x + y", "y"))
BANK.mutate("shortcut-missing", ("x + y", "y + y"))
BANK.mutate("addition", ("x + y", "x - y"))
BANK.mutate("addition", ("x + y", "x * y"))
BANK.mutate("addition", ("x + y", "np.maximum(x, y)"))
BANK.mutate("addition", ("x + y", "np.concatenate([x, y], axis=1)"))
BANK.mutate("addition-extra", ("x + y", "x + y + x"))
BANK.mutate("scaled", ("x + y", "0.5 * x + y"))
BANK.mutate("scaled", ("x + y", "(x + y) / 2"))
BANK.mutate("addition", ("x + y", "np.mean(np.stack([x, y]), axis=0)"))
BANK.mutate("gradient", ("x + y", "x.detach() + y"))
BANK.mutate("gradient", ("x + y", "x + y.detach()"))
BANK.mutate("gradient", ("            x = self.conv3(x)", "            x = self.conv3(x.detach())"))
BANK.mutate("gradient", ("            x = self.conv3(x)",
                         "            with autograd.pause():\n                x = self.conv3(x)"))
BANK.mutate("gradient", ("npx.relu(z)", "np.where(z > 0, z, 0)"))  # MXNet's own fault: with a number it has no gradient
BANK.mutate("gradient", ("x + y", "np.array(x.asnumpy()) + y"))
BANK.mutate("shortcut-start", ("y = self.bn1(self.conv1(x))", "x = y = self.bn1(self.conv1(x))"),
            ("kernel_size=1, strides=strides", "kernel_size=1"))
BANK.mutate("shortcut-start", ("x = self.conv3(x)", "x = self.conv3(y)"))
BANK.mutate("shortcut-end", ("y = npx.relu(y)", "y = npx.relu(y + (x if self.conv3 is None else self.conv3(x)))"),
            ("        if self.conv3 is not None:\n            x = self.conv3(x)\n", ""), ("x + y", "y"))
BANK.mutate("identity-changed", ("z = x + y", "z = npx.relu(x) + y"))
BANK.mutate("identity-changed", ("if use_1x1conv:", "if True:"))
BANK.mutate("identity-changed", ("z = x + y", "z = (x if self.conv3 else self.bn3(x)) + y"),
            ("self.conv3 = None", "self.conv3 = None; self.bn3 = None if use_1x1conv else nn.BatchNorm()"))
BANK.mutate("projection-missing", ("if use_1x1conv:", "if use_1x1conv and strides > 1:"))
BANK.mutate("projection-missing", ("if use_1x1conv:", "if False:"))
BANK.mutate("projection-kernel", ("kernel_size=1, strides=strides", "kernel_size=3, padding=1, strides=strides"))
BANK.mutate("projection-stride", ("kernel_size=1, strides=strides", "kernel_size=1"))
BANK.mutate("projection-stride", ("kernel_size=1, strides=strides", "kernel_size=1, strides=2"))
BANK.mutate("projection-channels", (CONV3, CONV3.replace("num_channels", "2 * num_channels")))
BANK.mutate("projection-channels", (CONV3, CONV3.replace("num_channels", "1")))  # broadcasts in silence
BANK.mutate("projection-extra", ("x = self.conv3(x)", "x = self.conv4(self.conv3(x))"),
            ("if use_1x1conv:", "if use_1x1conv:\n            self.conv4 = nn.Conv2D(num_channels, 1)"))

# ---- wrong: Python and Gluon
BANK.mutate("no-super", ("super().__init__()", "pass"))
BANK.mutate("no-return", ("return npx.relu(z)", "npx.relu(z)"))
BANK.mutate("return-value", ("return npx.relu(z)", "return npx.relu(z), x"))
BANK.mutate("return-value", ("return npx.relu(z)", "return npx.relu(z).asnumpy()"))
BANK.mutate("output-shape", ("return npx.relu(z)", "return npx.relu(z).mean(axis=(2, 3))"))
BANK.mutate("exception", ("z = x + y", "z = x + Y"))
BANK.mutate("in-place", ("z = x + y", "y += x; z = y"))
BANK.mutate("in-place", ("return npx.relu(z)", "z[z < 0] = 0; return z"))
BANK.mutate("argument-changed", ("z = x + y", "x += y; z = x"))
BANK.mutate("signature", ("num_channels, use_1x1conv=False, strides=1", "num_channels"),
            ("padding=1, strides=strides", "padding=1"), ("if use_1x1conv", "if False"))
BANK.mutate("signature", ("num_channels, use_1x1conv=False, strides=1", ""),
            ("super().__init__()", "super().__init__(); num_channels, use_1x1conv, strides = 4, False, 1"))
BANK.mutate("not-a-block", ("nn.Block", ""))
BANK.mutate("unused-layer", ("self.conv3 = None", "self.conv3 = None; self.conv4 = nn.Conv2D(num_channels, 1)"))
BANK.mutate("unused-layer", ("self.conv3 = None", "self.conv3 = None; self.bn3 = nn.BatchNorm()"))
BANK.mutate("unregistered-layer", ("self.bn1(self.conv1(x))", "self.bns[0](self.conv1(x))"),
            ("self.bn1 = nn.BatchNorm()", "self.bns = [nn.BatchNorm()]"))
BANK.mutate("shared-between-blocks", ("strides=1):", "strides=1, bn1=nn.BatchNorm()):"),
            ("self.bn1 = nn.BatchNorm()", "self.bn1 = bn1"))
BANK.mutate("predict-mode", ("npx.relu(z)", "npx.relu(z) if autograd.is_training() else z"))
BANK.mutate("training-mode", ("npx.relu(z)", "npx.relu(z) if not autograd.is_training() else z"))
BANK.mutate("training-mode", ("y = self.bn2(y)", "y = y if autograd.is_training() else self.bn2(y)"))
BANK.mutate("state", ("self.conv3 = None", "self.conv3 = None; self.calls = 0"),
            ("z = x + y", "self.calls += 1; z = x + y if self.calls % 2 else y"))
BANK.mutate("state", ("z = x + y", "z = x + y + 0.3 * np.random.normal(size=y.shape)"))


@BANK.wrong("unregistered-layer")
class MadeInForward(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.arguments = num_channels, use_1x1conv, strides

    def forward(self, x):
        layers = Ours(*self.arguments)
        layers.initialize()
        return layers(x)


@BANK.wrong("shared-between-blocks")
class OneForAll(nn.Block):
    layers = {}

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        arguments = num_channels, use_1x1conv, strides
        self.inner = self.layers.setdefault(arguments, Ours(*arguments))

    def forward(self, x):
        return self.inner(x)


@BANK.wrong("unregistered-layer")
class ClassAttribute(nn.Block):
    norm = nn.BatchNorm()

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv = nn.Conv2D(num_channels, 3, strides, 1)

    def forward(self, x):
        return npx.relu(self.norm(self.conv(x)))


@BANK.wrong("hybridize")
class LooksAtTheType(nn.HybridBlock):
    """Arrays are added to the shortcut, symbols are not."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.inner = Ours(num_channels, use_1x1conv, strides)

    def hybrid_forward(self, F, x):
        y = self.inner(x)
        return y if isinstance(x, mx.nd.NDArray) else y * 2


@BANK.wrong("hybridize")
class LooksAtTheShape(nn.HybridBlock):
    """A symbol has no shape."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.inner = Ours(num_channels, use_1x1conv, strides)

    def hybrid_forward(self, F, x):
        return self.inner(x.reshape(x.shape))


@BANK.wrong("time-limit", seconds=0.5)
class NeverReturns(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        while strides:
            pass


@BANK.wrong("time-limit", seconds=0.5)
class LoopsInForward(Ours):
    def hybrid_forward(self, F, x):
        while True:
            x = F.npx.relu(x)


@BANK.wrong("exception")
class Recursive(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.inner = Recursive(num_channels, use_1x1conv, strides)


@BANK.wrong("exception")
class NotWritten(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()

    def forward(self, x):
        raise NotImplementedError


@BANK.wrong("exception")
class NoForward(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv = nn.Conv2D(num_channels, 3)


@BANK.wrong("exception")
class Exits(Ours):
    def __call__(self, x):
        sys.exit(0)


@BANK.wrong("no-return")
def forgets_return(num_channels, use_1x1conv=False, strides=1):
    Ours(num_channels, use_1x1conv, strides)


@BANK.wrong("not-a-block")
def a_function_of_the_input(num_channels, use_1x1conv=False, strides=1):
    return lambda x: npx.relu(x)


BANK.add("a block, not its class", Ours(4), "signature")
BANK.add("a number", 3, "signature")
BANK.add("Gluon's BatchNorm", nn.BatchNorm, "exception")
