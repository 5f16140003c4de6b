"""Photos as people have them: what a net sees is what Fashion-MNIST's makers would have made of them."""
import os
import subprocess
import sys

from resnet_gluon import FashionMNIST, FileRefused
from resnet_gluon.data.photos import read_photo

import numpy as np
import pytest
from PIL import Image, ImageOps

GREY, COLOUR = (1, 28, 28), (3, 32, 32)
INK, PAPER = (90, 20, 20), (240, 235, 225)


@pytest.fixture(scope="module")
def clothes():
    """Ten pictures of the test set, uint8 (28, 28), one of each class."""
    test = FashionMNIST(quiet=True).test
    return [test.images[np.flatnonzero(test.labels == label)[0]] for label in range(10)]


def photo(picture, size=(900, 700), at=(300, 100), ink=INK, paper=PAPER):
    """Somebody's photo of it: large, in colour, dark on light, off the middle."""
    large = Image.fromarray(255 - picture).resize((400, 400), Image.Resampling.BICUBIC)
    canvas = Image.new("RGB", size, paper)
    canvas.paste(ImageOps.colorize(large, ink, paper), at)
    return canvas


def difference(seen, picture):
    """The mean difference of what is seen to the picture with its longer edge at the net's, in levels."""
    rows, columns = np.flatnonzero((picture > 25).any(1)), np.flatnonzero((picture > 25).any(0))
    cut = Image.fromarray(picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1])
    whole = Image.new("L", (max(cut.size),) * 2)
    whole.paste(cut, ((whole.width - cut.width) // 2, (whole.height - cut.height) // 2))
    return np.abs(np.asarray(whole.resize((28, 28)), float) - seen[0]).mean()


def test_a_picture_of_the_set_is_seen_as_it_is(clothes, tmp_path):
    for number, picture in enumerate(clothes):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
        seen = read_photo(tmp_path / f"{number}.png", GREY)
        assert (seen.seen == picture).all() and seen.seen.shape == GREY and seen.seen.dtype == np.uint8
    assert seen.picture.shape == (28, 28, 3) and seen.assumed == ("light on dark", "of the net's size already")


def test_a_photo_of_it_is_seen_nearly_as_it_is(clothes, tmp_path):
    """Black ink, so that contrast is that of the set; cut out, in the middle, as large as it goes."""
    for number, picture in enumerate(clothes):
        photo(picture, ink=(0, 0, 0), paper=(255, 255, 255)).save(tmp_path / "photo.png")
        seen = read_photo(tmp_path / "photo.png", GREY)
        differences = [difference(seen.seen, other) for other in clothes]
        assert np.argmin(differences) == number and differences[number] < 25  # of 255 levels
        assert seen.assumed[0] == "dark on light, hence inverted"
        assert "plain margin cut off (900×700" in seen.assumed[-1]
        assert seen.seen[0, 0, 0] <= 5 and seen.picture.shape == (700, 900, 3)


def test_coloured_paper_becomes_black(clothes, tmp_path):
    photo(clothes[1]).save(tmp_path / "photo.jpg", quality=90)
    seen = read_photo(tmp_path / "photo.jpg", GREY)
    assert "its ground, 20 of 255, taken as black" in seen.assumed and np.median(seen.seen[0, :, 0]) == 0


def test_every_orientation_of_a_camera_is_turned_upright(clothes, tmp_path):
    upright = photo(clothes[9])
    upright.save(tmp_path / "upright.png")
    expected = read_photo(tmp_path / "upright.png", GREY).seen
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270,
             2: Image.Transpose.FLIP_LEFT_RIGHT}  # how the sensor had it
    for orientation, turn in turns.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        upright.transpose(turn).save(tmp_path / "turned.png", exif=exif)
        seen = read_photo(tmp_path / "turned.png", GREY)
        assert (seen.seen == expected).all() and "turned upright as its EXIF data say" in seen.assumed
        assert seen.picture.shape == (700, 900, 3)


@pytest.mark.parametrize("mode, name", [("L", "a.png"), ("RGB", "a.bmp"), ("RGBA", "a.png"), ("LA", "a.png"),
                                        ("P", "a.png"), ("CMYK", "a.tif"), ("RGB", "a.webp"), ("L", "a.ppm"),
                                        ("YCbCr", "a.jpg"), ("I;16", "a.png"), ("I", "a.tif"), ("F", "a.tif")])
def test_every_mode_is_seen_alike(clothes, tmp_path, mode, name):
    grey = photo(clothes[8], ink=(0, 0, 0), paper=(255, 255, 255)).convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    elif mode in ("I", "F"):
        image = Image.fromarray(np.asarray(grey).astype({"I": np.int32, "F": np.float32}[mode]) * 3)
    else:
        image = grey.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else grey.convert(mode)
    image.save(tmp_path / name)
    grey.save(tmp_path / "grey.png")
    expected = read_photo(tmp_path / "grey.png", GREY).seen.astype(float)
    assert np.abs(read_photo(tmp_path / name, GREY).seen - expected).mean() < 3


def test_two_levels_and_moving_pictures(clothes, tmp_path):
    frames = [photo(clothes[8]).convert("L"), photo(clothes[0]).convert("L")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert "the first of its 2 pictures" in read_photo(tmp_path / "a.gif", GREY).assumed
    photo(clothes[8]).convert("1", dither=Image.Dither.NONE).save(tmp_path / "a.png")
    assert set(np.unique(read_photo(tmp_path / "a.png", GREY).picture)) == {0, 255}


@pytest.mark.parametrize("light, ground", [(True, "black"), (False, "white")])
def test_what_is_transparent_is_a_ground_that_what_is_there_stands_out_from(clothes, tmp_path, light, ground):
    levels = Image.fromarray(np.full((28, 28), 230 if light else 25, np.uint8))
    mask = Image.fromarray(np.uint8(255 * (clothes[2] > 25)))
    Image.merge("LA", (levels, mask)).resize((300, 300)).save(tmp_path / "a.png")
    seen = read_photo(tmp_path / "a.png", GREY)
    assert f"what is transparent taken as {ground}" in seen.assumed
    assert seen.seen[0, 14, 14] > 200 and seen.seen[0, 27, 0] < 30


def test_the_reader_can_decide_about_inversion(clothes, tmp_path):
    Image.fromarray(clothes[0]).save(tmp_path / "a.png")
    Image.fromarray(255 - clothes[0]).save(tmp_path / "b.png")
    for name, invert, expected in (("a", "yes", 255 - clothes[0]), ("a", "no", clothes[0]), ("b", "auto", clothes[0]),
                                   ("b", "no", 255 - clothes[0])):
        seen = read_photo(tmp_path / f"{name}.png", GREY, invert)
        assert (seen.seen == expected).all() and ("as asked" in seen.assumed[0]) == (name + invert in ("ayes", "bno"))


def test_a_busy_border_is_not_cut_off(tmp_path):
    noise = np.random.default_rng(0).integers(256, size=(60, 90), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    seen = read_photo(tmp_path / "a.png", GREY)
    assert seen.assumed[-1] == "its border is not plain, so the middle square"
    Image.fromarray(np.full((50, 60), 200, np.uint8)).save(tmp_path / "a.png")
    assert len(np.unique(read_photo(tmp_path / "a.png", GREY).seen)) == 1  # nothing but ground


def test_a_very_long_picture(tmp_path):
    line = np.full((3, 5000), 255, np.uint8)
    line[1] = 0
    Image.fromarray(line).save(tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png", GREY).seen.shape == GREY
    Image.fromarray(line).save(tmp_path / "a.jpg")
    assert read_photo(tmp_path / "a.jpg", COLOUR).seen.shape == COLOUR


def test_colour_is_kept_and_the_middle_taken(tmp_path):
    levels = np.zeros((100, 300, 3), np.uint8)
    levels[:, 100:200] = (250, 100, 10)
    Image.fromarray(levels).save(tmp_path / "a.png")
    seen = read_photo(tmp_path / "a.png", COLOUR)
    assert seen.assumed == ("the middle square",) and (seen.seen.transpose(1, 2, 0) == (250, 100, 10)).all()
    assert (read_photo(tmp_path / "a.png", COLOUR, "yes").seen.transpose(1, 2, 0) == (5, 155, 245)).all()
    Image.fromarray(levels[:, :100]).convert("L").save(tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png", COLOUR).seen.shape == COLOUR


def test_what_gets_smaller_is_averaged(tmp_path):
    """Stripes of one pixel become grey, not stripes."""
    levels = np.zeros((640, 640), np.uint8)
    levels[:, ::2] = 255
    Image.fromarray(levels).convert("RGB").save(tmp_path / "a.png")
    assert np.abs(read_photo(tmp_path / "a.png", COLOUR).seen.astype(int) - 127).max() < 10


def refused(path, shape=GREY):
    with pytest.raises(FileRefused) as caught:
        read_photo(path, shape)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_no_picture_is_refused_in_a_sentence(clothes, tmp_path):
    whole = tmp_path / "a.jpg"
    photo(clothes[0]).save(whole)
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[:3000])
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.png").write_text("a shirt")
    (tmp_path / "script.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")  # Ghostscript would run
    os.mkfifo(tmp_path / "pipe")
    assert "truncated" in refused(tmp_path / "cut.jpg")
    for name in ("empty.png", "text.png", "script.eps"):
        assert "it is none of BMP, GIF, JPEG" in refused(tmp_path / name)
    assert "it is a folder, not a file" in refused(tmp_path)
    assert "it is a pipe, not a file" in refused(tmp_path / "pipe")
    assert "it is a device, not a file" in refused("/dev/zero")
    assert "No such file" in refused(tmp_path / "absent.png")


@pytest.mark.parametrize("size", ((20_000, 20_000), (11_000, 10_000)))
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_does(tmp_path, size):
    Image.new("1", size).save(tmp_path / "bomb.png")
    program = """
import resource, sys
from resnet_gluon.data.photos import FileRefused, read_photo
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_photo(sys.argv[1], (1, 28, 28))
except FileRefused as error:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, error)"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "bomb.png"], capture_output=True, text=True,
                          check=True)
    kilobytes, message = done.stdout.split(" ", 1)
    assert int(kilobytes) < 30_000 and "pixels" in message and "make it smaller" in message


def test_other_nets_and_other_words_are_refused(clothes, tmp_path):
    Image.fromarray(clothes[0]).save(tmp_path / "a.png")
    for shape in ((2, 28, 28), (1, 150)):
        with pytest.raises(ValueError, match="photos are for nets that take grey or colour images"):
            read_photo(tmp_path / "a.png", shape)
    with pytest.raises(ValueError, match="invert must be one of"):
        read_photo(tmp_path / "a.png", GREY, "maybe")
    assert repr(read_photo(tmp_path / "a.png", GREY)).startswith(f"Photo('{tmp_path}/a.png', seen as (1, 28, 28): ")
