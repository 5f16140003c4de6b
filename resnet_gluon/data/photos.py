"""Photos as people have them, made into what a net has learned to see.

A picture for a grey net goes through the steps by which Fashion-MNIST was made (Xiao, Rasul and Vollgraf 2017,
arXiv:1708.07747, section 2): trim the margin, fit the longer edge, centre on a square, light on dark.
"""
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Literal, Optional, Sequence, Tuple

from resnet_gluon.arguments import choose
from resnet_gluon.bounded import Malformed, refusing, regular_file
from resnet_gluon.data.sources import FileRefused

import numpy as np

LARGEST, PIXELS = 256 << 20, 100_000_000  # bytes of a file; pixels of a picture
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")  # read by Pillow itself, with no other program
MARGIN = 0.1  # of the whole range: what is less lighter than the border is margin
PLAIN = 0.12  # of the whole range: a border whose levels deviate less is plain
ORIENTATION = 0x0112  # EXIF's


@dataclass(frozen=True, eq=False, repr=False)
class Photo:
    """A photo and what a net sees of it.

    path: of the file. picture: uint8, (H, W, 3), upright, for people to look at. seen: uint8, (C, H, W).
    assumed: what was decided on the way, in words.
    """
    path: Path
    picture: np.ndarray
    seen: np.ndarray
    assumed: Tuple[str, ...]

    def __repr__(self) -> str:
        return f"Photo({str(self.path)!r}, seen as {self.seen.shape}: {', '.join(self.assumed)})"


def read_photo(path: Any, shape: Sequence[int], invert: Literal["auto", "yes", "no"] = "auto") -> Photo:
    """Read a picture of any size, mode and orientation, as a net sees it that takes images of `shape`.

    Parameters
    ----------
    path : path
        Of a JPEG, PNG, WebP, TIFF, GIF, BMP or PPM file.
    shape : (int, int, int)
        Of one image of the net, (C, H, W), with 1 channel or 3.
    invert : {"auto", "yes", "no"}
        Whether light becomes dark. "auto": in a grey picture with a light border.

    Raises FileRefused for whatever is no such file, is damaged, or has more than a hundred million pixels, and
    ValueError for other shapes.
    """
    choose("invert", invert, {"auto": 0, "yes": 0, "no": 0})
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise ValueError(f"photos are for nets that take grey or colour images, (C, H, W), but this one takes "
                         f"{tuple(shape)}")
    assumed: List[str] = []
    with refusing(lambda why: FileRefused(path, why)):
        upright, alpha = opened(path, assumed)
    flat = without_alpha(upright, alpha, assumed)
    seen = as_grey(flat, shape, invert, assumed) if shape[0] == 1 else as_colour(flat, shape, invert, assumed)
    return Photo(Path(path), np.asarray(flat.convert("RGB")), seen, tuple(assumed))


def opened(path: Any, assumed: List[str]) -> Tuple[Any, Optional[Any]]:
    """The picture in a file, upright, as `in_eight_bits` gives it."""
    from PIL import Image, ImageOps
    with regular_file(path, LARGEST) as source, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, of pictures half as large as those that it refuses
        try:
            image: Any = Image.open(source.stream, formats=FORMATS)
        except Image.UnidentifiedImageError:
            raise Malformed(f"it is none of {', '.join(FORMATS)}") from None
        except Image.DecompressionBombError:
            raise Malformed(f"it has more than {PIXELS:,} pixels: make it smaller") from None
        if image.width * image.height > PIXELS:
            raise Malformed(f"it has {image.width:,}×{image.height:,} pixels, and no more than {PIXELS:,} are read: "
                            "make it smaller")
        if getattr(image, "n_frames", 1) > 1:
            assumed.append(f"the first of its {image.n_frames} pictures")
        image.load()
        if image.getexif().get(ORIENTATION, 1) != 1:
            assumed.append("turned upright as its EXIF data say")
        image = ImageOps.exif_transpose(image)
    return in_eight_bits(image, assumed)


def in_eight_bits(image: Any, assumed: List[str]) -> Tuple[Any, Optional[Any]]:
    """The picture in mode L or RGB, and its transparency in mode L, if any of it is transparent."""
    if image.mode.startswith("I") or image.mode == "F":
        return from_deep(np.asarray(image), assumed), None
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
        return image.convert("RGB"), alpha if alpha.getextrema()[0] < 255 else None
    return image.convert("L" if image.mode in ("1", "L") else "RGB"), None


def from_deep(levels: np.ndarray, assumed: List[str]) -> Any:
    """A picture of more than 256 levels, in mode L: its darkest is black, its lightest white."""
    from PIL import Image
    levels = np.nan_to_num(levels.astype(np.float64))
    assumed.append("its levels stretched to black and white")
    return Image.fromarray(np.uint8(255 * (levels - levels.min()) / max(np.ptp(levels), 1e-12)))


def without_alpha(image: Any, alpha: Optional[Any], assumed: List[str]) -> Any:
    """The picture on a plain ground where it is transparent: white, or black where what is there is light."""
    from PIL import Image
    if alpha is None:
        return image
    weights, levels = np.asarray(alpha, float), np.asarray(image.convert("L"), float)
    light = (weights * levels).sum() > 127.5 * weights.sum()
    assumed.append(f"what is transparent taken as {'black' if light else 'white'}")
    ground = Image.new("RGB", image.size, (0, 0, 0) if light else (255, 255, 255))
    ground.paste(image, mask=alpha)
    return ground


def border(levels: np.ndarray) -> np.ndarray:
    """The levels along the four edges of (H, W), a fiftieth of the shorter one deep."""
    deep = max(1, min(levels.shape) // 50)
    edges = levels[:deep], levels[-deep:], levels[:, :deep], levels[:, -deep:]
    return np.concatenate([edge.ravel() for edge in edges])


def as_grey(image: Any, shape: Sequence[int], invert: str, assumed: List[str]) -> np.ndarray:
    """(1, H, W): light on dark, as Fashion-MNIST is."""
    from PIL import Image
    levels = np.asarray(image.convert("L"))
    around = border(levels)
    light = np.median(around) > 127
    if invert == "yes" or invert == "auto" and light:
        levels, around = 255 - levels, 255 - around
        assumed.append("dark on light, hence inverted" if light else "inverted, as asked")
    else:
        assumed.append("light on dark" if not light else "not inverted, as asked")
    if levels.shape == tuple(shape[1:]):
        assumed.append("of the net's size already")
        return levels[None]
    ground = int(np.median(around))
    if around.std() > PLAIN * 255:
        assumed.append("its border is not plain, so the middle square")
        return resized(middle(Image.fromarray(levels)), shape)[None]
    if ground > 0:
        assumed.append(f"its ground, {ground} of 255, taken as black")
        levels = np.clip((levels - float(ground)) * 255 / (255 - ground), 0, 255).round().astype(np.uint8)
    trimmed = without_margin(levels)
    if trimmed.shape != levels.shape:
        assumed.append(f"its plain margin cut off ({levels.shape[1]}×{levels.shape[0]} to "
                       f"{trimmed.shape[1]}×{trimmed.shape[0]})")
    return resized(on_square(Image.fromarray(trimmed)), shape)[None]


def without_margin(levels: np.ndarray) -> np.ndarray:
    """What is left when rows and columns at the edges go that are nearly black; all, if nothing is."""
    differs = levels > MARGIN * 255
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return levels
    return levels[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]


def on_square(image: Any) -> Any:
    """The picture in the middle of a black square of its longer edge."""
    from PIL import Image
    size = max(image.size)
    square = Image.new("L", (size, size))
    square.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
    return square


def as_colour(image: Any, shape: Sequence[int], invert: str, assumed: List[str]) -> np.ndarray:
    """(3, H, W): the middle square."""
    from PIL import ImageOps
    image = image.convert("RGB")
    if invert == "yes":
        image = ImageOps.invert(image)
        assumed.append("inverted, as asked")
    if image.width != image.height:
        assumed.append("the middle square")
    return resized(middle(image), shape).transpose(2, 0, 1)


def middle(image: Any) -> Any:
    """The largest square in the middle."""
    size = min(image.size)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return image.crop((left, top, left + size, top + size))


def resized(image: Any, shape: Sequence[int]) -> np.ndarray:
    """At the net's size; what gets smaller is averaged, not sampled."""
    from PIL import Image
    return np.asarray(image.resize((shape[2], shape[1]), Image.Resampling.LANCZOS, reducing_gap=3))
