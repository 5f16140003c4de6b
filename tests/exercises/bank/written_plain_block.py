"""The plain twin of the residual block in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("plain-block")

W.style("numbered layers, an ordinary Block", '''
class Plain(nn.Block):
    def __init__(self, num_channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.c1 = nn.Conv2D(num_channels, (3, 3), strides=(strides, strides), padding=(1, 1))
        self.b1 = nn.BatchNorm()
        self.c2 = nn.Conv2D(num_channels, (3, 3), padding=(1, 1))
        self.b2 = nn.BatchNorm()
    def forward(self, x):
        x = self.c1(x)
        x = self.b1(x)
        x = npx.relu(x)
        x = self.c2(x)
        x = self.b2(x)
        return npx.relu(x)
''')
W.fault("shortcut left in", ("    def forward(self, x):\n", "    def forward(self, x):\n        start = x\n"), ("        return npx.relu(x)", "        return npx.relu(x + start if x.shape == start.shape else x)"))
W.fault("shortcut left in", ("        x = self.c2(x)\n", "        start = x\n        x = self.c2(x)\n"), ("return npx.relu(x)", "return npx.relu(x + start)"))
W.fault("last relu", ("return npx.relu(x)", "return x"))
W.fault("first relu", ("        x = npx.relu(x)\n", ""))
W.fault("stride of the branch", (", strides=(strides, strides)", ""))
W.fault("stride on the second", (", strides=(strides, strides)", ""), ("self.c2 = nn.Conv2D(num_channels, (3, 3),", "self.c2 = nn.Conv2D(num_channels, (3, 3), strides=strides,"))
W.fault("stride on both", ("self.c2 = nn.Conv2D(num_channels, (3, 3),", "self.c2 = nn.Conv2D(num_channels, (3, 3), strides=strides,"))
W.fault("bn missing", ("        x = self.b2(x)\n", ""))
W.fault("bn missing", ("        x = self.b1(x)\n", ""))
W.fault("shared layer", ("self.b2(x)", "self.b1(x)"))
W.fault("order of bn and relu", ("        x = self.b1(x)\n        x = npx.relu(x)\n", "        x = npx.relu(x)\n        x = self.b1(x)\n"))
W.fault("order of layers", ("        x = self.c2(x)\n        x = self.b2(x)\n", "        x = self.b2(x)\n        x = self.c2(x)\n"))
W.fault("activation", ("return npx.relu(x)", "return npx.leaky_relu(x, slope=0.1)"))
W.fault("activation", ("return npx.relu(x)", "return npx.sigmoid(x)"))
W.fault("kernel", ("self.c1 = nn.Conv2D(num_channels, (3, 3), strides=(strides, strides), padding=(1, 1))", "self.c1 = nn.Conv2D(num_channels, (5, 5), strides=(strides, strides), padding=(2, 2))"))
W.fault("kernel", ("self.c2 = nn.Conv2D(num_channels, (3, 3), padding=(1, 1))", "self.c2 = nn.Conv2D(num_channels, (1, 1))"))
W.fault("no return", ("return npx.relu(x)", "npx.relu(x)"))
W.fault("kernel", ("self.c2 = nn.Conv2D(num_channels, (3, 3), padding=(1, 1))", "self.c2 = nn.Conv2D(num_channels, (3, 3), padding=(2, 2), dilation=(2, 2))"))

W.style("a loop over strides", '''
def plain(num_channels, strides=1):
    net = nn.HybridSequential()
    for stride in (strides, 1):
        net.add(nn.Conv2D(num_channels, kernel_size=3, strides=stride, padding=1, use_bias=False),
                nn.BatchNorm(), nn.Activation("relu"))
    return net
''')
W.fault("three convolutions", ("(strides, 1)", "(strides, 1, 1)"))
W.fault("three convolutions", ("(strides, 1)", "(strides,)"))
W.fault("stride on both", ("(strides, 1)", "(strides, strides)"))
W.fault("stride on the second", ("(strides, 1)", "(1, strides)"))
W.fault("stride of the branch", ("(strides, 1)", "(1, 1)"))
W.fault("stride fixed", ("(strides, 1)", "(2, 1)"))
W.fault("no padding", ("padding=1", "padding=0"))
W.fault("bn missing", ("nn.BatchNorm(), ", ""))
W.fault("order of bn and relu", ('nn.BatchNorm(), nn.Activation("relu")', 'nn.Activation("relu"), nn.BatchNorm()'))
W.fault("order of layers", ("        net.add(nn.Conv2D(num_channels, kernel_size=3, strides=stride, padding=1, use_bias=False),\n                nn.BatchNorm(), nn.Activation", "        net.add(nn.BatchNorm(), nn.Conv2D(num_channels, kernel_size=3, strides=stride, padding=1, use_bias=False),\n                nn.Activation"))
W.fault("no return", ("    return net\n", ""))
W.fault("returned early", ("    return net", "        return net"))
W.fault("extra layer", ("        net.add(nn.Conv2D", "        net.add(nn.Dropout(0.5), nn.Conv2D"))
W.fault("normalised otherwise", ("nn.BatchNorm()", "nn.InstanceNorm()"))
W.fault("normalised otherwise", ("nn.BatchNorm()", "nn.GroupNorm(1)"))
W.fault("channels", ("nn.Conv2D(num_channels", "nn.Conv2D(num_channels * stride"))
W.fault("kernel", ("kernel_size=3, ", "kernel_size=3, groups=num_channels if stride == 1 else 1, "))

W.styles(from_the_residual_block='''
class Residual(HybridBlock):
    def __init__(self, num_channels, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, 3, strides, 1)
        self.conv2 = nn.Conv2D(num_channels, 3, padding=1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
    def branch(self, F, x):
        return self.bn2(self.conv2(F.npx.relu(self.bn1(self.conv1(x)))))
    def hybrid_forward(self, F, x):
        return F.npx.relu(self.branch(F, x))

class Plain(Residual):
    def hybrid_forward(self, F, x):
        return F.np.maximum(self.branch(F, x), 0)
''', with_a_flag_that_it_ignores='''
class Twin(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.layers = nn.HybridSequential(prefix="")
            self.layers.add(nn.Conv2D(num_channels, 3, strides, 1), nn.BatchNorm(), nn.HybridLambda("relu") if False else nn.Activation("relu"))
            self.layers.add(nn.Conv2D(num_channels, 3, 1, 1), nn.BatchNorm(), nn.Activation("relu"))
    def hybrid_forward(self, F, x):
        return self.layers(x)
''', functions_composed='''
class Composed(Block):
    def __init__(self, num_channels, strides=1):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2D(num_channels, 3, strides, 1), nn.Conv2D(num_channels, 3, 1, 1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
    def forward(self, x):
        steps = [self.conv1, self.bn1, npx.relu, self.conv2, self.bn2, npx.relu]
        return functools.reduce(lambda value, step: step(value), steps, x)
''', units_of_three='''
class Unit(HybridBlock):
    def __init__(self, channels, stride):
        super().__init__()
        self.conv, self.norm = nn.Conv2D(channels, 3, stride, 1, use_bias=False), nn.BatchNorm()
    def hybrid_forward(self, F, x):
        return F.npx.relu(self.norm(self.conv(x)))

def plain(channels, strides=1):
    block = nn.HybridSequential()
    block.add(Unit(channels, strides))
    block.add(Unit(channels, 1))
    return block
''', legacy_interface='''
class Old(HybridBlock):
    def __init__(self, num_channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.conv1 = nn.Conv2D(num_channels, 3, strides, 1)
            self.conv2 = nn.Conv2D(num_channels, 3, 1, 1)
            self.bn1 = nn.BatchNorm()
            self.bn2 = nn.BatchNorm()
    def hybrid_forward(self, F, x):
        x = F.Activation(self.bn1(self.conv1(x)), act_type="relu")
        return F.Activation(self.bn2(self.conv2(x)), act_type="relu")
''', where='''
class Where(nn.Block):
    def __init__(self, channels, strides=1):
        super().__init__()
        self.net = nn.Sequential()
        self.net.add(nn.Conv2D(channels, 3, strides=strides, padding=1), nn.BatchNorm(), nn.Lambda(lambda x: np.where(x > 0, x, np.zeros_like(x))),
                     nn.Conv2D(channels, 3, padding=1), nn.BatchNorm(), nn.Lambda(lambda x: np.where(x > 0, x, np.zeros_like(x))))
    def forward(self, x):
        return self.net(x)
''')
