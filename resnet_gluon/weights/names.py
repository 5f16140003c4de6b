"""Weights from elsewhere: an explicit map of names, and one error that lists all that does not fit."""
import re
from fnmatch import fnmatch
from typing import Any, Dict, List, Optional, Sequence, Union

from resnet_gluon.arguments import choose
from resnet_gluon.devices import devices as all_devices
from resnet_gluon.nets import Network
from resnet_gluon.weights.tensor_files import read_tensors

from mxnet import np

TORCH = {"gamma": "weight", "beta": "bias"}  # BatchNorm's parameters; everything else has one name everywhere

TORCH_BLOCKS = {"stem": ("conv1", "bn1"), "conv": "layer{stage}.{block}.conv{i}", "bn": "layer{stage}.{block}.bn{i}",
                "last norm": "bn"}

#: style: the names of a network's parts there. stage and block count as in `{numbers}`, convolutions from 1.
STYLES = {
    "torchvision": {**TORCH_BLOCKS, "projection": "layer{stage}.{block}.downsample.{i}", "dense": "fc"},
    "cifar": {**TORCH_BLOCKS, "projection": "layer{stage}.{block}.shortcut.{i}", "dense": "linear"},
    "gluon v1": {"stem": ("features.0", "features.1"), "conv": "features.{after_v1}.{block}.body.{conv_at}",
                 "bn": "features.{after_v1}.{block}.body.{bn_at}",
                 "projection": "features.{after_v1}.{block}.downsample.{i}", "dense": "output"},
    "gluon v2": {"stem": ("features.1", "features.2"), "conv": "features.{after_v2}.{block}.conv{i}",
                 "bn": "features.{after_v2}.{block}.bn{i}", "projection": "features.{after_v2}.{block}.downsample",
                 "last norm": "features.{after_v2}", "dense": "output"},
}
#: Our names: `stem.0.weight`, `stage1.0.conv1.weight`, `stage2.0.projection.0.weight`, `norm.0.gamma`, `head.weight`.
PART = re.compile(r"(?P<part>stem|norm|head|stage(?P<stage>\d+))(\.(?P<place>\d+))?"
                  r"(\.(?P<kind>conv|bn|projection\.)(?P<i>\d+))?\.(?P<what>\w+)")
SAME, FIRST_EDITION = "same", "first edition"


def name_map(net: Network, style: str = "torchvision") -> Dict[str, str]:
    """{our name: the name there} of all parameters of a `resnet…()`, `cifar_resnet()` or the like.

    style: "torchvision"; "cifar" for PyTorch code on CIFAR (`shortcut`, `linear`); "gluon v1" and "gluon v2" for
    MXNet's model zoo; "first edition" for this course's, whose parts had numbers; "same" for the net's own names.
    Raises ValueError for an unknown style, and for a part that the style has no name for.
    """
    choose("style", style, {**STYLES, SAME: None, FIRST_EDITION: None})
    ours = list(net._collect_params_with_prefix())
    if style == SAME:
        return {name: name for name in ours}
    if not isinstance(net, Network):
        raise ValueError(f"name_map is for the networks of this package, but a {type(net).__name__} was given")
    if style == FIRST_EDITION:
        numbers = {part: str(number) for number, part in enumerate(net.parts)}
        return {name: ".".join([numbers[name.split(".")[0]], *name.split(".")[1:]]) for name in ours}
    names = {}
    for name in ours:
        try:
            names[name] = translate(PART.fullmatch(name), STYLES[style], "gluon" in style, len(net.stages) + 1)
        except (AttributeError, KeyError, IndexError, TypeError):
            raise ValueError(f"the style {style!r} has no name for {name}") from None
    return names


def translate(match: Any, templates: Dict[str, Any], gluon: bool, after: int) -> str:
    """One of our names, `match`ed by PART, in the words of a style. after: the stage number that `norm` would have."""
    place, i, stage = int(match["place"] or 0), int(match["i"] or 0), int(match["stage"] or after)
    if match["part"] == "head":
        there = templates["dense"]
    elif match["part"] == "stem":
        there = templates["stem"][place]
    elif match["part"] == "norm":
        there = templates["last norm"]
    else:
        there = templates[match["kind"].rstrip(".")]
    numbers = {"stage": stage, "block": place, "i": i, "after_v1": stage + 3, "after_v2": stage + 4,
               "conv_at": 3 * (i - 1), "bn_at": 3 * (i - 1) + 1}
    return there.format(**numbers) + "." + (match["what"] if gluon else TORCH.get(match["what"], match["what"]))


def load_weights(net: Any, source: Any, names: Union[str, Dict[str, str]] = "torchvision", *,
                 ignore: Union[str, Sequence[str]] = ("*num_batches_tracked",),
                 devices: Optional[List[Any]] = None) -> Any:
    """Fill all parameters of `net` from a file, or from arrays by name. Nothing in a file is executed.

    Parameters
    ----------
    net : Network
        Initialised or not.
    source : path, or dict of numpy.ndarray
        A file that `read_tensors` reads, or what it returned.
    names : str, or dict
        A style of `name_map`, or such a map: {our name: the name there}.
    ignore : sequence of str
        Patterns of names there that may be left over (PyTorch counts the batches it has seen).
    devices : list of mxnet.Context, optional
        Where the parameters go. Default: where they are, else all devices.

    Raises ValueError with a list of all tensors that are missing, unexpected, or of another shape, and then leaves the
    net as it was; WeightsRefused (a ValueError) for a bad file.
    """
    ignore = (ignore,) if isinstance(ignore, str) else tuple(ignore)
    tensors = source if isinstance(source, dict) else read_tensors(source)
    mapping = names if isinstance(names, dict) else name_map(net, names)
    parameters = net._collect_params_with_prefix()
    check_names(parameters, mapping, tensors, ignore)
    for ours, parameter in parameters.items():
        places = devices or (parameter.list_ctx() if parameter._data is not None or parameter._deferred_init
                             else all_devices())
        array = tensors[mapping[ours]].astype("float32")
        parameter.shape = array.shape
        parameter.initialize(ctx=places, force_reinit=True)
        parameter.set_data(np.array(array))
    return net


def check_names(parameters: Dict[str, Any], mapping: Dict[str, str], tensors: Dict[str, Any],
                ignore: Sequence[str]) -> None:
    """Raise a ValueError that lists all that does not fit."""
    faults = [f"no place is given for the net's {ours}" for ours in parameters if ours not in mapping]
    faults += [f"the net has no {ours}" for ours in mapping if ours not in parameters]
    pairs = [(mapping[ours], parameters[ours]) for ours in mapping if ours in parameters]
    faults += [f"missing: {there} {shape_of(parameter)}" for there, parameter in pairs if there not in tensors]
    expected = {there for there, _ in pairs}
    faults += [f"unexpected: {there} {tensors[there].shape}" for there in tensors
               if there not in expected and not any(fnmatch(there, pattern) for pattern in ignore)]
    faults += [f"shape: {there} is {tensors[there].shape}, the net's is {shape_of(parameter)}"
               for there, parameter in pairs if there in tensors and not fits(parameter, tensors[there])]
    if faults:
        raise ValueError(f"the weights do not fit the net ({len(faults)} differences):\n  " + "\n  ".join(faults))


def shape_of(parameter: Any) -> str:
    """The shape as far as it is known: "?" for what the first input will tell."""
    return "(" + ", ".join("?" if n < 1 else str(n) for n in parameter.shape) + ")"


def fits(parameter: Any, array: Any) -> bool:
    """Whether an array has the parameter's shape, as far as that is known."""
    return len(parameter.shape) == array.ndim and all(
        ours in (-1, 0, there) for ours, there in zip(parameter.shape, array.shape))
