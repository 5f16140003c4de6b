"""Bottlenecks in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("bottleneck-block")

W.style("numbered layers, an ordinary Block", '''
class Bottleneck(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        inner = num_channels // 4
        self.c1 = nn.Conv2D(inner, 1, strides=strides)
        self.c2 = nn.Conv2D(inner, 3, padding=1)
        self.c3 = nn.Conv2D(num_channels, 1)
        self.b1, self.b2, self.b3 = nn.BatchNorm(), nn.BatchNorm(), nn.BatchNorm()
        self.c4 = nn.Conv2D(num_channels, 1, strides=strides) if use_1x1conv else None
    def forward(self, x):
        y = npx.relu(self.b1(self.c1(x)))
        y = npx.relu(self.b2(self.c2(y)))
        y = self.b3(self.c3(y))
        if self.c4:
            x = self.c4(x)
        return npx.relu(x + y)
''')
W.fault("width", ("inner = num_channels // 4", "inner = num_channels // 2"))
W.fault("width", ("inner = num_channels // 4", "inner = num_channels"))
W.fault("width", ("inner = num_channels // 4", "inner = num_channels"), ("self.c3 = nn.Conv2D(num_channels, 1)", "self.c3 = nn.Conv2D(4 * num_channels, 1)"), ("self.c4 = nn.Conv2D(num_channels, 1", "self.c4 = nn.Conv2D(4 * num_channels, 1"))
W.fault("width", ("inner = num_channels // 4", "inner = num_channels // 8"))
W.fault("width", ("inner = num_channels // 4", "inner = num_channels / 4"))
W.fault("last relu", ("return npx.relu(x + y)", "return x + y"))
W.fault("relu before the addition", ("y = self.b3(self.c3(y))", "y = npx.relu(self.b3(self.c3(y)))"))
W.fault("first relu", ("y = npx.relu(self.b1(self.c1(x)))", "y = self.b1(self.c1(x))"))
W.fault("second relu", ("y = npx.relu(self.b2(self.c2(y)))", "y = self.b2(self.c2(y))"))
W.fault("bn missing", ("self.b2(self.c2(y))", "self.c2(y)"))
W.fault("bn missing", ("self.b3(self.c3(y))", "self.c3(y)"))
W.fault("shared layer", ("self.b2(self.c2(y))", "self.b1(self.c2(y))"))
W.fault("no shortcut", ("npx.relu(x + y)", "npx.relu(y)"))
W.fault("stride of the branch", ("self.c1 = nn.Conv2D(inner, 1, strides=strides)", "self.c1 = nn.Conv2D(inner, 1)"))
W.fault("stride of the shortcut", ("self.c4 = nn.Conv2D(num_channels, 1, strides=strides)", "self.c4 = nn.Conv2D(num_channels, 1)"))
W.fault("stride on both", ("self.c2 = nn.Conv2D(inner, 3, padding=1)", "self.c2 = nn.Conv2D(inner, 3, strides=strides, padding=1)"))
W.fault("stride on the last", ("self.c1 = nn.Conv2D(inner, 1, strides=strides)", "self.c1 = nn.Conv2D(inner, 1)"), ("self.c3 = nn.Conv2D(num_channels, 1)", "self.c3 = nn.Conv2D(num_channels, 1, strides=strides)"))
W.fault("kernel", ("self.c2 = nn.Conv2D(inner, 3, padding=1)", "self.c2 = nn.Conv2D(inner, 1)"))
W.fault("kernel", ("self.c1 = nn.Conv2D(inner, 1, strides=strides)", "self.c1 = nn.Conv2D(inner, 3, padding=1, strides=strides)"))
W.fault("no padding", ("inner, 3, padding=1", "inner, 3"))
W.fault("no padding", ("self.c1 = nn.Conv2D(inner, 1, strides=strides)", "self.c1 = nn.Conv2D(inner, 1, strides=strides, padding=1)"), ("inner, 3, padding=1", "inner, 3"))
W.fault("projection unused", ("            x = self.c4(x)\n", "            pass\n"))
W.fault("order of bn and relu", ("npx.relu(self.b2(self.c2(y)))", "self.b2(npx.relu(self.c2(y)))"))
W.fault("activation", ("npx.relu(self.b1(self.c1(x)))", "np.tanh(self.b1(self.c1(x)))"))

W.style("a table of layers", '''
class Table(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        narrow = num_channels // 4
        self.branch = nn.HybridSequential()
        for channels, kernel, stride in [(narrow, 1, 1), (narrow, 3, strides), (num_channels, 1, 1)]:
            if len(self.branch):
                self.branch.add(nn.Activation("relu"))
            self.branch.add(nn.Conv2D(channels, kernel, stride, kernel // 2, use_bias=False), nn.BatchNorm())
        self.shortcut = nn.HybridSequential()
        if use_1x1conv:
            self.shortcut.add(nn.Conv2D(num_channels, 1, strides, use_bias=False), nn.BatchNorm())
    def hybrid_forward(self, F, x):
        return F.npx.relu(self.branch(x) + self.shortcut(x))
''')
W.fault("three convolutions", ("(narrow, 1, 1), (narrow, 3, strides), ", "(narrow, 3, strides), "))
W.fault("three convolutions", ("(narrow, 3, strides), (num", "(narrow, 3, strides), (narrow, 3, 1), (num"))
W.fault("kernel", ("(narrow, 1, 1), (narrow, 3, strides)", "(narrow, 3, 1), (narrow, 3, strides)"))
W.fault("kernel", ("(narrow, 3, strides), (num_channels, 1, 1)", "(narrow, 3, strides), (num_channels, 3, 1)"))
W.fault("kernel", ("(narrow, 3, strides)", "(narrow, 5, strides)"))
W.fault("order of layers", ("[(narrow, 1, 1), (narrow, 3, strides), ", "[(narrow, 3, strides), (narrow, 1, 1), "))
W.fault("width", ("(narrow, 1, 1), (narrow, 3, strides)", "(num_channels, 1, 1), (narrow, 3, strides)"))
W.fault("width", ("(narrow, 1, 1), (narrow, 3, strides)", "(narrow, 1, 1), (num_channels, 3, strides)"))
W.fault("relu before the addition", ("            if len(self.branch):\n                self.branch.add(nn.Activation(\"relu\"))\n", ""), ("use_bias=False), nn.BatchNorm())\n        self.shortcut", "use_bias=False), nn.BatchNorm(), nn.Activation('relu'))\n        self.shortcut"))
W.fault("shortcut has a relu", ("strides, use_bias=False), nn.BatchNorm())", "strides, use_bias=False), nn.BatchNorm(), nn.Activation('relu'))"))
W.fault("stride on both", ("(narrow, 1, 1), (narrow, 3, strides)", "(narrow, 1, strides), (narrow, 3, strides)"))
W.fault("stride fixed", ("(narrow, 3, strides)", "(narrow, 3, 2)"))
W.fault("concatenated", ("F.npx.relu(self.branch(x) + self.shortcut(x))", "F.npx.relu(F.np.concatenate((self.branch(x), self.shortcut(x)), axis=1))"))

W.styles(functions='''
def bottleneck(num_channels, use_1x1conv=False, strides=1):
    def unit(channels, kernel, stride=1):
        net = nn.HybridSequential()
        net.add(nn.Conv2D(channels, kernel, stride, (kernel - 1) // 2), nn.BatchNorm())
        return net
    class Sum(HybridBlock):
        def __init__(self):
            super().__init__()
            self.reduce, self.conv, self.expand = unit(num_channels // 4, 1, strides), unit(num_channels // 4, 3), unit(num_channels, 1)
            self.project = unit(num_channels, 1, strides) if use_1x1conv else None
        def hybrid_forward(self, F, x):
            y = self.expand(F.npx.relu(self.conv(F.npx.relu(self.reduce(x)))))
            return F.npx.relu(y + (self.project(x) if self.project else x))
    return Sum()
''', dense_layers_for_the_1x1='''
class OfDense(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.down = nn.Dense(num_channels // 4, flatten=False, use_bias=False)
        self.across = nn.Conv2D(num_channels // 4, 3, strides, 1, use_bias=False)
        self.up = nn.Dense(num_channels, flatten=False, use_bias=False)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm(), nn.BatchNorm(), nn.BatchNorm()
        self.project = nn.Conv2D(num_channels, 1, strides, use_bias=False) if use_1x1conv else None
    def pixelwise(self, dense, x):
        return dense(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    def forward(self, x):
        y = npx.relu(self.bn1(self.pixelwise(self.down, x)))
        y = npx.relu(self.bn2(self.across(y)))
        y = self.bn3(self.pixelwise(self.up, y))
        return npx.relu(y + (self.project(x) if self.project else x))
''', strides_in_a_tuple='''
class Tuples(nn.HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.body = nn.HybridSequential(prefix="")
            self.body.add(nn.Conv2D(num_channels // 4, kernel_size=(1, 1)))
            self.body.add(nn.BatchNorm(), nn.Activation("relu"))
            self.body.add(nn.Conv2D(num_channels // 4, kernel_size=(3, 3), strides=(strides,) * 2, padding=(1, 1)))
            self.body.add(nn.BatchNorm(), nn.Activation("relu"))
            self.body.add(nn.Conv2D(num_channels, kernel_size=(1, 1)), nn.BatchNorm())
            if use_1x1conv:
                self.downsample = nn.HybridSequential(prefix="")
                self.downsample.add(nn.Conv2D(num_channels, kernel_size=(1, 1), strides=(strides,) * 2), nn.BatchNorm())
            else:
                self.downsample = None
    def hybrid_forward(self, F, x):
        residual = x
        x = self.body(x)
        if self.downsample:
            residual = self.downsample(residual)
        return F.npx.relu(x + residual)
''', legacy_interface='''
class Old(HybridBlock):
    def __init__(self, channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.body = nn.HybridSequential(prefix="")
        self.body.add(nn.Conv2D(channels // 4, kernel_size=1, strides=strides), nn.BatchNorm(), nn.Activation("relu"),
                      nn.Conv2D(channels // 4, 3, 1, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                      nn.Conv2D(channels, kernel_size=1, strides=1), nn.BatchNorm())
        self.short = nn.HybridSequential(prefix="")
        if use_1x1conv:
            self.short.add(nn.Conv2D(channels, 1, strides, use_bias=False), nn.BatchNorm())
    def hybrid_forward(self, F, x):
        return F.Activation(self.body(x) + self.short(x), act_type="relu")
''', on_a_quarter_by_shift='''
class Shifted(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        narrow = num_channels >> 2
        self.convs = [nn.Conv2D(narrow, 1, strides), nn.Conv2D(narrow, 3, 1, 1), nn.Conv2D(num_channels, 1)]
        self.norms = [nn.BatchNorm() for _ in range(3)]
        for i, layer in enumerate(self.convs + self.norms):
            self.register_child(layer, f"layer{i}")
        self.side = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None
    def forward(self, x):
        y = x
        for i in range(3):
            y = self.norms[i](self.convs[i](y))
            y = npx.relu(y) if i < 2 else y
        return npx.relu(y + (self.side(x) if self.side is not None else x))
''')
