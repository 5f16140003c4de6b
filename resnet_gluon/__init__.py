"""Residual learning with Apache MXNet Gluon: the package that the course's notebooks import."""
from resnet_gluon.devices import devices, use_all_cores
from resnet_gluon.gpu import load_cuda
from resnet_gluon.settings import ensure_home, runs_folder

load_cuda()  # these two before MXNet is imported
use_all_cores()
ensure_home()

from mxnet import npx  # noqa: E402

npx.set_np()  # MXNet's NumPy interface, everywhere

from resnet_gluon import former, plots  # noqa: E402
from resnet_gluon.data import CIFAR10, UCR, DataNotFound, Dataset, FashionMNIST, FileRefused, Split  # noqa: E402
from resnet_gluon.files import CheckpointRefused  # noqa: E402
from resnet_gluon.nets import (  # noqa: E402
    Bottleneck,
    Network,
    Plain,
    Residual,
    cifar_resnet,
    describe,
    diagram,
    resnet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnet_block,
)
from resnet_gluon.training import (  # noqa: E402
    Diverged,
    Evaluation,
    History,
    Recipe,
    RunInUse,
    Training,
    budget,
    evaluate,
    fine_tune,
    fit,
    load_run,
    pretrained,
    recipe,
    seed_everything,
)
from resnet_gluon.version import __version__  # noqa: E402
from resnet_gluon.weights import WeightsRefused, load_weights, name_map, read_tensors  # noqa: E402

__all__ = [
    "CIFAR10", "UCR", "Bottleneck", "CheckpointRefused", "DataNotFound", "Dataset", "Diverged", "Evaluation",
    "FashionMNIST", "FileRefused", "History", "Network", "Plain", "Recipe", "Residual", "RunInUse", "Split",
    "Training", "WeightsRefused", "__version__", "budget", "cifar_resnet", "describe", "devices", "diagram",
    "evaluate", "fine_tune", "fit", "load_run", "load_weights", "name_map", "plots", "pretrained", "read_tensors",
    "recipe", "resnet", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnet_block", "runs_folder",
    "seed_everything"]

former.keep_working()
