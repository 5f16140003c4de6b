"""A grading's temporary folder: fresh, gone in the end, and after a kill gone at the next start."""
import os
import subprocess
import sys

import pytest
from submissions import ROOT

from grading import scratch

HOLD = "from grading.scratch import scratch\nwith scratch() as place:\n    print(place, flush=True)\n    input()"


@pytest.fixture(autouse=True)
def top(tmp_path, monkeypatch):
    """The system's temporary folder, for these tests."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def holder():
    """Another process that has a folder, and the folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return process, process.stdout.readline().decode().strip()


def test_it_is_gone_in_the_end(top):
    with scratch.scratch() as place:
        (place / "x").mkdir()
        assert [path.name for path in top.iterdir()] == [place.name]
    assert list(top.iterdir()) == []


def test_what_a_killed_one_has_left_goes_and_what_lives_stays(top):
    killed, left = holder()
    living, kept = holder()
    killed.kill()
    killed.wait()
    assert os.path.isdir(left)
    with scratch.scratch():
        assert not os.path.exists(left) and os.path.isdir(kept)
    living.communicate(b"\n")
    assert list(top.iterdir()) == []


def test_what_only_looks_like_one_is_not_followed(top):
    (top / "kept").mkdir()
    (top / "kept" / "x").write_text("x")
    os.symlink(top / "kept", top / f"{scratch.PREFIX}link")
    odd = top / f"{scratch.PREFIX}odd"
    odd.mkdir()
    os.mkfifo(odd / scratch.OWNER)
    scratch.sweep()
    assert (top / "kept" / "x").exists() and (top / f"{scratch.PREFIX}link").is_symlink() and not odd.exists()


def test_anything_can_be_removed(top):
    place = top / "place"
    place.mkdir()
    here = os.getcwd()
    try:
        os.chdir(place)
        for _ in range(2000):
            os.mkdir("deep")
            os.chdir("deep")
    finally:
        os.chdir(here)
    (place / "closed").mkdir()
    (place / "closed" / "x").touch()
    (place / "closed").chmod(0)
    open(os.fsencode(place) + b"/\xff\n", "w").close()
    os.symlink("/", place / "everything")
    os.mkfifo(place / "pipe")
    scratch.remove(place)
    assert not place.exists() and os.path.isdir("/bin")
