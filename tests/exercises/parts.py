"""Blocks in other styles than the package's, which the banks of stages and networks are built with."""
from mxnet import np, npx
from mxnet.gluon import Block, HybridBlock, nn


class Eager(Block):
    """d2l's form: biases, no BN on the shortcut, an ordinary `Block`."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)
        self.conv2 = nn.Conv2D(num_channels, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2D(num_channels, kernel_size=1, strides=strides) if use_1x1conv else None
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()

    def forward(self, X):
        Y = npx.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        return npx.relu(Y + X)


class Legacy(HybridBlock):
    """The interface before NumPy's: F.relu, which the NumPy interface refuses."""

    def __init__(self, channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.body = nn.HybridSequential(prefix="body_")
            self.body.add(nn.Conv2D(channels, 3, strides, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                          nn.Conv2D(channels, 3, 1, 1, use_bias=False), nn.BatchNorm())
            self.short = nn.HybridSequential(prefix="short_")
            if use_1x1conv:
                self.short.add(nn.Conv2D(channels, 1, strides, use_bias=False), nn.BatchNorm())

    def hybrid_forward(self, F, x):
        return F.relu(self.short(x) + self.body(x))


class PlainBlock(HybridBlock):
    """Without a shortcut."""

    def __init__(self, channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.body = nn.HybridSequential()
        self.body.add(nn.Conv2D(channels, 3, strides, 1), nn.BatchNorm(), nn.Activation("relu"),
                      nn.Conv2D(channels, 3, 1, 1), nn.BatchNorm(), nn.Activation("relu"))

    def hybrid_forward(self, F, x):
        return self.body(x)


class ReluFirst(Eager):
    """ReLU before the addition."""

    def forward(self, X):
        Y = npx.relu(self.bn2(self.conv2(npx.relu(self.bn1(self.conv1(X))))))
        return Y + (self.conv3(X) if self.conv3 else X)


class Concatenating(Eager):
    """The new channels are put beside the old ones, and cut to the right number."""

    def forward(self, X):
        Y = self.bn2(self.conv2(npx.relu(self.bn1(self.conv1(X)))))
        X = self.conv3(X) if self.conv3 else X
        return npx.relu(np.concatenate([X, Y], axis=1)[:, :Y.shape[1]])
