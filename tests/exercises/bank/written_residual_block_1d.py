"""The residual block over series in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("residual-block-1d")

W.style("numbered layers, an ordinary Block", '''
class Residual1D(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.c1 = nn.Conv1D(num_channels, 3, strides=strides, padding=1)
        self.c2 = nn.Conv1D(num_channels, 3, padding=1)
        self.b1, self.b2 = nn.BatchNorm(), nn.BatchNorm()
        self.c3 = None
        if use_1x1conv:
            self.c3 = nn.Conv1D(num_channels, 1, strides=strides)
    def forward(self, x):
        y = npx.relu(self.b1(self.c1(x)))
        y = self.b2(self.c2(y))
        if self.c3 is not None:
            x = self.c3(x)
        return npx.relu(x + y)
''')
W.fault("two dimensions", ("self.c1 = nn.Conv1D(num_channels, 3,", "self.c1 = nn.Conv2D(num_channels, 3,"), ("self.c2 = nn.Conv1D", "self.c2 = nn.Conv2D"), ("self.c3 = nn.Conv1D", "self.c3 = nn.Conv2D"))
W.fault("two dimensions", ("self.c3 = nn.Conv1D", "self.c3 = nn.Conv2D"))
W.fault("last relu", ("return npx.relu(x + y)", "return x + y"))
W.fault("relu before the addition", ("y = self.b2(self.c2(y))", "y = npx.relu(self.b2(self.c2(y)))"), ("return npx.relu(x + y)", "return x + y"))
W.fault("relu before the addition", ("y = self.b2(self.c2(y))", "y = npx.relu(self.b2(self.c2(y)))"))
W.fault("first relu", ("npx.relu(self.b1(self.c1(x)))", "self.b1(self.c1(x))"))
W.fault("no shortcut", ("npx.relu(x + y)", "npx.relu(y)"))
W.fault("stride of the branch", ("num_channels, 3, strides=strides, padding=1", "num_channels, 3, padding=1"))
W.fault("stride of the shortcut", ("num_channels, 1, strides=strides)", "num_channels, 1)"))
W.fault("stride on both", ("self.c2 = nn.Conv1D(num_channels, 3, padding=1)", "self.c2 = nn.Conv1D(num_channels, 3, strides=strides, padding=1)"))
W.fault("no padding", ("num_channels, 3, strides=strides, padding=1", "num_channels, 3, strides=strides"))
W.fault("no padding", ("num_channels, 3, strides=strides, padding=1", "num_channels, 3, strides=strides, padding=2"), ("nn.Conv1D(num_channels, 3, padding=1)", "nn.Conv1D(num_channels, 3)"))
W.fault("kernel", ("self.c2 = nn.Conv1D(num_channels, 3, padding=1)", "self.c2 = nn.Conv1D(num_channels, 5, padding=2)"))
W.fault("kernel", ("self.c3 = nn.Conv1D(num_channels, 1, strides=strides)", "self.c3 = nn.Conv1D(num_channels, 3, strides=strides, padding=1)"))
W.fault("shared layer", ("self.b2(self.c2(y))", "self.b1(self.c2(y))"))
W.fault("bn missing", ("y = self.b2(self.c2(y))", "y = self.c2(y)"))
W.fault("order of bn and relu", ("npx.relu(self.b1(self.c1(x)))", "self.b1(npx.relu(self.c1(x)))"))
W.fault("projection of the branch", ("x = self.c3(x)", "x = self.c3(y)"))
W.fault("activation", ("return npx.relu(x + y)", "return np.tanh(x + y)"))
W.fault("projection unused", ("            x = self.c3(x)\n", "            self.c3(x)\n"))
W.fault("stride equal to the kernel", ("num_channels, 3, strides=strides, padding=1", "num_channels, 3, strides=3, padding=1"))

W.style("transposed to the last axis", '''
class ChannelsLast(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.branch = nn.HybridSequential()
        self.branch.add(nn.Conv1D(num_channels, 3, strides, 1, use_bias=False), nn.BatchNorm(axis=1), nn.Activation("relu"),
                        nn.Conv1D(num_channels, 3, 1, 1, use_bias=False), nn.BatchNorm(axis=1))
        self.project = nn.Dense(num_channels, flatten=False) if use_1x1conv else None
        self.strides = strides
    def hybrid_forward(self, F, x):
        shortcut = x
        if self.project is not None:
            last = F.np.transpose(x[:, :, ::self.strides], (0, 2, 1))
            shortcut = F.np.transpose(self.project(last), (0, 2, 1))
        return F.npx.relu(self.branch(x) + shortcut)
''')
W.fault("normalised axis", ('nn.BatchNorm(axis=1), nn.Activation("relu")', 'nn.BatchNorm(axis=-1), nn.Activation("relu")'))
W.fault("normalised otherwise", ("use_bias=False), nn.BatchNorm(axis=1))", "use_bias=False), nn.LayerNorm(axis=1))"))
W.fault("kernel", ("flatten=False", "flatten=True"))
W.fault("axes confused", ("self.project(last), (0, 2, 1)", "self.project(last), (0, 1, 2)"))
W.fault("relu before the addition", ("1, 1, use_bias=False), nn.BatchNorm(axis=1))", "1, 1, use_bias=False), nn.BatchNorm(axis=1), nn.Activation('relu'))"))
W.fault("wrong pixels", ("x[:, :, ::self.strides]", "x[:, :, :(x.shape[2] + self.strides - 1) // self.strides]"))
W.fault("sum of other things", ("self.branch(x) + shortcut", "self.branch(x) * shortcut"))
W.fault("shortcut has a relu", ("F.np.transpose(self.project(last), (0, 2, 1))", "F.npx.relu(F.np.transpose(self.project(last), (0, 2, 1)))"))
W.fault("scaled", ("self.branch(x) + shortcut", "(self.branch(x) + shortcut) / 2"))

W.styles(images_of_height_one='''
class AsImages(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv1D(num_channels, 3, strides, 1)
        self.conv2 = nn.Conv1D(num_channels, 3, 1, 1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
        self.conv3 = nn.Conv1D(num_channels, 1, strides) if use_1x1conv else None
    def norm(self, layer, x):
        return np.squeeze(layer(np.expand_dims(x, axis=2)), axis=2)
    def forward(self, x):
        y = npx.relu(self.norm(self.bn1, self.conv1(x)))
        y = self.norm(self.bn2, self.conv2(y))
        return npx.relu(y + (self.conv3(x) if self.conv3 else x))
''', a_loop='''
class Loop(HybridBlock):
    def __init__(self, channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.body = nn.HybridSequential()
        for i, stride in enumerate([strides, 1]):
            if i:
                self.body.add(nn.Activation("relu"))
            self.body.add(nn.Conv1D(channels, kernel_size=3, strides=stride, padding=1), nn.BatchNorm())
        self.shortcut = nn.HybridSequential()
        for _ in range(use_1x1conv):
            self.shortcut.add(nn.Conv1D(channels, kernel_size=1, strides=strides), nn.BatchNorm())
    def hybrid_forward(self, F, x):
        return F.npx.relu(self.shortcut(x) + self.body(x))
''', inner_function='''
def block_1d(num_channels, use_1x1conv=False, strides=1):
    convolution = functools.partial(nn.Conv1D, num_channels)
    net = nn.HybridSequential()
    net.add(convolution(3, strides, 1), nn.BatchNorm(), nn.Activation("relu"), convolution(3, 1, 1), nn.BatchNorm())
    class Sum(HybridBlock):
        def __init__(self):
            super().__init__()
            self.net = net
            if use_1x1conv:
                self.side = convolution(1, strides)
        def hybrid_forward(self, F, x):
            return F.npx.relu(self.net(x) + (self.side(x) if use_1x1conv else x))
    return Sum()
''', padded_by_hand='''
class Padded(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv1D(num_channels, 3, strides), nn.Conv1D(num_channels, 3)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
        self.conv3 = nn.Conv1D(num_channels, 1, strides) if use_1x1conv else None
    def forward(self, x):
        widths = ((0, 0), (0, 0), (1, 1))
        y = np.maximum(self.bn1(self.conv1(np.pad(x, widths))), 0)
        y = self.bn2(self.conv2(np.pad(y, widths)))
        return np.maximum(y + (x if self.conv3 is None else self.conv3(x)), 0)
''', legacy_interface='''
class Old(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.conv1 = nn.Conv1D(num_channels, 3, strides, 1)
            self.conv2 = nn.Conv1D(num_channels, 3, 1, 1)
            self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
            self.conv3 = nn.Conv1D(num_channels, 1, strides) if use_1x1conv else None
    def hybrid_forward(self, F, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(F.elemwise_add(y, self.conv3(x) if self.conv3 else x))
''')
