"""Stages in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from resnet_gluon import Residual

from written import Written

W = Written("resnet-block")
W.imports = {**W.imports, "Residual": Residual}

W.style("d2l's loop", '''
def stage(num_channels, num_residuals, first_block=False):
    blk = nn.Sequential()
    for i in range(num_residuals):
        if i == 0 and not first_block:
            blk.add(Residual(num_channels, use_1x1conv=True, strides=2))
        else:
            blk.add(Residual(num_channels))
    return blk
''')
W.fault("projection everywhere", ("if i == 0 and not first_block:", "if not first_block:"))
W.fault("first block always", ("if i == 0 and not first_block:", "if i == 0:"))
W.fault("first block turned round", ("if i == 0 and not first_block:", "if i == 0 and first_block:"))
W.fault("projection at the wrong block", ("if i == 0 and not", "if i == 1 and not"))
W.fault("projection at the wrong block", ("if i == 0 and not", "if i == num_residuals - 1 and not"))
W.fault("number of blocks", ("range(num_residuals)", "range(num_residuals + 1)"))
W.fault("number of blocks", ("range(num_residuals)", "range(1, num_residuals)"))
W.fault("number of blocks", ("range(num_residuals)", "range(2)"))
W.fault("no stride", (", strides=2", ""))
W.fault("stride without projection", ("use_1x1conv=True, strides=2", "strides=2"))
W.fault("stride", ("strides=2", "strides=3"))
W.fault("stride", ("strides=2", "strides=4"))
W.fault("returned early", ("    return blk", "        return blk"))
W.fault("no return", ("    return blk", "    blk"))
W.fault("same block twice", ("    for i", "    same = Residual(num_channels)\n    for i"), ("blk.add(Residual(num_channels))", "blk.add(same)"))
W.variant(("blk = nn.Sequential()", "blk = []"), ("blk.add(Residual(num_channels, use_1x1conv", "blk.append(Residual(num_channels, use_1x1conv"), ("blk.add(Residual(num_channels))", "blk.append(Residual(num_channels))"))
W.fault("channels", ("blk.add(Residual(num_channels))", "blk.add(Residual(num_channels * 2))"))
W.fault("channels", ("Residual(num_channels, use_1x1conv", "Residual(num_channels * 2, use_1x1conv"))
W.fault("first block", ("        else:\n            blk", "        elif i > 0:\n            blk"))
W.fault("shortcut left out", ("blk.add(Residual(num_channels))", "blk.add(Residual(num_channels, shortcut='none'))"))
W.fault("arguments confused", ("num_channels, num_residuals, first_block", "num_residuals, num_channels, first_block"))

W.style("first, then the others", '''
def stage(channels, blocks, first=False):
    net = nn.HybridSequential()
    net.add(Residual(channels) if first else Residual(channels, True, 2))
    for _ in range(blocks - 1):
        net.add(Residual(channels))
    return net
''')
W.fault("number of blocks", ("range(blocks - 1)", "range(blocks)"))
W.fault("number of blocks", ("range(blocks - 1)", "range(blocks - 2)"))
W.fault("first block turned round", ("Residual(channels) if first else Residual(channels, True, 2)", "Residual(channels, True, 2) if first else Residual(channels)"))
W.fault("same block twice", ("    for _ in range(blocks - 1):\n        net.add(Residual(channels))", "    net.add(*[Residual(channels)] * (blocks - 1))"))
W.fault("no stride", ("Residual(channels, True, 2)", "Residual(channels, True, 1)"))
W.fault("projection in the first stage", ("Residual(channels) if first", "Residual(channels, True) if first"))
W.fault("extra layer", ("    return net", "    net.add(nn.BatchNorm())\n    return net"))
W.fault("extra layer", ("    return net", "    net.add(nn.MaxPool2D(2))\n    return net"))
W.fault("extra layer", ("    return net", "    net.add(nn.Activation('tanh'))\n    return net"))
W.fault("pooled instead of strided", ("Residual(channels, True, 2))", "Residual(channels, True))\n    if not first: net.add(nn.MaxPool2D(2, 2))"))

W.style("from blocks of its own", '''
class Own(Block):
    def __init__(self, channels, project=False, strides=1):
        super().__init__()
        self.body, self.side = nn.Sequential(), nn.Sequential()
        self.body.add(nn.Conv2D(channels, 3, strides, 1), nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(channels, 3, 1, 1), nn.BatchNorm())
        if project:
            self.side.add(nn.Conv2D(channels, 1, strides))
    def forward(self, x):
        return npx.relu(self.body(x) + self.side(x))

def stage(num_channels, num_residuals, first_block=False):
    net = nn.Sequential()
    net.add(*(Own(num_channels, i == 0 and not first_block, 2 if i == 0 and not first_block else 1) for i in range(num_residuals)))
    return net
''')
W.fault("block: relu before the addition", ("return npx.relu(self.body(x) + self.side(x))", "return npx.relu(self.body(x)) + self.side(x)"))
W.fault("block: no shortcut", ("return npx.relu(self.body(x) + self.side(x))", "return npx.relu(self.body(x))"))
W.fault("block: no last relu", ("return npx.relu(self.body(x) + self.side(x))", "return self.body(x) + self.side(x)"))
W.fault("no stride", ("2 if i == 0 and not first_block else 1", "1"))
W.fault("stride everywhere", ("2 if i == 0 and not first_block else 1", "1 if first_block else 2"))
W.fault("first block", ("Own(num_channels, i == 0 and not first_block, 2 if", "Own(num_channels, not first_block and i == 1, 2 if"))
W.fault("block: stride of the shortcut", ("nn.Conv2D(channels, 1, strides)", "nn.Conv2D(channels, 1)"))
W.fault("block: first relu", (' nn.Activation("relu"),', ''))

W.styles(recursive='''
def stage(num_channels, num_residuals, first_block=False):
    if num_residuals == 1:
        net = nn.HybridSequential()
        net.add(Residual(num_channels, not first_block, 1 if first_block else 2))
        return net
    net = stage(num_channels, num_residuals - 1, first_block)
    net.add(Residual(num_channels))
    return net
''', a_class='''
class Stage(HybridBlock):
    def __init__(self, num_channels, num_residuals, first_block=False, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.HybridSequential()
        for number in range(num_residuals):
            down = number == 0 and not first_block
            self.blocks.add(Residual(num_channels, use_1x1conv=down, strides=1 + down))
    def hybrid_forward(self, F, x):
        return self.blocks(x)
''', a_list_first='''
def stage(num_channels, num_residuals, first_block=False):
    blocks = [Residual(num_channels) for _ in range(num_residuals)]
    if not first_block:
        blocks[0] = Residual(num_channels, use_1x1conv=True, strides=2)
    net = nn.HybridSequential()
    net.add(*blocks)
    return net
''', with_a_while='''
def stage(num_channels, num_residuals, first_block=False):
    net, left = nn.Sequential(), num_residuals
    shape = dict() if first_block else dict(use_1x1conv=True, strides=2)
    while left > 0:
        net.add(Residual(num_channels, **shape))
        shape = {}
        left -= 1
    return net
''', zipped='''
def stage(c, n, first_block=False):
    strides = [1 if first_block else 2] + [1] * (n - 1)
    net = nn.HybridSequential(prefix=f"stage{c}_")
    with net.name_scope():
        for s in strides:
            net.add(Residual(c, s != 1, s))
    return net
''')
