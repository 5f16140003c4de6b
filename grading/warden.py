"""Starts a student's process with limits, watches it and all that it starts, and ends whatever is left of it.

It is a program of its own, `python -I -S warden.py SETTINGS COMMAND…`: it dies after, never before, what it watches,
also where the grading is killed. The settings are JSON; `containing.Containment` writes them. The student's process is
either bubblewrap, which puts COMMAND behind a wall, or COMMAND itself within `fences`.
"""
import contextlib
import json
import os
import platform
import resource
import signal
import stat
import subprocess
import sys
import time
from typing import Any, Dict, List, Set, Tuple

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fences  # noqa: E402
from processes import descendants, reap, resident  # noqa: E402

TICK, PATIENCE = 0.05, 20.0  # seconds between two looks; until what cannot be ended is given up


class Broken(Exception):
    """Which limit was broken; its name is a key of `containing.REASONS`."""


def main() -> int:
    """Run the command within its settings, and return its exit status."""
    settings, command = json.loads(sys.argv[1]), sys.argv[2:]
    parent = os.getppid()
    if sys.platform == "linux":
        fences.LIBC.prctl(fences.SUBREAPER, 1, 0, 0, 0)  # what detaches itself becomes a child of this process
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: os._exit(end_all(130)))
    process = start(settings, command)
    status, why = -signal.SIGKILL, ""
    try:
        status = watch(process, settings, parent)
    except Broken as broken:
        why = str(broken)
        note(settings["report"], why)  # before whoever waits for an answer learns that there will be none
    left = end_all(0)
    note(settings["report"], why or ("left" if left else ""))
    return status if status >= 0 else 128 - status


def start(settings: Dict[str, Any], command: List[str]) -> "subprocess.Popen[bytes]":
    """Start the command, or bubblewrap around it."""
    if settings["wall"] == "bubblewrap":
        read, write = os.pipe()
        os.write(write, fences.program(signals=True, metadata=True))
        os.close(write)
        os.set_inheritable(read, True)
        command = [*settings["bubblewrap"], "--seccomp", str(read), "--", *command]
    process = subprocess.Popen(command, env=settings["environment"], cwd=settings["cwd"], close_fds=False,
                               preexec_fn=lambda: prepare(settings), start_new_session=True)
    for descriptor in (0, 1):  # the student's alone: whoever reads must learn that it is gone
        os.close(descriptor)
        os.open(os.devnull, os.O_RDWR)
    os.closerange(3, 1024)
    return process


def prepare(settings: Dict[str, Any]) -> None:
    """Runs in the student's process before it becomes one."""
    for name, value in settings["limits"].items():
        number = getattr(resource, name, None)
        if number is not None:
            hard = resource.getrlimit(number)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(number, (value, value))
    os.umask(0o077)
    if sys.platform != "linux":
        return
    with open("/proc/self/oom_score_adj", "w") as file:  # where memory ends, this process goes first
        file.write("1000")
    fences.LIBC.prctl(fences.DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if settings["wall"] == "landlock":
        fences.confine(settings["readable"], settings["writable"])
    if settings["wall"] != "bubblewrap" and platform.machine() in fences.ARCHITECTURES:
        fences.filter_calls(fences.program(signals=settings["wall"] == "landlock" and fences.landlock() >= 6,
                                            metadata=False))


def watch(process: "subprocess.Popen[bytes]", settings: Dict[str, Any], parent: int) -> int:
    """Return the exit status of the student's process. Raises Broken where a limit is broken before that."""
    deadline, look = time.monotonic() + settings["seconds"], 0.0
    while True:
        reap([process.pid])
        status = process.poll()
        if status is not None:
            return status
        if os.getppid() != parent:
            raise Broken("orphaned")
        if time.monotonic() > deadline:
            raise Broken("seconds")
        if time.monotonic() > look:
            began = time.monotonic()
            measure(settings)
            look = began + max(2 * TICK, 10 * (time.monotonic() - began))  # a tenth of the time is enough
        time.sleep(TICK)


def measure(settings: Dict[str, Any]) -> None:
    """Raise Broken where processes, memory or files are more than is allowed."""
    pids = descendants(os.getpid())
    if len(pids) > settings["processes"]:
        raise Broken("processes")
    size, count = files_of(settings, pids)
    if count > settings["files"]:
        raise Broken("files")
    held = sum(map(resident, pids)) + (size if settings["wall"] == "bubblewrap" else 0)
    if held > settings["memory"]:
        raise Broken("memory")
    if size > settings["size"]:
        raise Broken("size")


def files_of(settings: Dict[str, Any], pids: Set[int]) -> Tuple[int, int]:
    """Return how many bytes and files there are where a student may write. Nothing there is opened or followed."""
    if settings["wall"] != "bubblewrap":
        return walk(settings["box"], settings["files"])
    for pid in sorted(pids, reverse=True):  # any of those behind the wall: all see the same
        try:
            found = [os.statvfs(f"/proc/{pid}/root{place}") for place in settings["writable"]]
        except OSError:
            continue
        return (sum((one.f_blocks - one.f_bfree) * one.f_frsize for one in found),
                sum(one.f_files - one.f_ffree for one in found) if all(one.f_files < 1 << 40 for one in found) else 0)
    return 0, 0


def walk(folder: str, most: int) -> Tuple[int, int]:
    """Return the bytes and the number of the files under a folder, as far as `most`."""
    size = count = 0
    waiting = [folder]
    while waiting and count <= most:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    about = entry.stat(follow_symlinks=False)
                    size, count = size + 512 * about.st_blocks, count + 1
                    if stat.S_ISDIR(about.st_mode):
                        waiting.append(entry.path)
        except OSError:  # gone meanwhile, closed to us, or too deep for a name
            count += 1
    return size, count


def end_all(status: int) -> int:
    """End all that was started, until nothing is left. Returns `status`, or 1 where something could not be ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        left = descendants(os.getpid())
        if not left:
            return status
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        reap()
    return status or 1


def note(path: str, why: str) -> None:
    """Leave word of what ended the student's process, and of what it took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(path, "w") as file:
        json.dump({"why": why, "cpu": used.ru_utime + used.ru_stime}, file)


if __name__ == "__main__":
    sys.exit(main())
