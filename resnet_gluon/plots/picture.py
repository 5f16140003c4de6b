"""A matplotlib figure that carries its alternative text into the notebook, and is sharp on every screen."""
from base64 import b64encode
from io import BytesIO
from typing import Any, Dict, Tuple

from resnet_gluon.plots.style import PIXELS, STYLE

import matplotlib
from matplotlib.figure import Figure

LARGE = 120_000  # bytes
OTHERS = ("image/svg+xml", "image/jpeg", "application/pdf")


class Picture(Figure):
    """A figure with words.

    In Jupyter its output is one PNG with two pixels for each of the page. Its metadata hold width and height on the
    page, and the alternative text, which `execute.save_html` writes into the page.
    """

    alt = ""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        announce()

    def png(self) -> bytes:
        """The picture as a PNG, the same bytes for the same figure."""
        from PIL import Image
        drawn, file = BytesIO(), BytesIO()
        with matplotlib.rc_context(STYLE):
            self.savefig(drawn, format="png", dpi=2 * PIXELS)
        picture = Image.open(drawn).convert("RGB")
        picture.save(file, "PNG", optimize=True)
        if file.tell() > LARGE:  # 256 colours are a third of the bytes
            file = BytesIO()
            picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                file, "PNG", optimize=True)
        return file.getvalue()

    def for_notebook(self) -> Tuple[str, Dict[str, Any]]:
        """The PNG as Jupyter wants it, and its metadata: alternative text, and the size in pixels of the page."""
        width, height = (round(inches * PIXELS) for inches in self.get_size_inches())
        return b64encode(self.png()).decode("ascii"), {"alt": self.alt, "width": width, "height": height}

    def _repr_png_(self) -> Tuple[str, Dict[str, Any]]:
        return self.for_notebook()


def announce() -> None:
    """Tell IPython, where it runs, how a `Picture` is shown.

    `%matplotlib inline` and `d2l.use_svg_display()` say it for every figure, without metadata. What is said for the
    class itself counts more, in whatever order they come.
    """
    from IPython import get_ipython
    shell = get_ipython()
    formatter = getattr(shell, "display_formatter", None)
    if formatter is None:
        return
    formatter.formatters["image/png"].for_type(Picture, Picture.for_notebook)
    for kind in OTHERS:
        formatter.formatters[kind].for_type(Picture, nothing)


def nothing(_: Any) -> None:
    """No second picture of the same."""
