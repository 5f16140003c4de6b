"""What is taken in of what was downloaded: bounded, and each file under its own student's name."""
import os
import zipfile

import pytest
from submissions import ASSIGNMENT

from grading.collecting import collect

NOTEBOOK = b'{"cells": []}'


@pytest.fixture
def archive(tmp_path):
    place = tmp_path / "downloaded" / ASSIGNMENT / "archive"
    place.mkdir(parents=True)
    return place


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)


def taken(course):
    """Files in `submitted`, with what is in them."""
    top = course / "submitted"
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def test_files_and_zips_are_taken(tmp_path, archive, capsys):
    (archive / "alice_residual_block.ipynb").write_bytes(NOTEBOOK)
    zipped(archive / "bob_work.zip", {"deep/bob_residual_block.ipynb": NOTEBOOK, "deep/photo.jpg": "x"})
    zipped(archive / "all.zip", {"carol_residual_block.ipynb": NOTEBOOK, "__MACOSX/._carol_residual_block.ipynb": "x"})
    assert collect(tmp_path, ASSIGNMENT) == 0
    assert {path.split("/")[0] for path in taken(tmp_path)} == {"alice", "bob", "carol"} and len(taken(tmp_path)) == 3
    assert "3 notebooks of 3 students" in capsys.readouterr().out


def test_what_is_collected_again_replaces_what_was(tmp_path, archive):
    for text in (b"1", b"2"):
        (archive / "alice_residual_block.ipynb").write_bytes(text)
        collect(tmp_path, ASSIGNMENT)
    assert set(taken(tmp_path).values()) == {b"2"}


def test_nobody_hands_in_for_another(tmp_path, archive, capsys):
    (archive / "alice_residual_block.ipynb").write_bytes(b"hers")
    zipped(archive / "mallory_x.zip", {"alice_residual_block.ipynb": "forged", "mallory_residual_block.ipynb": "m"})
    zipped(archive / "everybody.zip", {"alice_residual_block.ipynb": "forged too"})
    assert collect(tmp_path, ASSIGNMENT) == 1
    assert taken(tmp_path)[f"alice/{ASSIGNMENT}/residual_block.ipynb"] == b"hers" and len(taken(tmp_path)) == 2
    said = capsys.readouterr().err
    assert "can hold no file of alice" in said and "is taken instead" in said


HOSTILE = {
    "bomb": lambda path: zipped(path, {"x_a.ipynb": bytes(60 << 20)}),
    "many": lambda path: zipped(path, {f"x_a{number}.ipynb": "" for number in range(100)}),
    "climbing": lambda path: zipped(path, {"../../../../x_..ipynb": "", "/etc/x_/../../b.ipynb": ""}),
    "damaged": lambda path: path.write_bytes(b"PK\x03\x04" + bytes(100)),
    "text": lambda path: path.write_text("none"),
    "pipe": os.mkfifo,
    "link": lambda path: os.symlink("/etc/passwd", path),
    "link-to-zero": lambda path: os.symlink("/dev/zero", path),
    "folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize(("name", "ending"), [*((name, "zip") for name in HOSTILE), *(
    (name, "ipynb") for name in ("pipe", "link", "link-to-zero", "folder"))])
def test_hostile_files_stop_nobody_else(tmp_path, archive, capsys, name, ending):
    HOSTILE[name](archive / f"x_work.{ending}")
    (archive / "alice_residual_block.ipynb").write_bytes(NOTEBOOK)
    assert collect(tmp_path, ASSIGNMENT) == 1
    assert taken(tmp_path) == {f"alice/{ASSIGNMENT}/residual_block.ipynb": NOTEBOOK}
    assert "not taken: " in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"downloaded", "submitted"}


@pytest.mark.parametrize("name", ["=cmd_x.ipynb", "a\nb_x.ipynb", "-rf_x.ipynb", "nobody.ipynb", "_x.ipynb", "a_.ipynb",
                                  b"\xff_x.ipynb", "photo.jpg"])
def test_names_that_cannot_be_used_are_said(tmp_path, archive, capsys, name):
    with open(os.path.join(os.fsencode(archive), os.fsencode(name)), "wb") as file:
        file.write(NOTEBOOK)
    assert collect(tmp_path, ASSIGNMENT) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "not taken" in said and taken(tmp_path) == {}


def test_nothing_downloaded_is_said(tmp_path, capsys):
    assert collect(tmp_path, "x") == 2
    assert "is not there" in capsys.readouterr().err
