"""Where data comes from (`sources`), what it is (a module for each set), how it is changed and fed."""
from resnet_gluon.data.augment import augment
from resnet_gluon.data.batches import Batches, Split
from resnet_gluon.data.cifar10 import CIFAR10
from resnet_gluon.data.dataset import Dataset
from resnet_gluon.data.fashion_mnist import FashionMNIST
from resnet_gluon.data.sources import DataNotFound, FileRefused
from resnet_gluon.data.ucr import UCR

__all__ = ["CIFAR10", "UCR", "Batches", "DataNotFound", "Dataset", "FashionMNIST", "FileRefused", "Split", "augment"]
