"""Trained nets that come with the course, for chapters and readers without an hour to train their own.

Each is a file of the format safetensors in the folder `trained_nets`, float16, with an entry in its index.json: how the
net is made and was trained, on which data, what its row of the study `recipes` says, the file's checksum, the licence.
"""
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from resnet_gluon.arguments import choose
from resnet_gluon.devices import devices as all_devices
from resnet_gluon.nets import Network, make_net, trimmed
from resnet_gluon.training.loop import fresh_arrays, place, seed_everything
from resnet_gluon.weights import WeightsRefused, load_weights

from mxnet import np

FOLDER = Path(__file__).parents[1] / "trained_nets"
INDEX = "index.json"


@dataclass(frozen=True)
class TrainedNet:
    """What is known of a trained net. Accuracies are shares of all test images, of this one run.

    Attributes
    ----------
    name : str
    made : dict
        How the net is made: `make_net(made)`.
    recipe, seed : str, int
        What it was trained with.
    training, views : dict
        The recipe's, as they were.
    shape : tuple of int
        Of an image, (1, C, H, W). At another size weights count that have never learned, see `nets.live_taps`.
    mean, std : float
        The scale of its images, from 0 to 1.
    classes : list of str
    edition : str
        Of the data.
    test_accuracy, test_accuracy_of_one_view : float
    sha256, bytes : str, int
        Of the file.
    licence : str
    """
    name: str
    made: Dict[str, Any]
    recipe: str
    seed: int
    training: Dict[str, Any]
    views: Dict[str, Any]
    shape: Tuple[int, ...]
    mean: float
    std: float
    classes: List[str]
    edition: str
    test_accuracy: float
    test_accuracy_of_one_view: float
    sha256: str
    bytes: int
    licence: str

    def __repr__(self) -> str:
        return (f"TrainedNet({self.name!r}: recipe {self.recipe!r}, seed {self.seed}, test accuracy "
                f"{self.test_accuracy:.4f}, one run, edition {self.edition})")


def trained_nets(folder: Optional[Path] = None) -> Dict[str, TrainedNet]:
    """The nets that come with the course, by name."""
    entries = json.loads(Path(folder or FOLDER, INDEX).read_text(encoding="utf8"))
    return {name: TrainedNet(name=name, **{**entry, "shape": tuple(entry["shape"])})
            for name, entry in entries.items()}


def pretrained(name: str, *, devices: Optional[List[Any]] = None, folder: Optional[Path] = None) -> Network:
    """A trained net that comes with the course, such as `pretrained("resnet18-quick")`. `trained_nets()` lists them.

    The file holds the weights that meet more than padding at the size it was trained at. The others have the initial
    values that the run's seed gave them, as in the net that was trained.

    Parameters
    ----------
    name : str
    devices : list of mxnet.Context, optional
        Default: all that `resnet_gluon.devices()` finds.
    folder : path, optional
        Of other trained nets than the course's.

    Raises ValueError for an unknown name, WeightsRefused (a ValueError) for a file that is damaged.
    """
    about = choose("name", name, trained_nets(folder))
    path, devices = Path(folder or FOLDER, f"{name}.safetensors"), devices or all_devices()
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != about.sha256:
        raise WeightsRefused(f"{path} is not the file that came with the course: install it anew")
    net = make_net(about.made)
    seed_everything(about.seed)
    place(net, devices)
    net.hybridize(static_alloc=True, static_shape=True)  # as `fit` does: parameters are drawn in another order without
    net(np.zeros(about.shape, ctx=devices[0]))
    fresh_arrays(net, devices)
    with trimmed(net, about.shape):
        load_weights(net, path, "same", devices=devices)
    return net
