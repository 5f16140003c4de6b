"""The living network at two widths, light and dark: it fits, can be read, and has a name for all that it shows."""
import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dark", (False, True), ids=("light", "dark"))
@pytest.mark.parametrize("width", (390, 1280))
def test_it_fits_and_can_be_read(open_page, file, width, dark):
    """No sideways scrolling, every control has a name and room, headings are in order, text has AA's contrast."""
    open_page.open(file, width=width, dark=dark)
    for source in ("samples", "drawing", "photo"):
        open_page.js(f"document.querySelector('[value={source}]').click()")
        assert open_page.js("document.documentElement.scrollWidth") == width
    open_page.js("document.querySelector('#number-f').click()")
    open_page.settle()
    assert open_page.js("document.documentElement.scrollWidth") == width
    tree = open_page.call("Accessibility.getFullAXTree")["nodes"]
    roles = ("button", "slider", "radio", "checkbox", "image", "application", "radiogroup", "table", "region")
    named = [(node["role"]["value"], node.get("name", {}).get("value")) for node in tree if not node.get("ignored")]
    assert not [role for role, name in named if role in roles and not name]
    levels = open_page.js("""[...document.querySelectorAll('h1, h2, h3, h4')]
        .filter((one) => one.getClientRects().length).map((one) => Number(one.tagName[1]))""")
    assert levels[0] == 1 and all(after - before <= 1 for before, after in zip(levels, levels[1:]))
    ids = open_page.js("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    small = open_page.js("""[...document.querySelectorAll('button, input[type=range], input[type=file], summary')]
        .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 80)])
        .filter(([{ width, height }]) => width && (width < 24 || height < 24)).map(([, html]) => html)""")
    assert small == []
    assert open_page.js(CONTRAST) == []


#: Texts whose contrast with what is behind them is less than 4.5, or 3 where they are large.
CONTRAST = """(() => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const behind = (one) => {
        for (let it = one; it; it = it.parentElement) {
            const colour = numbers(getComputedStyle(it).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const written = (one) => [...one.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    const shown = (one) => one.getClientRects().length && !one.closest('.hidden, .skip');
    return [...document.querySelectorAll('body *')].filter((one) => shown(one) && written(one)).map((one) => {
        const style = getComputedStyle(one), size = parseFloat(style.fontSize);
        const [a, b] = [light(numbers(style.color)), light(behind(one))].sort((x, y) => y - x);
        const large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
        return [(a + 0.05) / (b + 0.05), large ? 3 : 4.5, one.textContent.trim().slice(0, 40)];
    }).filter(([ratio, least]) => ratio < least);
})()"""


def test_axe_finds_nothing_serious_where_it_is_at_hand(open_page, file):
    """axe-core is not a part of the course: RESNET_GLUON_AXE names its axe.min.js."""
    source = os.environ.get("RESNET_GLUON_AXE")
    if not source:
        pytest.skip("RESNET_GLUON_AXE does not name an axe.min.js")
    for width, dark in ((390, False), (390, True), (1280, False), (1280, True)):
        open_page.open(file, width=width, dark=dark)
        open_page.js("document.querySelector('#number-f').click()")
        open_page.js(Path(source).read_text(encoding="utf8") + "; 0")
        found = open_page.js("axe.run().then(({ violations }) => violations.map((one) => [one.impact, one.id, "
                             "one.nodes.map((node) => node.html.slice(0, 120))]))")
        assert [one for one in found if one[0] in ("serious", "critical")] == []
        print(width, dark, found)
