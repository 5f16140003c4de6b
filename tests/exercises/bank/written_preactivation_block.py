"""Pre-activation in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("preactivation-block")

W.style("numbered layers, an ordinary Block", '''
class PreAct(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.n1 = nn.BatchNorm()
        self.c1 = nn.Conv2D(num_channels, (3, 3), strides=(strides, strides), padding=(1, 1), use_bias=False)
        self.n2 = nn.BatchNorm()
        self.c2 = nn.Conv2D(num_channels, (3, 3), padding=(1, 1), use_bias=False)
        self.c3 = nn.Conv2D(num_channels, (1, 1), strides=(strides, strides), use_bias=False) if use_1x1conv else None
    def forward(self, x):
        a = npx.relu(self.n1(x))
        y = self.c1(a)
        y = self.c2(npx.relu(self.n2(y)))
        if self.c3 is not None:
            x = self.c3(a)
        return x + y
''')
W.fault("relu at the end", ("return x + y", "return npx.relu(x + y)"))
W.fault("first relu", ("a = npx.relu(self.n1(x))", "a = self.n1(x)"))
W.fault("second relu", ("self.c2(npx.relu(self.n2(y)))", "self.c2(self.n2(y))"))
W.fault("bn missing", ("npx.relu(self.n1(x))", "npx.relu(x)"))
W.fault("bn missing", ("npx.relu(self.n2(y))", "npx.relu(y)"))
W.fault("order of bn and relu", ("npx.relu(self.n1(x))", "self.n1(npx.relu(x))"))
W.fault("order of bn and relu", ("npx.relu(self.n2(y))", "self.n2(npx.relu(y))"))
W.fault("identity of the activated input", ("return x + y", "return (a if self.c3 is None else x) + y"))
W.fault("no shortcut", ("return x + y", "return y"))
W.fault("shared layer", ("self.n2(y)", "self.n1(y)"))
W.fault("post-activation", ("        a = npx.relu(self.n1(x))\n        y = self.c1(a)\n        y = self.c2(npx.relu(self.n2(y)))\n", "        a = x\n        y = npx.relu(self.n1(self.c1(x)))\n        y = self.n2(self.c2(y))\n"))
W.fault("post-activation", ("        a = npx.relu(self.n1(x))\n        y = self.c1(a)\n        y = self.c2(npx.relu(self.n2(y)))\n", "        a = x\n        y = npx.relu(self.n1(self.c1(x)))\n        y = npx.relu(self.n2(self.c2(y)))\n"))
W.fault("stride of the branch", ("(3, 3), strides=(strides, strides)", "(3, 3)"))
W.fault("stride of the shortcut", ("(1, 1), strides=(strides, strides)", "(1, 1)"))
W.fault("stride on both", ("self.c2 = nn.Conv2D(num_channels, (3, 3),", "self.c2 = nn.Conv2D(num_channels, (3, 3), strides=strides,"))
W.fault("projection unused", ("            x = self.c3(a)\n", "            self.c3(a)\n"))
W.fault("projection of the branch", ("self.c3(a)", "self.c3(y)"))
W.fault("activation", ("a = npx.relu(self.n1(x))", "a = npx.sigmoid(self.n1(x))"))
W.fault("activation", ("npx.relu(self.n2(y))", "npx.leaky_relu(self.n2(y), slope=0.2)"))
W.fault("scaled", ("return x + y", "return x + 0.1 * y"))
W.fault("kernel", ("(1, 1), strides=(strides, strides)", "(3, 3), padding=1, strides=(strides, strides)"))
W.fault("no return", ("return x + y", "x + y"))

W.style("pairs in Sequential", '''
class Pairs(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.body = nn.HybridSequential()
        for stride in (strides, 1):
            self.body.add(nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(num_channels, 3, strides=stride, padding=1))
        self.shortcut = nn.HybridSequential()
        if use_1x1conv:
            self.shortcut.add(nn.Conv2D(num_channels, 1, strides=strides))
    def hybrid_forward(self, F, x):
        return F.np.add(self.body(x), self.shortcut(x))
''')
W.fault("relu at the end", ("F.np.add(self.body(x), self.shortcut(x))", "F.np.maximum(F.np.add(self.body(x), self.shortcut(x)), 0)"))
W.fault("extra layer", ("        self.shortcut = nn.HybridSequential()\n", "        self.body.add(nn.BatchNorm())\n        self.shortcut = nn.HybridSequential()\n"))
W.fault("extra layer", ("        self.shortcut = nn.HybridSequential()\n", "        self.body.add(nn.BatchNorm(), nn.Activation('relu'))\n        self.shortcut = nn.HybridSequential()\n"))
W.fault("three convolutions", ("(strides, 1)", "(strides, 1, 1)"))
W.fault("stride on the second", ("(strides, 1)", "(1, strides)"))
W.fault("post-activation", ('nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(num_channels, 3, strides=stride, padding=1)', 'nn.Conv2D(num_channels, 3, strides=stride, padding=1), nn.BatchNorm(), nn.Activation("relu")'))
W.fault("order of bn and relu", ('nn.BatchNorm(), nn.Activation("relu")', 'nn.Activation("relu"), nn.BatchNorm()'))
W.fault("bn missing", ("nn.BatchNorm(), nn", "nn"))
W.fault("first relu", ('nn.Activation("relu"), ', ''))
W.fault("shortcut has a relu", ("nn.Conv2D(num_channels, 1, strides=strides))", "nn.Conv2D(num_channels, 1, strides=strides), nn.Activation('relu'))"))
W.fault("no padding", ("strides=stride, padding=1", "strides=stride"))
W.fault("bn frozen", ("nn.BatchNorm()", "nn.BatchNorm(use_global_stats=True)"))
W.fault("projection always", ("        if use_1x1conv:\n", "        if num_channels:\n"))

W.styles(one_function_applied_twice='''
class Twice(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.norms, self.convs = nn.Sequential(), nn.Sequential()
        self.norms.add(nn.BatchNorm(), nn.BatchNorm())
        self.convs.add(nn.Conv2D(num_channels, 3, strides, 1), nn.Conv2D(num_channels, 3, 1, 1))
        self.project = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None
    def activated(self, i, x):
        return npx.relu(self.norms[i](x))
    def forward(self, x):
        first = self.activated(0, x)
        shortcut = self.project(first) if self.project else x
        return shortcut + self.convs[1](self.activated(1, self.convs[0](first)))
''', as_a_generator_of_layers='''
class Chain(HybridBlock):
    def __init__(self, c, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.pre = nn.HybridSequential()
            self.pre.add(nn.BatchNorm(), nn.Activation("relu"))
            self.rest = nn.HybridSequential()
            self.rest.add(nn.Conv2D(c, 3, strides, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(c, 3, 1, 1, use_bias=False))
            self.project = nn.Conv2D(c, 1, strides, use_bias=False) if use_1x1conv else None
    def hybrid_forward(self, F, x):
        ready = self.pre(x)
        if self.project:
            return self.rest(ready) + self.project(ready)
        return self.rest(ready) + x
''', legacy_interface='''
class Old(HybridBlock):
    def __init__(self, channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.bn1 = nn.BatchNorm()
        self.conv1 = nn.Conv2D(channels, 3, strides, 1, use_bias=False)
        self.bn2 = nn.BatchNorm()
        self.conv2 = nn.Conv2D(channels, 3, 1, 1, use_bias=False)
        self.downsample = nn.Conv2D(channels, 1, strides, use_bias=False) if use_1x1conv else None
    def hybrid_forward(self, F, x):
        residual = x
        x = self.bn1(x)
        x = F.Activation(x, act_type="relu")
        if self.downsample:
            residual = self.downsample(x)
        x = self.conv1(x)
        x = self.bn2(x)
        x = F.Activation(x, act_type="relu")
        x = self.conv2(x)
        return x + residual
''', subsampled_and_dense='''
class Sliced(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.bn1, self.bn2, self.s = nn.BatchNorm(), nn.BatchNorm(), strides
        self.conv1, self.conv2 = nn.Conv2D(num_channels, 3, strides, 1), nn.Conv2D(num_channels, 3, 1, 1)
        self.linear = nn.Dense(num_channels, flatten=False) if use_1x1conv else None
    def forward(self, x):
        a = npx.relu(self.bn1(x))
        y = self.conv2(npx.relu(self.bn2(self.conv1(a))))
        if self.linear:
            x = np.moveaxis(self.linear(np.moveaxis(a[:, :, ::self.s, ::self.s], 1, -1)), -1, 1)
        return x + y
''', maximum='''
class InPlace(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
        self.conv1 = nn.Conv2D(channels=num_channels, kernel_size=3, padding=1, strides=strides)
        self.conv2 = nn.Conv2D(channels=num_channels, kernel_size=3, padding=1)
        self.shortcut = nn.Conv2D(channels=num_channels, kernel_size=1, strides=strides) if use_1x1conv else nn.Lambda(lambda x: x)
        self.use = use_1x1conv
    def forward(self, x):
        out = np.maximum(self.bn1(x), 0)
        short = self.shortcut(out if self.use else x)
        out = self.conv1(out)
        out = np.maximum(self.bn2(out), 0)
        out = self.conv2(out)
        return out + short
''')
W.fault("in place", ("        return out + short", "        out += short\n        return out"))
