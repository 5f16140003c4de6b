"""A worker of the tests' jobs: python worker.py FOLDER [OPTION=VALUE…]. It prints what its run comes to."""
import hashlib
import json
import sys
import time
from pathlib import Path

from resnet_gluon import FashionMNIST, Training, fit
from resnet_gluon.training.run import Run

import mxnet as mx
import numpy as np
from mxnet.gluon import nn


def data():
    small = FashionMNIST(train_images=96, quiet=True)
    small.val = small.val.take(slice(50))
    return small


def net():
    """Without batch normalisation, whose statistics are of what a worker sees."""
    made = nn.HybridSequential()
    made.add(nn.Conv2D(4, 3, 2), nn.Activation("relu"), nn.Dense(10))
    return made


HOW = Training(epochs=2, batch_size=15, lr=0.05, shift=1)  # 6 steps an epoch; two workers take 7 and 8 images


def arrays(trained):
    mx.npx.waitall()
    return [p.data(p.list_ctx()[0]).asnumpy() for p in trained._collect_params_with_prefix().values()]


def main(folder, pause=0.0):
    """pause: seconds after each step, so that a test can end processes between two of them."""
    note = Run.note

    def slow(self, step, loss):
        note(self, step, loss)
        print("step", step, flush=True)
        time.sleep(pause)
    Run.note = slow
    trained = net()
    history = fit(trained, data(), HOW, seed=5, folder=folder, resume=True, save_steps=2, progress=False)
    rank = history.setting["workers"]["rank"]
    found = arrays(trained)
    if rank == 0:
        np.savez(Path(folder, "found.npz"), *found)
    checksum = hashlib.sha256(b"".join(array.tobytes() for array in found)).hexdigest()
    print(json.dumps({"rank": rank, "workers": history.setting["workers"], "checksum": checksum,
                      "epochs": len(history.epochs), "losses": history.steps["loss"]}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:]))
