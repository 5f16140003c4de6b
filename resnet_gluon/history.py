"""What a run did, as numbers that can be saved, loaded and drawn."""
import json
import os
import platform
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Optional

from resnet_gluon.checkpoint import save_text

import mxnet as mx
import numpy as np


@dataclass
class History:
    """What a run did.

    setting: how it was run: the arguments of `fit`, the data and its edition, devices, threads, versions.
    steps: two lists, the loss (nats) and the learning rate of every step.
    epochs: one dict an epoch: train_loss and val_loss (nats), val_accuracy (0 … 1), images_per_second while
    training, and the seconds of work since the start.
    seconds: of work in all, over all the times that the run was continued.
    stopped: why the run ended early, or None.
    """
    setting: dict = field(default_factory=dict)
    steps: dict = field(default_factory=lambda: {"loss": [], "lr": []})
    epochs: list = field(default_factory=list)
    seconds: float = 0.0
    stopped: Optional[str] = None

    @property
    def best(self):
        """The epoch, 0 for the first, of the highest validation accuracy (the earliest of equals); None before one."""
        return max(range(len(self.epochs)), key=lambda i: self.epochs[i]["val_accuracy"], default=None)

    def save(self, path):
        """Write the history as JSON, whole or not at all."""
        save_text(path, json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path):
        """The history that `save` wrote to `path`."""
        return cls(**json.loads(Path(path).read_text(encoding="utf8")))

    def end_epoch(self, steps, validation, images_per_second, seconds):
        """Note the epoch that the last `steps` steps made."""
        self.seconds = seconds
        self.epochs.append({"train_loss": sum(self.steps["loss"][-steps:]) / steps, "val_loss": validation.loss,
                            "val_accuracy": validation.accuracy, "images_per_second": images_per_second,
                            "seconds": seconds})

    def last_epoch(self):
        """The last epoch in one line."""
        last = self.epochs[-1]
        return (f"epoch {len(self.epochs)}: training loss {last['train_loss']:.3f}, validation loss "
                f"{last['val_loss']:.3f}, validation accuracy {last['val_accuracy']:.4f}, "
                f"{last['images_per_second']:,.0f} images/s, {last['seconds']:.0f} s")


def fingerprint(net, data):
    """A checksum of what is trained on what: the net's graph without names, what learns and how fast, the images."""
    graph = json.loads(net(mx.sym.var("data").as_np_ndarray()).tojson())["nodes"]
    operators = [(node["op"], node.get("attrs") if node["op"] != "null" else None, node["inputs"]) for node in graph]
    learning = [(name, p.shape, p.grad_req, p.lr_mult) for name, p in net._collect_params_with_prefix().items()]
    checksum = zlib.crc32(json.dumps([operators, learning, data.mean, data.std]).encode())
    for split in (data.train, data.val):
        checksum = zlib.crc32(split.labels.tobytes(), zlib.crc32(split.images.tobytes(), checksum))
    return f"{checksum:08x}"


def describe_setting(net, data, devices, arguments):
    """What a reader needs to know to repeat a run, as a dict of plain values.

    arguments: what makes it this run and no other. environments: what its last bits depend on besides, one dict for
    each place in which the run went on.
    """
    from resnet_gluon import __version__
    return {"arguments": {**arguments, "devices": len(devices), "net and data": fingerprint(net, data)},
            "data": str(data), "edition": data.edition,
            "environments": [{"devices": [str(device) for device in devices],
                              "threads": os.environ.get("OMP_NUM_THREADS"), "python": platform.python_version(),
                              "mxnet": mx.__version__, "numpy": np.__version__, "resnet_gluon": __version__}]}
