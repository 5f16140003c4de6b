"""What every picture of the package has to be, looked at by its boxes rather than by its pixels."""
from matplotlib.text import Text

PIXELS = 200_000  # bytes at most


def seen(figure):
    """The figure, once it has been drawn and looked at: words, few bytes, nothing cut off, no key over data."""
    png = figure.png()
    assert png.startswith(b"\x89PNG") and len(png) <= PIXELS, f"{len(png):,} bytes"
    assert len(figure.alt) > 20 and "\n" not in figure.alt
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    (left, low), (right, high) = figure.get_tightbbox(renderer).get_points()  # in inches, of all that is drawn
    width, height = figure.get_size_inches()
    assert min(left, low) >= -0.02 and right <= width + 0.02 and high <= height + 0.02, "something is cut off"
    assert not [axis for axis in figure.axes if axis.get_legend()], "a key inside the axes may cover data"
    for key in figure.legends:
        box = key.get_window_extent(renderer)
        assert not [axis for axis in figure.axes if box.overlaps(axis.get_window_extent(renderer))]
    return figure


def keys(figure):
    """The words of the figure's key, in order."""
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def words(figure):
    """All texts that are drawn."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def drawn(figure, gid):
    """The artists that a drawing has given this id."""
    return figure.findobj(lambda artist: artist.get_gid() == gid)
