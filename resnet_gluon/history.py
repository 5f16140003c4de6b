"""What a run did, as numbers that can be saved, loaded and drawn."""
import json
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

import mxnet as mx
import numpy as np

from resnet_gluon.checkpoint import save_text


@dataclass
class History:
    """What a run did.

    setting: how it was run: the arguments of `fit`, the devices, the data's edition and size, versions.
    steps: two lists, the loss and the learning rate of every step.
    epochs: one dict an epoch: train_loss and val_loss (nats), val_accuracy (0 … 1), images_per_second while
    training, and the seconds since the start.
    """
    setting: dict = field(default_factory=dict)
    steps: dict = field(default_factory=lambda: {"loss": [], "lr": []})
    epochs: list = field(default_factory=list)

    def save(self, path):
        """Write the history as JSON, whole or not at all."""
        save_text(path, json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path):
        """The history that `save` wrote to `path`."""
        return cls(**json.loads(Path(path).read_text(encoding="utf8")))

    def last_epoch(self):
        """The last epoch in one line."""
        last = self.epochs[-1]
        return (f"epoch {len(self.epochs)}: training loss {last['train_loss']:.3f}, validation loss "
                f"{last['val_loss']:.3f}, validation accuracy {last['val_accuracy']:.4f}, "
                f"{last['images_per_second']:,.0f} images/s, {last['seconds']:.0f} s")


def describe_setting(data, devices, **arguments):
    """What a reader needs to know to repeat a run, as a dict of plain values."""
    return {**arguments, "devices": [str(device) for device in devices],
            "data": str(data), "versions": {"python": platform.python_version(), "mxnet": mx.__version__,
                                            "numpy": np.__version__}}

