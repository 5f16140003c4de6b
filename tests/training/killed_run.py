"""One run of `fit` in a process that tests kill: python killed_run.py FOLDER [fsync|replace COUNT].

With two more arguments it kills itself at that call of os.fsync or os.replace, so during the writing of a file; at
fsync half of what was written is lost. It prints the step that it goes on from, and at the end what it came to.
"""
import hashlib
import os
import signal
import sys

from resnet_gluon import FashionMNIST, Training, fit, resnet
from resnet_gluon.training import run
from resnet_gluon.training.run_folder import RunFolder


class TalkingRunFolder(RunFolder):
    def begin(self, resume):
        step = super().begin(resume)
        print(step, flush=True)
        return step


def die_at(name, count):
    original, calls = getattr(os, name), []

    def counted(*arguments):
        calls.append(arguments)
        if len(calls) == count:
            path = f"/proc/self/fd/{arguments[0]}" if name == "fsync" else ""
            if os.path.isfile(path):  # and not a folder
                os.truncate(path, os.path.getsize(path) // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments)
    setattr(os, name, counted)


def main(folder, *death):
    data = FashionMNIST(train_images=512, quiet=True)
    data.val = data.val.take(slice(100))
    if death:
        die_at(death[0], int(death[1]))
    run.RunFolder = TalkingRunFolder
    net = resnet(((8, 1), (16, 1)))
    history = fit(net, data, Training(epochs=6, batch_size=16, lr=0.05, shift=1), seed=5, folder=folder, resume=True,
                  save_steps=1, progress=False)
    checksum = hashlib.sha256(b"".join(p.data().asnumpy().tobytes() for p in net.collect_params().values()))
    print(checksum.hexdigest(), len(history.steps["loss"]), history.last.val_accuracy, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
