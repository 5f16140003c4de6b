"""Pictures of images, and of what in them speaks for a class."""
from typing import TYPE_CHECKING, Any, Optional, Sequence

from resnet_gluon.plots.style import PAGE, SIGNED, axes, listed, number, styled, told

import numpy as np

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture


def limits(images: np.ndarray) -> Any:
    """The values that are white and black: 0 and 255 of bytes, the smallest and largest of floats."""
    images = np.asarray(images)
    return {"vmin": 0, "vmax": 255} if images.dtype == np.uint8 else {"vmin": images.min(), "vmax": images.max()}


def bare(axis: Any, image: np.ndarray, **options: Any) -> Any:
    """One image without ticks."""
    axis.axis("off")
    return axis.imshow(image, **options)


@styled
def image_grid(images: np.ndarray, titles: Optional[Sequence[str]] = None, columns: int = 10,
               scale: float = 1.1) -> "Picture":
    """Images in rows of `columns`, dark on light where they are grey.

    images: (n, H, W) in grey or (n, H, W, 3) in colour; bytes from 0 to 255, or floats of any scale, the same for all.
    titles: n strings. scale: an image's width in inches, where the page has room for it.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8 and images.ndim == 4:
        images = (images - images.min()) / max(np.ptp(images), 1e-12)
    rows, columns = -(-len(images) // columns), min(columns, max(1, len(images)))
    width = min(PAGE, columns * scale)
    lines = max((title.count("\n") + 1 for title in titles or ()), default=0)
    figure, panels = axes(rows, columns, width=width, height=rows * (width / columns + 0.19 * lines + 0.16),
                          squeeze=False)
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.04, wspace=0, hspace=0)
    for axis in panels.flat:
        axis.axis("off")
    for i, (axis, image) in enumerate(zip(panels.flat, images)):
        bare(axis, image, **limits(images))
        if titles:
            longest = max(map(len, titles[i].split("\n"))) or 1
            axis.set_title(titles[i], fontweight="normal", loc="center", pad=3,
                           fontsize=min(9.5, 100 * width / columns / longest / 0.85))
    names = [" ".join(title.split()) for title in titles or ()]
    return told(figure, f"{len(images)} images in rows of {columns}" + (f": {listed(names)}." if names else "."))


@styled
def class_activation(images: np.ndarray, maps: np.ndarray, titles: Sequence[str]) -> "Picture":
    """Where in images the evidence for a class is: above the image with the map's upper half outlined, below the map.

    images: (n, H, W) or (n, H, W, 3); maps: (n, h, w), as `nets.class_activation` gives them, each as coarse as the
    last feature map; titles: n strings. Colours are the same in all maps. Source: Zhou et al. 2015, arXiv:1512.04150.
    """
    images, maps = np.asarray(images), np.asarray(maps, float)
    width = min(PAGE, 1.5 * len(images) + 1)
    figure, panels = axes(2, len(images), width=width, height=2 * (width - 1) / len(images) + 0.4, squeeze=False)
    figure.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0, hspace=0)
    bound = max(float(np.abs(maps).max()), 1e-12)
    said = []
    for (above, below), image, evidence, title in zip(panels.T, images, maps, titles):
        high, wide = image.shape[:2]
        extent = (-0.5, wide - 0.5, high - 0.5, -0.5)
        bare(above, image, **limits(images))
        level = (evidence.max() + evidence.min()) / 2
        fine = np.kron(evidence, np.ones((8, 8)))
        if np.ptp(evidence) > 0:
            for colour, line in (("white", 3.2), ("black", 1.4)):
                above.contour(fine, levels=[level], colors=colour, linewidths=line, linestyles="solid", extent=extent,
                              origin="upper")
        above.set_title(title, fontweight="normal", loc="center", fontsize=9.5)
        shown = bare(below, evidence, cmap=SIGNED, vmin=-bound, vmax=bound, extent=extent)
        row, column = np.unravel_index(evidence.argmax(), evidence.shape)
        said.append(f"{' '.join(title.split())}: most in row {row + 1} of {evidence.shape[0]}, column {column + 1} of "
                    f"{evidence.shape[1]}, {number(evidence.max())}")
    figure.colorbar(shown, ax=list(panels[1]), label="evidence (logit)", shrink=0.9)
    return told(figure, f"Class activation maps of {len(images)} images. {'. '.join(said)}.")
