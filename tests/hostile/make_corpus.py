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


def nearly():
    """{loader: {name: bytes}}: small files that are refused, each for a reason of its own."""
    text, number, items, state, tensor = crafted.text, crafted.number, crafted.items, crafted.state, crafted.tensor
    values = {"key": state(tensor(), key=crafted.shared(text("x"))), "name": state(tensor(), key=number(7)),
              "shape": state(tensor(shape=items(number(2 ** 63)))), "strides": state(tensor(strides=items())),
              "offset": state(tensor(offset=number(9))), "storage": state(tensor(storage=text("x"))),
              "reference": state(tensor(storage=items() + b"Q")), "parameter": crafted.whole(
                  b"ctorch._utils\n_rebuild_parameter\n" + items(text("x")) + b"R"),
              "two kinds": crafted.whole(b"}" + text("a") + tensor() + b"s" + text("b") + tensor(
                  crafted.reference(kind=b"ctorch\nIntStorage\n")) + b"s"), "mark": crafted.whole(b"t"),
              "function": crafted.whole(text("x") + b")R"), "pairs": crafted.whole(
                  b"ccollections\nOrderedDict\n" + crafted.listed(text("x")) + b"\x85R"),
              "modules": crafted.whole(text("torch") + text("FloatStorage") + b"\x93"), "other": b"\x80\x02cos\nx\n.",
              "memo": crafted.whole(b"h\7"), "list": crafted.whole(b"]q\0h\0a"), "cut": b"\x80\x02("}
    plain, first = undated(crafted.zipped(state(tensor()), {"0": bytes(16), "1": b""})), b"PK\1\2"
    zips = {"inside": crafted.inside_one_another(2, 40), "twice": plain.replace(b"data/1", b"data/0"),
            "records": undated(crafted.zipped(state(tensor()), {"0": bytes(9)})),
            "large": crafted.changed(crafted.changed(plain, first, 20, "<I", 2 ** 31), first, 24, "<I", 2 ** 31),
            "sizes": crafted.changed(plain, first, 20, "<I", 9), "secret": crafted.changed(plain, first, 8, "<H", 1),
            "order": plain.replace(b"data/1", b"byteor"), "none": plain.replace(b"data.pkl", b"data.pk_")}
    legacy = {name: crafted.legacy(value) for name, value in values.items()}
    legacy.update({"big": crafted.legacy(values["key"], about=crafted.whole(b"}" + text("little_endian") + b"\x89s")),
                   "keys": crafted.legacy(state(tensor()), keys=crafted.whole(b"]")), "not": crafted.whole(number(1)),
                   "again": crafted.legacy(state(tensor()), keys=crafted.whole(crafted.listed(text("0"), text("0")))),
                   "size": crafted.legacy(state(tensor()), storages=bytes(24))})
    headers = {"nine": entry([1] * 9), "negative": entry([-1]), "float": entry([4.0]), "type": entry(dtype="F9"),
               "beyond": entry(offsets=(8, 24)), "both": {**entry(), "b": entry()["a"]}, "list": [1], "none": {"a": {}},
               "deep": json.loads("[" * 110 + "]" * 110), "long": {"a": 10 ** 30}, "name": {"x" * 1001: entry()["a"]},
               "two": {"a": entry()["a"], "module.a": {**entry()["a"], "shape": [0], "data_offsets": [16, 16]}}}
    return {"pytorch-zip": {**values, **zips}, "pytorch-legacy": legacy,
            "safetensors": {**{name: safetensors(header) for name, header in headers.items()},
                            "length": safetensors(entry(), length=2 ** 40), "twice": safetensors(b'{"a":1,"a":2}')},
            "mxnet": {"nine": mxnet([1] * 9), "minus": mxnet([-1]), "kind": mxnet(kind=99), "names": mxnet(names=()),
                      "array": mxnet(arrays=0), "more": mxnet() + b"x", "cut": mxnet()[:30], "text": mxnet(length=99)},
            "checkpoint": {"nine": b'{"a":' * 110, "list": b"[1]", "twice": b'{"a":1,"a":2}', "first": b"resnet_gluon",
                           "old": b"resnet_gluon checkpoint 1 " + b"0" * 64 + b"\n", "npy": b"\x93NUMPY\1\0",
                           "sum": b"resnet_gluon checkpoint 2 " + b"0" * 64 + b"\n", "zip": zips["inside"]},
            "fashion-mnist": {"dimensions": b"\0\0\x08\x09" + bytes(40), "negative": b"\0\0\x08\1" + b"\xff" * 8,
                              "two": gzip.compress(b"a", mtime=0) * 2},
            "cifar-10": {"short": bytes(100), "no batch": batches()[:1024 + 3584]},
            "ucr": {"label": b"@classlabel true\n@data\n1:" + b"a" * 101, "none": b"@classlabel true\n@data\n:a",
                    "word": b"@classlabel true\n@data\nx:a", "two": b"@classlabel true\n@data\n1:a\n1,2:a",
                    "nan": b"@classlabel true\n@data\nnan:a", "shapes":
                    b"@classlabel true\n@data\n1:a\n%\n@classlabel true\n@data\n1,2:a",
                    "labels": b"@classlabel true\n@data\n1:a\n%\n@classlabel true\n@data\n1:b"}}


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
    for kind in (corpus(FOLDER / "tmp"), {loader: {f"refused {name}": content for name, content in files.items()}
                                          for loader, files in nearly().items()}):
        for loader, files in kind.items():
            (FOLDER / loader).mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                (FOLDER / loader / name.replace(" ", "-")).write_bytes(content)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    main()
