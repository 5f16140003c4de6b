"""ResNet-18 in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from resnet_gluon import Residual, resnet_block

from written import Written

W = Written("resnet18")
W.imports = {**W.imports, "Residual": Residual, "resnet_block": resnet_block}

W.style("one Sequential", '''
def resnet18(num_classes=10):
    net = nn.Sequential()
    net.add(nn.Conv2D(64, kernel_size=7, strides=2, padding=3), nn.BatchNorm(), nn.Activation("relu"),
            nn.MaxPool2D(pool_size=3, strides=2, padding=1))
    net.add(resnet_block(64, 2, first_block=True), resnet_block(128, 2), resnet_block(256, 2), resnet_block(512, 2))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(num_classes))
    return net
''')
W.fault("stage left out", (", resnet_block(512, 2)", ""))
W.fault("blocks in a stage", ("resnet_block(256, 2)", "resnet_block(256, 3)"))
W.fault("blocks in a stage", ("resnet_block(512, 2)", "resnet_block(512, 1)"))
W.fault("first stage", ("resnet_block(64, 2, first_block=True)", "resnet_block(64, 2)"))
W.fault("first stage", ("resnet_block(128, 2)", "resnet_block(128, 2, first_block=True, in_channels=64)"))
W.fault("channels", ("resnet_block(256, 2)", "resnet_block(128, 2)"))
W.fault("channels", ("resnet_block(512, 2)", "resnet_block(1024, 2)"))
W.fault("channels", ("nn.Conv2D(64,", "nn.Conv2D(32,"), ("resnet_block(64, 2, first_block=True)", "resnet_block(64, 2, first_block=True, in_channels=32)"))
W.fault("stem: stride", ("strides=2, padding=3", "padding=3"))
W.fault("stem: no pooling", (",\n            nn.MaxPool2D(pool_size=3, strides=2, padding=1))", ")"))
W.fault("stem: pooling", ("nn.MaxPool2D(", "nn.AvgPool2D("))
W.fault("stem: no relu", (' nn.Activation("relu"),', ''))
W.fault("stem: no bn", (" nn.BatchNorm(),", ""))
W.fault("stem: padding", ("strides=2, padding=3", "strides=2"))
W.fault("pooling at the end", ("nn.GlobalAvgPool2D(), ", ""))
W.fault("pooling at the end", ("nn.GlobalAvgPool2D()", "nn.GlobalMaxPool2D()"))
W.fault("classes", ("nn.Dense(num_classes)", "nn.Dense(10)"))
W.fault("behind the head", ("nn.Dense(num_classes)", "nn.Dense(num_classes, activation='relu')"))
W.fault("behind the head", ("nn.Dense(num_classes))", "nn.Dense(num_classes), nn.Lambda(npx.softmax))"))
W.fault("behind the head", ("nn.Dense(num_classes))", "nn.Dense(512, activation='relu'), nn.Dense(num_classes))"))
W.fault("no return", ("    return net", "    net"))
W.fault("order of stages", ("resnet_block(128, 2), resnet_block(256, 2)", "resnet_block(256, 2), resnet_block(128, 2)"))

W.style("a class with its parts", '''
class ResNet18(nn.HybridBlock):
    def __init__(self, num_classes=10, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.stem = nn.HybridSequential()
            self.stem.add(nn.Conv2D(64, 3, 1, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))
            self.stages = nn.HybridSequential()
            for i in range(4):
                self.stages.add(resnet_block(2 ** (6 + i), 2, i == 0))
            self.pool = nn.GlobalAvgPool2D()
            self.out = nn.Dense(num_classes)
    def hybrid_forward(self, F, x):
        return self.out(self.pool(self.stages(self.stem(x))))
''')
W.fault("no pooling used", ("self.out(self.pool(self.stages(self.stem(x))))", "self.out(self.stages(self.stem(x)))"))
W.fault("stage left out", ("range(4)", "range(3)"))
W.fault("stage left out", ("range(4)", "range(1, 4)"))
W.fault("channels", ("2 ** (6 + i)", "64"))
W.fault("first stage", ("2, i == 0)", "2, i == 0) if i else resnet_block(64, 2)"))
W.fault("stem: not used", ("self.stages(self.stem(x))", "self.stages(x)"))
W.fault("behind the head", ("return self.out(self.pool(self.stages(self.stem(x))))", "return F.npx.softmax(self.out(self.pool(self.stages(self.stem(x)))))"))
W.fault("behind the head", ("return self.out(self.pool(self.stages(self.stem(x))))", "return F.npx.relu(self.out(self.pool(self.stages(self.stem(x)))))"))

W.styles(everything_by_hand='''
class Basic(Block):
    def __init__(self, channels, stride, change):
        super().__init__()
        self.body, self.side = nn.Sequential(), nn.Sequential()
        self.body.add(nn.Conv2D(channels, 3, stride, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                      nn.Conv2D(channels, 3, 1, 1, use_bias=False), nn.BatchNorm())
        if change:
            self.side.add(nn.Conv2D(channels, 1, stride, use_bias=False), nn.BatchNorm())
    def forward(self, x):
        return npx.relu(self.body(x) + self.side(x))

def resnet18(num_classes=10):
    net = nn.Sequential()
    net.add(nn.Conv2D(64, 7, 2, 3, use_bias=False), nn.BatchNorm(), nn.Activation("relu"), nn.MaxPool2D(3, 2, 1))
    last = 64
    for channels in (64, 128, 256, 512):
        for i in range(2):
            net.add(Basic(channels, 2 if channels != last else 1, channels != last))
            last = channels
    net.add(nn.GlobalAvgPool2D(), nn.Flatten(), nn.Dense(num_classes))
    return net
''', pooled_by_a_mean='''
class Mean(HybridBlock):
    def __init__(self, classes=10):
        super().__init__()
        self.features = nn.HybridSequential()
        self.features.add(nn.Conv2D(64, 3, 1, 1), nn.BatchNorm(), nn.Activation("relu"))
        for i, channels in enumerate([64, 128, 256, 512]):
            self.features.add(resnet_block(channels, 2, first_block=not i))
        self.head = nn.Dense(classes)
    def hybrid_forward(self, F, x):
        return self.head(F.np.mean(self.features(x), axis=(2, 3)))
''')
W.styles(a_table_of_stages='''
def own_resnet18(num_classes=10):
    table = ((2, 64), (2, 128), (2, 256), (2, 512))
    body = nn.Sequential()
    body.add(nn.Conv2D(64, kernel_size=7, strides=2, padding=3), nn.BatchNorm(), nn.Lambda(npx.relu), nn.MaxPool2D(3, 2, 1))
    for i, (blocks, channels) in enumerate(table):
        body.add(resnet_block(channels, blocks, first_block=(i == 0)))
    body.add(nn.GlobalAvgPool2D())
    body.add(nn.Dense(num_classes))
    return body
''', reduced_with_a_forward='''
class Net(Block):
    def __init__(self, num_classes=10):
        super().__init__()
        self.first = nn.Sequential()
        self.first.add(nn.Conv2D(64, 3, padding=1, use_bias=False), nn.BatchNorm())
        self.s1, self.s2, self.s3, self.s4 = (resnet_block(64 << i, 2, first_block=i == 0) for i in range(4))
        self.output = nn.Dense(num_classes, flatten=False)
    def forward(self, x):
        x = np.maximum(self.first(x), 0)
        for stage in (self.s1, self.s2, self.s3, self.s4):
            x = stage(x)
        return self.output(x.reshape(x.shape[0], x.shape[1], -1).mean(axis=-1))
''')
