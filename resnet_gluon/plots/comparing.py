"""Comparisons: networks by cost and error, arms by their seeds, one by one and in pairs."""
from typing import TYPE_CHECKING, Any, List, Mapping, Sequence, Tuple

from resnet_gluon.plots.style import COLOURS, GREY, INK, PAPER, axes, legend, listed, number, styled, told

import numpy as np

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture


def interval(numbers: Sequence[float]) -> Tuple[float, float]:
    """The mean's 95 % interval by Student's t, as its mean and its half; nan where there is one number only."""
    from scipy.stats import t
    values = np.asarray(numbers, float)
    if len(values) < 2:
        return float(values.mean()), float("nan")
    return float(values.mean()), float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))


def in_words(name: str, numbers: Sequence[float]) -> str:
    """An arm's mean, its interval where there is one, and how many seeds it is of."""
    mean, half = interval(numbers)
    return f"{name} {number(mean)}" + (f" ± {number(half)}" if half == half else "") + f" (n = {len(numbers)})"


@styled
def cost_against_error(rows: Sequence[Any]) -> "Picture":
    """Networks by their cost and their error. rows: (name, multiply-adds, parameters, error in per cent) each.

    A marker's area stands for the number of parameters; names that begin with "plain" get squares.
    """
    figure, axis = axes(height=4.2)
    kinds = (("with shortcuts", "o", COLOURS[0], -1), ("plain", "s", COLOURS[1], 1))
    keys: List[Any] = []
    for label, marker, colour, side in kinds:
        own = sorted((row for row in rows if row[0].startswith("plain") == (label == "plain")), key=lambda row: row[1])
        if not own:
            continue
        axis.plot([macs / 1e9 for _, macs, _, _ in own], [error for *_, error in own], color=colour, linewidth=1.2,
                  linestyle="-" if side < 0 else "--", zorder=2)
        for name, macs, parameters, error in own:
            axis.scatter(macs / 1e9, error, s=parameters / 1.5e5, marker=marker, edgecolors=colour, linewidths=1.8,
                         facecolors="none" if side > 0 else colour, zorder=3 if side > 0 else 2.5)
            reach = np.sqrt(parameters / 1.5e5) / 3 + 2
            axis.annotate(name, (macs / 1e9, error), xytext=(-reach, side * reach), textcoords="offset points",
                          ha="right", va="bottom" if side > 0 else "top")
        keys += axis.plot([], [], marker=marker, color=colour, linestyle="-" if side < 0 else "--", label=label,
                          fillstyle="full" if side < 0 else "none")
    for size in (10e6, 50e6):
        keys.append(axis.scatter([], [], s=size / 1.5e5, facecolors=PAPER, edgecolors=GREY,
                                 label=f"{size / 1e6:.0f} million parameters"))
    axis.set(xlabel="multiply-adds for an image (10⁹, logarithmic)", ylabel="top-1 error (%)", xscale="log")
    costs = [macs / 1e9 for _, macs, _, _ in rows]
    ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 32) if min(costs) / 1.5 < tick < max(costs) * 1.5]
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.margins(0.2, 0.2)
    legend(figure, keys)
    return told(figure, "Top-1 error against multiply-adds for an image: "
                + listed(f"{name} {error:g} % at {macs / 1e9:.2g} billion" for name, macs, _, error in rows) + ".")


@styled
def spread(results: Mapping[str, Sequence[float]], xlabel: str) -> "Picture":
    """Every result of several seeds as a point, with mean and 95 % interval. results: {name: numbers}."""
    figure, axis = axes(height=1.25 + 0.48 * len(results))
    for place, numbers in enumerate(results.values()):
        mean, half = interval(numbers)
        label = place == 0
        axis.plot(numbers, [place + 0.14] * len(numbers), "o", color=COLOURS[1], fillstyle="none", markersize=6,
                  label="a seed" if label else None)
        axis.errorbar([mean], [place - 0.14], xerr=None if half != half else [half], fmt="D", color=COLOURS[0],
                      capsize=4, markersize=5, label="mean, 95 % interval" if label else None)
    axis.set(xlabel=xlabel, yticks=range(len(results)), yticklabels=list(results), ylim=(len(results) - 0.5, -0.5))
    axis.grid(axis="y", visible=False)
    legend(figure)
    return told(figure, f"{xlabel}, mean and 95 % interval: {listed(in_words(*item) for item in results.items())}.")


@styled
def paired(results: Mapping[str, Sequence[float]], ylabel: str) -> "Picture":
    """Results of several arms with the same seeds, each seed's joined by a line; and how far arms are from the first.

    results: {arm: numbers, seed by seed in one order}. Diamonds with bars are means with 95 % intervals; on the right
    those of the differences, seed by seed, which is what pairing is for.

    Raises ValueError where the arms have different numbers of seeds, or are fewer than two.
    """
    counts = {name: len(numbers) for name, numbers in results.items()}
    if len(counts) < 2 or len(set(counts.values())) != 1:
        raise ValueError(f"paired takes two arms or more with the same seeds each, but {counts} results were given")
    names, table = list(results), np.array(list(results.values()), float)  # (arms, seeds)
    figure, (left, right) = axes(1, 2, height=3.6, width_ratios=(len(names) + 1, len(names)))
    places = np.arange(len(names))
    for seed, numbers in enumerate(table.T):
        left.plot(places, numbers, "o-", color=GREY, linewidth=0.9, markersize=4, fillstyle="none",
                  label="" if seed else "a seed")
    differences = table[1:] - table[0]
    for numbers, axis, xs in ((table, left, places), (differences, right, places[1:])):
        for x, row in zip(xs, numbers):
            mean, half = interval(row)
            axis.errorbar([x + 0.16], [mean], yerr=None if half != half else [half], fmt="D", color=COLOURS[0],
                          capsize=4, markersize=6, zorder=4,
                          label="mean, 95 % interval" if axis is left and x == 0 else None)
    for x, row in zip(places[1:], differences):
        right.plot([x] * len(row), row, "o", color=GREY, fillstyle="none", markersize=4)
    right.axhline(0, color=INK, linewidth=0.9)
    left.set(ylabel=ylabel, xlim=(-0.4, len(names) - 0.4), title="Results")
    left.set_xticks(places, names)
    right.set(ylabel=f"difference from {names[0]}", xlim=(0.5, len(names) - 0.4), title="Differences, seed by seed")
    right.set_xticks(places[1:], names[1:])
    legend(figure)
    apart = listed(in_words(name, row) for name, row in zip(names[1:], differences))
    return told(figure, f"{ylabel} of {listed(in_words(*item) for item in results.items())}, the results of one seed "
                        f"joined. Differences from {names[0]}: {apart}.")
