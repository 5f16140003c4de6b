"""Nets in files that need no Python: MXNet's symbol, fused by oneDNN; ONNX; int8, by MXNet's road and by ONNX's."""
import math
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Dict, List, Literal, NamedTuple, Optional, Sequence, Tuple

from resnet_gluon.arguments import choose, positive_int
from resnet_gluon.files import whole_file
from resnet_gluon.weights.exported import (
    PARAMETERS,
    SYMBOL,
    Exported,
    Predict,
    compare,
    need_packages,
    read_onnx,
    read_symbol,
)
from resnet_gluon.weights.graph import ExportRefused, Graph, simplify, trace
from resnet_gluon.weights.onednn import count_fused, count_quantised, fused, need_onednn, operators, quantised

import mxnet as mx
import numpy as np

Format = Literal["symbol", "onnx", "int8"]
Road = Literal["mxnet", "onnx"]
FORMATS = {"symbol": "MXNet's symbol and parameters, fused by oneDNN", "onnx": "ONNX", "int8": "integers of 8 bits"}
ROADS = {"mxnet": "MXNet's symbol and parameters, by oneDNN", "onnx": "ONNX, by ONNX Runtime"}

TOLERANCE = 1e-4  # of the largest logit: how far float32 may be from the net
CHECKED = 64      # images, at most


class Written(NamedTuple):
    """What one of WRITERS wrote: operators in all, those that are fused or in int8, and how it is read again."""
    operators: int
    fused: int
    predict: Predict


def write_symbol(graph: Graph, files: Sequence[Path], shape: Any, classes: int, calibration: Any) -> Written:
    """MXNet's two files, fused."""
    net = fused(graph)
    net.save(*files)
    return Written(sum(operators(net.symbol).values()), count_fused(net.symbol), read_symbol(*files))


def write_int8_symbol(graph: Graph, files: Sequence[Path], shape: Any, classes: int, calibration: Any) -> Written:
    """MXNet's two files, fused and in int8."""
    net = quantised(graph, calibration)
    net.save(*files)
    return Written(sum(operators(net.symbol).values()), count_quantised(net.symbol), read_symbol(*files))


def write_onnx(graph: Graph, files: Sequence[Path], shape: Any, classes: int, calibration: Any) -> Written:
    """ONNX's one file."""
    from resnet_gluon.weights.onnx_graph import onnx_model
    model = onnx_model(graph, shape, classes)
    files[0].write_bytes(model.SerializeToString())
    return Written(len(model.graph.node), 0, read_onnx(files[0]))


def write_int8_onnx(graph: Graph, files: Sequence[Path], shape: Any, classes: int, calibration: Any) -> Written:
    """ONNX's one file, in int8."""
    from resnet_gluon.weights import onnx_int8
    from resnet_gluon.weights.onnx_graph import onnx_model

    import onnx
    onnx_int8.quantise(onnx_model(graph, shape, classes), files[0], calibration)
    model = onnx.load(str(files[0]))
    return Written(len(model.graph.node), onnx_int8.count_quantised(model), read_onnx(files[0]))


#: (format, road): who writes it, and what the files' names end in.
WRITERS: Dict[Tuple[str, Optional[str]], Tuple[Callable[..., Written], Tuple[str, ...]]] = {
    ("symbol", None): (write_symbol, (SYMBOL, PARAMETERS)),
    ("onnx", None): (write_onnx, (".onnx",)),
    ("int8", "mxnet"): (write_int8_symbol, ("-int8" + SYMBOL, "-int8" + PARAMETERS)),
    ("int8", "onnx"): (write_int8_onnx, ("-int8.onnx",)),
}


def export(net: Any, path: Any, to: Format = "symbol", shape: Sequence[int] = (1, 28, 28),
           calibration: Any = None, *, road: Road = "mxnet") -> Exported:
    """Write a net so that it runs without Python, and see that it gives the net's logits.

    What was written is read again and compared with the net before it takes its place, so that all files are there,
    and right, or none.

    Parameters
    ----------
    net : gluon.Block
        With parameters, float32. It stays as it is.
    path : path
        The files' common beginning, such as "runs/net": net-symbol.json and net-0000.params, net.onnx,
        net-int8-symbol.json and net-int8-0000.params, net-int8.onnx.
    to : {"symbol", "onnx", "int8"}
        MXNet's symbol, fused by its oneDNN backend; ONNX, opset 13; integers of 8 bits.
    shape : tuple of int
        Of one image, (C, H, W), or series, (C, W). All files take any number of them at a time.
    calibration : array, for int8
        Some dozens or hundreds of training images as the net sees them, normalised, float32 (n, C, H, W).
    road : {"mxnet", "onnx"}, for int8
        By MXNet and oneDNN, or by ONNX Runtime.

    Returns an `Exported`. Raises ValueError for arguments that are not these, and ExportRefused (a ValueError) for a
    net that cannot be exported, for packages that are missing, and for a place where nothing can be written.
    """
    choose("to", to, FORMATS)
    choose("road", road, ROADS)
    shape = tuple(positive_int("a length in shape", length) for length in shape)
    write, endings = WRITERS[to, road if to == "int8" else None]
    if ".onnx" in endings[0]:
        need_packages("onnx", "onnxruntime")
    else:
        need_onednn()
    files = tuple(Path(f"{path}{ending}") for ending in endings)
    check_places(files)
    images = check_images(calibration, shape, to)
    expected = logits(net, images[:CHECKED], shape)
    graph = trace(net)
    before = sum(graph.counts.values())
    try:
        with ExitStack() as stack:
            parts = [stack.enter_context(whole_file(file)) for file in files]
            written = write(simplify(graph), parts, shape, expected.shape[1], images)
            found = compare(written.predict(images[:CHECKED]), expected)
            if to != "int8" and not found.difference <= TOLERANCE:
                raise ExportRefused(f"the exported net's logits differ from the net's by {found.difference:.1e} of the "
                                    f"largest, where {TOLERANCE:.0e} was to be expected; nothing was written")
    except ExportRefused:
        raise
    except Exception as error:  # a full disk, MXNet's errors, and onnx's and ONNX Runtime's, which share no other class
        raise ExportRefused(f"{', '.join(map(str, files))} could not be written: {last_line(error)}") from error
    return Exported(to if to != "int8" else f"int8, {road}'s road", files, before, written.operators, written.fused,
                    found.difference, found.agreement)


def check_places(files: Sequence[Path]) -> None:
    """Raise ExportRefused where a file cannot be written."""
    for file in files:
        if file.is_dir():
            raise ExportRefused(f"{file} is a folder, where a file should be written")
        try:
            with whole_file(Path(f"{file}.trial")) as trial:
                trial.write_bytes(b"")
            Path(f"{file}.trial").unlink()
        except OSError as error:
            raise ExportRefused(f"{file} cannot be written: {error.strerror}") from error


def check_images(calibration: Any, shape: Tuple[int, ...], to: str) -> np.ndarray:
    """The images to calibrate and check with: given, or random ones. Raises ValueError for what does not fit."""
    if calibration is None:
        if to == "int8":
            raise ExportRefused("int8 is calibrated on training images: calibration=… should be some of them as the "
                                f"net sees them, float32 (n, {', '.join(map(str, shape))})")
        return np.random.RandomState(0).normal(size=(8, *shape)).astype(np.float32)
    images = np.asarray(getattr(calibration, "asnumpy", lambda: calibration)(), np.float32)
    if images.shape[1:] != shape or not len(images):
        raise ValueError(f"calibration should have the shape (n, {', '.join(map(str, shape))}), but {images.shape} was "
                         "given")
    if not np.isfinite(images).all():
        raise ValueError("calibration holds numbers that are not finite")
    return images


def logits(net: Any, images: np.ndarray, shape: Tuple[int, ...]) -> np.ndarray:
    """What the net itself gives, (n, classes). Raises ExportRefused for what it does not take."""
    try:
        parameters: List[Any] = list(net.collect_params().values())
        devices = parameters[0].list_ctx() if parameters else [mx.cpu()]
        given = net(mx.np.array(images, ctx=devices[0])).asnumpy()
    except (AttributeError, TypeError, RuntimeError) as error:  # MXNetError is a RuntimeError
        raise ExportRefused(f"{type(net).__name__} cannot be exported: it gives no logits for images of the shape "
                            f"{shape}: {last_line(error)}") from error
    if given.ndim != 2:
        raise ExportRefused(f"{type(net).__name__} cannot be exported: its output has the shape {given.shape}, not "
                            "(n, classes)")
    if not math.isfinite(float(np.abs(given).max())):
        raise ExportRefused(f"{type(net).__name__} cannot be exported: its logits are not finite")
    return given


def last_line(error: BaseException) -> str:
    """The line of a long message that says what is wrong."""
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
