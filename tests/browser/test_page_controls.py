"""Every control of the living network by keyboard, and what must go by pointer or file; what each of them does."""
import json

from resnet_gluon.data.photos import read_photo
from resnet_gluon.page import Samples, pack, predict

import numpy as np
import pytest
from exporting import GREY
from PIL import Image

pytestmark = pytest.mark.slow


def focus(page, selector):
    page.js(f"document.querySelector({json.dumps(selector)}).focus()")
    page.settle()


def focused(page):
    return page.js("document.activeElement.id || document.activeElement.getAttribute('aria-label')")


def text(page, selector):
    return page.js(f"document.querySelector({json.dumps(selector)}).textContent")


def test_tab_reaches_every_control_once_and_the_focus_is_seen(open_page):
    """A group of radio buttons is one stop; what is focused has an outline, its own or its label's."""
    expected = open_page.js("""[...document.querySelectorAll('button, input, canvas[tabindex], summary, a[href]')]
        .filter((one) => one.tabIndex >= 0 && one.getClientRects().length && (one.type !== 'radio' || one.checked))
        .length""")
    seen = []
    open_page.js("document.body.focus()")
    for _ in range(expected + 5):
        open_page.press("Tab")
        if open_page.js("document.activeElement === document.body"):
            break
        seen.append(open_page.js("""(() => { const one = document.activeElement;
            window.stops = window.stops || []; const again = window.stops.includes(one); window.stops.push(one);
            const lines = [one, one.nextElementSibling].filter(Boolean).map((it) => getComputedStyle(it));
            return [one.id || one.getAttribute('aria-label') || one.textContent.trim() || one.name, again,
                lines.some((it) => it.outlineStyle !== 'none' && parseFloat(it.outlineWidth) >= 2)]; })()"""))
    assert len(seen) == expected and not any(again for _, again, _ in seen), seen
    assert [name for name, _, outlined in seen if not outlined] == []


def test_the_picture_is_chosen_by_arrow_keys(open_page):
    focus(open_page, "#gallery [aria-checked=true]")
    open_page.press("ArrowRight", times=2)
    assert focused(open_page).startswith("Pullover") and "Pullover" in open_page.js(
        "document.querySelector('#picture').getAttribute('aria-label')")
    open_page.press("ArrowDown")
    assert focused(open_page) == "Pullover, test image 10"
    open_page.press("End")
    assert focused(open_page) == "Ankle boot, test image 40"
    open_page.press("ArrowRight", times=4)
    assert open_page.js("livingNetwork.app.label") == open_page.js("livingNetwork.app.samples.labels[15]")


def test_drawing_by_arrow_keys_and_space(open_page):
    focus(open_page, "input[name=source]")
    open_page.press("ArrowRight")
    assert open_page.js("!document.querySelector('#drawing').hidden && document.querySelector('#samples').hidden")
    focus(open_page, "#sketch")
    open_page.press(" ")
    open_page.press("ArrowDown", times=6)
    assert "Pen down, column 14, row 20" in text(open_page, "#live")
    pixels = np.array(open_page.js("Array.from(livingNetwork.app.pixels)")).reshape(28, 28)
    assert pixels[16, 13:15].min() > 200 and pixels[:, :8].max() == 0
    assert text(open_page, "#truth").startswith("Only you know")
    focus(open_page, "#brush")
    open_page.press("End")
    assert text(open_page, "#brush-out") == "8"
    focus(open_page, "#erase")
    open_page.press(" ")
    focus(open_page, "#sketch")
    open_page.press("ArrowUp", times=8)
    assert open_page.js("Math.max(...livingNetwork.app.pixels.slice(13 * 28, 20 * 28))") == 0
    focus(open_page, "#sketch-clear")
    open_page.press("Enter")
    assert open_page.js("Math.max(...livingNetwork.app.pixels)") == 0


def test_a_pointer_draws_too(open_page):
    open_page.js("document.querySelector('[value=drawing]').click()")
    rect = open_page.js("""(() => { const it = document.querySelector('#sketch'); it.scrollIntoView({block: 'center'});
        const { left, top, width } = it.getBoundingClientRect(); return [left, top, width]; })()""")
    places = [(rect[0] + rect[2] * share, rect[1] + rect[2] / 2) for share in (0.25, 0.5, 0.75)]
    for event, (x, y) in zip(("mousePressed", "mouseMoved", "mouseMoved"), places):
        open_page.call("Input.dispatchMouseEvent", type=event, x=x, y=y, button="left", buttons=1, clickCount=1)
    open_page.settle()
    pixels = np.array(open_page.js("Array.from(livingNetwork.app.pixels)")).reshape(28, 28)
    assert (pixels[14, 8:20] > 200).all() and pixels[:10].max() == 0


def take(page, path):
    """Choose a file as the photo."""
    page.js("document.querySelector('[value=photo]').click(); document.querySelector('#photo-notes').replaceChildren()")
    document = page.call("DOM.getDocument")["root"]["nodeId"]
    node = page.call("DOM.querySelector", nodeId=document, selector="#file")["nodeId"]
    page.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)
    page.until("document.querySelectorAll('#photo-notes li').length > 0")
    page.settle()
    return np.array(page.js("Array.from(livingNetwork.app.pixels)")).reshape(28, 28), text(page, "#photo-notes")


@pytest.mark.parametrize("ground, cloth, said", [
    (238, 51, "light, so I took it for dark on light, and inverted it.Its background, 17 of 255, counts as black."),
    (20, 204, "dark, so I took it for light on dark"), (0, 255, "dark, so I took it for light on dark")])
def test_a_photo_is_made_like_the_data_as_the_package_does_it(open_page, ground, cloth, said, tmp_path):
    """Off centre, on a plain wall: the page makes of it what `read_photo` does, but for the kind of averaging."""
    levels = np.full((300, 400), ground, "uint8")
    levels[50:250, 40:140] = cloth
    levels[80:120, 60:90] = (cloth + ground) // 2
    Image.fromarray(levels).save(tmp_path / "photo.png")
    pixels, notes = take(open_page, tmp_path / "photo.png")
    expected = read_photo(tmp_path / "photo.png", GREY).seen[0].astype(int)
    assert said in notes and "centred what is left" in notes and "28 × 28" in notes
    assert pixels[:, :6].max() == 0 and pixels[:, 8:20].min() > 80
    assert np.abs(pixels - expected).mean() < 4


def test_photos_with_a_busy_border_transparency_or_the_nets_own_size(open_page, data, tmp_path):
    draw = np.random.default_rng(0)
    busy = draw.integers(0, 255, (6, 8), "uint8").repeat(40, axis=0).repeat(40, axis=1)
    Image.fromarray(busy).save(tmp_path / "busy.png")
    shirt = np.zeros((100, 100, 4), "uint8")
    shirt[20:80, 30:70] = 220, 220, 220, 255
    Image.fromarray(shirt).save(tmp_path / "clear.png")
    Image.fromarray(data.test.images[5]).save(tmp_path / "own.png")
    for name, said in (("busy", "square in the middle"), ("clear", "light on dark"), ("own", "network’s size")):
        pixels, notes = take(open_page, tmp_path / f"{name}.png")
        expected = read_photo(tmp_path / f"{name}.png", GREY).seen[0].astype(int)
        assert said in notes, name
        assert np.abs(pixels - expected).mean() < (0.01 if name == "own" else 8), name


def test_what_is_no_picture_is_said(open_page):
    open_page.js("document.querySelector('[value=photo]').click()")
    open_page.js("livingNetwork.app.sources.takePhoto(new File(['text'], 'a.txt', { type: 'text/plain' }))")
    assert "can’t read that file" in text(open_page, "#photo-notes")


def test_blocks_channels_and_numbers_by_keyboard(open_page):
    focus(open_page, "#rail [aria-checked=true]")
    assert focused(open_page) == "Block 5"
    open_page.press("ArrowRight", times=2)
    assert focused(open_page) == "Block 7" and "block 7" in text(open_page, "#typical")
    focus(open_page, "#channel")
    open_page.press("Home")
    open_page.press("ArrowRight", times=3)
    assert text(open_page, "#channel-out") == "4 of 64"
    focus(open_page, "#lens-f")
    open_page.press("PageDown")
    open_page.press("ArrowUp", times=30)
    open_page.press("ArrowLeft", times=30)
    open_page.press("ArrowRight", times=2)
    value = open_page.js("livingNetwork.app.net.maps['stage3.0.f'].data[4 * 49 + 2]")
    assert text(open_page, "#live").startswith("Channel 5, row 1, column 3: ")
    assert text(open_page, "#number-f").strip("()") == f"{value:.2f}".replace("-", "−")
    open_page.press("Enter")
    assert focused(open_page) == "arithmetic-title"
    assert text(open_page, "#arithmetic-title").startswith("f(x) of block 7, channel 5, row 1, column 3: ")
    open_page.press("Tab")
    open_page.press("Tab")
    assert focused(open_page).endswith("show its arithmetic")
    open_page.press("Enter")
    assert "inside f of block 7" in text(open_page, "#arithmetic-title")
    open_page.press("Tab")
    open_page.press("Enter")  # Back
    assert text(open_page, "#arithmetic-title").startswith("f(x) of block 7")
    open_page.press("Escape")
    assert focused(open_page) == "lens-f" and open_page.js("document.querySelector('#arithmetic').hidden")


def test_from_a_score_back_to_a_pixel(open_page):
    """Following the first number again and again ends at the picture."""
    focus(open_page, "#score-3")
    open_page.press("Enter")
    assert text(open_page, "#arithmetic-title").startswith("The score of Dress: ") and "softmax" in text(
        open_page, "#arithmetic")
    for _ in range(60):
        if open_page.js("document.querySelector('#arithmetic td button') === null"):
            break
        open_page.js("document.querySelector('#arithmetic td button').click()")
    title, told = text(open_page, "#arithmetic-title"), text(open_page, "#arithmetic")
    assert title.startswith("The picture, row ") and "of 255" in told or "fills the new ones with zeros" in told
    open_page.press("Escape")
    assert focused(open_page) == "score-3"


def test_faders_delete_restore_and_the_plain_twin(open_page):
    whole = text(open_page, "#verdict"), open_page.js("livingNetwork.app.logits")
    focus(open_page, "#fader-4-f")
    open_page.press("Home")
    assert open_page.js("livingNetwork.app.net.scales[4]") == {"x": 1, "f": 0} and "f(x) of block 5 × 0.00" in text(
        open_page, "#state")
    assert open_page.js("livingNetwork.app.logits") != whole[1]
    assert not open_page.js("livingNetwork.app.net.maps['stage2.1'].data.some((value, i) => value !== "
                            "livingNetwork.app.net.maps['stage2.0'].data[i])"), "without f the block is the identity"
    open_page.press("End")
    assert open_page.js("livingNetwork.app.net.scales[4].f") == 1.5
    open_page.press("Home")
    focus(open_page, "#switch input")
    open_page.press("ArrowRight")
    assert text(open_page, "#answer-net") == "Plain-20" and open_page.js("livingNetwork.app.net.scales[4].f") == 0
    assert open_page.js("document.querySelector('#fader-4-x')") is None
    assert open_page.js("!document.querySelector('#panel-x .none').hidden")
    assert not open_page.js("livingNetwork.app.net.maps['stage2.1'].data.some((value) => value !== 0)")
    focus(open_page, "#restore")
    open_page.press("Enter")
    focus(open_page, "#switch input:checked")
    open_page.press("ArrowLeft")
    assert (text(open_page, "#verdict"), open_page.js("livingNetwork.app.logits")) == whole
    assert text(open_page, "#state") == "The network is whole."
    focus(open_page, "#desk button")
    open_page.press("Enter")
    assert open_page.js("livingNetwork.app.net.scales[0].f") == 0 and focused(open_page) == "Restore f of x of block 1"


def test_the_lesion_study_counts_what_numpy_counts(open_page, twins, fashion):
    focus(open_page, "#study")
    open_page.press("Enter")
    open_page.until("/Whole, /.test(document.querySelector('#study-text').textContent)", seconds=240)
    samples, packed = Samples.of(fashion.test, "F", fashion.classes), pack(twins[0], GREY)
    right = [int((predict(packed, samples.as_seen(), scales).argmax(axis=1) == samples.labels).sum())
             for scales in [[(1, 1)] * 9] + [[(1, float(i != lost)) for i in range(9)] for lost in (0, 8)]]
    shown = open_page.js("[...document.querySelectorAll('.result')].map((one) => one.textContent)")
    assert f"gets {right[0]} of 40 right" in text(open_page, "#study-text")
    assert [shown[0], shown[8]] == [f"without f(x): {count} of 40 right" for count in right[1:]]
