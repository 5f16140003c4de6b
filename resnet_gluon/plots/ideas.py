"""Pictures of ideas: function classes inside one another, and the routes through blocks with shortcuts."""
from itertools import product
from typing import TYPE_CHECKING, List, Sequence, Tuple

from resnet_gluon.plots import flow
from resnet_gluon.plots.style import COLOURS, GREY, INK, PAPER, axes, canvas, listed, styled, told

import numpy as np

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture

TARGET = (3.15, 2.05)  # the truth, in a plane that stands for all functions
#: Four classes, each larger than the one before it: (x, y, width, height, angle) of an ellipse.
APART = ((-0.2, 0.0, 2.0, 1.4, 20), (1.05, 0.75, 2.5, 1.5, 55), (0.45, -0.85, 3.3, 2.0, -25),
         (-0.75, 0.35, 4.4, 2.9, 95))
NESTED = ((-0.2, 0.0, 2.0, 1.4, 20), (0.0, 0.1, 3.1, 2.1, 20), (0.2, 0.22, 4.3, 3.0, 20), (0.4, 0.36, 5.6, 4.0, 20))


def nearest(ellipse: Sequence[float], target: Tuple[float, float] = TARGET) -> Tuple[np.ndarray, float]:
    """The point of an ellipse that is nearest to a target outside it, and its distance."""
    x, y, width, height, angle = ellipse
    around, turn = np.linspace(0, 2 * np.pi, 3601), np.deg2rad(angle)
    edge = np.stack([width / 2 * np.cos(around), height / 2 * np.sin(around)])
    edge = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ edge + [[x], [y]]
    distances = np.hypot(*(edge - np.array(target)[:, None]))
    return edge[:, distances.argmin()], float(distances.min())


@styled
def function_classes() -> "Picture":
    """Larger classes of functions that do not contain the smaller ones, beside classes that do.

    An ellipse stands for what a network of one size can compute, the star for the function that is wanted, a dot for
    the best that a class has. Where classes do not contain one another, the largest need not be the nearest. Drawn
    after Dive into Deep Learning, section 8.6.
    """
    from matplotlib.patches import Ellipse
    from matplotlib.patheffects import withStroke
    figure, panels = axes(1, 2, height=3.3)
    said = []
    for axis, title, ellipses in zip(panels, ("Not nested", "Nested"), (APART, NESTED)):
        distances = []
        for number, (ellipse, look) in enumerate(zip(ellipses, class_looks()), 1):
            x, y, width, height, angle = ellipse
            axis.add_patch(Ellipse((x, y), width, height, angle=angle, fill=False, linewidth=1.8, **look))
            point, distance = nearest(ellipse)
            distances.append(distance)
            axis.plot(*zip(point, TARGET), color=GREY, linewidth=0.9, zorder=1)
            axis.plot(*point, "o", color=look["edgecolor"], markersize=7, zorder=3)
            away = 0.36 * (point - TARGET) / distance
            axis.text(*(point + away), f"$F_{number}$", ha="center", va="center", fontsize=12, zorder=4,
                      path_effects=[withStroke(linewidth=4, foreground=PAPER)])
        axis.plot(*TARGET, "*", color=INK, markersize=17, zorder=4)
        axis.text(TARGET[0], TARGET[1] + 0.32, "wanted", ha="center")
        axis.set(title=title, xlim=(-3.1, 3.9), ylim=(-2.4, 2.9), aspect="equal")
        axis.axis("off")
        order = np.argsort(distances) + 1
        said.append(f"{title}: the nearest to it is class {order[0]}, then {listed(str(one) for one in order[1:])}.")
    return told(figure, "Four classes of functions as ellipses, each larger than the one before, and a star for the "
                        "function that is wanted. " + " ".join(said))


def class_looks() -> List[dict]:
    """Colour and line of the four classes."""
    return [{"edgecolor": colour, "linestyle": line} for colour, line in zip(COLOURS, ("-", "--", "-.", ":"))]


@styled
def paths(blocks: int = 3) -> "Picture":
    """A row of residual blocks, and the routes through it: past or through each block, 2 to the power of `blocks`.

    What a route meets is what one term of the gradient's product is made of: (1 + f₁′)(1 + f₂′)(1 + f₃′) has eight.
    After Veit, Wilber and Belongie 2016, arXiv:1605.06431, figure 1.

    Raises ValueError for fewer than 1 and more than 5 blocks.
    """
    if not 1 <= blocks <= 5:
        raise ValueError(f"paths draws 1 to 5 blocks, but {blocks} were given: each doubles the number of routes")
    routes = sorted(product((False, True), repeat=blocks), key=lambda route: (sum(route), [not one for one in route]))
    step, row, top = 130, 36, 118
    wide, height = 190 + step * blocks, top + row * len(routes) + 14
    figure, axis = canvas(wide, height, min(7.6, wide / 100))
    middle, left = 58.0, 40.0
    axis.text(left - 26, middle, "x", fontsize=13, style="italic", va="center")
    for number in range(blocks):
        x = left + number * step
        flow.arrow(axis, [(x, middle), (x + 34, middle)])
        flow.box(axis, flow.Spot(x + 56, middle, 22, 15), f"$f_{number + 1}$", "conv")
        flow.arrow(axis, [(x + 78, middle), (x + 102, middle)])
        flow.arrow(axis, [(x + 14, middle), (x + 14, middle - 36), (x + 114, middle - 36), (x + 114, middle - 12)],
                   COLOURS[1], 2.4)
        flow.dot(axis, x + 14, middle)
        flow.plus(axis, x + 114, middle, 11)
    end = left + blocks * step
    flow.arrow(axis, [(end - 5, middle), (end + 26, middle)])
    axis.plot([0, wide], [top - 22] * 2, color=GREY, linewidth=0.8)
    for place, route in enumerate(routes):
        y = top + row * place + 6
        for number, through in enumerate(route):
            x = left + number * step
            colour, width = (INK, 1.4) if through else (COLOURS[1], 2.4)
            flow.arrow(axis, [(x, y), (x + step, y)], colour, width, head=False)
            if through:
                flow.box(axis, flow.Spot(x + 56, y, 22, 12), f"$f_{number + 1}$", "conv")
        flow.arrow(axis, [(end, y), (end + 26, y)])
        axis.text(end + 40, y, f"{sum(route)} block{'s' * (sum(route) != 1)}", va="center", gid="route")
    counts = [sum(sum(route) == some for route in routes) for some in range(blocks + 1)]
    return told(figure, f"Above, {blocks} residual blocks in a row, each with its shortcut and addition. Below, the "
                f"{len(routes)} routes through them, by how many blocks they go through: "
                + listed(f"{count} through {some}" for some, count in enumerate(counts)) + ".")
