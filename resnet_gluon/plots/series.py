"""Time series, by class and by moment."""
from typing import Any, Sequence

from resnet_gluon.plots.style import axes

import numpy as np


def series_by_class(series: np.ndarray, labels: np.ndarray, classes: Sequence[str], title: str, most: int = 8) -> Any:
    """Up to `most` series of each class, one panel a class. series: (n, W); labels: (n,); classes: their names."""
    figure, panels = axes(1, len(classes), figsize=(3 * len(classes), 2.2), sharey=True, squeeze=False)
    for label, axis in enumerate(panels[0]):
        axis.plot(series[labels == label][:most].T, color="0.3", linewidth=0.8)
        axis.set(title=f"{title}, class {classes[label]}", xlabel="time (steps)")
    panels[0, 0].set_ylabel("value (normalised)")
    return figure


def series_with_activation(examples: Sequence[Any]) -> Any:
    """Series, their points darker and larger where they speak for a class. examples: (title, series, scores) each.

    Scores are scaled to the range of each example.
    """
    figure, panels = axes(1, len(examples), figsize=(4.2 * len(examples), 2.6), sharey=True, squeeze=False)
    for axis, (title, series, scores) in zip(panels[0], examples):
        share = (scores - scores.min()) / max(np.ptp(scores), 1e-12)
        axis.plot(series, color="0.8", linewidth=1, zorder=1)
        axis.scatter(range(len(series)), series, c=share, cmap="Greys", vmin=-0.2, vmax=1, s=4 + 30 * share, zorder=2)
        axis.set(title=title, xlabel="time (steps)")
    panels[0, 0].set_ylabel("value (normalised)")
    return figure
