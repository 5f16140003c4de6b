"""Residual learning with Apache MXNet Gluon: the package that the course's notebooks import."""
from resnet_gluon.blocks import Plain, Residual
from resnet_gluon.data import FashionMNIST
from resnet_gluon.devices import devices
from resnet_gluon.networks import resnet, resnet18, resnet_block
from resnet_gluon.settings import budget

__version__ = "0.1.0"
__all__ = ["FashionMNIST", "Plain", "Residual", "budget", "devices", "resnet", "resnet18", "resnet_block"]
