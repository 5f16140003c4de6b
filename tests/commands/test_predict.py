"""`predict`: photos before a run's net."""
from resnet_gluon import FashionMNIST, evaluate, load_run

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def split(data):
    return data.test.take(slice(3))


@pytest.fixture
def files(split, tmp_path):
    """The set's own pictures, as files."""
    paths = [tmp_path / f"{number}.png" for number in range(len(split))]
    for path, picture in zip(paths, split.images):
        Image.fromarray(picture).save(path)
    return paths


def test_the_set_s_own_pictures_get_the_net_s_own_answers(command, run_folder, files, split):
    expected = evaluate(load_run(run_folder), split).probabilities
    rows = command("predict", run_folder, *files, "--json")
    assert [row["image"] for row in rows] == [str(path) for path in files]
    for row, probabilities in zip(rows, expected):
        likeliest = np.argsort(-probabilities)[:3]
        assert list(row["classes"]) == [FashionMNIST(quiet=True).classes[i] for i in likeliest]
        assert list(row["classes"].values()) == pytest.approx([round(float(probabilities[i]), 4) for i in likeliest],
                                                              abs=1.5e-4)
        assert row["assumed"] == ["light on dark", "of the net's size already"]


def test_the_table_says_what_was_assumed(command, run_folder, files):
    lines = command("predict", run_folder, files[0]).splitlines()
    assert lines[:2] == [str(files[0]), "    assumed: light on dark; of the net's size already"]
    assert len(lines) == 5 and all(line[4:].split()[0].endswith("%") for line in lines[2:])
    assert "inverted, as asked" in command("predict", run_folder, files[0], "--invert", "yes")


def test_colour(command, colour_folder, tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(256, size=(40, 30, 3), dtype=np.uint8)).save(tmp_path / "a.jpg")
    [row] = command("predict", colour_folder, tmp_path / "a.jpg", "--json")
    assert row["assumed"] == ["the middle square"] and set(row["classes"]) < set("abcdefghij")


@pytest.mark.parametrize("name, start", [("a.png", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a", b"\x89PNG")])
def test_the_picture_of_it(command, run_folder, files, tmp_path, name, start):
    command("predict", run_folder, *files[:2], "--show", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start) and not list(tmp_path.glob("*.part"))


def test_mistakes_are_a_sentence_and_nothing_is_written(fails, run_folder, files, tmp_path):
    (tmp_path / "text.png").write_text("a shirt")
    assert "text.png refused: it is none of" in fails("predict", run_folder, files[0], tmp_path / "text.png")
    assert "absent.png refused: it cannot be read: No such" in fails("predict", run_folder, tmp_path / "absent.png")
    assert "Format 'docx' is not supported" in fails("predict", run_folder, files[0], "--show", tmp_path / "a.docx")
    assert "No such file or directory" in fails("predict", run_folder, files[0], "--show", tmp_path / "b" / "a.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.png", "1.png", "2.png", "text.png"]
