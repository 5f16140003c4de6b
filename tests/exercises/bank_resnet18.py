"""ResNet-18, right and wrong."""
from resnet_gluon import Bottleneck, Residual, resnet34
from resnet_gluon import resnet18 as ours
from resnet_gluon.nets import plain18, resnet_block

from bank import Bank
from mxnet import npx
from mxnet.gluon import Block, HybridBlock, nn
from parts import Eager, Legacy, PlainBlock, ReluFirst

PARTS = {"nn": nn, "npx": npx, "Residual": Residual, "Bottleneck": Bottleneck, "Eager": Eager, "Plain": PlainBlock,
         "ReluFirst": ReluFirst, "resnet_block": resnet_block}
BANK = Bank("resnet18", '''
def resnet18(num_classes=10):
    def stage(channels, blocks, first_block=False):
        net = nn.Sequential()
        for i in range(blocks):
            if i == 0 and not first_block:
                net.add(Residual(channels, use_1x1conv=True, strides=2))
            else:
                net.add(Residual(channels))
        return net

    net = nn.Sequential()
    net.add(nn.Conv2D(64, kernel_size=7, strides=2, padding=3, use_bias=False))
    net.add(nn.BatchNorm())
    net.add(nn.Activation("relu"))
    net.add(nn.MaxPool2D(pool_size=3, strides=2, padding=1))
    net.add(stage(64, 2, first_block=True))
    net.add(stage(128, 2))
    net.add(stage(256, 2))
    net.add(stage(512, 2))
    net.add(nn.GlobalAvgPool2D())
    net.add(nn.Dense(num_classes))
    return net
''', PARTS)
BANK.right(ours)
POOL = 'nn.MaxPool2D(pool_size=3, strides=2, padding=1)'
STEM = ('kernel_size=7, strides=2, padding=3', 'kernel_size=3, padding=1')
NO_POOL = (f'    net.add({POOL})\n', '')


# Right, in other styles

@BANK.right
def d2l_form(num_classes=10):
    def resnet_block(num_channels, num_residuals, first_block=False):
        blk = nn.Sequential()
        for i in range(num_residuals):
            if i == 0 and not first_block:
                blk.add(Eager(num_channels, use_1x1conv=True, strides=2))
            else:
                blk.add(Eager(num_channels))
        return blk

    net = nn.Sequential()
    net.add(nn.Conv2D(64, kernel_size=7, strides=2, padding=3), nn.BatchNorm(), nn.Activation('relu'),
            nn.MaxPool2D(pool_size=3, strides=2, padding=1))
    net.add(resnet_block(64, 2, first_block=True), resnet_block(128, 2), resnet_block(256, 2), resnet_block(512, 2))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(num_classes))
    return net


@BANK.right
def small_stem(num_classes=10):
    return ours(num_classes, "small")


@BANK.right
def flat_list_of_blocks(classes=10):
    layers = [nn.Conv2D(64, 3, padding=1), nn.BatchNorm(), nn.Activation("relu")]
    layers += [Residual(c, s == 2, s) for c, s in zip((64, 64, 128, 128, 256, 256, 512, 512), (1, 1, 2, 1, 2, 1, 2, 1))]
    layers += [nn.GlobalAvgPool2D(), nn.Flatten(), nn.Dense(classes)]
    net = nn.HybridSequential()
    for layer in layers:
        net.add(layer)
    return net


@BANK.right
class LegacyInterface(HybridBlock):
    """As in MXNet's own model zoo: features and output, the interface before NumPy's."""

    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            self.features.add(nn.Conv2D(64, 7, 2, 3, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                              nn.MaxPool2D(3, 2, 1))
            for i, channels in enumerate((64, 128, 256, 512)):
                self.features.add(Legacy(channels, i > 0, 2 if i else 1), Legacy(channels))
            self.features.add(nn.GlobalAvgPool2D())
            self.output = nn.Dense(classes)

    def hybrid_forward(self, F, x):
        return self.output(self.features(x))


@BANK.right
class Functional(Block):
    """Pooling and ReLU as functions; a mean over height and width in place of a pooling layer."""

    def __init__(self, num_classes=10):
        super().__init__()
        self.conv, self.bn = nn.Conv2D(64, 7, 2, 3), nn.BatchNorm()
        self.blocks = nn.Sequential()
        for i, channels in enumerate((64, 128, 256, 512)):
            self.blocks.add(Eager(channels, i > 0, 2 if i else 1), Eager(channels))
        self.dense = nn.Dense(num_classes)

    def forward(self, x):
        x = npx.relu(self.bn(self.conv(x)))
        x = npx.pooling(x, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max")
        x = self.blocks(x)
        return self.dense(x.mean(axis=(2, 3)))


@BANK.right
def projection_without_norm(num_classes=10):
    return ours(num_classes, form="d2l")


@BANK.right
def helpers(num_classes=10):
    def conv(channels, kernel, strides):
        return nn.Conv2D(channels, kernel, strides, kernel // 2, use_bias=False)

    def stem():
        yield from (conv(64, 7, 2), nn.BatchNorm(), nn.Activation("relu"), nn.MaxPool2D(3, 2, 1))

    net = nn.HybridSequential()
    net.add(*stem(), *(resnet_block(64 * 2 ** i, 2, i == 0) for i in range(4)),
            nn.GlobalAvgPool2D(), nn.Dense(num_classes))
    return net


BANK.add("a lambda", lambda num_classes=10: ours(num_classes))
BANK.mutate_right(STEM, NO_POOL)
BANK.mutate_right(("padding=3, use_bias=False", "padding=3"))
BANK.mutate_right(("    net.add(nn.Dense(num_classes))", "    net.add(nn.Flatten(), nn.Dense(num_classes))"))
BANK.mutate_right(("nn.Dense(num_classes))\n", "nn.Dense(num_classes))\n    net.initialize()\n"))
BANK.mutate_right(("nn.Dense(num_classes))\n", "nn.Dense(num_classes))\n    net.hybridize()\n"))

# One thing changed

BANK.mutate("softmax", ("nn.Dense(num_classes)",
                        "nn.Dense(num_classes), nn.HybridLambda(lambda F, x: F.npx.softmax(x))"))
BANK.mutate("head-activation", ("nn.Dense(num_classes)", "nn.Dense(num_classes), nn.Activation('softrelu')"))
BANK.mutate("softmax", ("nn.Dense(num_classes)",
                        "nn.Dense(num_classes), nn.HybridLambda(lambda F, x: F.npx.log_softmax(x))"))
BANK.mutate("softmax", ("nn.Dense(num_classes)", "nn.Dense(num_classes), nn.Lambda(npx.softmax)"))
BANK.mutate("pooling", ("    net.add(nn.GlobalAvgPool2D())\n", ""))
BANK.mutate("pooling", ("net.add(nn.GlobalAvgPool2D())", "net.add(nn.Flatten())"))
BANK.mutate("pooling", ("nn.GlobalAvgPool2D()", "nn.GlobalMaxPool2D()"))
BANK.mutate("pooling", ("nn.GlobalAvgPool2D()", "nn.AvgPool2D(2, 2, ceil_mode=True)"))
BANK.mutate("blocks", ("stage(128, 2)", "stage(128, 3)"))
BANK.mutate("blocks", ("stage(64, 2, first_block=True)", "stage(64, 1, first_block=True)"))
BANK.mutate("blocks", ("    net.add(stage(512, 2))\n", ""))
BANK.mutate("blocks", ("        return net\n\n", "            return net\n\n"))
BANK.mutate("channels", ("stage(512, 2)", "stage(256, 2)"))
BANK.mutate("stem", ("stage(64, 2,", "stage(32, 2,"), ("Conv2D(64", "Conv2D(32"), ("stage(128", "stage(64"),
            ("stage(256", "stage(128"), ("stage(512", "stage(256"))
BANK.mutate("stage-shape", ("64, 2, first_block=True", "64, 2"))
BANK.mutate("stage-shape", ("i == 0 and not first_block", "i == 0"))
BANK.mutate("stage-shape", ("i == 0 and not first_block", "not first_block"))
BANK.mutate("stage-shape", ("i == 0 and not first_block", "i == 0 and first_block"))
BANK.mutate("stage-shape", ("strides=2))", "strides=1))"))
BANK.mutate("identity-changed", ("net.add(Residual(channels))", "net.add(Residual(channels, True))"))
BANK.mutate("classes", ("nn.Dense(num_classes)", "nn.Dense(10)"))
BANK.mutate("head-activation", ("nn.Dense(num_classes)", "nn.Dense(num_classes, activation='relu')"))
BANK.mutate("head-activation", ("nn.Dense(num_classes)", "nn.Dense(num_classes), nn.Activation('relu')"))
BANK.mutate("head-activation", ("nn.Dense(num_classes)", "nn.Dense(num_classes), nn.Activation('sigmoid')"))
BANK.mutate("head-activation", ("nn.Dense(num_classes)", "nn.Dense(num_classes), nn.BatchNorm()"))
BANK.mutate("head", ("nn.Dense(num_classes)", "nn.Dense(100, activation='relu'), nn.Dense(num_classes)"))
BANK.mutate("head", ("    net.add(nn.Dense(num_classes))\n", ""))
BANK.mutate("dropout", ("nn.Dense(num_classes)", "nn.Dropout(0.5), nn.Dense(num_classes)"))
BANK.mutate("stem", ("    net.add(nn.BatchNorm())\n", ""))
BANK.mutate("stem", ('    net.add(nn.Activation("relu"))\n', ""))
BANK.mutate("stem", NO_POOL)
BANK.mutate("stem", STEM)
BANK.mutate("stem", ("MaxPool2D(", "AvgPool2D("))
BANK.mutate("stem", ("pool_size=3, strides=2, padding=1", "pool_size=3, strides=1, padding=1"))
BANK.mutate("stem", ("pool_size=3, strides=2, padding=1", "pool_size=2, strides=2"))
BANK.mutate("stem", ("kernel_size=7, strides=2, padding=3", "kernel_size=7, strides=1, padding=3"))
BANK.mutate("stem", ("kernel_size=7, strides=2, padding=3", "kernel_size=7, strides=2"))
BANK.mutate("stem", ("kernel_size=7, strides=2, padding=3", "kernel_size=5, strides=2, padding=2"))
BANK.mutate("stem", ("    net.add(nn.Conv2D(64, kernel_size=7, strides=2, padding=3, use_bias=False))\n",
                     "    net.add(nn.Conv2D(64, 1))\n"))
BANK.mutate("stem", ("strides=2, padding=3, use_bias=False", "strides=2, padding=3, groups=1, activation='relu'"))
BANK.mutate("no-return", ("    net.add(nn.Dense(num_classes))\n    return net", "    net.add(nn.Dense(num_classes))"))
BANK.mutate("no-return", ("        return net\n\n", "\n"))
BANK.mutate("exception", ("    net = nn.Sequential()\n    net.add(nn.Conv2D(64",
                          "    net = nn.HybridSequential()\n    net.add(nn.Lambda(npx.relu), nn.Conv2D(64"))
BANK.mutate("signature", ("num_classes=10", ""), ("nn.Dense(num_classes)", "nn.Dense(10)"))
BANK.mutate("exception", ("stage(128, 2)", "stages(128, 2)"))
BANK.mutate("relu-before-addition", ("Residual(channels, use", "ReluFirst(channels, use"),
            ("Residual(channels))", "ReluFirst(channels))"))
BANK.mutate("blocks", ("Residual(channels, use", "Plain(channels, use"), ("Residual(channels))", "Plain(channels))"))
BANK.mutate("convolutions", ("Residual(channels, use", "Bottleneck(channels, use"),
            ("Residual(channels))", "Bottleneck(channels))"))
BANK.mutate("extra-layer", ("net.add(stage(128, 2))", "net.add(nn.BatchNorm(), stage(128, 2))"))
BANK.mutate("extra-layer", ("net.add(stage(128, 2))", "net.add(nn.MaxPool2D(3, 1, 1), stage(128, 2))"))
BANK.mutate("extra-layer", ("net.add(stage(128, 2))", "net.add(nn.Conv2D(64, 1), stage(128, 2))"))
BANK.mutate("stem", ("net.add(nn.Conv2D(64,", "net.add(nn.Conv2D(32,"))


# Faults that no small change makes

@BANK.wrong("shared-between-blocks")
def one_block_twice(num_classes=10):
    net = nn.HybridSequential()
    net.add(nn.Conv2D(64, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"))
    for i, channels in enumerate((64, 128, 256, 512)):
        if i:
            net.add(Residual(channels, True, 2))
        net.add(*[Residual(channels)] * (1 if i else 2))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(num_classes))
    return net


@BANK.wrong("unregistered-layer")
class BlocksInAList(Block):
    """A list of blocks that Gluon does not see."""

    def __init__(self, num_classes=10):
        super().__init__()
        self.layers = [ours(num_classes)[i] for i in range(7)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@BANK.wrong("unused-layer")
class ForgottenLayer(Functional):
    """One dense layer that nothing uses."""

    def __init__(self, num_classes=10):
        super().__init__(num_classes)
        self.other = nn.Dense(num_classes, in_units=512)


@BANK.wrong("not-a-block")
def parts(num_classes=10):
    net = ours(num_classes)
    return {"features": net[:-1], "output": net[-1]}


BANK.add("34 layers", lambda num_classes=10: resnet34(num_classes), "blocks")
BANK.add("18 layers, plain", lambda num_classes=10: plain18(num_classes), "blocks")
BANK.add("version 2", lambda num_classes=10: ours(num_classes, version="v2"), "order")
BANK.add("option A", lambda num_classes=10: ours(num_classes, option="A"), "projection-missing")
BANK.add("option C", lambda num_classes=10: ours(num_classes, option="C"), "identity-changed")
BANK.add("a net in place of a function", ours(), "signature")
BANK.add("a number", 18, "signature")
