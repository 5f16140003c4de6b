"""From blocks to networks: stages of blocks, the stems before them, and a loop over both."""
from typing import Any, Dict, Literal, Optional, Sequence, Tuple

from resnet_gluon.arguments import choose, not_negative, positive_int, whole_number
from resnet_gluon.nets.blocks import Bottleneck, Residual
from resnet_gluon.nets.layers import CONV, GLOBAL_POOL, NORM, POOLING
from resnet_gluon.nets.network import Network, remembered
from resnet_gluon.nets.shortcuts import Form, FormLike, form_of

from mxnet.gluon import nn

Kind = Literal["basic", "bottleneck"]
Option = Literal["A", "B", "C", "none"]
Version = Literal["v1", "v1.5", "v2"]
Stem = Literal["imagenet", "small", "bare"]

BLOCKS = {"basic": Residual, "bottleneck": Bottleneck}

#: The paper's options (section 4.1): the shortcut where the shape stays, and where it changes.
OPTIONS = {"A": ("identity", "zero-pad"), "B": ("identity", "projection"), "C": ("projection", "projection"),
           "none": ("none", "none")}

#: v1: the paper. v1.5: a bottleneck's stride on its 3×3 convolution, as in torchvision. v2: pre-activation.
VERSIONS: Dict[str, Dict[str, Any]] = {
    "v1": {}, "v1.5": {"stride_on": "3x3"}, "v2": {"stride_on": "3x3", "preactivation": True}}


def resnet_block(num_channels: int, num_residuals: int, first_block: bool = False, *, kind: Kind = "basic",
                 option: Option = "B", in_channels: int = 0, **options: Any) -> Any:
    """One stage: `num_residuals` residual blocks of `num_channels` channels.

    The first block of every stage but the network's first halves height and width, and projects its shortcut,
    since the channels change there too (they double, where the stages are ResNet-18's).

    Parameters
    ----------
    num_channels, num_residuals : int
        Output channels; blocks in the stage.
    first_block : bool
        True for the network's first stage, which keeps height and width: its input must have `num_channels` channels
        already, or `in_channels` must say how many.
    kind : {"basic", "bottleneck"}
        The block.
    option : {"A", "B", "C", "none"}
        Shortcuts: zero-padded where the shape changes, projected there, projected everywhere (the paper, section 4.1),
        or none at all: a plain stage.
    in_channels : int
        Of the input; 0: found out later.
    **options
        Passed on to the block: `form`, `zero_gamma`, `preactivation`, `pool`, `width`, `groups`, `dimension` ….

    Shapes: (N, C, H, W) → (N, num_channels, ⌈H/2⌉, ⌈W/2⌉), or with `first_block` the size unchanged.
    Raises ValueError for counts below 1 and unknown names. Source: the paper, section 3.3; the signature is d2l's.
    """
    positive_int("num_residuals", num_residuals)
    whole_number("in_channels", in_channels)
    block, (kept, changed) = choose("kind", kind, BLOCKS), choose("option", option, OPTIONS)
    stage = nn.HybridSequential(prefix="")
    for i in range(num_residuals):
        strides = 2 if i == 0 and not first_block else 1
        changes = i == 0 and (strides == 2 or in_channels not in (0, num_channels))
        stage.add(block(num_channels, strides=strides, shortcut=changed if changes else kept,
                        in_channels=in_channels if i == 0 else num_channels, **options))
    return stage


def imagenet_stem(num_channels: int, form: Form, dimension: int = 2) -> Any:
    """7×7/2 convolution, BN, ReLU, 3×3/2 max-pooling: height and width end at a quarter."""
    stem = nn.HybridSequential(prefix="")
    stem.add(CONV[dimension](num_channels, kernel_size=7, strides=2, padding=3, use_bias=form.conv_bias),
             NORM[dimension](), nn.Activation("relu"), POOLING[dimension](pool_size=3, strides=2, padding=1))
    return stem


def small_stem(num_channels: int, form: Form, dimension: int = 2) -> Any:
    """3×3 convolution, BN, ReLU, no pooling: height and width stay, and a small image's detail with them."""
    stem = bare_stem(num_channels, form, dimension)
    stem.add(NORM[dimension](), nn.Activation("relu"))
    return stem


def bare_stem(num_channels: int, form: Form, dimension: int = 2) -> Any:
    """3×3 convolution alone, as pre-activation blocks have it before them on small images."""
    stem = nn.HybridSequential(prefix="")
    stem.add(CONV[dimension](num_channels, kernel_size=3, padding=1, use_bias=form.conv_bias))
    return stem


STEMS = {"imagenet": imagenet_stem, "small": small_stem, "bare": bare_stem}


@remembered
def resnet(stages: Sequence[Tuple[int, int]], num_classes: int = 10, stem: Stem = "imagenet",
           form: FormLike = "paper", *, version: Version = "v1", kind: Kind = "basic", option: Option = "B",
           stem_channels: Optional[int] = None, dropout: float = 0, dimension: int = 2, **options: Any) -> Network:
    """A network from its stages: stem, one `resnet_block` for each (channels, blocks), average pooling, dense.

    Parameters
    ----------
    stages : sequence of (int, int)
        Output channels and blocks of each.
    num_classes : int
        Width of the output.
    stem : {"imagenet", "small", "bare"}
        7×7/2 convolution and 3×3/2 max-pooling; a 3×3 convolution with BN and ReLU; a 3×3 convolution alone.
    form : str or Form
        As in `Block`.
    version : {"v1", "v1.5", "v2"}
        See VERSIONS. v2 ends in BN and ReLU, before the pooling.
    kind, option : str
        As in `resnet_block`.
    stem_channels : int, optional
        Default: those of the first stage's 3×3 convolutions, in its usual width.
    dropout : float
        Share of the features dropped before pooling.
    dimension : {2, 1}
        Of images or series.
    **options
        Passed on to the blocks: `zero_gamma`, `pool`; of bottlenecks `width`, `groups`.

    Returns a `Network` whose parts are `stem`, `stage1` …, with v2 `norm`, with dropout `dropout`, `pool` and `head`.
    Shapes: (N, C, H, W) → (N, num_classes). Raises ValueError for unknown names, for counts below 1 and, when called,
    for anything but images (or series).
    """
    flags, form = block_flags(kind, version, options), form_of(form)
    positive_int("num_classes", num_classes)
    if not_negative("dropout", dropout) >= 1:
        raise ValueError(f"dropout must be a share of the features, 0 ≤ dropout < 1, but {dropout!r} was given")
    channels = stages[0][0] // (4 if kind == "bottleneck" else 1)
    channels = channels if stem_channels is None else positive_int("stem_channels", stem_channels)
    make_stem = choose("stem", stem, STEMS)
    net = Network(dimension=dimension)
    with net.name_scope():
        net.stem = make_stem(channels, form, dimension)
        for number, (num_channels, blocks) in enumerate(stages, 1):
            stage = resnet_block(num_channels, blocks, first_block=number == 1, kind=kind, option=option, form=form,
                                 in_channels=channels, dimension=dimension, **flags, **options)
            setattr(net, f"stage{number}", stage)
            channels = num_channels
        if version == "v2":
            net.norm = nn.HybridSequential(prefix="")
            net.norm.add(NORM[dimension](), nn.Activation("relu"))
        if dropout:
            net.dropout = nn.Dropout(dropout)
        net.pool = GLOBAL_POOL[dimension]()
        net.head = nn.Dense(num_classes)
    return net


def block_flags(kind: str, version: str, options: Dict[str, Any]) -> Dict[str, Any]:
    """What a version means for the blocks of this kind. Raises ValueError for flags that the version decides."""
    if {"preactivation", "stride_on"} & set(options):
        raise ValueError("for a network say version='v1', 'v1.5' or 'v2', not preactivation or stride_on")
    flags = dict(choose("version", version, VERSIONS))
    if choose("kind", kind, BLOCKS) is Residual:
        flags.pop("stride_on", None)
    return flags
