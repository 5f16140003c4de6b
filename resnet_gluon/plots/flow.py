"""Where the steps of a block stand on a drawing, and how they are drawn: trunk, lanes beside it, arrows and ⊕."""
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

from resnet_gluon.plots.style import COLOURS, GREY, INK, PALE, PAPER

WIDTH, LANE, NARROW, GAP = 84, 98, 64, 15  # of a box; to a lane with boxes, or without; between boxes, in pixels
FORK = 12  # more room, where a way begins
INPUT = -1
#: fill, edge and text by kind: convolutions are darkest, so that they stand out on grey paper too.
FILLS = {"conv": (COLOURS[0], COLOURS[0], PAPER), "dense": (COLOURS[0], COLOURS[0], PAPER),
         "norm": (PALE, PALE, INK), "relu": (PAPER, COLOURS[1], INK)}
OTHER = (PAPER, GREY, INK)
Words = Callable[[Any], str]


class Spot(NamedTuple):
    """The middle of a step, and half of its width and height."""
    x: float
    y: float
    wide: float = 0
    high: float = 0


class Plan(NamedTuple):
    """Where everything of one block stands. lines: the ways around the trunk, each with the x of its lane."""
    spots: Dict[int, Spot]
    lines: List[Tuple[Any, float]]
    width: float
    bottom: float


def half_height(words: str, kind: str, upward: bool = False) -> float:
    """Half of a step's height: of a dot or a circle, of a box with one line or with two."""
    if kind == "add":
        return 3 if upward else 13
    return 12 if "\n" not in words else 19


def plan(diagram: Any, left: float, top: float, words: Words, upward: bool = False) -> Plan:
    """Places for a block's steps: its trunk downwards from `top`, each way around it in a lane on the right."""
    trunk, *others = diagram.routes()
    middle, y = left + WIDTH / 2, top
    spots = {INPUT: Spot(middle, top)}
    for before, place in zip((INPUT, *trunk.steps), trunk.steps):
        step = diagram.steps[place]
        high = half_height(words(step), step.kind, upward)
        y += GAP + high + FORK * any(route.start == before for route in others)
        spots[place] = Spot(middle, y, high if step.kind == "add" else WIDTH / 2, high)
        y += high
    lines: List[Tuple[Any, float]] = []
    for route in others:
        start, end = spots[route.start], spots[route.end]
        x = max(start.x, end.x) + (LANE if route.steps else NARROW)
        while any(abs(lane - x) < NARROW and spots[other.start].y < end.y and start.y < spots[other.end].y
                  for other, lane in lines):
            x += LANE
        lines.append((route, x))
        first, last = start.y + start.high + 10, end.y
        for number, place in enumerate(route.steps, 1):
            high = half_height(words(diagram.steps[place]), diagram.steps[place].kind, upward)
            spots[place] = Spot(x, first + (last - first) * number / (len(route.steps) + 1), WIDTH / 2, high)
    far = max([spot.x + spot.wide for spot in spots.values()] + [lane for _, lane in lines])
    return Plan(spots, lines, far - left, y)


def plus(axis: Any, x: float, y: float, radius: float = 13) -> None:
    """An addition: a plus in a circle."""
    from matplotlib.patches import Circle
    axis.add_patch(Circle((x, y), radius, facecolor=PAPER, edgecolor=INK, linewidth=1.8, zorder=4, gid="add"))
    reach = radius * 0.58
    axis.plot([x - reach, x + reach], [y] * 2, color=INK, linewidth=1.8, zorder=5)
    axis.plot([x] * 2, [y - reach, y + reach], color=INK, linewidth=1.8, zorder=5)


def dot(axis: Any, x: float, y: float) -> None:
    """A place where a value goes two ways."""
    axis.plot([x], [y], "o", color=INK, markersize=5, zorder=5, gid="fork")


def size_for(words: str, room: float, largest: float = 9.5) -> float:
    """The font size, in points, at which the longest line fits into so many pixels."""
    return min(largest, room / (0.84 * max(len(line) for line in words.split("\n"))))


def box(axis: Any, spot: Spot, words: str, kind: str) -> None:
    """One step: a box with words, coloured by its kind."""
    from matplotlib.patches import FancyBboxPatch
    fill, edge, ink = FILLS.get(kind, OTHER)
    axis.add_patch(FancyBboxPatch((spot.x - spot.wide, spot.y - spot.high), 2 * spot.wide, 2 * spot.high,
                                  boxstyle="round,pad=0,rounding_size=5", facecolor=fill, edgecolor=edge,
                                  linewidth=1.4, zorder=3, gid=kind))
    axis.text(spot.x, spot.y, words, ha="center", va="center", color=ink, linespacing=1.15, zorder=6,
              fontsize=size_for(words, 2 * spot.wide - 6))


def arrow(axis: Any, points: List[Tuple[float, float]], colour: str = INK, width: float = 1.4,
          head: bool = True) -> None:
    """A line through the points, with a head at its end."""
    xs, ys = zip(*points)
    if not head:
        axis.plot(xs, ys, color=colour, linewidth=width, solid_capstyle="butt", solid_joinstyle="round", zorder=2)
        return
    axis.plot(xs, ys, color=colour, linewidth=width, solid_joinstyle="round", solid_capstyle="butt", zorder=2,
              markevery=[-1])
    axis.annotate("", points[-1], points[-2], zorder=2, arrowprops={
        "arrowstyle": "-|>,head_width=0.22,head_length=0.42", "color": colour, "linewidth": width, "shrinkA": 0,
        "shrinkB": 0})


def draw(axis: Any, diagram: Any, where: Plan, words: Words, upward: bool = False) -> None:
    """The steps with the arrows between them. upward: from the output back to the input, as gradients go.

    On the way back an addition is where the gradient is copied, and a fork is where the copies are added.
    """
    spots = where.spots
    trunk = diagram.routes()[0].steps
    for before, after in zip((INPUT, *trunk), trunk):
        points = [(spots[place].x, spots[place].y + side * spots[place].high)
                  for place, side in ((before, 1), (after, -1))]
        arrow(axis, points[::-1] if upward else points)
    for route, lane in where.lines:
        start, end = spots[route.start], spots[route.end]
        corner = start.y + start.high + FORK
        parts = [(start.x + (9 if upward else 0), corner), (lane, corner)]
        for place in route.steps:
            parts += [(lane, spots[place].y - spots[place].high)]
            arrow(axis, parts[::-1] if upward else parts, COLOURS[1], 2.4)
            parts = [(lane, spots[place].y + spots[place].high)]
        parts += [(lane, end.y), (end.x + (0 if upward else end.wide), end.y)]
        arrow(axis, parts[::-1] if upward else parts, COLOURS[1], 2.4)
        if upward:
            plus(axis, start.x, corner, 9)
        else:
            dot(axis, start.x, corner)
    for place, step in enumerate(diagram.steps):
        if step.kind != "add":
            box(axis, spots[place], words(step), step.kind)
        elif upward:
            dot(axis, spots[place].x, spots[place].y)
        else:
            plus(axis, spots[place].x, spots[place].y)
