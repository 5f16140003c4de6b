"""Where data comes from (`sources`), what it is (`fashion_mnist`), how it is fed (`batches`)."""
from resnet_gluon.data.batches import Batches, Split
from resnet_gluon.data.fashion_mnist import FashionMNIST
from resnet_gluon.data.sources import DataNotFound

__all__ = ["Batches", "DataNotFound", "FashionMNIST", "Split"]
