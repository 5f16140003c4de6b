"""`python -m resnet_gluon export RUN --to symbol|onnx|int8`: a run's net in files that need no Python."""
import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

FORMATS = ("symbol", "onnx", "int8")
ROADS = ("mxnet", "onnx")
BATCH = 500  # of the test images


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line; `run` takes what its parser gives."""
    parser = commands.add_parser("export", help="write a run's net so that it runs without Python", description=__doc__)
    parser.add_argument("run_folder", metavar="RUN", type=Path, help="the run's folder")
    parser.add_argument("--to", choices=FORMATS, default="symbol",
                        help="MXNet's symbol, fused by oneDNN (the default); ONNX; integers of 8 bits")
    parser.add_argument("--road", choices=ROADS, help="to int8: by MXNet or ONNX Runtime (default: one file of each)")
    parser.add_argument("--out", metavar="PATH", type=Path,
                        help="the files' common beginning, such as models/net (default: RUN/net)")
    parser.add_argument("--shape", type=lengths, metavar="C,H,W", help="of one image (default: that of the run's data)")
    parser.add_argument("--images", type=int, default=256, help="to int8: so many training images calibrate (256)")
    parser.add_argument("--test", action="store_true", help="compare with the net on all test images of the run's data")
    parser.add_argument("--json", action="store_true", help="say what was written as JSON")
    parser.set_defaults(run=run)
    return parser


def lengths(text: str) -> Tuple[int, ...]:
    """1,28,28 as a tuple."""
    return tuple(int(length) for length in text.split(","))


def run(arguments: argparse.Namespace) -> None:
    """Write the files, and say what they are. A mistake ends the process with one sentence and the code 1."""
    try:
        lines = write(arguments)
    except (ValueError, OSError, RuntimeError) as error:  # DataNotFound and MXNetError are RuntimeErrors
        sys.exit(f"export: {sentence(error)}")
    print(json.dumps(lines, indent=1) if arguments.json else "\n".join(map(in_words, lines)))


def sentence(error: Exception) -> str:
    """An error's message in one line; of MXNet's, with their lines of C++, the last."""
    lines = [line.strip() for line in str(error).strip().splitlines()] or [type(error).__name__]
    return lines[-1] if lines[0].startswith("Traceback") else " ".join(lines)


def write(arguments: argparse.Namespace) -> List[Dict[str, Any]]:
    """What was written, one dict for each format and road."""
    from resnet_gluon.weights.export import export
    from resnet_gluon.weights.exported import need_packages

    import mxnet as mx
    roads: Any = [arguments.road] if arguments.road else ROADS if arguments.to == "int8" else ROADS[:1]
    if arguments.to == "int8" and "onnx" in roads:  # said before MXNet's road is gone
        need_packages("onnx", "onnxruntime")
    net, setting = read_run(arguments.run_folder, [mx.cpu()])
    data = Data(setting)
    shape = arguments.shape or data.shape
    calibration = data.training_images(arguments.images) if arguments.to == "int8" else None
    lines = []
    for road in roads:
        start = time.perf_counter()
        exported = export(net, arguments.out or arguments.run_folder / "net", arguments.to, shape, calibration,
                          road=road)
        line = {**asdict(exported), "files": [str(file) for file in exported.files],
                "seconds": round(time.perf_counter() - start, 1), "text": str(exported)}
        if arguments.test:
            line["test"] = on_test_images(net, exported.files[0], data)
        lines.append(line)
    return lines


def in_words(line: Dict[str, Any]) -> str:
    """One of `write`'s dicts as text."""
    test = line.get("test")
    return line["text"] + ("" if test is None else (
        f"\n    on {test['n']:,} test images: {test['same']:,} of the same class, logits differ by at most "
        f"{test['difference']:.1e} of the largest; accuracy {test['accuracy']:.4f}, the net's "
        f"{test['accuracy of the net']:.4f}"))


def read_run(folder: Path, devices: List[Any]) -> Tuple[Any, Dict[str, Any]]:
    """The net of a run, and how it was run. Raises ValueError where the folder holds no run with a best epoch."""
    from resnet_gluon.training import History, load_run

    from mxnet import MXNetError
    for name, what in (("history.json", "a run"), ("best.params", "a run that has come to the end of an epoch")):
        if not (folder / name).is_file():
            raise ValueError(f"{folder} is not the folder of {what}: there is no {name} in it")
    try:
        return load_run(folder, devices), History.load(folder / "history.json").setting
    except (MXNetError, ValueError, TypeError, KeyError) as error:  # not what `fit` writes: cut short, or another net's
        raise ValueError(f"the run in {folder} cannot be read: {sentence(error)}") from error


class Data:
    """The data set of a run, read when it is needed.

    setting: of the run's history. Raises ValueError, when it is read, for a set that is none of the package's.
    """

    def __init__(self, setting: Dict[str, Any]) -> None:
        self.setting = setting
        self.name = str(setting.get("data", "")).split(",")[0]
        self.loaded: Optional[Any] = None

    @property
    def shape(self) -> Tuple[int, ...]:
        """Of one image, (C, H, W), or series, (C, W)."""
        known = {"Fashion-MNIST": (1, 28, 28), "CIFAR-10": (3, 32, 32)}
        return known.get(self.name) or tuple(self.load().train.channels_first.shape[1:])

    def load(self) -> Any:
        """The data set, with a note where it is another edition than the run's."""
        from resnet_gluon.data import CIFAR10, UCR, DataNotFound, FashionMNIST
        if self.loaded is None:
            sets: Dict[str, Callable[..., Any]] = {"Fashion-MNIST": FashionMNIST, "CIFAR-10": CIFAR10}
            try:
                self.loaded = sets[self.name](quiet=True) if self.name in sets else UCR(self.name, quiet=True)
            except DataNotFound as error:
                raise ValueError(f"the run's data, {self.name!r}, is needed for its images' shape (--shape says it), "
                                 f"for int8 and for --test, and was not found: {error}") from error
            if self.loaded.edition != self.setting.get("edition"):
                print(f"note: the run's data was {self.name}, edition {self.setting.get('edition')}; here it is "
                      f"edition {self.loaded.edition}", file=sys.stderr)
        return self.loaded

    def training_images(self, count: int) -> Any:
        """The first `count` training images as a net sees them, float32 (count, C, H, W)."""
        if count < 1:
            raise ValueError(f"--images must be at least 1, but {count} was given")
        split = self.load().train
        split = split.take(range(min(count, len(split))))
        return next(split.batches(len(split)).epoch(0))[0].asnumpy()


def on_test_images(net: Any, file: Path, data: Data) -> Dict[str, Any]:
    """An exported file beside its net on all test images."""
    from resnet_gluon.weights.exported import compare, read_exported

    import numpy as np
    predict, split = read_exported(file), data.load().test
    pairs = [(predict(images.asnumpy()), net(images).asnumpy()) for images, _ in split.batches(BATCH).epoch(0)]
    given, expected = (np.concatenate(logits) for logits in zip(*pairs))
    found = compare(given, expected)
    return {"n": len(split), "same": round(found.agreement * len(split)), "difference": found.difference,
            "accuracy": float((given.argmax(axis=1) == split.labels).mean()),
            "accuracy of the net": float((expected.argmax(axis=1) == split.labels).mean())}
