"""Exported files: what they are, and how this package reads them again, to check them."""
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Tuple

from resnet_gluon.weights.graph import INPUT, ExportRefused
from resnet_gluon.weights.onednn import legacy_arrays

import mxnet as mx
import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]  # images, float32 (n, C, H, W), to logits, (n, classes)
SYMBOL, PARAMETERS = "-symbol.json", "-0000.params"


@dataclass(frozen=True, repr=False)
class Exported:
    """What `export` wrote, and how it compares with the net.

    to: "symbol", "onnx", or "int8" with the road. files: written. before, after: how many operators the net had, and
    the file has. fused: how many of these are oneDNN's; of an int8 file, how many compute in int8. difference: the
    largest among the logits of the images that it was checked with, as a share of the largest logit. agreement: on what
    share of these images the class is the net's.
    """
    to: str
    files: Tuple[Path, ...]
    before: int
    after: int
    fused: int
    difference: float
    agreement: float

    def __repr__(self) -> str:
        return f"Exported({self})"

    def __str__(self) -> str:
        kind = {"symbol": f", {self.fused} fused", "onnx": ""}.get(self.to, f", {self.fused} in int8")
        return (f"{self.to}: {', '.join(file.name for file in self.files)}; {self.before} operators → {self.after}"
                f"{kind}; logits differ by at most {self.difference:.1e} of the largest; {self.agreement:.1%} the same "
                "class")


@dataclass(frozen=True)
class Comparison:
    """Two sets of logits. difference: the largest, as a share of the largest logit. agreement: of the classes."""
    difference: float
    agreement: float


def compare(given: np.ndarray, expected: np.ndarray) -> Comparison:
    """An exported file's logits beside the net's, both (n, classes)."""
    largest = float(np.abs(expected).max()) or 1.0
    return Comparison(float(np.abs(given - expected).max()) / largest,
                      float((given.argmax(axis=1) == expected.argmax(axis=1)).mean()))


def read_exported(path: Any) -> Predict:
    """The function that an exported file is: images as the net sees them, to logits.

    path: the .onnx file, for which it takes ONNX Runtime, or the -symbol.json beside the -0000.params.
    Raises ExportRefused for other names and where ONNX Runtime is missing.
    """
    name = str(path)
    if name.endswith(".onnx"):
        return read_onnx(name)
    if name.endswith(SYMBOL):
        return read_symbol(name, name[:-len(SYMBOL)] + PARAMETERS)
    raise ExportRefused(f"{path} has neither the ending .onnx nor {SYMBOL}")


def read_symbol(symbol_file: Any, parameters_file: Any) -> Predict:
    """The net in MXNet's two files."""
    with legacy_arrays(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "Cannot decide type", of which the file says nothing
        block = mx.gluon.SymbolBlock.imports(str(symbol_file), [INPUT], str(parameters_file))

    def predict(images: np.ndarray) -> np.ndarray:
        with legacy_arrays():
            return block(mx.nd.array(images)).asnumpy()
    return predict


def read_onnx(path: Any) -> Predict:
    """The net in an ONNX file, as ONNX Runtime computes it."""
    need_packages("onnxruntime")
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda images: session.run(None, {INPUT: images})[0]


def need_packages(*names: str) -> None:
    """Raise ExportRefused with the way to install them where packages for ONNX are missing."""
    missing = []
    for name in names:
        try:
            __import__(name)
        except ImportError as error:
            missing.append(f"{name} ({error})")
    if missing:
        raise ExportRefused(f"ONNX needs what is not installed, {' and '.join(missing)}: "
                            "pip install -e '.[onnx]' in the course's folder adds it")


