"""The setting of the studies of why residual learning works: little images, so that many runs to the end can be had.

10,000 of Fashion-MNIST's training images and the 5,000 validation images, each pixel the mean of 2×2, so 14×14. The
networks are the paper's for small images (6n + 2 layers, 16, 32 and 64 channels); batch 128, one cycle, no
augmentation. The test set stays closed.
"""
from dataclasses import asdict, replace
from typing import Any, Dict

from resnet_gluon import FashionMNIST, Training
from resnet_gluon.data import Split

import numpy as onp

from experiments import fitting
from experiments.study import One

IMAGES = 10_000
TRAINING = Training(epochs=20, batch_size=128, lr=0.1)


def halved(images: Any) -> Any:
    """Images of half the size, uint8: the mean of each 2×2 pixels, rounded."""
    n, height, width = images.shape
    return onp.rint(images.reshape(n, height // 2, 2, width // 2, 2).mean((2, 4))).astype("uint8")


def small_fashion(one: One) -> FashionMNIST:
    """The data, on the scale of their own training split. A smoke run has a handful."""
    data = fitting.fashion(one, **({} if one.smoke else {"train_images": IMAGES}))
    data.train = Split(halved(data.train.images), data.train.labels)
    data.val = Split(halved(data.val.images), data.val.labels).normalised(data.train.mean, data.train.std)
    return data


def settings(net: Any, **training: Any) -> Dict[str, Any]:
    """An arm's configuration. net: of the family, without parameters."""
    return {"net": net.made, "training": asdict(replace(TRAINING, **training)), "images": IMAGES, "pixels": 14}
