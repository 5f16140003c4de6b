"""Pictures of images and of answers to them."""
from typing import Any, Optional, Sequence

from resnet_gluon.plots.style import axes

import numpy as np


def image_grid(images: np.ndarray, titles: Optional[Sequence[str]] = None, columns: int = 10,
               scale: float = 1.1) -> Any:
    """Pictures in rows of `columns`. images: (n, H, W) in grey or (n, H, W, 3) in colour; titles: n strings."""
    rows = -(-len(images) // columns)
    figure, panels = axes(rows, columns, figsize=(columns * scale, rows * scale * (1.25 if titles else 1.05)),
                         squeeze=False)
    for axis in panels.flat:
        axis.axis("off")
    for i, (axis, image) in enumerate(zip(panels.flat, images)):
        axis.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        if titles:
            axis.set_title(titles[i], fontsize=8)
    return figure


def confusion(evaluation: Any, classes: Sequence[str]) -> Any:
    """Counts of true class (row) against predicted class (column); the diagonal, the right answers, is left grey."""
    counts = evaluation.confusion
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    figure, axis = axes(figsize=(6.5, 5.5))
    picture = axis.imshow(wrong, cmap="Greys")
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            axis.text(column, row, counts[row, column], ha="center", va="center", fontsize=8,
                      fontweight="bold" if row == column else "normal",
                      color="white" if wrong[row, column] > wrong.max() / 2 else "black")
    axis.set_xticks(range(len(classes)), classes, rotation=45, ha="right")
    axis.set_yticks(range(len(classes)), classes)
    axis.set(xlabel="predicted class", ylabel="true class")
    figure.colorbar(picture, label="wrong answers (images)")
    return figure
