"""One style for all figures: fonts, colours, lines, sizes, keys beside the data, and words for those who cannot see."""
import functools
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, TypeVar, cast

if TYPE_CHECKING:
    from resnet_gluon.plots.picture import Picture

PAGE = 7.6  # inches: a page of a notebook is about 760 pixels wide, at 100 an inch
PIXELS = 100  # an inch
#: Told apart by their lightness alone (16, 58, 25, 71, 39 of 100), so on grey paper and by every kind of eye.
COLOURS = ("#0d2844", "#dd6a2a", "#62225c", "#66b8e3", "#27664a")
INK, GREY, PALE, PAPER = "#1b1f24", "#6b7278", "#e3e6e8", "#ffffff"
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS = "os^Dv*"
SIGNED = "cividis"  # dark, grey, light for negative, zero, positive: it needs no hue
STYLE: Dict[str, Any] = {
    "font.family": "DejaVu Sans", "font.size": 10.5,  # it comes with matplotlib, so figures are the same everywhere
    "axes.titlesize": 10.5, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.labelsize": 10.5,
    "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "legend.fontsize": 10, "legend.frameon": False,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": GREY, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.8, "axes.grid": True,
    "axes.axisbelow": True, "grid.color": PALE, "grid.linewidth": 0.8, "lines.linewidth": 1.8, "lines.markersize": 5,
    "figure.facecolor": PAPER, "axes.facecolor": PAPER, "figure.dpi": PIXELS, "savefig.dpi": 2 * PIXELS,
    "image.cmap": "gray_r", "image.interpolation": "nearest", "hatch.linewidth": 0.6, "svg.hashsalt": "resnet_gluon",
}
Function = TypeVar("Function", bound=Callable[..., Any])


def styled(function: Function) -> Function:
    """Have a function draw in the course's style, whatever other libraries have set."""
    @functools.wraps(function)
    def draw(*arguments: Any, **options: Any) -> Any:
        import matplotlib  # heavy, hence not imported with the package
        with matplotlib.rc_context(STYLE):
            return function(*arguments, **options)
    return cast(Function, draw)


def axes(rows: int = 1, columns: int = 1, *, height: float = 3.2, width: float = PAGE, **options: Any) -> Any:
    """A `Picture` and its axes, as `plt.subplots` gives them. height, width: of the whole, in inches."""
    from resnet_gluon.plots.picture import Picture

    import matplotlib.pyplot as plt
    return plt.subplots(rows, columns, FigureClass=Picture, figsize=(width, height), layout="constrained", **options)


def canvas(width: float, height: float, inches: float = PAGE) -> Any:
    """A `Picture` and one bare axis, (0, 0) its upper left corner, for drawings. inches: the width of the whole."""
    from resnet_gluon.plots.picture import Picture

    import matplotlib.pyplot as plt
    figure = plt.figure(FigureClass=Picture, figsize=(inches, inches * height / width))
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, width), ylim=(height, 0))
    axis.axis("off")
    return figure, axis


def told(figure: Any, words: str) -> "Picture":
    """The figure, with what it shows in words: the alternative text of the picture."""
    figure.alt = " ".join(words.split())
    return figure


def styles(count: int) -> List[Tuple[Any, str]]:
    """Line and marker of so many curves: six different pairs, then the same again."""
    return list(islice(cycle(zip(LINES, MARKERS)), count))


def looks(count: int) -> List[Dict[str, Any]]:
    """Colour, line and marker of so many curves, as options of `plot`."""
    return [{"color": colour, "linestyle": line, "marker": marker}
            for colour, (line, marker) in zip(cycle(COLOURS), styles(count))]


def legend(figure: Any, handles: Optional[Sequence[Any]] = None, place: str = "upper") -> Any:
    """A legend outside the axes, where it covers nothing. handles: the artists; by default all that have a label."""
    if handles is None:
        found = [item for axis in figure.axes for item in axis.get_legend_handles_labels()[0]]
        handles = list({item.get_label(): item for item in reversed(found)}.values())[::-1]
    if not handles:
        return None
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = max(1, min(len(handles), int(figure.get_size_inches()[0] / (0.09 * longest + 0.7))))
    return figure.legend(handles=handles, loc=f"outside {place} center", ncols=columns)


def whole_ticks(*axes_of_numbers: Any) -> None:
    """Ticks at whole numbers only, for steps, epochs and blocks, of which there are no halves."""
    from matplotlib.ticker import MaxNLocator
    for axis in axes_of_numbers:
        axis.set_major_locator(MaxNLocator(nbins="auto", integer=True, min_n_ticks=1))


def number(value: float) -> str:
    """A number in words of three digits, such as 0.917, 12.5 or 1,200."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def listed(items: Iterable[str]) -> str:
    """One, two and three."""
    words = list(items)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
