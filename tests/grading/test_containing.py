"""Attacks from a student's process, one by one, behind each wall: nothing outside changes, nothing is left.

Here a plain process is attacked from, without the judge: a second each. `test_grading.py` has the whole way.
"""
import os
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
import time
from dataclasses import replace
from pathlib import Path

import resnet_gluon

import psutil
import pytest
from attacks import CLASSES

from grading import fences, scratch
from grading.containing import SAID, WALLS, Containment, Limits, best_wall, environment, python, works
from grading.seals import Seal

SECRET = "SECRET" + "-of-the-course"
LIMITS = Limits(seconds=6, memory=1500, processes=16, size=60, files=2000)
#: Without a wall these cannot be held, and README.md says so: they run as the instructor.
ONLY_WALLED = {*CLASSES["reaching"], "hard-link", "own-folder", "shm", "root-files"}
#: One attack of each kind, in `make test`; the others in `make test-long`.
QUICK = {"newline", "undecodable", "pipe-outside", "own-folder", "gradebook", "gradebook-pipe", "read-by-shell",
         "read-any-root", "kill-all", "chmod", "package", "pip", "network", "limits-of-parent", "detached", "chain",
         "deaf", "endless-deaf", "fork-bomb", "shm", "files", "many-files", "memory-in-parts", "root-files", "memfd"}


@pytest.fixture(scope="module")
def usable(tmp_path_factory):
    """The walls that work here."""
    place = tmp_path_factory.mktemp("walls")
    return {wall for wall in WALLS if wall == "none" or sys.platform == "linux" and works(wall, place)}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the package, to be attacked."""
    copy = tmp_path_factory.mktemp("package") / "resnet_gluon"
    shutil.copytree(resnet_gluon.__path__[0], copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def walled(request, usable, tmp_path):
    """One of the walls, with a folder that looks like a course behind it, which nothing may reach."""
    if request.param not in usable:
        pytest.skip(f"{request.param} does not work here")
    canary = tmp_path / "course"
    canary.mkdir()
    (canary / "gradebook.db").write_text(SECRET)
    return request.param, canary


def cases():
    """Each attack behind each wall that is to hold it."""
    for kind, attacks in CLASSES.items():
        for name, code in attacks.items():
            for wall in WALLS:
                if wall != "none" or name not in ONLY_WALLED:
                    marks = [] if name in QUICK and wall != "none" else [pytest.mark.long]
                    yield pytest.param(wall, kind, code, marks=marks, id=f"{wall}-{kind}-{name}")


def state(folder):
    """A folder's files with what is in them, and how they may be used."""
    found = {path.relative_to(folder): path for path in folder.rglob("*")}
    return {name: (path.lstat().st_mode, path.lstat().st_mtime_ns,
                   path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) and path.lstat().st_size < 1 << 24 else None)
            for name, path in found.items()}


def left_behind(mark):
    return [process.pid for process in psutil.process_iter() if mark in " ".join(cmdline(process))]


def cmdline(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def run(wall, folder, code, package=None, limits=LIMITS):
    """Run code behind a wall. Gives what it said, and the Containment."""
    contained = Containment(wall, folder, limits, package=package or Path(resnet_gluon.__path__[0]))
    done = subprocess.run(contained.wrap([sys.executable, "-c", code]), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    return done.stdout.decode(errors="replace"), contained


@pytest.mark.parametrize(("walled", "kind", "code"), list(cases()), indirect=["walled"])
def test_attacks_are_held(walled, kind, code, package, tmp_path):
    wall, canary = walled
    mark = str(900_000_000 + os.getpid() * 1000 + int(time.monotonic() * 10) % 1000)
    place, before = tmp_path / "place", state(canary)
    place.mkdir()
    shm, tmp = set(os.listdir("/dev/shm")), set(os.listdir("/tmp"))
    sealed, packages = Seal([package, Path(sys.prefix) / "bin"]), set(os.listdir(sysconfig.get_path("purelib")))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.1)
        began = time.monotonic()
        for word, value in (("CANARY", canary), ("MARK", mark), ("PACKAGE", package),
                            ("PORT", listener.getsockname()[1])):
            code = code.replace(word, str(value))
        said, _ = run(wall, place, code, package)
        with pytest.raises(socket.timeout):
            listener.accept()
    assert time.monotonic() - began < LIMITS.seconds + 30
    assert state(canary) == before
    assert "SECRET" not in said.replace("'SECRET'", "").replace("echo SECRET", ""), said
    assert left_behind(mark) == []
    assert not {name for name in set(os.listdir("/dev/shm")) - shm if name.startswith("x")}
    assert not {name for name in set(os.listdir("/tmp")) - tmp if name.startswith("gl-")}
    assert not [path for top in ("/", "/dev", "/run", "/var/tmp") for path in Path(top).glob("gl-x*")]
    assert sealed.broken() == [] and set(os.listdir(sysconfig.get_path("purelib"))) == packages
    if kind == "greedy":
        size = sum(path.lstat().st_blocks * 512 for path in place.rglob("*")) if wall != "bubblewrap" else 0
        assert size < 10 * LIMITS.size << 20
    scratch.remove(place)
    assert not place.exists()


@pytest.mark.parametrize(("code", "words"), [
    ("while True: pass", "ran for more than 6 seconds"), ("import os\nwhile True: os.fork()", "more than 16 processes"),
    ("import os\nfor _ in range(3):\n    if not os.fork(): break\nx = b'x' * (900 << 20)\nwhile True: pass",
     "1500 MiB of memory"),
    ("for i in range(10 ** 6): open(str(i), 'w').close()", "more than 2000 files"), ("pass", ""), ("1 / 0", "")])
@pytest.mark.parametrize("wall", WALLS)
def test_what_stopped_it_is_said(usable, wall, code, words, tmp_path):
    if wall not in usable:
        pytest.skip(f"{wall} does not work here")
    limits = LIMITS if "seconds" in words else replace(LIMITS, seconds=60)
    _, contained = run(wall, tmp_path, code, limits=limits)
    assert words in contained.reason() and bool(words) == bool(contained.reason())


@pytest.mark.parametrize("wall", WALLS)
def test_what_a_notebook_needs_is_there(usable, wall, tmp_path):
    """Python, MXNet, the package, a folder to write in, the files beside the assignment, and a clean environment."""
    if wall not in usable:
        pytest.skip(f"{wall} does not work here")
    (tmp_path / "beside.csv").write_text("1,2")
    os.environ["A_SECRET"] = SECRET
    code = ("import os, tempfile, resnet_gluon, matplotlib.pyplot, multiprocessing\nfrom mxnet import np\n"
            "assert resnet_gluon.Residual(2) and float(np.ones(3).sum()) == 3\nopen('x', 'w').write('x')\n"
            "tempfile.TemporaryFile().write(b'x'); os.mkdir('d'); os.rename('x', 'd/y'); os.remove('d/y')\n"
            "print(open('beside.csv').read(), sorted(os.environ))")
    place = tmp_path / "place"
    place.mkdir()
    contained = Containment(wall, place, Limits(seconds=60), beside=[str(tmp_path / "beside.csv")])
    said = subprocess.run(contained.wrap([sys.executable, "-c", code]), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout.decode()
    assert said.startswith("1,2"), said
    assert "A_SECRET" not in said and SECRET not in said


def test_the_best_wall_is_chosen(usable, tmp_path):
    assert best_wall(tmp_path) == next(wall for wall in WALLS if wall in usable)
    assert set(SAID) == set(WALLS)


@pytest.mark.long
def test_bubblewrap_is_here_for_the_long_tests(usable):
    """Without it half of the attacks were skipped: that is no success."""
    assert shutil.which("bwrap") and "bubblewrap" in usable, "install bubblewrap, and allow user namespaces"


def test_a_killed_grading_takes_the_students_processes_with_it(usable, tmp_path):
    """The warden notices that whoever started it is gone."""
    mark = str(800_000_000 + os.getpid())
    for wall in sorted(usable):
        place = tmp_path / wall
        place.mkdir()
        command = Containment(wall, place, Limits(seconds=60)).wrap(["/bin/sleep", mark])
        starter = subprocess.Popen([sys.executable, "-c", f"import subprocess; subprocess.run({command!r})"])
        wait_for(lambda: left_behind(mark))
        starter.kill()
        starter.wait()
        wait_for(lambda: not left_behind(mark))


def wait_for(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_descriptors_go_through_the_walls(usable, tmp_path):
    """The judge is answered on a descriptor that the student's process inherits."""
    for wall in sorted(usable):
        place = tmp_path / wall
        place.mkdir()
        ours, theirs = socket.socketpair()
        code = f"import socket; socket.socket(fileno={theirs.fileno()}).sendall(b'here')"
        with subprocess.Popen(Containment(wall, place, LIMITS).wrap([sys.executable, "-c", code]),
                              pass_fds=[theirs.fileno()]):
            theirs.close()
            assert ours.recv(10) == b"here" and ours.recv(10) == b""
        ours.close()


def test_filters_know_this_machine():
    if sys.platform == "linux":
        assert len(fences.program(signals=False, metadata=False)) % 8 == 0
        assert set(environment("/box", "/tmp", "/course")) >= {"HOME", "PATH", "PYTHONPATH"}
        assert any(Path(sys.prefix) == Path(path) for path in python())
