"""Curves and points: how training went, and how results spread."""
from typing import Any, Dict, List, Optional, Sequence

from resnet_gluon.plots.style import axes, styles

import numpy as np


def learning_curves(histories: Any, key: str = "val_accuracy", labels: Optional[Sequence[str]] = None) -> Any:
    """Training loss by step and one validation number by epoch, of one `History` or several."""
    histories = histories if isinstance(histories, (list, tuple)) else [histories]
    named: List[Optional[str]] = list(labels) if labels else [None] * len(histories)
    figure, (left, right) = axes(1, 2, figsize=(9, 3))
    for history, label, (style, marker) in zip(histories, named, styles(len(histories))):
        loss = np.asarray(history.steps["loss"])
        width = max(1, len(loss) // 50)
        smooth = np.convolve(loss, np.ones(width) / width, mode="valid") if len(loss) else loss
        left.plot(np.arange(width, len(loss) + 1) - width // 2, smooth, linestyle=style, label=label)
        right.plot(range(1, len(history.epochs) + 1), [getattr(epoch, key) for epoch in history.epochs],
                   linestyle=style, marker=marker, label=label)
    left.set(xlabel="step", ylabel="training loss (nats)", title="running mean of 2 % of the steps")
    right.set(xlabel="epoch", ylabel={"val_accuracy": "validation accuracy", "val_loss": "validation loss (nats)"}[key])
    right.set_xticks(range(1, max([len(history.epochs) for history in histories] + [1]) + 1))
    for axis in (left, right):
        axis.grid(alpha=0.3)
        if any(named):
            axis.legend()
    return figure


class LiveCurves:
    """For `fit(…, watch=LiveCurves())` in Jupyter: the learning curves, drawn anew after every epoch in one place."""

    def __init__(self) -> None:
        self.handle: Any = None

    def __call__(self, history: Any) -> None:
        import matplotlib.pyplot as plt
        from IPython.display import display
        figure = learning_curves(history)
        if self.handle is None:
            self.handle = display(figure, display_id=True)
        else:
            self.handle.update(figure)
        plt.close(figure)  # or it would be shown once more at the end of the cell


def cost_against_error(rows: Sequence[Any]) -> Any:
    """Networks by their cost and their error. rows: (name, multiply-adds, parameters, error in per cent) each.

    A marker's area stands for the number of parameters; names that begin with "plain" get squares.
    """
    figure, axis = axes(figsize=(7, 3.6))
    for name, macs, parameters, error in rows:
        plain = name.startswith("plain")
        axis.scatter(macs / 1e9, error, s=parameters / 2e5, marker="s" if plain else "o", facecolors="none",
                     edgecolors="C1" if plain else "C0")
        axis.annotate(name, (macs / 1e9, error), xytext=(10, 6 - 18 * plain), textcoords="offset points", fontsize=8)
    axis.set(xlabel="multiply-adds for an image (10⁹, logarithmic)", ylabel="top-1 error (%)", xscale="log")
    axis.set_xticks([2, 4, 8, 12], ["2", "4", "8", "12"])
    axis.minorticks_off()
    axis.margins(0.2)
    axis.grid(alpha=0.3)
    return figure


def gradient_profile(profiles: Dict[str, Sequence[float]]) -> Any:
    """How large the loss's gradient is along networks of one depth. profiles: {name: one norm a place}."""
    figure, axis = axes(figsize=(7, 3))
    for (name, norms), (style, marker) in zip(profiles.items(), styles(len(profiles))):
        axis.plot(range(len(norms)), norms, linestyle=style, marker=marker, markersize=3, label=name)
    axis.set(xlabel="block, from the stem (0) to the last", ylabel="norm of the gradient\n(logarithmic)", yscale="log")
    axis.grid(alpha=0.3)
    axis.legend()
    return figure


def spread(results: Dict[str, Sequence[float]], xlabel: str) -> Any:
    """Every result of several seeds as a point, and their means. results: {name: numbers}."""
    figure, axis = axes(figsize=(7, 0.9 + 0.45 * len(results)))
    for place, numbers in enumerate(results.values()):
        axis.plot(numbers, [place] * len(numbers), "o", color="0.3", fillstyle="none")
        axis.plot([np.mean(numbers)] * 2, [place - 0.3, place + 0.3], color="black")
    axis.set(xlabel=f"{xlabel} (circles: seeds; bars: means)", yticks=range(len(results)), yticklabels=list(results))
    axis.invert_yaxis()
    axis.grid(axis="x", alpha=0.3)
    return figure
