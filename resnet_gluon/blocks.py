"""What a residual block is: a branch that learns a correction, and a shortcut that carries the input past it.

Sources: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015 (arXiv:1512.03385), called
"the paper" below; "Dive into Deep Learning", section 8.6, called "d2l".
"""
from resnet_gluon.arguments import choose, positive_int

from mxnet import npx
from mxnet.gluon import nn

npx.set_np()

#: The two published forms of the basic block. They differ in 3,008 of ResNet-18's 11 million parameters.
FORMS = {
    "paper": {"conv_bias": False, "shortcut_norm": True},  # also torchvision's
    "d2l": {"conv_bias": True, "shortcut_norm": False},
}


def relu(F, x):
    # `activation` and `relu` compute the same; in a compiled net the first trains about 4 % faster on a CPU.
    return F.npx.activation(x, act_type="relu")


def add(F, x, y, channels, name):
    """The sum of two arrays of one shape; others are refused while a net is compiled, in an operator of this name.

    On a CPU `elemwise_add` makes a compiled net's training 3 to 20 % faster with 32 channels or more, but, with 16, half
    as fast (experiments/levers.py). It refuses unequal shapes, where + would broadcast: hence `reshape_like`.
    """
    if channels >= 32:
        return F.elemwise_add(x.as_nd_ndarray(), y.as_nd_ndarray(), name=name).as_np_ndarray()
    return F.npx.reshape_like(x, y, name=name) + y


def check_images(block, x):
    """Refuse whatever is not a non-empty batch of images, before the engine meets it; return its shape, or None.

    Blocks call this from `__call__`, which MXNet leaves alone, not from `forward`, whose override would silently
    prevent compilation. A Symbol, met while a larger net is being compiled, has no shape.
    """
    shape = getattr(x, "shape", None)
    if shape is not None and (len(shape) != 4 or 0 in shape):
        raise ValueError(f"{type(block).__name__} expects a non-empty batch of images, (N, C, H, W), "
                         f"but the input's shape is {tuple(shape)}")
    return shape


class Plain(nn.HybridBlock):
    """Two 3×3 convolutions, each with batch normalisation, and nothing around them: the residual block's plain twin.

    3×3 → BN → ReLU → 3×3 → BN → ReLU (the paper's section 3.3, "plain network").

    Parameters
    ----------
    num_channels : int
        Channels of the output.
    strides : int
        Stride of the first convolution; 2 halves height and width (rounded up).
    form : {"paper", "d2l"}
        "paper": convolutions have no bias (BatchNorm's β does its work). "d2l": they have one.
    zero_gamma : bool
        Start the last BatchNorm's γ at zero, so that the branch starts as the zero function (Goyal et al. 2017,
        arXiv:1706.02677, section 5.1).

    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉). Raises ValueError for other inputs.
    """

    def __init__(self, num_channels, *, strides=1, form="paper", zero_gamma=False, **kwargs):
        positive_int("num_channels", num_channels)
        positive_int("strides", strides)
        bias = choose("form", form, FORMS)["conv_bias"]
        super().__init__(**kwargs)
        self.num_channels, self.strides = num_channels, strides
        with self.name_scope():
            self.conv1 = nn.Conv2D(num_channels, kernel_size=3, strides=strides, padding=1, use_bias=bias)
            self.bn1 = nn.BatchNorm()
            self.conv2 = nn.Conv2D(num_channels, kernel_size=3, padding=1, use_bias=bias)
            self.bn2 = nn.BatchNorm(gamma_initializer="zeros" if zero_gamma else "ones")

    def __call__(self, x):
        check_images(self, x)
        return super().__call__(x)

    def branch(self, F, x):
        y = relu(F, self.bn1(self.conv1(x)))  # (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉)
        return self.bn2(self.conv2(y))        # the same shape, and no ReLU: a correction may be negative

    def hybrid_forward(self, F, x):
        return relu(F, self.branch(F, x))


class Residual(Plain):
    """The basic residual block: relu(shortcut(x) + branch(x)), where the branch is that of `Plain`.

    Parameters
    ----------
    num_channels : int
        Channels of the output.
    use_1x1conv : bool
        False: the shortcut is the identity. True: it is a 1×1 convolution with the branch's stride (the paper's
        projection, section 3.2), needed wherever the branch changes the shape.
    strides : int
        Stride of the branch's first convolution and of the projection.
    form : {"paper", "d2l"}
        "paper" (the default, as in torchvision): no convolution biases, and BatchNorm after the projection.
        "d2l": convolution biases, and none of its own after the projection.
    zero_gamma : bool
        As in `Plain`: the block then starts as relu(shortcut(x)).

    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/strides⌉, ⌈W/strides⌉).

    Raises
    ------
    ValueError
        Where the shapes of branch and shortcut differ, one-channel images among them, which an ordinary addition
        would broadcast in silence. Inside a larger compiled net the message is MXNet's, with both shapes in it.

    Source: the paper, figure 2 and section 3.
    """

    def __init__(self, num_channels, use_1x1conv=False, strides=1, *, form="paper", zero_gamma=False, **kwargs):
        super().__init__(num_channels, strides=strides, form=form, zero_gamma=zero_gamma, **kwargs)
        self.projection = nn.HybridSequential(prefix=self.prefix + "projection_") if use_1x1conv else None
        if use_1x1conv:
            with self.projection.name_scope():
                self.projection.add(nn.Conv2D(num_channels, kernel_size=1, strides=strides,
                                              use_bias=FORMS[form]["conv_bias"]))
                if FORMS[form]["shortcut_norm"]:
                    self.projection.add(nn.BatchNorm())

    def __call__(self, x):
        shape = check_images(self, x)
        if shape is not None and self.projection is None:
            self.check_addition(shape)
        return super().__call__(x)

    def check_addition(self, shape):
        n, channels, height, width = shape
        branch = (n, self.num_channels, -(-height // self.strides), -(-width // self.strides))
        if branch != shape:
            self.refuse(branch, shape, f"keep the input's shape with num_channels={channels}, strides=1")

    def refuse(self, branch, shortcut, remedy):
        raise ValueError(f"Residual({self.num_channels}, strides={self.strides}): the branch gives {branch} but the "
                         f"shortcut carries {shortcut}, and the two cannot be added. Set use_1x1conv=True, which "
                         f"projects the shortcut to the branch's shape, or {remedy}.")

    def hybrid_forward(self, F, x):
        shortcut = x if self.projection is None else self.projection(x)
        if self.projection is None and self.strides > 1 and not hasattr(x, "shape"):  # `__call__` saw a Symbol
            halved = f"(N, {self.num_channels}, ⌈H/{self.strides}⌉, ⌈W/{self.strides}⌉)"
            self.refuse(halved, "(N, C, H, W)", "set strides=1")
        name = f"{self.prefix}shortcut_and_branch_differ_in_shape_set_use_1x1conv"
        return relu(F, add(F, shortcut, self.branch(F, x), self.num_channels, name))
