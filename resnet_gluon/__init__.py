"""Residual learning with Apache MXNet Gluon: the package that the course's notebooks import."""
from resnet_gluon.threads import use_all_cores

use_all_cores()  # before MXNet is imported

from resnet_gluon.blocks import Bottleneck, Plain, Residual  # noqa: E402
from resnet_gluon.data import FashionMNIST  # noqa: E402
from resnet_gluon.devices import devices  # noqa: E402
from resnet_gluon.networks import (  # noqa: E402
    cifar_resnet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
)
from resnet_gluon.settings import budget  # noqa: E402
from resnet_gluon.stages import resnet, resnet_block  # noqa: E402

__version__ = "0.1.0"
__all__ = ["Bottleneck", "FashionMNIST", "Plain", "Residual", "budget", "cifar_resnet", "devices", "resnet", "resnet18",
           "resnet34", "resnet50", "resnet101", "resnet152", "resnet_block"]
