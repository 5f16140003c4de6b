import sys
from pathlib import Path

from resnet_gluon import FashionMNIST

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the helpers beside this file: oracle, comparing, tiny …


@pytest.fixture(scope="session")
def data():
    """The bundled subset, a little of it for training."""
    return FashionMNIST(train_images=512, quiet=True)
