"""Curves: how training went, step by step and epoch by epoch."""
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from resnet_gluon.plots.style import COLOURS, GREY, axes, legend, listed, looks, number, styled, told, whole_ticks

import numpy as np

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture

AXES = {"val_accuracy": "validation accuracy", "val_loss": "validation loss (nats)"}


def by_label(histories: Any, labels: Optional[Sequence[str]]) -> Dict[str, List[Any]]:
    """{label: histories of its seeds}, of whatever `learning_curves` takes; one history alone has the label ""."""
    if not isinstance(histories, Mapping):
        histories = histories if isinstance(histories, (list, tuple)) else [histories]
        histories = dict(zip(labels or [f"run {i}" if len(histories) > 1 else "" for i in range(1, len(histories) + 1)],
                             histories))
    return {label: list(runs) if isinstance(runs, (list, tuple)) else [runs] for label, runs in histories.items()}


def smooth(loss: Sequence[float]) -> Tuple[np.ndarray, np.ndarray]:
    """Steps and the running mean of the loss over 2 % of them."""
    array = np.asarray(loss, float)
    width = max(1, len(array) // 50)
    if not len(array):
        return array, array
    return np.arange(width, len(array) + 1) - width // 2, np.convolve(array, np.ones(width) / width, mode="valid")


def cut_spikes(axis: Any, values: Sequence[np.ndarray]) -> bool:
    """Bound a loss's axis where a few spikes would crush the rest, and say so on it."""
    together = np.concatenate([*values, np.zeros(0)])
    together = together[np.isfinite(together)]
    if not len(together):
        return False
    usual = np.percentile(together, 95) if len(together) >= 50 else 3 * np.median(together)
    top, low = 1.15 * usual, together.min()
    if together.max() <= 1.6 * top:
        return False
    axis.set_ylim(max(0, low - 0.08 * (top - low)), top)
    axis.text(1, 1.01, f"▲ up to {number(together.max())}", transform=axis.transAxes, ha="right", va="bottom",
              color=GREY, fontsize=9)
    return True


def draw_runs(axis: Any, curves: Sequence[Tuple[np.ndarray, np.ndarray]], label: str, look: Dict[str, Any],
              marked: bool) -> None:
    """Each seed's curve; several are thin, with their mean thick on top."""
    look = look if marked else {**look, "marker": ""}
    if len(curves) > 1:
        for x, y in curves:
            axis.plot(x, y, color=look["color"], linewidth=0.8, alpha=0.45, linestyle=look["linestyle"])
        shortest = min(len(y) for _, y in curves)
        x, y = curves[0][0][:shortest], np.mean([y[:shortest] for _, y in curves], axis=0)
    else:
        (x, y), = curves
    axis.plot(x, y, label=label, **look)


def runs_in_words(named: Mapping[str, List[Any]], of: str) -> str:
    """The last epoch's number of every label, in words."""
    said = []
    for label, runs in named.items():
        last = [getattr(run.epochs[-1], of) for run in runs if run.epochs]
        if last:
            said.append(f"{label or 'the run'} {number(float(np.mean(last)))}"
                        + (f" (mean of {len(last)})" if len(last) > 1 else ""))
    return listed(said) or "no epoch is done"


@styled
def learning_curves(histories: Any, key: str = "val_accuracy", labels: Optional[Sequence[str]] = None) -> "Picture":
    """Training loss by step and one validation number by epoch.

    Parameters
    ----------
    histories : History, list of History, or dict
        {label: history, or list of histories of several seeds}: seeds are thin lines, their mean is a thick one.
    key : {"val_accuracy", "val_loss"}
        The number on the right.
    labels : list of str, optional
        Of a list of histories.

    The loss is a running mean over 2 % of the steps; where a few spikes would crush the rest they are cut off, and the
    largest is written at the top.
    """
    named = by_label(histories, labels)
    figure, (left, right) = axes(1, 2, height=3.4)
    steps = {label: [smooth(run.steps["loss"]) for run in runs] for label, runs in named.items()}
    for (label, runs), look in zip(named.items(), looks(len(named))):
        draw_runs(left, steps[label], label, look, marked=False)
        draw_runs(right, [(np.arange(1, len(run.epochs) + 1), np.array([getattr(epoch, key) for epoch in run.epochs]))
                          for run in runs], label, look, marked=True)
    cut_spikes(left, [y for curves in steps.values() for _, y in curves])
    if key == "val_loss":
        cut_spikes(right, [np.array([epoch.val_loss for epoch in run.epochs]) for runs in named.values()
                           for run in runs])
    left.set(xlabel="step", ylabel="training loss (nats)", title="Training")
    right.set(xlabel="epoch", ylabel=AXES[key], title="Validation")
    whole_ticks(left.xaxis, right.xaxis)
    if any(named):
        legend(figure)
    return told(figure, f"Learning curves of {listed(label or 'one run' for label in named)}. Left, training loss by "
                        f"step. Right, {AXES[key]} by epoch; in the last: {runs_in_words(named, key)}.")


@styled
def losses(history: Any) -> "Picture":
    """Training and validation loss of one run on one axis, over epochs.

    The training loss is that of the steps, in which the net was still changing, as a running mean over 2 % of them; the
    validation loss was measured at the end of each epoch.
    """
    figure, axis = axes(height=3.2)
    steps, loss = smooth(history.steps["loss"])
    epochs = len(history.epochs)
    per_epoch = len(history.steps["loss"]) / epochs if epochs else max(1, len(loss))
    axis.plot(steps / per_epoch, loss, color=COLOURS[0], label="training, running mean of steps")
    validation = [epoch.val_loss for epoch in history.epochs]
    axis.plot(range(1, epochs + 1), validation, color=COLOURS[1], linestyle="--", marker="s",
              label="validation, at the end of an epoch")
    cut_spikes(axis, [loss, np.array(validation)])
    axis.set(xlabel="epoch", ylabel="loss (nats)")
    whole_ticks(axis.xaxis)
    legend(figure)
    ends = f"training {number(loss[-1])}, validation {number(validation[-1])}" if epochs else "no epoch is done"
    return told(figure, f"Training and validation loss on one axis over {epochs} epochs; at the end: {ends}.")


@styled
def schedule(history: Any) -> "Picture":
    """The learning rate of every step under the training loss of the same steps."""
    figure, (above, below) = axes(2, 1, height=4.2, sharex=True, height_ratios=(2, 1))
    steps, loss = smooth(history.steps["loss"])
    rates = np.asarray(history.steps["lr"], float)
    above.plot(steps, loss, color=COLOURS[0])
    cut_spikes(above, [loss])
    below.plot(np.arange(1, len(rates) + 1), rates, color=COLOURS[1], linestyle="--")
    above.set(ylabel="training loss (nats)")
    below.set(xlabel="step", ylabel="learning rate")
    below.set_ylim(bottom=0)
    whole_ticks(below.xaxis)
    words = "no step was made"
    if len(rates):
        peak = int(rates.argmax())
        words = (f"it begins at {number(rates[0])}, is highest, {number(rates[peak])}, at step {peak + 1} and ends at "
                 f"{number(rates[-1])}")
        below.axvline(peak + 1, color=GREY, linewidth=0.9)
        above.axvline(peak + 1, color=GREY, linewidth=0.9)
    return told(figure, f"Training loss above the learning rate, over {len(rates)} steps. The learning rate: {words}.")


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
