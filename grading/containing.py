"""Chooses the wall behind which students' code runs, and builds the command that runs it there.

Three walls, the first that works here: bubblewrap; Landlock, which is in Linux itself; none but limits, and an end to
all that was started. What each keeps from whom stands in README.md, "Students' code runs on your machine".
"""
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Sequence

import resnet_gluon

from grading import fences

MIB = 1 << 20
WARDEN = Path(__file__).with_name("warden.py")
WALLS = ("bubblewrap", "landlock", "none")
SAID = {
    "bubblewrap": "students' code runs behind bubblewrap: it sees Python, the course's package and a folder of its "
                  "own, no network, and no process but its own.",
    "landlock": "bubblewrap does not work here, so students' code runs within Linux's own fences: it cannot read or "
                "write your files, or reach the network, but it sees the machine's processes. See grading/README.md.",
    "none": "students' code is NOT contained here: it runs as you, with your files and your network. Grade those whom "
            "you trust, or install bubblewrap. See grading/README.md."}
#: What the warden says, and what is said of it: who stopped a student's process, and why.
REASONS = {
    "seconds": "it ran for more than {seconds} seconds", "processes": "it started more than {processes} processes",
    "memory": "it used more than {memory} MiB of memory", "files": "it made more than {files} files",
    "size": "it wrote more than {size} MiB", "left": "", "orphaned": "the grading ended"}
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
OF_ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime",
          "/etc/fonts")


@dataclass(frozen=True)
class Limits:
    """What one submission may use: seconds of the clock, MiB of memory and of files, and how many of what."""
    seconds: int = 180
    memory: int = 4096
    size: int = 100
    files: int = 5000
    processes: int = 32


@dataclass
class Containment:
    """One submission's place: `wrap` puts a command into it.

    wall: one of WALLS. folder: a fresh one of the grading's own, where `box` and the warden's report are made.
    beside: files that the student's code finds in its folder. package: where resnet_gluon is read from.
    """
    wall: str
    folder: Path
    limits: Limits = field(default_factory=Limits)
    beside: Sequence[str] = ()
    package: Path = field(default_factory=lambda: package())

    def __post_init__(self) -> None:
        self.box = self.folder / "box"
        self.report = self.folder / "report.json"
        self.course = "/course" if self.wall == "bubblewrap" else str(self.folder / "course")
        self.box.mkdir()
        if self.wall == "bubblewrap":
            return
        copied = Path(self.course) / self.package.name  # fresh: what a submission does to it, it does to itself
        shutil.copytree(self.package, copied, ignore=shutil.ignore_patterns("__pycache__"))
        for path in self.beside:
            copy = shutil.copytree if os.path.isdir(path) else shutil.copy
            copy(path, self.box / os.path.basename(path))

    def wrap(self, command: Sequence[str]) -> List[str]:
        """Return the command that runs `command` in here."""
        return [sys.executable, "-I", "-S", str(WARDEN), json.dumps(self.settings()), *command]

    def settings(self) -> Dict[str, Any]:
        """What the warden has to know."""
        walled, limits = self.wall == "bubblewrap", self.limits
        home = "/box" if walled else str(self.box)
        return {
            "wall": self.wall, "report": str(self.report), "box": str(self.box),
            "cwd": "/" if walled else home,
            "environment": environment(home, "/tmp" if walled else home, self.course),
            "bubblewrap": self.bubblewrap() if walled else [],
            "readable": readable(self.course),
            "writable": ["/box", "/tmp", "/dev/shm"] if walled else [home],
            "seconds": limits.seconds, "memory": limits.memory * MIB, "size": limits.size * MIB, "files": limits.files,
            "processes": limits.processes,
            "limits": {"RLIMIT_AS": 8192 * MIB, "RLIMIT_FSIZE": limits.size * MIB, "RLIMIT_NOFILE": 256,
                       "RLIMIT_CORE": 0, "RLIMIT_CPU": 4 * limits.seconds, "RLIMIT_MEMLOCK": 8 * MIB,
                       "RLIMIT_NPROC": threads_of_this_user() + 256}}

    def bubblewrap(self) -> List[str]:
        """The command of bubblewrap: a new, small file system to read, three bounded places to write, nothing else."""
        size = str(self.limits.size * MIB)
        words = ["bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
                 "--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "box"]
        for path in SYSTEM:
            words += ["--symlink", os.readlink(path), path] if os.path.islink(path) else ["--ro-bind-try", path, path]
        for path in (*OF_ETC, *python()):
            words += ["--ro-bind-try", path, path]
        words += ["--ro-bind", str(self.package), f"/course/{self.package.name}", "--proc", "/proc", "--dev", "/dev"]
        for place in ("/dev/shm", "/tmp", "/box"):
            words += ["--size", size, "--tmpfs", place]
        for path in self.beside:
            words += ["--ro-bind", path, f"/box/{os.path.basename(path)}"]
        return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/box"]

    def reason(self) -> str:
        """Return why the student's process was stopped, in words; "" if it ended by itself."""
        why = str(self.said().get("why", ""))
        return REASONS.get(why, "").format(**self.limits.__dict__)

    def said(self) -> Dict[str, Any]:
        """What the warden has left word of. Without a wall it could be a student's word: only known words are taken."""
        try:
            if self.report.stat().st_size > 1000:
                return {}
            found = json.loads(self.report.read_text(encoding="utf8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def environment(home: str, temporary: str, course: str) -> Dict[str, str]:
    """Return the environment of students' code, of which nothing is the instructor's."""
    return {"HOME": home, "TMPDIR": temporary, "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "USER": "student", "LANG": "C.UTF-8", "PYTHONPATH": course, "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONNOUSERSITE": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "IPYTHONDIR": f"{home}/.ipython",
            "MPLCONFIGDIR": f"{home}/.matplotlib", "RESNET_GLUON_BUDGET": "smoke"}


def package() -> Path:
    """Return the folder of the course's package."""
    return Path(resnet_gluon.__path__[0]).resolve()


def python() -> List[str]:
    """Return the folders of this Python and its packages."""
    found = {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix),
             os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))}
    return sorted(path for path in found if not path.startswith("/usr") and path != "/")


def readable(course: str) -> List[str]:
    """Return what students' code may read within Linux's own fences."""
    return [*SYSTEM, *OF_ETC, *python(), "/proc", "/sys/devices/system", "/dev", course]


def threads_of_this_user() -> int:
    """Return how many threads run as this user: the kernel's limit counts them too."""
    count = 0
    try:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            if os.stat(f"/proc/{pid}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        pass
    return count


def best_wall(folder: Path) -> str:
    """Return the best wall that works here, tried out in a fresh folder of the grading's own."""
    if sys.platform != "linux" or platform.machine() not in fences.ARCHITECTURES:
        return "none"
    return next((wall for wall in WALLS[:2] if works(wall, folder)), "none")


def works(wall: str, folder: Path) -> bool:
    """Whether Python starts behind a wall."""
    if wall == "bubblewrap" and shutil.which("bwrap") is None or wall == "landlock" and not fences.landlock():
        return False
    place = folder / f"trial-{wall}"
    place.mkdir()
    contained = Containment(wall, place, Limits(seconds=30))
    tried = subprocess.run(contained.wrap([sys.executable, "-c", "print('up')"]), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return tried.returncode == 0 and tried.stdout == b"up\n"
