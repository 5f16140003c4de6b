"""Blocks as flow charts, from the plain `Diagram` that `resnet_gluon.diagram(block, shape)` reads from their graph."""
from textwrap import wrap
from typing import TYPE_CHECKING, Any, List, Mapping, Sequence, Tuple

from resnet_gluon.plots import flow
from resnet_gluon.plots.style import GREY, PIXELS, canvas, listed, styled, told

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture

TOP, BOTTOM, BETWEEN = 62, 40, 26  # above the first step, below the last, between two blocks, in pixels
MEETS = {"conv": "× weights,\ntransposed", "dense": "× weights,\ntransposed", "norm": "rescaled,\ncentred",
         "relu": "× 0 or 1", "add": "+", "pad": "part is\ncut off",
         "subsample": "zeros\nbetween", "scale": "scaled"}


def shape_text(shape: Sequence[int]) -> str:
    """A shape without its batch, channels first, such as 64 × 8 × 8."""
    return " × ".join(str(length) for length in shape[1:])


def two_lines(step: Any) -> str:
    """A step's label: what it is, and below it its channels and stride; without them, long words in two lines."""
    what, comma, rest = step.label.partition(", ")
    return f"{what}\n{rest}" if comma else "\n".join(wrap(what, 13))


def in_words(name: str, diagram: Any) -> str:
    """One block in words: its trunk, and what goes around it."""
    trunk, *others = diagram.routes()
    said = f"{name}: {', '.join(diagram.steps[place].label for place in trunk.steps)}"
    for route in others:
        way = ", ".join(diagram.steps[place].label for place in route.steps) or "nothing"
        said += f"; around it, into {diagram.steps[route.end].label}, a way with {way} on it"
    return said + "."


def arranged(diagrams: Mapping[str, Any], words: flow.Words, columns: int,
             upward: bool) -> Tuple[List[Any], float, float]:
    """(name, diagram, plan) of each block, in rows of `columns`; the width and height of it all."""
    placed: List[Any] = []
    items, top, widest = list(diagrams.items()), 0.0, 0.0
    for first in range(0, len(items), columns):
        left, row = 16.0, []
        for name, diagram in items[first:first + columns]:
            where = flow.plan(diagram, left, top + TOP, words, upward)
            row.append((name, diagram, where))
            left += max(where.width, flow.WIDTH + 30) + BETWEEN
        placed += row
        top = max(where.bottom for *_, where in row) + BOTTOM
        widest = max(widest, left - BETWEEN + 16)
    return placed, widest, top


def drawn(diagrams: Mapping[str, Any], words: flow.Words, columns: int, upward: bool = False) -> Tuple[Any, Any]:
    """A figure with all blocks, and its axis."""
    placed, width, height = arranged(diagrams, words, columns, upward)
    figure, axis = canvas(width, height, width / PIXELS)
    for name, diagram, where in placed:
        start, end = where.spots[flow.INPUT], where.bottom
        axis.text(start.x - flow.WIDTH / 2, start.y - 46, name, fontweight="bold", fontsize=11, va="center")
        above, below = ("∂loss/∂input", "∂loss/∂output") if upward else map(
            shape_text, (diagram.input_shape, diagram.output_shape))
        axis.text(start.x, start.y - 10, above, ha="center", fontsize=9.5, color=GREY)
        axis.text(start.x, end + 26, below, ha="center", fontsize=9.5, color=GREY)
        ends = [(start.x, end), (start.x, end + 14)]
        flow.arrow(axis, ends[::-1] if upward else ends)
        flow.draw(axis, diagram, where, words, upward)
    return figure, axis


@styled
def blocks(diagrams: Mapping[str, Any], columns: int = 4) -> "Picture":
    """Blocks side by side: every layer in order, the way around them, and where the two are added.

    diagrams: {title: diagram(block, shape)}; columns: so many in a row. Convolutions are dark, batch normalisation is
    pale, ReLU has an outline. Above and below stand the shapes of input and output: channels × height × width.
    """
    figure, _ = drawn(diagrams, two_lines, columns)
    return told(figure, f"Flow charts of {listed(diagrams)}, from top to bottom. "
                + " ".join(in_words(name, diagram) for name, diagram in diagrams.items()))


@styled
def gradient_path(diagrams: Mapping[str, Any], columns: int = 4) -> "Picture":
    """What a gradient meets on its way from a block's output back to its input. diagrams: as in `blocks`.

    Arrows point upwards. At an addition the gradient is copied: one copy goes back through the branch, and one along
    the shortcut; where both ways begin, the copies are added.
    """
    figure, _ = drawn(diagrams, backwards, columns, upward=True)
    return told(figure, "What a gradient meets on its way back, from the bottom up. "
                + " ".join(met(name, diagram) for name, diagram in diagrams.items()))


def backwards(step: Any) -> str:
    """What one operation does to a gradient that passes it; of one that is not known, its derivative."""
    if step.kind == "pool":
        return "to the\nlargest" if " max " in step.label else "spread\nevenly"
    return MEETS.get(step.kind, f"× {step.label}′")


def met(name: str, diagram: Any) -> str:
    """What a gradient meets in one block, in words."""
    trunk, *others = diagram.routes()
    back = [diagram.steps[place] for place in reversed(trunk.steps)]
    said = f"{name}: through the layers it meets {', '.join(step.label for step in back if step.kind != 'add')}."
    for route in others:
        after = [step.label for step in back[:back.index(diagram.steps[route.end])]]
        way = after + [diagram.steps[place].label for place in reversed(route.steps)]
        said += f" Along the shortcut it meets {', '.join(way) or 'nothing'}."
    return said
