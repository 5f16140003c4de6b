"""A page as a file: packed nets, a few test images, and what makes them live, all in one."""
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Dict, List, Sequence

from resnet_gluon.files import save_text
from resnet_gluon.page.numbers import as_text
from resnet_gluon.page.packing import Packed, PageTooLarge
from resnet_gluon.page.steps import PageRefused

import numpy as np

LIMIT = 5_000_000  # bytes of a page
EACH = 4           # images of a class
PARTS = Path(__file__).with_name("parts")
SCRIPTS = tuple(f"{name}.js" for name in (  # in this order
    "net", "ops", "explain", "pictures", "controls", "input", "sketch", "sources", "desk", "block", "arithmetic",
    "answer", "view"))


@dataclass(frozen=True, repr=False)
class Samples:
    """Test images for a page. mean, std: of a net's inputs, one for each channel; images: uint8 (n, C, H, W)."""
    data: str
    classes: Sequence[str]
    mean: Sequence[float]
    std: Sequence[float]
    images: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, split: Any, data: str, classes: Sequence[str], each: int = EACH) -> "Samples":
        """The first `each` images of every class of a split, class by class: taken as they come, not chosen."""
        labels = np.asarray(split.labels)
        first = np.concatenate([np.flatnonzero(labels == label)[:each] for label in range(len(classes))])
        images = np.ascontiguousarray(split.channels_first[first])
        mean, std = (np.broadcast_to(np.asarray(number, "float64"), images.shape[1]).tolist()
                     for number in (split.mean, split.std))
        return cls(data, list(classes), mean, std, images, labels[first])

    def __repr__(self) -> str:
        return f"Samples({self.data}: {len(self.images)} images of {len(self.classes)} classes)"

    def as_seen(self) -> np.ndarray:
        """The images as a net sees them, float32."""
        mean, std = (np.reshape(number, (-1, 1, 1)) for number in (self.mean, self.std))
        return ((self.images / 255 - mean) / std).astype("float32")


def write_page(path: Any, nets: Sequence[Packed], samples: Samples) -> int:
    """Write one page with these nets, one or two; its bytes.

    Raises PageRefused (a ValueError) where the nets do not fit the images, PageTooLarge, which is one, where the page
    would have more than LIMIT bytes, OSError where it cannot be written.
    """
    for net in nets:
        if net.shape != samples.images.shape[1:] or net.steps[-1]["shape"][0] != len(samples.classes):
            raise PageRefused(f"{net.title} takes images of the shape {net.shape} and tells "
                              f"{net.steps[-1]['shape'][0]} classes apart, but {samples.data} has the shape "
                              f"{samples.images.shape[1:]} and {len(samples.classes)} classes")
    text = page(nets, samples)
    size = len(text.encode("utf8"))
    if size > LIMIT:
        weights = " + ".join(f"{net.weights.size:,}" for net in nets)
        raise PageTooLarge(f"the page would have {size / 1e6:.1f} MB, and {LIMIT / 1e6:g} are the most that a phone "
                           f"should be asked to load: export a net with fewer weights than {weights}")
    save_text(Path(path), text)
    return size


def page(nets: Sequence[Packed], samples: Samples) -> str:
    """The page's HTML."""
    def part(name: str) -> str:
        return (PARTS / name).read_text(encoding="utf8")

    content = json.dumps({"nets": [as_plain(net) for net in nets], "samples": samples_as_plain(samples)},
                         ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    scripts = "\n".join(f"<script>\n{part(name)}</script>" for name in SCRIPTS)
    pieces: Dict[str, str] = {"title": escape(" and ".join(net.title for net in nets)), "style": part("style.css"),
                              "content": content, "scripts": scripts}
    html = part("page.html")
    for name, piece in pieces.items():
        html = html.replace(f"@{name}@", piece, 1)
    return html


def as_plain(net: Packed) -> Dict[str, Any]:
    """A packed net as JSON has it."""
    return {"title": net.title, "shape": net.shape, "steps": net.steps, "blocks": net.blocks,
            "bits": net.bits, "weights": as_text(net.weights), "floats": as_text(net.floats)}


def samples_as_plain(samples: Samples) -> Dict[str, Any]:
    """The images as JSON has them."""
    labels: List[int] = samples.labels.tolist()
    return {"data": samples.data, "classes": samples.classes, "mean": samples.mean, "std": samples.std,
            "labels": labels, "images": as_text(samples.images)}
