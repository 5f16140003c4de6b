"""`python -m resnet_gluon export RUN --to symbol|onnx|int8|page`: a run's net in files that need no Python."""
import argparse
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List

from resnet_gluon.commands.console import add_command, add_json, lengths, say
from resnet_gluon.commands.runs import HELP, Run, load

FORMATS = ("symbol", "onnx", "int8", "page")
ROADS = ("mxnet", "onnx")
BATCH = 500  # of the test images


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    parser = add_command(
        commands, "export", work, "write a run's net so that it runs without Python",
        "Write a run's net, with the parameters of its best epoch, as files for MXNet without this package, for any "
        "ONNX runtime, in integers of 8 bits, or as a page for any browser.",
        ["runs/resnet18", "runs/resnet18 --to onnx --out models/net --test", "resnet18-quick --to int8 --road mxnet",
         "resnet20 --to page --twin plain20 --out net"])
    parser.add_argument("run_name", metavar="RUN", help=HELP)
    parser.add_argument("--to", choices=FORMATS, default="symbol",
                        help="MXNet's symbol, fused by oneDNN (the default); ONNX; integers of 8 bits; a page")
    parser.add_argument("--twin", metavar="RUN", help="to page: another net, to be shown beside the first")
    parser.add_argument("--road", choices=ROADS, help="to int8: by MXNet or ONNX Runtime (default: one file of each)")
    parser.add_argument("--out", metavar="PATH", type=Path,
                        help="the files' common beginning, such as models/net (default: RUN/net)")
    parser.add_argument("--shape", type=lengths, metavar="C,H,W", help="of one image (default: that of the run's data)")
    parser.add_argument("--images", type=int, default=256, help="to int8: so many training images calibrate (256)")
    parser.add_argument("--test", action="store_true", help="compare with the net on all test images of the run's data")
    add_json(parser)
    return parser


def work(arguments: argparse.Namespace) -> None:
    """Write the files, and say what they are."""
    lines = write(arguments)
    say(arguments, lines, "\n".join(map(in_words, lines)))


def write(arguments: argparse.Namespace) -> List[Dict[str, Any]]:
    """What was written, one dict for each format and road."""
    if arguments.to == "page":
        return write_page(arguments)
    if arguments.twin:
        raise ValueError(f"--twin is for --to page, but --to {arguments.to} was given")
    from resnet_gluon.weights.export import export
    from resnet_gluon.weights.exported import need_packages

    import mxnet as mx
    roads: Any = [arguments.road] if arguments.road else ROADS if arguments.to == "int8" else ROADS[:1]
    if arguments.to == "int8" and "onnx" in roads:  # said before MXNet's road is gone
        need_packages("onnx", "onnxruntime")
    run = load(arguments.run_name, [mx.cpu()])
    shape = arguments.shape or run.input.shape
    calibration = training_images(run, arguments.images) if arguments.to == "int8" else None
    lines = []
    for road in roads:
        start = time.perf_counter()
        exported = export(run.net, beginning(arguments), arguments.to, shape, calibration, road=road)
        line = {**asdict(exported), "files": [str(file) for file in exported.files],
                "seconds": round(time.perf_counter() - start, 1), "text": str(exported)}
        if arguments.test:
            line["test"] = on_test_images(run, exported.files[0])
        lines.append(line)
    return lines


def write_page(arguments: argparse.Namespace) -> List[Dict[str, Any]]:
    """As `write`, for a page."""
    from resnet_gluon.commands import page

    import mxnet as mx
    runs = [load(name, [mx.cpu()]) for name in (arguments.run_name, arguments.twin) if name]
    if len({run.data for run in runs}) > 1:
        raise ValueError(f"the nets of a page need one data set, but {runs[0].data!r} and {runs[1].data!r} were given")
    out = beginning(arguments)
    return page.write(runs, out.with_name(f"{out.name}.html"), arguments.test)


def beginning(arguments: argparse.Namespace) -> Path:
    """What the names of the files begin with."""
    run = Path(arguments.run_name)
    return arguments.out or (run / "net" if run.is_dir() else Path(run.name))


def in_words(line: Dict[str, Any]) -> str:
    """One of `write`'s dicts as text."""
    test = line.get("test")
    return line["text"] + ("" if test is None else (
        f"\n    on {test['n']:,} test images: {test['same']:,} of the same class, logits differ by at most "
        f"{test['difference']:.1e} of the largest; accuracy {test['accuracy']:.4f}, the net's "
        f"{test['accuracy of the net']:.4f}"))


def training_images(run: Run, count: int) -> Any:
    """The first `count` training images of the run's data as its net sees them, float32 (count, C, H, W)."""
    if count < 1:
        raise ValueError(f"--images must be at least 1, but {count} was given")
    split = run.open().train
    split = split.take(range(min(count, len(split))))
    return next(split.batches(len(split)).epoch(0))[0].asnumpy()


def on_test_images(run: Run, file: Path) -> Dict[str, Any]:
    """An exported file beside its net on all test images."""
    from resnet_gluon.weights.exported import compare, read_exported

    import numpy as np
    predict, split = read_exported(file), run.open().test.normalised(run.input.mean, run.input.std)
    pairs = [(predict(images.asnumpy()), run.net(images).asnumpy()) for images, _ in split.batches(BATCH).epoch(0)]
    given, expected = (np.concatenate(logits) for logits in zip(*pairs))
    found = compare(given, expected)
    return {"n": len(split), "same": round(found.agreement * len(split)), "difference": found.difference,
            "accuracy": float((given.argmax(axis=1) == split.labels).mean()),
            "accuracy of the net": float((expected.argmax(axis=1) == split.labels).mean())}
