"""Drawings of networks, from the plain `Diagram` that `nets.diagram` gives."""
from typing import Any

from resnet_gluon.plots.style import axes

import numpy as np


def network(diagram: Any) -> Any:
    """A residual network from its `Diagram`: under each part its channels, and height × width.

    One bar a part, one a block within a stage: its height is that of the feature map, its width the number of channels,
    both on a logarithmic scale. Each shortcut is an arc, dashed where it is a projection.
    """
    from matplotlib.patches import FancyArrowPatch, Rectangle
    figure, axis = axes(figsize=(11, 3.6))
    x = 0.0
    for name, shape, shortcuts in [("input", diagram.input_shape, ())] + [
            (part.name, part.output_shape, part.shortcuts) for part in diagram.parts]:
        channels, size = shape[1], shape[2] if len(shape) == 4 else 1
        height, width = 0.5 + 0.6 * np.log2(size), 0.35 + 0.1 * np.log2(channels)
        start = x
        for shortcut in shortcuts or (None,):
            axis.add_patch(Rectangle((x, -height / 2), width, height, facecolor="0.85", edgecolor="black"))
            if shortcut not in (None, "none"):
                axis.add_patch(FancyArrowPatch((x - 0.12, height / 2 + 0.15), (x + width + 0.05, height / 2 + 0.15),
                                               connectionstyle="arc3,rad=-0.6", arrowstyle="-|>", mutation_scale=9,
                                               linestyle="--" if shortcut == "projection" else "-"))
            x += width + 0.2
        middle = (start + x - 0.2) / 2
        lines = [name, f"{channels:,}", "×".join(map(str, shape[2:]))]  # channels, then height × width
        axis.text(middle, -3.1, "\n".join(lines), ha="center", va="top", fontsize=8)
        x += 0.55
    axis.plot([], [], "k-", label="identity shortcut")
    axis.plot([], [], "k--", label="projection (1×1)")
    axis.legend(loc="upper right", fontsize=8, frameon=False)
    axis.set(xlim=(-0.4, x), ylim=(-4.7, 3.9))
    axis.axis("off")
    return figure
