"""One style: what can be told apart without colour, and what a key does."""
from resnet_gluon.plots.style import (
    COLOURS,
    LINES,
    MARKERS,
    PAGE,
    PIXELS,
    axes,
    canvas,
    legend,
    listed,
    looks,
    number,
    styled,
    styles,
    told,
    whole_ticks,
)

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from pictures import keys, seen

matplotlib.use("Agg")
#: Machado, Oliveira and Fernandes 2009: colours as the two commonest kinds of colour blindness see them, in full.
BLIND = {"deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
         "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]}


def linear(colour):
    channels = np.array(to_rgb(colour))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lightness(rgb):
    """L* of CIELAB, 0 to 100, of linear red, green and blue."""
    luminance = float(np.clip(rgb, 0, 1) @ [0.2126, 0.7152, 0.0722])
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def apart(values):
    ordered = sorted(values)
    return min(after - before for before, after in zip(ordered, ordered[1:]))


def test_colours_are_told_apart_on_grey_paper():
    assert apart([lightness(linear(colour)) for colour in COLOURS]) >= 9


@pytest.mark.parametrize("kind", BLIND)
def test_colours_are_told_apart_by_the_colour_blind(kind):
    assert apart([lightness(np.array(BLIND[kind]) @ linear(colour)) for colour in COLOURS]) >= 5


def test_the_darkest_and_the_second_colour_stand_out_from_white_paper():
    """WCAG 2.1, 1.4.11: graphics have a contrast of at least 3."""
    for colour in COLOURS[:3]:
        luminance = float(linear(colour) @ [0.2126, 0.7152, 0.0722])
        assert 1.05 / (luminance + 0.05) >= 3, colour


@pytest.mark.parametrize("count", (0, 1, 4, 5, 6, 7, 20))
def test_there_is_a_style_for_every_curve(count):
    assert len(styles(count)) == len(looks(count)) == count


def test_six_curves_can_be_told_apart_without_colour():
    six = styles(6)
    assert len(set(map(str, six))) == len(LINES) == len(set(MARKERS)) == 6 and styles(7)[6] == six[0]


def test_a_figure_is_as_wide_as_the_page_and_is_drawn_at_two_pixels_for_each():
    figure, panels = axes(2, 3, height=2)
    assert panels.shape == (2, 3) and figure.get_size_inches().tolist() == [PAGE, 2] and figure.get_layout_engine()
    told(figure, "Six empty panels, for want of anything else.")
    assert int.from_bytes(figure.png()[16:20], "big") == round(2 * PIXELS * PAGE)


def test_a_canvas_begins_in_its_upper_left_corner():
    figure, axis = canvas(200, 100, 2)
    assert axis.get_xlim() == (0, 200) and axis.get_ylim() == (100, 0)
    assert figure.get_size_inches().tolist() == [2, 1]


def test_the_style_does_not_depend_on_what_others_have_set_and_leaves_it_alone():
    @styled
    def size():
        return plt.rcParams["font.size"], plt.rcParams["font.family"]
    with plt.rc_context({"font.size": 31, "font.family": "serif"}):
        assert size() == (10.5, ["DejaVu Sans"]) and plt.rcParams["font.size"] == 31
    assert size.__name__ == "size"


def test_a_key_stands_outside_and_names_each_thing_once():
    figure, (left, right) = axes(1, 2)
    for axis in (left, right):
        axis.plot([0, 1], label="a")
        axis.plot([1, 0], label="b")
    legend(figure)
    assert keys(seen(told(figure, "Two panels of two lines each."))) == ["a", "b"]


def test_many_long_names_are_put_into_rows():
    figure, axis = axes()
    for i in range(9):
        axis.plot([i, 1], label=f"a rather long name of a network, number {i}")
    legend(figure)
    assert len(keys(seen(told(figure, "Nine lines with a key in rows.")))) == 9


def test_without_names_there_is_no_key():
    figure, axis = axes()
    axis.plot([0, 1])
    assert legend(figure) is None and not figure.legends


@pytest.mark.parametrize("end", (1, 2, 3, 7, 312))
def test_ticks_at_whole_numbers_only(end):
    figure, axis = axes()
    axis.plot([1, end], [0, 1])
    whole_ticks(axis.xaxis)
    figure.canvas.draw()
    assert all(float(tick).is_integer() for tick in axis.get_xticks())


def test_numbers_and_lists_in_words():
    assert [number(value) for value in (0.91734, 12.54, 1234.5, 0)] == ["0.917", "12.5", "1,234", "0"]
    assert [listed(words) for words in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_words_are_one_line():
    figure, _ = axes()
    assert told(figure, "two\n   lines").alt == "two lines"
