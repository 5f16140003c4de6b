"""The residual block in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("residual-block")

W.style("numbered layers, an ordinary Block", '''
class Residual(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.c1 = nn.Conv2D(num_channels, (3, 3), strides=(strides, strides), padding=(1, 1))
        self.b1 = nn.BatchNorm()
        self.act = nn.Activation("relu")
        self.c2 = nn.Conv2D(num_channels, (3, 3), padding=(1, 1))
        self.b2 = nn.BatchNorm()
        if use_1x1conv:
            self.c3 = nn.Conv2D(num_channels, (1, 1), strides=(strides, strides))
        self.project = use_1x1conv
    def forward(self, x):
        out = self.act(self.b1(self.c1(x)))
        out = self.b2(self.c2(out))
        shortcut = self.c3(x) if self.project else x
        out = out + shortcut
        return self.act(out)
''')
W.fault("stride of the branch", ("num_channels, (3, 3), strides=(strides, strides), padding", "num_channels, (3, 3), padding"))
W.fault("stride of the shortcut", ("(1, 1), strides=(strides, strides))", "(1, 1))"))
W.fault("stride on both", ("self.c2 = nn.Conv2D(num_channels, (3, 3), padding", "self.c2 = nn.Conv2D(num_channels, (3, 3), strides=strides, padding"))
W.fault("last relu", ("return self.act(out)", "return out"))
W.fault("relu before the addition", ("out = self.b2(self.c2(out))", "out = self.act(self.b2(self.c2(out)))"))
W.fault("first relu", ("out = self.act(self.b1(self.c1(x)))", "out = self.b1(self.c1(x))"))
W.fault("no shortcut", ("out = out + shortcut", "out = out"))
W.fault("shared layer", ("out = self.b2(self.c2(out))", "out = self.b1(self.c2(out))"))
W.fault("shared layer", ("self.b2(self.c2(out))", "self.b2(self.c1(out))"), ("strides=(strides, strides), padding=(1, 1))\n        self.b1", "padding=(1, 1))\n        self.b1"))
W.fault("projection unused", ("self.c3(x) if self.project else x", "x"))
W.fault("projection of the branch", ("self.c3(x) if self.project else x", "self.c3(out) if self.project else x"))
W.fault("no padding", ("strides=(strides, strides), padding=(1, 1)", "strides=(strides, strides), padding=(0, 0)"), ("nn.Conv2D(num_channels, (3, 3), padding=(1, 1))", "nn.Conv2D(num_channels, (3, 3), padding=(2, 2))"))
W.fault("activation", ('nn.Activation("relu")', 'nn.Activation("tanh")'))
W.fault("activation", ('nn.Activation("relu")', 'nn.Activation("softrelu")'))
W.fault("bn missing", ("out = self.b2(self.c2(out))", "out = self.c2(out)"))
W.fault("bn missing", ("self.act(self.b1(self.c1(x)))", "self.act(self.c1(x))"))
W.fault("order of bn and relu", ("self.act(self.b1(self.c1(x)))", "self.b1(self.act(self.c1(x)))"))
W.fault("scaled", ("out = out + shortcut", "out = 0.5 * (out + shortcut)"))
W.fault("sum of other things", ("out = out + shortcut", "out = out - shortcut"))
W.fault("sum of other things", ("out = out + shortcut", "out = out * shortcut"))
W.fault("no return", ("return self.act(out)", "self.act(out)"))
W.fault("kernel", ("self.c3 = nn.Conv2D(num_channels, (1, 1)", "self.c3 = nn.Conv2D(num_channels, (3, 3), padding=1"))
W.fault("kernel", ("self.c2 = nn.Conv2D(num_channels, (3, 3), padding=(1, 1))", "self.c2 = nn.Conv2D(num_channels, (5, 5), padding=(2, 2))"))
W.fault("extra layer", ("self.b2(self.c2(out))", "self.b2(self.c2(self.b2(out)))"))

W.style("two paths made in Sequential", '''
class TwoPaths(nn.HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.left = nn.HybridSequential()
        for index in range(2):
            self.left.add(nn.Conv2D(num_channels, 3, strides=strides if index == 0 else 1, padding=1, use_bias=False))
            self.left.add(nn.BatchNorm())
            if index == 0:
                self.left.add(nn.HybridLambda(lambda F, x: F.npx.relu(x)))
        self.right = nn.HybridSequential()
        if use_1x1conv:
            self.right.add(nn.Conv2D(num_channels, 1, strides=strides, use_bias=False))
            self.right.add(nn.BatchNorm())
    def hybrid_forward(self, F, x):
        return F.npx.relu(self.left(x) + self.right(x))
''')
W.fault("stride of the branch", ("strides=strides if index == 0 else 1", "strides=1"))
W.fault("stride on the second", ("if index == 0 else 1,", "if index == 1 else 1,"))
W.fault("stride on both", ("strides if index == 0 else 1", "strides"))
W.fault("relu before the addition", ("            if index == 0:\n                self.left", "            self.left"))
W.fault("first relu", ("if index == 0:", "if index == 5:"))
W.fault("relu before the addition", ("if index == 0:", "if index == 1:"))
W.fault("shortcut has a relu", ("            self.right.add(nn.BatchNorm())", "            self.right.add(nn.BatchNorm(), nn.Activation('relu'))"))
W.fault("projection of the branch", ("self.right(x))", "self.right(self.left(x)))"))
W.fault("no shortcut", ("self.left(x) + self.right(x)", "self.left(x)"))
W.fault("projection always", ("        if use_1x1conv:\n", "        if True:\n"))
W.fault("projection by itself", ("        if use_1x1conv:\n", "        if strides > 1:\n"))
W.fault("bn missing", ("            self.left.add(nn.BatchNorm())\n", "            if index == 0:\n                self.left.add(nn.BatchNorm())\n"))
W.fault("bn frozen", ("            self.left.add(nn.BatchNorm())\n", "            self.left.add(nn.BatchNorm(use_global_stats=True))\n"))
W.variant(("            self.left.add(nn.BatchNorm())\n", "            self.left.add(nn.BatchNorm(center=False, scale=False))\n"))
W.fault("three convolutions", ("range(2)", "range(3)"))
W.fault("three convolutions", ("range(2)", "range(1)"))
W.fault("concatenated", ("F.npx.relu(self.left(x) + self.right(x))", "F.npx.relu(F.np.concatenate([self.left(x), self.right(x)], axis=1))"))

W.style("the function that makes one", '''
def residual(num_channels, use_1x1conv=False, strides=1):
    class Made(HybridBlock):
        def __init__(self):
            super().__init__()
            self.conv_a = nn.Conv2D(num_channels, kernel_size=3, strides=strides, padding=1)
            self.norm_a = nn.BatchNorm()
            self.conv_b = nn.Conv2D(num_channels, kernel_size=3, strides=1, padding=1)
            self.norm_b = nn.BatchNorm()
            self.skip = nn.Conv2D(num_channels, kernel_size=1, strides=strides) if use_1x1conv else nn.HybridLambda(lambda F, x: x)
        def hybrid_forward(self, F, x):
            h = F.np.maximum(self.norm_a(self.conv_a(x)), 0)
            h = self.norm_b(self.conv_b(h))
            return F.np.maximum(h + self.skip(x), 0)
    return Made()
''')
W.fault("activation", ("F.np.maximum(h + self.skip(x), 0)", "F.np.minimum(h + self.skip(x), 0)"))
W.fault("activation", ("F.np.maximum(h + self.skip(x), 0)", "F.np.maximum(h + self.skip(x), 1)"))
W.fault("activation", ("h = F.np.maximum(self.norm_a(self.conv_a(x)), 0)", "h = F.np.abs(self.norm_a(self.conv_a(x)))"))
W.fault("arguments confused", ("def residual(num_channels, use_1x1conv=False, strides=1)", "def residual(num_channels, strides=1, use_1x1conv=False)"))
W.fault("projection turned round", ("if use_1x1conv else", "if not use_1x1conv else"))
W.fault("sum of other things", ("h + self.skip(x)", "h + self.skip(self.conv_a(x))"))
W.fault("shortcut added twice", ("h + self.skip(x)", "h + self.skip(x) + self.skip(x)"))
W.fault("no shortcut", ("h + self.skip(x)", "h + h"))
W.fault("order of layers", ("self.norm_b(self.conv_b(h))", "self.conv_b(self.norm_b(h))"))
W.fault("class not instance", ("    return Made()", "    return Made"))
W.fault("stride fixed", ("self.conv_a = nn.Conv2D(num_channels, kernel_size=3, strides=strides", "self.conv_a = nn.Conv2D(num_channels, kernel_size=3, strides=2 if use_1x1conv else 1"), ("kernel_size=1, strides=strides", "kernel_size=1, strides=2"))

W.style("subsampled first, then projected", '''
class Sliced(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.step = strides
        self.convs = nn.Sequential()
        self.norms = nn.Sequential()
        for stride in (strides, 1):
            self.convs.add(nn.Conv2D(num_channels, 3, stride, 1, use_bias=False))
            self.norms.add(nn.BatchNorm())
        self.dense = nn.Dense(num_channels, flatten=False, use_bias=False) if use_1x1conv else None
    def shortcut(self, x):
        if self.dense is None:
            return x
        pixels = x[:, :, ::self.step, ::self.step].transpose(0, 2, 3, 1)
        return self.dense(pixels).transpose(0, 3, 1, 2)
    def forward(self, x):
        y = x
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms)):
            y = norm(conv(y))
            if i == 0:
                y = npx.relu(y)
        return npx.relu(y + self.shortcut(x))
''')
W.fault("wrong pixels", ("x[:, :, ::self.step, ::self.step]", "x[:, :, self.step - 1::self.step, self.step - 1::self.step]"))
W.fault("axes confused", (".transpose(0, 3, 1, 2)", ".transpose(0, 3, 2, 1)"))
W.fault("relu before the addition", ("            if i == 0:\n                y", "            y"))
W.fault("stride of the branch", ("for stride in (strides, 1):", "for stride in (1, 1):"))
W.fault("stride on the second", ("for stride in (strides, 1):", "for stride in (1, strides):"))
W.fault("shortcut has a relu", ("return self.dense(pixels).transpose(0, 3, 1, 2)", "return npx.relu(self.dense(pixels)).transpose(0, 3, 1, 2)"))

W.style("batch normalisation called by its function", '''
class Functional(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        with self.name_scope():
            self.conv1 = nn.Conv2D(num_channels, 3, strides, 1, use_bias=False)
            self.conv2 = nn.Conv2D(num_channels, 3, 1, 1, use_bias=False)
            self.conv3 = nn.Conv2D(num_channels, 1, strides, use_bias=False) if use_1x1conv else None
            for i in (1, 2):
                for kind, start, learns in (("gamma", "ones", True), ("beta", "zeros", True), ("running_mean", "zeros", False),
                                            ("running_var", "ones", False)):
                    setattr(self, f"{kind}{i}", self.params.get(f"{kind}{i}", shape=(num_channels,), init=start, differentiable=learns,
                                                                grad_req="write" if learns else "null"))
    def hybrid_forward(self, F, x, gamma1, beta1, running_mean1, running_var1, gamma2, beta2, running_mean2, running_var2):
        y = F.npx.batch_norm(self.conv1(x), gamma1, beta1, running_mean1, running_var1, fix_gamma=False, eps=1e-5)
        y = F.npx.batch_norm(self.conv2(F.npx.relu(y)), gamma2, beta2, running_mean2, running_var2, fix_gamma=False, eps=1e-5)
        return F.npx.relu(y + (self.conv3(x) if self.conv3 else x))
''')
W.fault("shared layer", ("gamma2, beta2, running_mean2, running_var2, fix_gamma", "gamma1, beta1, running_mean1, running_var1, fix_gamma"))
W.variant(("gamma1, beta1, running_mean1, running_var1, fix_gamma=False", "gamma1, beta1, running_mean1, running_var1, fix_gamma=True"))
W.fault("bn frozen", ("running_var2, fix_gamma=False, eps=1e-5)", "running_var2, fix_gamma=False, eps=1e-5, use_global_stats=True)"))

W.styles(a_subclass_of_sequential='''
class Chain(nn.HybridSequential):
    def __init__(self, channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.add(nn.Conv2D(channels, 3, strides, 1), nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(channels, 3, 1, 1), nn.BatchNorm())
        self.side = nn.Conv2D(channels, 1, strides) if use_1x1conv else None
    def hybrid_forward(self, F, x):
        start = x
        for layer in list(self._children.values())[:5]:
            x = layer(x)
        return F.npx.relu(x + (start if self.side is None else self.side(start)))
''', legacy_mx_nd='''
class Old(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super(Old, self).__init__(**kwargs)
        with self.name_scope():
            self.conv1 = nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)
            self.bn1 = nn.BatchNorm()
            self.conv2 = nn.Conv2D(num_channels, kernel_size=3, padding=1)
            self.bn2 = nn.BatchNorm()
            if use_1x1conv:
                self.conv3 = nn.Conv2D(num_channels, kernel_size=1, strides=strides)
            else:
                self.conv3 = None
    def forward(self, X):
        Y = mx.nd.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        return mx.nd.relu(Y + X)
''', a_branch_and_a_block_around_it='''
class Around(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.branch = self.make(num_channels, strides)
        self.shortcut = nn.HybridSequential()
        if use_1x1conv:
            self.shortcut.add(nn.Conv2D(num_channels, 1, strides, use_bias=False), nn.BatchNorm(epsilon=1e-5))
        self.relu = nn.Activation("relu")
    def make(self, channels, strides):
        def unit(stride):
            net = nn.HybridSequential()
            net.add(nn.Conv2D(channels, 3, stride, 1, use_bias=False), nn.BatchNorm())
            return net
        branch = nn.HybridSequential()
        branch.add(unit(strides), nn.Activation("relu"), unit(1))
        return branch
    def hybrid_forward(self, F, x):
        return self.relu(F.np.add(self.shortcut(x), self.branch(x)))
''', relu_by_its_formula='''
class Formula(Block):
    def __init__(self, c, proj=False, s=1):
        super().__init__()
        self.a, self.b = nn.Conv2D(c, 3, s, 1), nn.Conv2D(c, 3, 1, 1)
        self.na, self.nb = nn.BatchNorm(), nn.BatchNorm()
        self.p = nn.Conv2D(c, 1, s) if proj else (lambda x: x)
    def forward(self, x):
        y = self.na(self.a(x))
        y = self.nb(self.b((y + np.abs(y)) / 2)) + self.p(x)
        return y * (y > 0)
''', clipped='''
class Clipped(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.body = nn.Sequential()
        self.body.add(nn.Conv2D(num_channels, 3, strides=strides, padding=1), nn.BatchNorm(), nn.Lambda(lambda x: np.clip(x, 0, None)),
                      nn.Conv2D(num_channels, 3, padding=1), nn.BatchNorm())
        self.shortcut = nn.Sequential()
        if use_1x1conv:
            self.shortcut.add(nn.Conv2D(num_channels, 1, strides=strides))
    def forward(self, x):
        return np.clip(sum([self.body(x), self.shortcut(x)]), 0, None)
''')

W.style("padded by hand", '''
class Padded(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2D(num_channels, 3, strides), nn.Conv2D(num_channels, 3)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
        self.conv3 = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None
    @staticmethod
    def ring(x):
        return np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    def forward(self, x):
        y = npx.relu(self.bn1(self.conv1(self.ring(x))))
        y = self.bn2(self.conv2(self.ring(y)))
        if self.conv3 is not None:
            x = self.conv3(x)
        return npx.relu(y + x)
''')
W.fault("in place", ("        return npx.relu(y + x)", "        y += x\n        return npx.relu(y)"))
