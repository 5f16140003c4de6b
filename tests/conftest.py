from resnet_gluon import FashionMNIST

import pytest


@pytest.fixture(scope="session")
def data():
    """The bundled subset, a little of it for training."""
    return FashionMNIST(train_images=512, quiet=True)
