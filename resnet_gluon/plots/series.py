"""Time series, by class and by moment."""
from typing import TYPE_CHECKING, Any, Sequence

from resnet_gluon.plots.style import COLOURS, PAGE, SIGNED, axes, listed, styled, told

import numpy as np

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture


@styled
def series_by_class(series: np.ndarray, labels: np.ndarray, classes: Sequence[str], title: str,
                    most: int = 8) -> "Picture":
    """Up to `most` series of each class, a panel for each. series: (n, W); labels: (n,); classes: their names.

    The thick line is the mean of all series of the class.
    """
    figure, panels = axes(1, len(classes), width=min(PAGE, 3.8 * len(classes)), height=2.7, sharey=True, squeeze=False)
    for label, axis in enumerate(panels[0]):
        axis.plot(series[labels == label][:most].T, color=COLOURS[3], linewidth=0.9)
        axis.plot(series[labels == label].mean(axis=0), color=COLOURS[0], linewidth=2.2)
        axis.set(title=f"{title}, {classes[label]}", xlabel="time (steps)")
    panels[0, 0].set_ylabel("value (normalised)")
    return told(figure, f"{title}: up to {most} series of each class and the class's mean. "
                + listed(f"{name}, {int((labels == label).sum())} series" for label, name in enumerate(classes)) + ".")


@styled
def series_with_activation(examples: Sequence[Any]) -> "Picture":
    """Series, their points lighter where they speak for a class and darker where they speak against it.

    examples: (title, series, scores) each. All panels have one scale, with zero in its middle. A class activation map
    is as coarse as the network's receptive field: it shows a region, not a moment.
    """
    figure, panels = axes(1, len(examples), width=min(PAGE, 4.2 * len(examples)), height=3.0, sharey=True,
                          squeeze=False)
    bound = max(float(np.abs(np.asarray(scores)).max()) for *_, scores in examples) or 1.0
    said = []
    for axis, (title, series, scores) in zip(panels[0], examples):
        axis.plot(series, color="0.75", linewidth=1, zorder=1)
        points = axis.scatter(range(len(series)), series, c=scores, cmap=SIGNED, vmin=-bound, vmax=bound, s=17,
                              edgecolors=COLOURS[0], linewidths=0.3, zorder=2)
        axis.set(title=title, xlabel="time (steps)")
        said.append(f"{title}: most at step {int(np.argmax(scores))} of {len(series)}")
    panels[0, 0].set_ylabel("value (normalised)")
    figure.colorbar(points, ax=list(panels[0]), label="evidence (logit)")
    return told(figure, f"Time series coloured by the evidence for a class. {'. '.join(said)}.")
