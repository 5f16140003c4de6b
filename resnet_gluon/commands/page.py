"""What `export --to page` does: one or two nets into one HTML page, beside the nets themselves on test images."""
from pathlib import Path
from typing import Any, Dict, List, Sequence

from resnet_gluon.commands.runs import Run

BATCH = 100  # of the test images
BITS: Any = (8, 7, 6)  # of a weight: the first with which the page is small enough


def write(runs: Sequence[Run], path: Path, test: bool) -> List[Dict[str, Any]]:
    """Write the page; what was written, one dict for each net.

    runs: of one data set. test: compare on all test images of the data, not only on those that the page shows.

    Raises PageRefused (a ValueError) for what a page cannot show, before the data are read where that can be known.
    """
    from resnet_gluon.page import PageTooLarge, Samples, pack, write_page
    for run in runs:
        pack(run.net, run.input.shape)
    first = runs[0].input
    if any((run.input.mean, run.input.std) != (first.mean, first.std) for run in runs):
        raise ValueError("the nets of a page need one scale of images, but these were trained on different parts of "
                         f"{runs[0].data}")
    loaded = runs[0].open()
    split = loaded.test.normalised(first.mean, first.std)
    samples = Samples.of(split, runs[0].data, first.classes)
    for bits in BITS:
        packed = [pack(run.net, run.input.shape, bits=bits) for run in runs]
        try:
            size = write_page(path, packed, samples)
            break
        except PageTooLarge:
            if bits == BITS[-1]:
                raise
    lines = []
    for run, one in zip(runs, packed):
        found = beside(run.net, one, samples.as_seen(), samples.labels)
        text = (f"page: {path.name}, {size / 1e6:.2f} MB; {one}; on its {found['n']} images {found['same']} of the "
                f"same class, logits differ by at most {found['difference']:.1e} of the largest")
        line = {"to": "page", "files": [str(path)], "bytes": size, "net": one.title, "weights": one.weights.size,
                "bits": one.bits, "shown": found, "text": text}
        if test:
            images = [batch.asnumpy() for batch, _ in split.batches(BATCH).epoch(0)]
            line["test"] = beside(run.net, one, images, split.labels)
        lines.append(line)
    return lines


def beside(net: Any, packed: Any, images: Any, labels: Any) -> Dict[str, Any]:
    """A packed net beside the net. images: as the net sees them, an array, or a list of arrays of at most BATCH."""
    from resnet_gluon.page import predict
    from resnet_gluon.weights.exported import compare

    import numpy as np
    from mxnet import np as mxnp
    batches = images if isinstance(images, list) else [images]
    given = np.concatenate([predict(packed, batch) for batch in batches])
    expected = np.concatenate([net(mxnp.array(batch)).asnumpy() for batch in batches])
    found = compare(given, expected)
    return {"n": len(given), "same": round(found.agreement * len(given)), "difference": found.difference,
            "accuracy": float((given.argmax(axis=1) == labels).mean()),
            "accuracy of the net": float((expected.argmax(axis=1) == labels).mean())}
