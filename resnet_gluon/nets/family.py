"""The networks of the family by name, as data: which blocks, how many, how wide."""
from typing import Any, Dict, Tuple

from resnet_gluon.arguments import choose, positive_int
from resnet_gluon.nets.blocks import time_series_block
from resnet_gluon.nets.network import Network, remembered
from resnet_gluon.nets.shortcuts import FormLike
from resnet_gluon.nets.stages import Kind, Option, Stem, Version, resnet

from mxnet.gluon import nn

#: depth: kind of block, and (channels, blocks) of the four stages (the paper's table 1).
DEPTHS: Dict[int, Tuple[Kind, Tuple[Tuple[int, int], ...]]] = {
    18: ("basic", ((64, 2), (128, 2), (256, 2), (512, 2))),
    34: ("basic", ((64, 3), (128, 4), (256, 6), (512, 3))),
    50: ("bottleneck", ((256, 3), (512, 4), (1024, 6), (2048, 3))),
    101: ("bottleneck", ((256, 3), (512, 4), (1024, 23), (2048, 3))),
    152: ("bottleneck", ((256, 3), (512, 8), (1024, 36), (2048, 3))),
}

#: kind of block: its convolutions, and the channels of the first of the three stages (the paper's section 4.2).
CIFAR = {"basic": (2, 16), "bottleneck": (3, 64)}


def of_depth(depth: int, num_classes: int, stem: Stem, form: FormLike, **options: Any) -> Network:
    """One of DEPTHS."""
    kind, stages = DEPTHS[depth]
    return resnet(stages, num_classes, stem, form, kind=kind, **options)


@remembered
def resnet18(num_classes: int = 10, stem: Stem = "imagenet", form: FormLike = "paper", **options: Any) -> Network:
    """ResNet-18: stem, four stages of two blocks with 64, 128, 256 and 512 channels, average pooling, dense.

    Parameters
    ----------
    num_classes : int
        Width of the output.
    stem : {"imagenet", "small"}
        "imagenet": 7×7/2 convolution and 3×3/2 max-pooling. "small": one 3×3 convolution, for images of about 32
        pixels; at 28 pixels it costs 14 times the multiply-adds.
    form : {"paper", "d2l", "keras"}
        "paper" (the default): 11,175,370 trainable parameters with one input channel and ten classes, as in the
        paper and torchvision. "d2l": 11,178,378, as in d2l.
    **options
        `version`, `option`, `dimension`, `zero_gamma` and more, as in `resnet`.

    Shapes: (N, C, H, W) → (N, num_classes), any H, W ≥ 1. Raises ValueError for unknown names and counts below 1.
    Source: the paper, table 1.
    """
    return of_depth(18, num_classes, stem, form, **options)


@remembered
def resnet34(num_classes: int = 10, stem: Stem = "imagenet", form: FormLike = "paper", **options: Any) -> Network:
    """ResNet-34: as `resnet18`, with 3, 4, 6 and 3 blocks."""
    return of_depth(34, num_classes, stem, form, **options)


@remembered
def resnet50(num_classes: int = 10, stem: Stem = "imagenet", form: FormLike = "paper", **options: Any) -> Network:
    """ResNet-50: 3, 4, 6 and 3 bottlenecks with 256, 512, 1024 and 2048 channels; otherwise as `resnet18`.

    version="v1.5" is torchvision's. width=2 is its Wide ResNet-50-2 (Zagoruyko and Komodakis 2016, arXiv:1605.07146),
    width=2, groups=32 its ResNeXt-50 32×4d, each with version="v1.5".
    """
    return of_depth(50, num_classes, stem, form, **options)


@remembered
def resnet101(num_classes: int = 10, stem: Stem = "imagenet", form: FormLike = "paper", **options: Any) -> Network:
    """ResNet-101: as `resnet50`, with 3, 4, 23 and 3 bottlenecks."""
    return of_depth(101, num_classes, stem, form, **options)


@remembered
def resnet152(num_classes: int = 10, stem: Stem = "imagenet", form: FormLike = "paper", **options: Any) -> Network:
    """ResNet-152: as `resnet50`, with 3, 8, 36 and 3 bottlenecks."""
    return of_depth(152, num_classes, stem, form, **options)


@remembered
def plain18(num_classes: int = 10, stem: Stem = "imagenet", form: FormLike = "paper", **options: Any) -> Network:
    """ResNet-18 without its shortcuts."""
    return of_depth(18, num_classes, stem, form, option="none", **options)


@remembered
def plain34(num_classes: int = 10, stem: Stem = "imagenet", form: FormLike = "paper", **options: Any) -> Network:
    """ResNet-34 without its shortcuts (the paper's figure 3, in the middle)."""
    return of_depth(34, num_classes, stem, form, option="none", **options)


@remembered
def cifar_resnet(depth: int, num_classes: int = 10, *, kind: Kind = "basic", version: Version = "v1",
                 option: Option = "A", width: int = 1, form: FormLike = "paper", **options: Any) -> Network:
    """The paper's networks for small images (section 4.2): a 3×3 stem and three stages of equally many blocks.

    Parameters
    ----------
    depth : int
        6n + 2 for basic blocks (16, 32 and 64 channels), 9n + 2 for bottlenecks (64, 128 and 256): n blocks a stage.
    option : {"A", "B", "C", "none"}
        The paper's networks have "A": no parameters in any shortcut.
    width : int
        Multiplies the channels of all stages, but not the stem's: depth=26, width=10, version="v2", option="B" is
        WRN-28-10 (Zagoruyko and Komodakis 2016, arXiv:1605.07146, count 28 layers, but give the stages 4 blocks each).
    kind, version, form, **options
        As in `resnet`.

    Shapes: (N, C, H, W) → (N, num_classes). Raises ValueError for other depths.
    """
    per_block, channels = choose("kind", kind, CIFAR)
    n, rest = divmod(positive_int("depth", depth) - 2, 3 * per_block)
    if rest or n < 1:
        near = 3 * per_block * max(1, n) + 2
        raise ValueError(f"depth must be {3 * per_block}n + 2 for {kind} blocks, for instance {near}, but {depth} was "
                         "given")
    stages = [(channels * 2 ** i * positive_int("width", width), n) for i in range(3)]
    return resnet(stages, num_classes, "bare" if version == "v2" else "small", form, version=version, kind=kind,
                  option=option, stem_channels=16, **options)


@remembered
def mini_model(num_classes: int = 10, **options: Any) -> Network:
    """The 12-unit pre-activation network of a well-known Keras tutorial on CIFAR-10 ("MiniModel").

    Three units each of 32, 64, 128 and 256 channels with biases. The first unit of a stage pools before its branch,
    where a strided projection passes by. BN, ReLU, dropout 0.25, average pooling (4×4 at 32 pixels), dense.

    Shapes: (N, C, H, W) → (N, num_classes), for images of at least 5×5 pixels.
    """
    return resnet(((32, 3), (64, 3), (128, 3), (256, 3)), num_classes, "bare", "keras", version="v2", pool="branch",
                  dropout=0.25, **options)


@remembered
def time_series_resnet(num_classes: int, *, form: FormLike = "keras", zero_gamma: bool = False) -> Network:
    """Wang, Yan and Oates' ResNet for time series, 2016 (arXiv:1611.06455): three blocks of 64, 128 and 128 channels.

    The first two project their shortcut, the third normalises it. Shapes: (N, C, W) → (N, num_classes).
    """
    positive_int("num_classes", num_classes)
    net = Network(dimension=1)
    with net.name_scope():
        options: Dict[str, Any] = {"form": form, "zero_gamma": zero_gamma}
        net.block1 = time_series_block(64, **options)
        net.block2 = time_series_block(128, **options)
        net.block3 = time_series_block(128, "norm", **options)
        net.pool = nn.GlobalAvgPool1D()
        net.head = nn.Dense(num_classes)
    return net


@remembered
def vgg19(num_classes: int = 1000) -> Network:
    """VGG-19 (Simonyan and Zisserman 2014, arXiv:1409.1556) of MXNet's model zoo, for comparison of size.

    Its parts are `stage1` to `stage5`, convolutions with a pooling at the end; `hidden`, two dense layers; and `head`.
    """
    from mxnet.gluon.model_zoo import vision
    zoo, net = vision.vgg19(classes=positive_int("num_classes", num_classes)), Network()
    part, stage = nn.HybridSequential(prefix=""), 0
    for layer in zoo.features:
        part.add(layer)
        if isinstance(layer, nn.MaxPool2D):
            stage += 1
            setattr(net, f"stage{stage}", part)
            part = nn.HybridSequential(prefix="")
    net.hidden = part
    net.head = zoo.output
    return net


#: The networks that `make_net` makes again, by the name of the function that made them.
NETWORKS = {function.__name__: function for function in (
    resnet, resnet18, resnet34, resnet50, resnet101, resnet152, plain18, plain34, cifar_resnet, mini_model,
    time_series_resnet, vgg19)}


def make_net(made: Dict[str, Any]) -> Network:
    """A new network, without parameters, like the one whose `made` this is. Raises ValueError for an unknown maker."""
    return choose("function", made["function"], NETWORKS)(**made["options"])
