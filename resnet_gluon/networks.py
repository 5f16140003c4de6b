"""Stages as data, networks as a loop over them."""
from resnet_gluon.arguments import choose, positive_int
from resnet_gluon.blocks import FORMS, Residual, check_images

from mxnet.gluon import nn

#: (channels, blocks) of ResNet-18's four stages (the paper's table 1).
RESNET18 = ((64, 2), (128, 2), (256, 2), (512, 2))


def resnet_block(num_channels, num_residuals, first_block=False, **options):
    """One stage: `num_residuals` residual blocks of `num_channels` channels.

    The first block of every stage but the network's first halves height and width, and projects its shortcut,
    since the channels change there too (they double, where the stages are ResNet-18's).

    Parameters
    ----------
    num_channels, num_residuals : int
        Output channels; blocks in the stage.
    first_block : bool
        True for the network's first stage, which keeps the shape that the stem gives: its input must have
        `num_channels` channels already.
    **options
        Passed on to `Residual`: `form`, `zero_gamma`.

    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/2⌉, ⌈W/2⌉), or with `first_block` the shape unchanged.
    Raises ValueError for counts below 1. Source: the paper, section 3.3; the signature is d2l's.
    """
    positive_int("num_residuals", num_residuals)
    stage = nn.HybridSequential(prefix="")
    for i in range(num_residuals):
        if i == 0 and not first_block:
            stage.add(Residual(num_channels, use_1x1conv=True, strides=2, **options))
        else:
            stage.add(Residual(num_channels, **options))
    return stage


def imagenet_stem(num_channels, form):
    """7×7/2 convolution, BN, ReLU, 3×3/2 max-pooling: height and width end at a quarter."""
    stem = nn.HybridSequential(prefix="")
    stem.add(nn.Conv2D(num_channels, kernel_size=7, strides=2, padding=3, use_bias=FORMS[form]["conv_bias"]),
             nn.BatchNorm(), nn.Activation("relu"), nn.MaxPool2D(pool_size=3, strides=2, padding=1))
    return stem


def small_stem(num_channels, form):
    """3×3 convolution, BN, ReLU, no pooling: height and width stay, and a small image's detail with them."""
    stem = nn.HybridSequential(prefix="")
    stem.add(nn.Conv2D(num_channels, kernel_size=3, padding=1, use_bias=FORMS[form]["conv_bias"]),
             nn.BatchNorm(), nn.Activation("relu"))
    return stem


STEMS = {"imagenet": imagenet_stem, "small": small_stem}


class Network(nn.HybridSequential):
    """A `HybridSequential` that says what is wrong with an input before MXNet's engine meets it."""

    def __call__(self, x):
        check_images(self, x)
        return super().__call__(x)


def resnet(stages, num_classes=10, stem="imagenet", form="paper", **options):
    """A network from its stages: stem, one `resnet_block` for each (channels, blocks), average pooling, dense.

    Returns a `Network` of len(stages) + 3 children, in that order. Shapes: (N, C, H, W) → (N, num_classes).
    Raises ValueError for an unknown stem or form, for counts below 1 and, when called, for anything but images.
    """
    positive_int("num_classes", num_classes)
    choose("form", form, FORMS)
    make_stem = choose("stem", stem, STEMS)
    net = Network()
    with net.name_scope():
        net.add(make_stem(stages[0][0], form))
        for i, (channels, blocks) in enumerate(stages):
            net.add(resnet_block(channels, blocks, first_block=i == 0, form=form, **options))
        net.add(nn.GlobalAvgPool2D(), nn.Dense(num_classes))
    return net


def resnet18(num_classes=10, stem="imagenet", form="paper", **options):
    """ResNet-18: stem, four stages of two blocks with 64, 128, 256 and 512 channels, average pooling, dense.

    Parameters
    ----------
    num_classes : int
        Width of the output.
    stem : {"imagenet", "small"}
        "imagenet": 7×7/2 convolution and 3×3/2 max-pooling. "small": one 3×3 convolution, for images of about 32
        pixels; at 28 pixels it costs 14 times the multiply-adds.
    form : {"paper", "d2l"}
        "paper" (the default): 11,175,370 trainable parameters with one input channel and ten classes, as in the
        paper and torchvision. "d2l": 11,178,378, as in d2l.
    **options
        Passed on to `Residual`: `zero_gamma`.

    Shapes: (N, C, H, W) → (N, num_classes), any H, W ≥ 1. Raises ValueError for unknown names and counts below 1.
    Source: the paper, table 1.
    """
    return resnet(RESNET18, num_classes, stem, form, **options)
