"""Stages of residual blocks, right and wrong."""
import functools

from resnet_gluon import Bottleneck, Residual
from resnet_gluon.nets import resnet_block as ours

from bank import Bank
from mxnet import npx
from mxnet.gluon import Block, HybridBlock, nn
from parts import Concatenating, Eager, Legacy, PlainBlock, ReluFirst

BANK = Bank("resnet-block", '''
def resnet_block(num_channels, num_residuals, first_block=False):
    stage = nn.HybridSequential()
    for i in range(num_residuals):
        if i == 0 and not first_block:
            stage.add(Residual(num_channels, use_1x1conv=True, strides=2))
        else:
            stage.add(Residual(num_channels))
    return stage
''', {"nn": nn, "Residual": Residual, "Eager": Eager, "Bottleneck": Bottleneck})
BANK.right(ours)


# Right, in other styles

@BANK.right
def d2l_form(num_channels, num_residuals, first_block=False):
    blk = nn.Sequential()
    for i in range(num_residuals):
        if i == 0 and not first_block:
            blk.add(Eager(num_channels, use_1x1conv=True, strides=2))
        else:
            blk.add(Eager(num_channels))
    return blk


@BANK.right
def legacy_interface(channels, layers, first=False):
    stage = nn.HybridSequential(prefix="stage_")
    with stage.name_scope():
        for i in range(layers):
            changes = i == 0 and not first
            stage.add(Legacy(channels, changes, 2 if changes else 1))
    return stage


@BANK.right
def a_list(num_channels, num_residuals, first_block=False):
    return [Residual(num_channels, i == 0 and not first_block, 1 + (i == 0 and not first_block))
            for i in range(num_residuals)]


@BANK.right
def star(num_channels, num_residuals, first_block=False):
    strides = [1 if first_block else 2] + [1] * (num_residuals - 1)
    net = nn.Sequential()
    net.add(*(Eager(num_channels, use_1x1conv=s != 1, strides=s) for s in strides))
    return net


BANK.add("a lambda", lambda c, n, first_block=False: functools.reduce(
    lambda net, i: net.add(Residual(c, not (i or first_block), 1 if i or first_block else 2)) or net, range(n),
    nn.HybridSequential()))


@BANK.right
class Stage(HybridBlock):
    """A class in place of a function; the blocks are attributes."""

    def __init__(self, num_channels, num_residuals, first_block=False):
        super().__init__()
        self.number = num_residuals
        for i in range(num_residuals):
            new = i == 0 and not first_block
            setattr(self, f"block{i}", Residual(num_channels, use_1x1conv=new, strides=2 if new else 1))

    def hybrid_forward(self, F, x):
        for i in range(self.number):
            x = getattr(self, f"block{i}")(x)
        return x


@BANK.right
class Written(Block):
    """No residual block of its own: convolutions in lists, functions in the forward pass."""

    def __init__(self, num_channels, num_residuals, first_block=False):
        super().__init__()
        self.convs, self.norms = nn.Sequential(), nn.Sequential()
        for i in range(2 * num_residuals):
            self.convs.add(nn.Conv2D(num_channels, 3, 2 if i == 0 and not first_block else 1, 1))
            self.norms.add(nn.BatchNorm())
        self.project = None if first_block else nn.Conv2D(num_channels, 1, 2)

    def forward(self, x):
        layers = [(self.convs[i], self.norms[i]) for i in range(len(self.convs))]
        for i in range(0, len(layers), 2):
            (conv1, bn1), (conv2, bn2) = layers[i:i + 2]
            carried = self.project(x) if i == 0 and self.project else x
            x = npx.relu(carried + bn2(conv2(npx.relu(bn1(conv1(x))))))
        return x


@BANK.right
def nested(num_channels, num_residuals, first_block=False):
    if num_residuals == 0:
        return nn.HybridSequential()
    net = nested(num_channels, num_residuals - 1, first_block)
    outer = nn.HybridSequential()
    last = num_residuals == 1 and not first_block
    outer.add(net, Residual(num_channels, last, 2 if last else 1))
    return outer


BANK.mutate_right(("i == 0 and not first_block", "not first_block and not i"), ("HybridSequential", "Sequential"))
BANK.mutate_right(("    return stage", "    stage.initialize()\n    return stage"))
BANK.mutate_right(("    return stage", "    stage.hybridize()\n    return stage"))

# One thing changed

BANK.mutate("no-return", ("    return stage\n", ""))
BANK.mutate("stage-shape", ("i == 0 and not first_block", "i == 0 and first_block"))
BANK.mutate("stage-shape", ("i == 0 and not first_block", "not first_block"))
BANK.mutate("stage-shape", ("i == 0 and not first_block", "i == 0"))
BANK.mutate("stage-shape", ("i == 0 and not first_block", "i == 1 and not first_block"))
BANK.mutate("stage-shape", ("strides=2", "strides=1"))
BANK.mutate("stage-shape", (", strides=2", ""))
BANK.mutate("stride", ("strides=2", "strides=4"))
BANK.mutate("stage-shape", ("i == 0 and not first_block", "i == num_residuals - 1 and not first_block"))
BANK.mutate("projection-missing", ("use_1x1conv=True, ", ""))
BANK.mutate("projection-missing", ("use_1x1conv=True", "use_1x1conv=False"))
BANK.mutate("identity-changed", ("stage.add(Residual(num_channels))", "stage.add(Residual(num_channels, True))"))
BANK.mutate("blocks", ("range(num_residuals)", "range(num_residuals + 1)"))
BANK.mutate("blocks", ("range(num_residuals)", "range(2)"))
BANK.mutate("blocks", ("range(num_residuals)", "range(num_residuals - 1)"))
BANK.mutate("blocks", ("    return stage", "        return stage"))
BANK.mutate("channels", ("Residual(num_channels, use", "Residual(2 * num_channels, use"),
            ("Residual(num_channels))", "Residual(2 * num_channels))"))
BANK.mutate("channels", ("Residual(num_channels, use", "Residual(8, use"), ("Residual(num_channels))", "Residual(8))"))
BANK.mutate("signature", (", first_block=False", ""), (" and not first_block", ""))
BANK.mutate("signature", ("num_channels, num_residuals, first_block=False", ""), ("range(num_residuals)", "range(2)"))
BANK.mutate("exception", ("stage.add(Residual(num_channels))", "stage.append(Residual(num_channels))"))
BANK.mutate("exception", ("num_residuals, first", "num_residual, first"))
BANK.mutate("convolutions", ("Residual(num_channels, use", "Bottleneck(num_channels, use"),
            ("Residual(num_channels))", "Bottleneck(num_channels))"))


# Faults that no small change makes

@BANK.wrong("shared-between-blocks")
def one_block_many_times(num_channels, num_residuals, first_block=False):
    stage = nn.HybridSequential()
    if not first_block:
        stage.add(Residual(num_channels, True, 2))
    block = Residual(num_channels)
    stage.add(*[block] * (num_residuals - (not first_block)))
    return stage


@BANK.wrong("shared-between-blocks")
def list_times(num_channels, num_residuals, first_block=False):
    first = [] if first_block else [Residual(num_channels, True, 2)]
    return first + [Residual(num_channels)] * (num_residuals - len(first))


@BANK.wrong("blocks")
def plain_blocks(num_channels, num_residuals, first_block=False):
    stage = nn.HybridSequential()
    for i in range(num_residuals):
        stage.add(PlainBlock(num_channels, strides=2 if i == 0 and not first_block else 1))
    return stage


@BANK.wrong("relu-before-addition")
def relu_first(num_channels, num_residuals, first_block=False):
    stage = nn.Sequential()
    for i in range(num_residuals):
        new = i == 0 and not first_block
        stage.add(ReluFirst(num_channels, new, 2 if new else 1))
    return stage


@BANK.wrong("addition")
def concatenated(num_channels, num_residuals, first_block=False):
    stage = nn.Sequential()
    for i in range(num_residuals):
        new = i == 0 and not first_block
        stage.add(Concatenating(num_channels, new, 2 if new else 1))
    return stage


@BANK.wrong("extra-layer")
def norm_between(num_channels, num_residuals, first_block=False):
    stage = nn.HybridSequential()
    for i in range(num_residuals):
        new = i == 0 and not first_block
        stage.add(Residual(num_channels, new, 2 if new else 1), nn.BatchNorm())
    return stage


@BANK.wrong("extra-layer")
def pooling_first(num_channels, num_residuals, first_block=False):
    stage = nn.HybridSequential()
    if not first_block:
        stage.add(nn.MaxPool2D(2, 2, ceil_mode=True))
    for i in range(num_residuals):
        stage.add(Residual(num_channels, i == 0 and not first_block))
    return stage


@BANK.wrong("dropout")
def with_dropout(num_channels, num_residuals, first_block=False):
    stage = nn.HybridSequential()
    for i in range(num_residuals):
        new = i == 0 and not first_block
        stage.add(Residual(num_channels, new, 2 if new else 1))
    stage.add(nn.Dropout(0.5))
    return stage


@BANK.wrong("not-a-block")
def the_last_output(num_channels, num_residuals, first_block=False):
    blocks = tuple(Residual(num_channels) for _ in range(num_residuals))
    return {"blocks": blocks}


@BANK.wrong("exception")
def raises(num_channels, num_residuals, first_block=False):
    raise NotImplementedError


BANK.add("a stage in place of a function", nn.HybridSequential(), "signature")
BANK.add("a number", 3, "signature")
BANK.add("an array", __import__("numpy").zeros(3), "signature")


@BANK.wrong("not-a-block")
class NoBlock:
    """Has everything, but is no Block."""

    def __init__(self, num_channels, num_residuals, first_block=False):
        self.blocks = d2l_form(num_channels, num_residuals, first_block)

    def forward(self, x):
        return self.blocks(x)


@BANK.wrong("unregistered-layer")
class OneByOne(Block):
    """A list of blocks that Gluon does not see, so that nobody initialises them."""

    def __init__(self, num_channels, num_residuals, first_block=False):
        super().__init__()
        self.blocks = [Residual(num_channels, i == 0 and not first_block, 1 + (i == 0 and not first_block))
                       for i in range(num_residuals)]

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


@BANK.wrong("unused-layer")
class Forgotten(Written):
    """A projection that the first stage does not need."""

    def __init__(self, num_channels, num_residuals, first_block=False):
        super().__init__(num_channels, num_residuals, first_block)
        self.other = nn.Conv2D(num_channels, 1, 2, in_channels=num_channels)
