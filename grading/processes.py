"""The processes that a process has started, as the kernel tells of them. It needs the standard library alone."""
import contextlib
import os
import resource
import subprocess
import sys
from typing import Collection, Iterator, Set

PAGE = resource.getpagesize()


def resident(pid: int) -> int:
    """Return how many bytes of memory a process holds."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0


def descendants(pid: int) -> Set[int]:
    """Return the processes that a process has started, directly or not, and that are left."""
    found: Set[int] = set()
    waiting = [pid]
    while waiting:
        new = set(children(waiting.pop())) - found
        found |= new
        waiting += new
    return found


def children(pid: int) -> Iterator[int]:
    """The children of a process, those included that came to it as orphans."""
    if sys.platform != "linux":
        said = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, check=False).stdout
        yield from map(int, said.split())
        return
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                yield from map(int, file.read().split())
    except OSError:
        return


def is_over(pid: int) -> bool:
    """Whether a process has ended, and waits only for its parent to take note."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
    except (OSError, IndexError):
        return False


def reap(apart: Collection[int] = ()) -> None:
    """Take note of orphans that have ended, so that they are gone; those `apart` are left to `Popen`."""
    for pid in list(children(os.getpid())):
        if pid not in apart:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
