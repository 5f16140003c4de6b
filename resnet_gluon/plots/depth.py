"""What happens along a network's depth: signals, gradients, blocks left out, branch against shortcut."""
from typing import TYPE_CHECKING, Mapping, Sequence, Tuple

from resnet_gluon.plots.style import COLOURS, GREY, axes, legend, listed, looks, number, styled, told, whole_ticks

import numpy as np

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture


@styled
def along_depth(values: Mapping[str, Sequence[float]], ylabel: str, *, log: bool = False,
                xlabel: str = "blocks passed") -> "Picture":
    """One number at every place along networks of one depth. values: {name: numbers from place 0 on}."""
    figure, axis = axes(height=3.2)
    for (name, numbers), look in zip(values.items(), looks(len(values))):
        axis.plot(range(len(numbers)), numbers, label=name, **look)
    axis.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    whole_ticks(axis.xaxis)
    legend(figure)
    said = listed(f"{name} from {number(numbers[0])} to {number(numbers[-1])}" for name, numbers in values.items()
                  if len(numbers))
    return told(figure, f"{ylabel}{' (logarithmic)' if log else ''} against {xlabel}: {said}.")


def gradient_profile(profiles: Mapping[str, Sequence[float]]) -> "Picture":
    """How large the loss's gradient is along networks of one depth. profiles: {name: one norm at each place}."""
    return along_depth(profiles, "norm of the gradient", log=True, xlabel="block, from the stem (0) to the last")


@styled
def lesions(results: Mapping[str, Mapping[str, float]], whole: Mapping[str, float], chance: float = 0.1) -> "Picture":
    """How accurate networks are with one block left out.

    results: {net: {block left out: accuracy}}; whole: {net: accuracy with all blocks}, a thin line; chance: the
    accuracy of guessing. A block that cannot be left out is given as nan, and leaves a gap.
    """
    figure, axis = axes(height=3.4)
    longest: Tuple[str, ...] = max((tuple(result) for result in results.values()), key=len, default=())
    said = []
    for (name, result), look in zip(results.items(), looks(len(results))):
        axis.axhline(whole[name], color=look["color"], linestyle=look["linestyle"], linewidth=0.9)
        axis.plot(range(1, len(result) + 1), list(result.values()), label=name, **look)
        known = {block: accuracy for block, accuracy in result.items() if accuracy == accuracy}
        worst = min(known, key=lambda block: known[block])
        said.append(f"{name}: {number(whole[name])} whole, at worst {number(known[worst])}, without {worst}")
    axis.axhline(chance, color=GREY, linestyle=":", linewidth=1.2, label="guessing")
    axis.set(xlabel="block left out", ylabel="accuracy", ylim=(0, 1.02))
    axis.set_xticks(range(1, len(longest) + 1), [name.replace("stage", "") for name in longest],
                    rotation=90 if len(longest) > 14 else 0)
    legend(figure)
    return told(figure, f"Accuracy with one block left out. {'. '.join(said)}.")


@styled
def branch_against_shortcut(blocks: Mapping[str, Sequence[np.ndarray]]) -> "Picture":
    """How large what a block adds is, beside what it is added to.

    blocks: {name: (shortcut, branch, …)}, arrays of one shape, as `nets.activations` gives them. Each bar is the middle
    half of all values, its line all but 5 % at either end, its mark their median.
    """
    figure, axis = axes(height=3.6)
    sides = (("shortcut, x", COLOURS[0], "o", -0.17), ("branch, f(x)", COLOURS[1], "s", 0.17))
    for side, (label, colour, marker, shift) in enumerate(sides):
        quantiles = np.array([np.percentile(pair[side], (5, 25, 50, 75, 95)) for pair in blocks.values()]).T
        places = np.arange(1, len(blocks) + 1) + shift
        axis.vlines(places, quantiles[0], quantiles[4], color=colour, linewidth=1.3)
        axis.vlines(places, quantiles[1], quantiles[3], color=colour, linewidth=7,
                    alpha=1 if side == 0 else 0.75)
        axis.plot(places, quantiles[2], marker, color="white", markeredgecolor=colour, markersize=6, linestyle="",
                  label=label, zorder=4)
    axis.axhline(0, color=GREY, linewidth=0.9, zorder=0)
    axis.set(xlabel="block", ylabel="values at the addition")
    axis.set_xticks(range(1, len(blocks) + 1), [name.replace("stage", "") for name in blocks],
                    rotation=90 if len(blocks) > 14 else 0)
    legend(figure)
    sizes = {name: float(np.sqrt((branch ** 2).mean() / max((x ** 2).mean(), 1e-30)))
             for name, (x, branch, *_) in blocks.items()}
    shares = listed(f"{number(size)} in {name}" for name, size in sizes.items())
    return told(figure, "Distributions of shortcut and branch at each block's addition. Branch divided by shortcut, by "
                        f"their root mean squares: {shares}.")
