"""How good answers are: which classes are mixed up, and whether confidence is deserved."""
from typing import TYPE_CHECKING, Any, Sequence

from resnet_gluon.plots.style import COLOURS, GREY, INK, PAPER, axes, legend, listed, number, styled, told

import numpy as np

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture


@styled
def confusion(evaluation: Any, classes: Sequence[str]) -> "Picture":
    """Counts of true class (row) against predicted class (column); the diagonal, the right answers, is left white."""
    counts = evaluation.confusion
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    figure, axis = axes(height=6.2, width=7.0)
    picture = axis.imshow(wrong, cmap="Greys")
    axis.grid(visible=False)
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            axis.text(column, row, counts[row, column], ha="center", va="center", fontsize=9,
                      fontweight="bold" if row == column else "normal",
                      color=PAPER if wrong[row, column] > wrong.max() / 2 else INK)
    axis.set_xticks(range(len(classes)), classes, rotation=45, ha="right")
    axis.set_yticks(range(len(classes)), classes)
    axis.set(xlabel="predicted class", ylabel="true class")
    figure.colorbar(picture, label="wrong answers (images)", shrink=0.8)
    most = [np.unravel_index(place, wrong.shape) for place in np.argsort(-wrong, axis=None)[:3] if wrong.flat[place]]
    pairs = listed(f"{wrong[row, column]} times {classes[row]} taken for {classes[column]}" for row, column in most)
    return told(figure, f"Confusion matrix of {counts.sum():,} answers, {np.trace(counts):,} of them right. The most "
                        f"frequent mistakes: {pairs or 'none'}.")


@styled
def reliability(calibration: Any) -> "Picture":
    """How often answers are right, by how sure the net was; below, how many answers there are of each confidence.

    calibration: what `training.calibration(evaluation)` gives: edges, counts, confidence, accuracy and error.
    Bars are 95 % intervals (Wilson). On the diagonal, confidence is deserved; below it the net is too sure.
    """
    figure, (above, below) = axes(2, 1, height=5.2, width=6.0, sharex=True, height_ratios=(3, 1))
    some = calibration.counts > 0
    n, sure, right = (np.asarray(values, float)[some] for values in (calibration.counts, calibration.confidence,
                                                                     calibration.accuracy))
    z = 1.959964
    centre = (right + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(right * (1 - right) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    above.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="confidence is deserved")
    above.vlines(sure, right, sure, color=COLOURS[1], linewidth=5, alpha=0.45, label="gap")
    above.vlines(sure, centre - half, centre + half, color=COLOURS[0], linewidth=1.4)
    above.plot(sure, right, "o", color=COLOURS[0], markersize=6, label="answers of one bin, 95 % interval")
    above.set(ylabel="share of right answers", xlim=(0, 1), ylim=(0, 1.02),
              title=f"Expected calibration error {calibration.error:.3f}, {int(n.sum()):,} answers")
    edges = np.asarray(calibration.edges)
    below.bar(edges[:-1], calibration.counts, width=np.diff(edges), align="edge", color=COLOURS[0], edgecolor=PAPER)
    below.set(xlabel="confidence: the probability of the answer", ylabel="answers", yscale="log", ylim=(0.7, None))
    legend(figure)
    bins = listed(f"{number(accuracy)} at {number(confidence)}" for accuracy, confidence in zip(right, sure))
    return told(figure, f"Reliability diagram. Expected calibration error {calibration.error:.3f} over "
                        f"{int(n.sum()):,} answers. Share of right answers by confidence: {bins}.")
