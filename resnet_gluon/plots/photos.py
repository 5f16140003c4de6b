"""Photos, what a net saw of them, and its answers."""
from typing import Any, Mapping, Sequence

from resnet_gluon.plots.style import axes, listed, styled, told

import numpy as np


@styled
def answers(pictures: Sequence[np.ndarray], seen: Sequence[np.ndarray], classes: Sequence[Mapping[str, float]]) -> Any:
    """A row for each photo: the photo, what the net saw of it, and the likeliest classes.

    pictures: uint8, (H, W, 3). seen: uint8, (H, W, 1) or (H, W, 3). classes: {name: probability}, the likeliest first.
    """
    rows = len(pictures)
    figure, panels = axes(rows, 3, height=1.9 * rows, squeeze=False, gridspec_kw={"width_ratios": (1, 1, 1.4)})
    for (left, middle, right), picture, small, found in zip(panels, pictures, seen, classes):
        for axis, image, title in ((left, picture, "the picture"), (middle, small, "what the net saw")):
            axis.imshow(image if image.shape[-1] == 3 else image[..., 0], cmap="gray", vmin=0, vmax=255)
            axis.set_title(title if axis in panels[0] else "", loc="center")
            axis.axis("off")
        right.barh(list(found), list(found.values()), color="0.6", edgecolor="black")
        for place, share in enumerate(found.values()):
            right.text(min(share, 0.8) + 0.02, place, f"{share:.0%}", va="center")
        right.set(xlim=(0, 1))
        right.invert_yaxis()
    panels[-1, -1].set_xlabel("probability")
    said = listed(" or ".join(f"{name} ({share:.0%})" for name, share in found.items()) for found in classes)
    return told(figure, f"{rows} pictures, each beside what the net saw of it and its likeliest classes: {said}.")
