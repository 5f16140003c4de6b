"""Options A, B and C, and no shortcut at all: ResNet-20 on part of Fashion-MNIST.

10,000 training images, 4 epochs; judged on the 5,000 validation images, the test set stays closed.
"""
import sys
from dataclasses import asdict
from typing import Any, Dict, List

from resnet_gluon import Training, cifar_resnet, describe
from resnet_gluon.data.fashion_mnist import OFFICIAL
from resnet_gluon.nets.stages import OPTIONS

from experiments import fitting
from experiments.study import Measure, One, Study, main

DEPTH, IMAGES = 20, 10_000
TRAINING = asdict(Training(epochs=4, batch_size=128, lr=0.1))


def run(one: One) -> Dict[str, Any]:
    data = fitting.fashion(one, train_images=one.configuration["train_images"])
    net, values = fitting.trained(one, data)
    return {"parameters": describe(net, (1, 1, 28, 28)).parameters, **values}


def first_losses(one: One) -> List[float]:
    return fitting.first_losses(one, fitting.fashion(one, train_images=one.configuration["train_images"]))


STUDY = Study(
    name="shortcuts",
    question="Which shortcut lets ResNet-20 learn best within a few epochs?",
    arms={option: {"net": cifar_resnet(DEPTH, option=option).made, "training": TRAINING, "train_images": IMAGES}
          for option in OPTIONS},
    run=run, first_losses=first_losses, seeds=range(3), edition=OFFICIAL,
    measures=(Measure("val_accuracy", "share of the validation images", "higher"),
              Measure("train_loss", "nats, mean over the last epoch", "lower")),
    minutes=3)

if __name__ == "__main__":
    sys.exit(main(STUDY))
