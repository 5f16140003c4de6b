"""Faults that one case alone brings to light, and right ones whose batch normalisation is written by hand."""
# ruff: noqa: E501  a change a line
from written import Written

BY_HAND = '''
class Norm(Block):
    """Batch normalisation with Gluon's names and defaults: momentum 0.9, epsilon 1e-5."""
    def __init__(self, channels):
        super().__init__()
        self.gamma = self.params.get("gamma", shape=(channels,), init="ones")
        self.beta = self.params.get("beta", shape=(channels,), init="zeros")
        self.running_mean = self.params.get("running_mean", shape=(channels,), init="zeros", grad_req="null", differentiable=False)
        self.running_var = self.params.get("running_var", shape=(channels,), init="ones", grad_req="null", differentiable=False)
    def forward(self, x):
        axes, shape = (0,) + tuple(range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
        if autograd.is_training():
            mean = x.mean(axis=axes, keepdims=True)
            var = ((x - mean) ** 2).mean(axis=axes, keepdims=True)
            with autograd.pause():
                for running, now in ((self.running_mean, mean), (self.running_var, var)):
                    running.set_data(0.9 * running.data() + 0.1 * now.reshape(-1))
        else:
            mean, var = self.running_mean.data().reshape(shape), self.running_var.data().reshape(shape)
        return (x - mean) / np.sqrt(var + 1e-5) * self.gamma.data().reshape(shape) + self.beta.data().reshape(shape)
'''
RESIDUAL, PLAIN, SERIES, STAGE = (Written(name) for name in ("residual-block", "plain-block", "residual-block-1d", "resnet-block"))
BOTTLENECK, PREACTIVATION = Written("bottleneck-block"), Written("preactivation-block")
LOOP, EVALUATE, PAD, NET = (Written(name) for name in ("training-loop", "evaluate", "zero-pad-shortcut", "resnet18"))
W = [RESIDUAL, PLAIN, SERIES, STAGE, BOTTLENECK, PREACTIVATION, LOOP, EVALUATE, PAD, NET]

RESIDUAL.style("batch normalisation by hand", BY_HAND + '''
class Residual(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, 3, strides, 1)
        self.conv2 = nn.Conv2D(num_channels, 3, 1, 1)
        self.conv3 = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None
        self.bn1, self.bn2 = Norm(num_channels), Norm(num_channels)
    def forward(self, x):
        y = self.bn2(self.conv2(npx.relu(self.bn1(self.conv1(x)))))
        return npx.relu(y + (self.conv3(x) if self.conv3 else x))
''')
RESIDUAL.fault("bn by hand", ("if autograd.is_training():", "if True:"))
RESIDUAL.fault("bn by hand", ("axes, shape = (0,) + tuple", "axes, shape = tuple"))
PLAIN.style("batch normalisation by hand", BY_HAND + '''
class Plain(Block):
    def __init__(self, num_channels, strides=1):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2D(num_channels, 3, strides, 1), nn.Conv2D(num_channels, 3, 1, 1)
        self.bn1, self.bn2 = Norm(num_channels), Norm(num_channels)
    def forward(self, x):
        x = npx.relu(self.bn1(self.conv1(x)))
        return npx.relu(self.bn2(self.conv2(x)))
''')
PLAIN.fault("bn by hand", ("np.sqrt(var + 1e-5)", "(var + 1e-5)"))
SERIES.style("batch normalisation by hand", BY_HAND + '''
class Residual1D(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv1D(num_channels, 3, strides, 1), nn.Conv1D(num_channels, 3, 1, 1)
        self.side = nn.Conv1D(num_channels, 1, strides) if use_1x1conv else None
        self.bn1, self.bn2 = Norm(num_channels), Norm(num_channels)
    def forward(self, x):
        y = self.bn2(self.conv2(npx.relu(self.bn1(self.conv1(x)))))
        return npx.relu(y + (x if self.side is None else self.side(x)))
''')
SERIES.fault("bn by hand", ("* self.gamma.data().reshape(shape) + self.beta.data().reshape(shape)", ""))

for bank, text in ((RESIDUAL, '''
class Block2D(Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, 3, strides, 1)
        self.conv2 = nn.Conv2D(num_channels, 3, 1, 1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
        self.conv3 = nn.Conv2D(num_channels, 1, strides) if use_1x1conv else None
    def forward(self, x):
        y = self.bn2(self.conv2(npx.relu(self.bn1(self.conv1(x)))))
        if self.conv3 is not None:
            x = self.conv3(x)
        return npx.relu(y + x)
'''), (SERIES, '''
class Block1D(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv1D(num_channels, 3, strides, 1)
        self.conv2 = nn.Conv1D(num_channels, 3, 1, 1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
        self.conv3 = nn.Conv1D(num_channels, 1, strides) if use_1x1conv else None
    def hybrid_forward(self, F, x):
        y = self.bn2(self.conv2(F.npx.relu(self.bn1(self.conv1(x)))))
        if self.conv3 is not None:
            x = self.conv3(x)
        return F.npx.relu(y + x)
''')):
    bank.style("as in the notebook", text)
    if bank is RESIDUAL:
        bank.fault("projection skipped where the shape stays", ("if self.conv3 is not None:", "if self.conv3 is not None and x.shape != y.shape:"))
        bank.fault("projection skipped where the shape stays", ("if self.conv3 is not None:", "if self.conv3 is not None and x.shape[1] != y.shape[1]:"))
        bank.fault("a batch of one", ("y = self.bn2", "x = np.squeeze(x) if len(x) == 1 else x\n        y = self.bn2"))
        bank.fault("argument changed", ("            x = self.conv3(x)\n        return npx.relu(y + x)", "            x = self.conv3(x)\n        x += y\n        return npx.relu(x)"))
        bank.fault("argument changed", ("        y = self.bn2", "        x[:] = x / 2\n        y = self.bn2"))
        bank.fault("changes from call to call", ("        y = self.bn2", "        self.calls = getattr(self, 'calls', 0) + 1\n        if self.calls > 2: x = x * 0.5\n        y = self.bn2"))
    bank.fault("stride of two alone", ("num_channels, 3, strides, 1", "num_channels, 3, min(strides, 2), 1"), ("num_channels, 1, strides", "num_channels, 1, min(strides, 2)"))
    bank.variant(("if use_1x1conv else None", "if use_1x1conv or strides > 1 else None"))
    bank.fault("layer assigned twice", ("self.conv2 = nn.Conv", "self.conv1 = nn.Conv"), ("self.conv2(", "self.conv1("))
    bank.fault("layer made in the forward pass", ("self.bn2(self.conv2(", "self.bn2((lambda c: (c.initialize(), c)[1])(" + ("nn.Conv2D" if bank is RESIDUAL else "nn.Conv1D") + "(self.conv1._channels, 3, 1, 1))("))
    bank.fault("projection not registered", ("self.conv3 = nn", "self.side = [nn"), (" if use_1x1conv else None", "] if use_1x1conv else []"), ("if self.conv3 is not None:", "if self.side:"), ("x = self.conv3(x)", "x = self.side[0](x)"))

BOTTLENECK.style("as in the notebook", '''
class MyBottleneck(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        inner = num_channels // 4
        self.branch = nn.HybridSequential()
        self.branch.add(nn.Conv2D(inner, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                        nn.Conv2D(inner, 3, strides, padding=1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                        nn.Conv2D(num_channels, 1, use_bias=False), nn.BatchNorm())
        self.side = nn.Conv2D(num_channels, 1, strides, use_bias=False) if use_1x1conv else None
    def hybrid_forward(self, F, x):
        return F.npx.relu((self.side(x) if self.side else x) + self.branch(x))
''')
BOTTLENECK.fault("projection by itself", ("if use_1x1conv else None", "if use_1x1conv and strides > 1 else None"))
BOTTLENECK.fault("groups", ("strides, padding=1, use_bias", "strides, padding=1, groups=inner, use_bias"))
BOTTLENECK.fault("stride of two alone", ("inner, 3, strides", "inner, 3, min(strides, 2)"), ("num_channels, 1, strides", "num_channels, 1, min(strides, 2)"))
PREACTIVATION.style("as a paper's figure", '''
class Figure(HybridBlock):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm(), nn.Conv2D(num_channels, 3, strides, 1, use_bias=False)
        self.bn2, self.conv2 = nn.BatchNorm(), nn.Conv2D(num_channels, 3, 1, 1, use_bias=False)
        self.shortcut = nn.Conv2D(num_channels, 1, strides, use_bias=False) if use_1x1conv else None
    def hybrid_forward(self, F, x):
        a = F.npx.relu(self.bn1(x))
        y = self.conv2(F.npx.relu(self.bn2(self.conv1(a))))
        return y + (self.shortcut(a) if self.shortcut else x)
''')
PREACTIVATION.fault("stride of two alone", ("num_channels, 3, strides", "num_channels, 3, min(strides, 2)"), ("num_channels, 1, strides", "num_channels, 1, min(strides, 2)"))
PREACTIVATION.fault("projection by itself", ("if use_1x1conv else None", "if use_1x1conv and strides > 1 else None"))

LOOP.style("the shortest", '''
def own_fit(net, batches, lr):
    trainer, losses = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr}), []
    for images, labels in batches:
        with autograd.record():
            loss = gluon.loss.SoftmaxCELoss()(net(images), labels).mean()
        loss.backward()
        trainer.step(1)
        losses.append(loss.item())
    return losses
''')
LOOP.fault("kept between calls", ("def own_fit(net, batches, lr):\n    trainer, losses = gluon", "losses = []\n\ndef own_fit(net, batches, lr):\n    trainer, _ = gluon"))
LOOP.fault("argument changed", ("        with autograd", "        images *= 0.5\n        with autograd"))
LOOP.fault("running statistics lost", ("    return losses", "    for name, p in net.collect_params('.*running_mean').items():\n        p.set_data(0 * p.data())\n    return losses"))
LOOP.variant(("        loss.backward()", "        with autograd.record(): loss = gluon.loss.SoftmaxCELoss()(net(images), labels).mean()\n        loss.backward()"))
LOOP.fault("weights set anew", ("    return losses", "    for p in net.collect_params('.*bias').values():\n        p.set_data(0 * p.data())\n    return losses"))
EVALUATE.style("the shortest", '''
def own_evaluate(net, batches):
    pairs = [(net(images).asnumpy().argmax(axis=1), labels.asnumpy()) for images, labels in batches]
    return float((onp.concatenate([p[0] for p in pairs]) == onp.concatenate([p[1] for p in pairs])).mean())
''')
EVALUATE.fault("kept between calls", ("def own_evaluate(net, batches):\n    pairs = [", "pairs = []\n\ndef own_evaluate(net, batches):\n    pairs.extend(["), ("for images, labels in batches]", "for images, labels in batches])"))
PAD.style("the shortest", '''
def my_zero_pad(x, channels, strides):
    x = x[:, :, ::strides, ::strides]
    return np.concatenate([x, np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)], axis=1)[:, :channels]
'''.replace("[x, np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)]", "[x] + [np.zeros_like(x)] * (channels // x.shape[1])"))
PAD.fault("twice the channels alone", ("[np.zeros_like(x)] * (channels // x.shape[1])", "[np.zeros_like(x)]"))
PAD.fault("stride of two alone", ("::strides, ::strides]", "::min(2, strides), ::min(2, strides)]"))
PAD.fault("a batch of one", ("    return", "    x = x[:1] if len(x) == 1 else x[:]\n    x = np.squeeze(x) if len(x) == 1 else x\n    return"))
STAGE.style("strides in the loop", '''
def stage(num_channels, num_residuals, first_block=False):
    from resnet_gluon import Residual as Part
    net = nn.HybridSequential()
    for i in range(num_residuals):
        net.add(Part(num_channels, i == 0 and not first_block, 2 if i == 0 and not first_block else 1))
    return net
''')
STAGE.fault("kept between calls", ("def stage", "net = nn.HybridSequential()\n\ndef stage"), ("    net = nn.HybridSequential()\n    for", "    for"))
STAGE.fault("number of blocks", ("range(num_residuals)", "range(min(num_residuals, 2))"))
for name, stem in (("small images", "nn.Conv2D(64, 3, padding=1), nn.BatchNorm(), nn.Activation('relu')"),
                   ("lambda for the activation", "nn.Conv2D(64, 7, 2, 3), nn.BatchNorm(), nn.HybridLambda(lambda F, x: F.npx.relu(x)), nn.MaxPool2D(3, 2, 1)")):
    NET.style(name, f'''
def own_resnet18(num_classes=10):
    from resnet_gluon import Residual as Part
    layers = [{stem}]
    layers += [Part(c, c > 64 and first, 2 if c > 64 and first else 1) for c in (64, 128, 256, 512) for first in (True, False)]
    net = nn.HybridSequential()
    net.add(*layers, nn.GlobalAvgPool2D(), nn.Flatten(), nn.Dense(num_classes))
    return net
''')
NET.fault("kernel of the stem", ("nn.Conv2D(64, 7, 2, 3)", "nn.Conv2D(64, 5, 2, 2)"))
NET.fault("blocks in a stage", ("for first in (True, False)", "for first in (True,)"))
