"""Writes the corpus that fuzzing starts from: a few small files of each format, right ones and nearly right ones."""
import gzip
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

from resnet_gluon.files import write_checkpoint

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
import crafted  # noqa: E402
import torch_files  # noqa: E402
from crafted import entry, mxnet, safetensors  # noqa: E402

FOLDER = Path(__file__).with_name("corpus")
ARRAYS = {"module.a": np.arange(6, dtype="f4").reshape(2, 3), "module.b": np.array([7])}


def pytorch():
    """{name: what is saved, its storages}."""
    found, storages = torch_files.as_tensors(ARRAYS)
    view = torch_files.Tensor(storages[0], (3, 2), (1, 3), 0)
    return {"plain": (found, storages), "nested": ({"epoch": 3, "model": {"state_dict": found}}, storages),
            "views": ({"a": view, "b": view, "c": [1, 2.5, None, True, "text", (1, 2)]}, storages)}


def undated(content):
    """The same zip, as of no day, so that writing it again changes nothing."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as archive:
        for name in before.namelist():
            archive.writestr(zipfile.ZipInfo(name), before.read(name))
    return stream.getvalue()


def arrays(tmp):
    write_checkpoint(tmp, {"parameter/a/0": ARRAYS["module.a"], "b": np.array([1, 2])},
                     {"step": 3, "history": {"steps": {"loss": [1.5, 2e-3], "lr": []}, "epochs": [], "seconds": 1.0}})
    whole = tmp.read_bytes()
    tmp.unlink()
    stream = io.BytesIO()
    np.save(stream, ARRAYS["module.a"].T)
    return {"whole": whole, "archive": whole.partition(b"\n")[2], "array": stream.getvalue(),
            "facts": json.dumps({"step": 3, "history": {"setting": {"seed": 1}, "loss": [1.0, -2e9]}}).encode()}


def batches(rows=1):
    stream, content = io.BytesIO(), bytes(3073 * rows)
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def corpus(tmp):
    """{loader: {name: bytes}}."""
    head, tar = b"@problemName Small\n@classLabel true a b\n@data\n", batches()
    two = gzip.compress(b"\0\0\x08\3\0\0\0\2\0\0\0\3\0\0\0\4" + bytes(24), mtime=0)
    python2 = crafted.whole(b"ccollections\nOrderedDict\n" + crafted.listed(
        crafted.listed(crafted.text("a"), crafted.tensor(strides=crafted.items(crafted.number(1))))) + b"\x85R")
    return {
        "pytorch-zip": {**{name: undated(torch_files.zipped(*saved)) for name, saved in pytorch().items()},
                        "pickle": crafted.state(crafted.tensor()), "pairs": python2},
        "pytorch-legacy": {**{name: torch_files.legacy(*saved) for name, saved in pytorch().items()},
                           "small": crafted.legacy(crafted.state(crafted.tensor())), "pairs": crafted.legacy(python2)},
        "safetensors": {"whole": torch_files.safetensors(ARRAYS), "half": torch_files.bfloat16(np.ones((2, 2), "f4")),
                        "one": safetensors(entry()), "empty": safetensors({}, b"")},
        "mxnet": {"one": mxnet(), "scalar": mxnet((), bytes(4)), "matrix": mxnet((2, 2), names=("arg:a",)),
                  "long": mxnet((2,), kind=6)},
        "checkpoint": arrays(tmp),
        "fashion-mnist": {"images": two, "labels": b"\0\0\x08\1\0\0\0\3" + bytes(3),
                          "pixels": gzip.decompress(two)},
        "cifar-10": {"tar": tar, "archive": gzip.compress(tar, mtime=0), "batch": bytes(3073)},
        "ucr": {"one": head + b"1,2.5,-3e-1:a\n0,1,2:b\n", "two": head + b"1,2:3,4:a\n5,6:7,8:b\n",
                "both": head + b"1,2:a\n" + b"%\n" + head + b"3,4:a\n", "spaces": head + b" 1 , 2 : a \n\n"}}


def main():
    for loader, files in corpus(FOLDER / "tmp").items():
        (FOLDER / loader).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (FOLDER / loader / name).write_bytes(content)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    main()
