"""Whole networks on one page, from the plain `Diagram` that `resnet_gluon.diagram(net, shape)` gives."""
from itertools import groupby
from math import log2
from typing import TYPE_CHECKING, Any, List, Tuple

from resnet_gluon.plots import flow
from resnet_gluon.plots.blocks import shape_text, two_lines
from resnet_gluon.plots.style import COLOURS, GREY, PALE, PAPER, PIXELS, canvas, listed, styled, told

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture

NAMES, LEFT = 76, 192  # where the parts' names stand, and where what they are made of begins, in pixels
BOX, LINE, SHORT = 118, 16, 52  # width of a block's box, height of its lines, width of a small box


def groups_of(part: Any) -> List[Tuple[Any, int]]:
    """Equal blocks in a row as one, with their number."""
    blocks = part.parts or ((part,) if part.shortcuts else ())
    return [(block, len(list(same))) for block, same in groupby(blocks)]


def weighted(block: Any) -> List[str]:
    """The convolutions on a block's trunk, as the paper writes them: 3×3, 64."""
    steps = [block.steps[place] for place in block.routes()[0].steps]
    return [step.label.replace(" conv", "") for step in steps if step.kind in ("conv", "dense")] or [block.name]


def height_of(part: Any) -> float:
    """The height of a part's row, in pixels."""
    groups = groups_of(part)
    if not groups:
        return 58
    return 62 + LINE * max(len(weighted(block)) for block, _ in groups)


def glyph(axis: Any, shape: Tuple[int, ...], y: float) -> None:
    """A feature map as a pile of cards: their side shows its size, their number its channels, both logarithmic."""
    from matplotlib.patches import Rectangle
    size = shape[2:]
    width = 4 + 3.6 * log2(size[-1]) if size else 4
    height = 4 + 3.6 * log2(size[0]) if len(size) > 1 else 6
    cards = 1 + round(log2(shape[1]) / 2)
    for card in range(cards):
        shift = 2.2 * (cards / 2 - card)
        axis.add_patch(Rectangle((36 - width / 2 + shift, y - height / 2 - shift), width, height, facecolor=PAPER,
                                 edgecolor=COLOURS[0], linewidth=0.9, zorder=3))


def repeated(axis: Any, block: Any, count: int, x: float, middle: float) -> float:
    """A block once, with its shortcut and the addition, and how often it comes; returns where it ends."""
    from matplotlib.patches import FancyBboxPatch
    lines, shortcut = weighted(block), block.shortcut
    high = LINE * len(lines) / 2 + 5
    box, after = x + 24, x + 24 + BOX
    if count > 1:
        axis.add_patch(FancyBboxPatch((x + 1, middle - high - 34), BOX + 122, 2 * high + 42, facecolor=PALE,
                                      edgecolor="none", boxstyle="round,pad=0,rounding_size=8", zorder=0))
        axis.text(x + BOX + 73, middle, f"× {count}", va="center", fontsize=12.5, fontweight="bold", gid="count")
    flow.arrow(axis, [(x, middle), (box, middle)])
    axis.add_patch(FancyBboxPatch((box, middle - high), BOX, 2 * high, facecolor=COLOURS[0], edgecolor=COLOURS[0],
                                  boxstyle="round,pad=0,rounding_size=5", zorder=3, gid="block"))
    axis.text(box + BOX / 2, middle, "\n".join(lines), color=PAPER, ha="center", va="center", zorder=4, linespacing=1.2,
              fontsize=min(flow.size_for(line, BOX - 8) for line in lines))
    if shortcut == "none":
        flow.arrow(axis, [(after, middle), (after + 42, middle)])
        return x + (BOX + 128 if count > 1 else BOX + 66)
    flow.arrow(axis, [(after, middle), (after + 14, middle)])
    plus, over = after + 25, middle - high - 19
    flow.arrow(axis, [(x + 8, middle), (x + 8, over), (plus, over), (plus, middle - 11)], COLOURS[1], 2.4)
    flow.dot(axis, x + 8, middle)
    flow.plus(axis, plus, middle, 11)
    route = next(route for route in block.routes()[1:] if block.steps[route.end].kind == "add")
    for place in route.steps[:1]:
        step = block.steps[place]
        words = step.label.replace(" conv", "").split(", ")[0] if step.kind == "conv" else step.label
        words = {"pad": "zeros", "subsample": "zeros"}.get(step.kind, words)
        flow.box(axis, flow.Spot(box + BOX / 2, over, 26, 10), words, step.kind)
    return x + (BOX + 128 if count > 1 else BOX + 66)


def layers(axis: Any, part: Any, x: float, middle: float) -> float:
    """The layers of a part without blocks, in a row; returns where they end."""
    for place in part.routes()[0].steps if part.steps else ():
        step = part.steps[place]
        words = two_lines(step)
        wide = SHORT if len(words) < 8 else flow.WIDTH + 8
        flow.arrow(axis, [(x, middle), (x + 14, middle)])
        high = flow.half_height(words, step.kind)
        flow.box(axis, flow.Spot(x + 14 + wide / 2, middle, wide / 2, high), words, step.kind)
        x += 14 + wide
    return x


def in_words(part: Any) -> str:
    """A part in words."""
    groups = groups_of(part)
    made = [f"{count} block{'s' * (count > 1)} of {', '.join(weighted(block))} with {block.shortcut} shortcut"
            for block, count in groups] or [step.label for step in part.steps]
    return f"{part.name}: {listed(made)}, giving {shape_text(part.output_shape)}."


@styled
def network(diagram: Any) -> "Picture":
    """A network from its `Diagram`: a row for each part, with every kind of block in it drawn once, and how often.

    Left of each name a feature map of its output: side and number of the cards are logarithmic in height × width and in
    channels. A box holds a block's convolutions, an orange line is its shortcut; "1×1" on it is a projection, "zeros"
    the padding of option A. Batch normalisation and ReLU are left out of the boxes: `blocks` shows them.
    """
    heights = [58.0, *(height_of(part) for part in diagram.parts)]
    width = max([480.0] + [LEFT + 30 + sum(BOX + (128 if n > 1 else 66) for _, n in groups_of(part))
                                   for part in diagram.parts]
                + [LEFT + 30 + sum(14 + (SHORT if len(two_lines(step)) < 8 else flow.WIDTH + 8) for step in part.steps)
                   for part in diagram.parts if not groups_of(part)])
    figure, axis = canvas(width, sum(heights) + 8, width / PIXELS)
    y, former = 0.0, 0.0
    rows = [("input", diagram.input_shape, None)] + [(part.name, part.output_shape, part) for part in diagram.parts]
    for number, ((name, shape, part), height) in enumerate(zip(rows, heights)):
        middle = y + height / 2 + (14 if part is not None and groups_of(part) else 0)
        glyph(axis, shape, middle)
        axis.text(NAMES, middle - 9, name, fontweight="bold", fontsize=11, va="center")
        axis.text(NAMES, middle + 9, shape_text(shape), fontsize=9.5, va="center", color=GREY)
        if number:
            flow.arrow(axis, [(36, former + 26), (36, middle - 26)], GREY)
        x = float(LEFT)
        if part is not None and groups_of(part):
            for block, count in groups_of(part):
                x = repeated(axis, block, count, x, middle)
        elif part is not None:
            layers(axis, part, x, middle)
        former, y = middle, y + height
    return told(figure, f"The network {diagram.name}, part by part, from an input of "
                f"{shape_text(diagram.input_shape)}. " + " ".join(in_words(part) for part in diagram.parts))
