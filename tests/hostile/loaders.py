"""The loaders under attack, by name, and the one error that each may raise for whatever is wrong with a file."""
from pathlib import Path

from resnet_gluon.data import FileRefused, cifar10, fashion_mnist, ucr
from resnet_gluon.files import CheckpointRefused, read_checkpoint
from resnet_gluon.weights import WeightsRefused, read_tensors

#: name: (what reads a path, the error, what the attack's file is called in its folder; None: its own path is read)
LOADERS = {
    "tensors": (read_tensors, WeightsRefused, None),
    "checkpoint": (read_checkpoint, CheckpointRefused, None),
    "fashion-mnist": (fashion_mnist.read_folder, FileRefused, fashion_mnist.FILES[0] + ".gz"),
    "fashion-mnist plain": (fashion_mnist.read_folder, FileRefused, fashion_mnist.FILES[0]),
    "cifar-10": (cifar10.read_place, FileRefused, cifar10.BATCHES[0] + ".bin"),
    "cifar-10 archive": (cifar10.read_place, FileRefused, "cifar-10-python.tar.gz"),
    "ucr": (lambda folder: ucr.read_folder("Small", folder), FileRefused, "Small_TRAIN.ts"),
}


def place(loader, folder):
    """Where the attack's file goes, and what the loader is asked to read."""
    name = LOADERS[loader][2]
    if loader == "cifar-10":  # whose six files must be there
        for batch in cifar10.BATCHES[1:]:
            Path(folder, batch + ".bin").touch()
    return (Path(folder, name), Path(folder)) if name else (Path(folder, "file"), Path(folder, "file"))
