"""A folder outside the course for one grading. It is gone afterwards; that of a killed one goes at the next start."""
import fcntl
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from grading import reading

PREFIX = "resnet-gluon-grading-"
OWNER = "owner"  # a file in each, which is locked for as long as its grading lives
PATIENCE = 300  # seconds that removing may take


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a fresh folder; remove it in the end, and before that what killed gradings have left."""
    sweep()
    made = Path(tempfile.mkdtemp(prefix=f"new-{PREFIX}"))
    with (made / OWNER).open("w") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        place = made.with_name(made.name[len("new-"):])
        made.rename(place)  # nobody sees it under this name before it is locked
        try:
            yield place.resolve()
        finally:
            remove(place)


def sweep() -> None:
    """Remove the folders that are locked by nobody."""
    top = tempfile.gettempdir()
    for name in os.listdir(top):
        path = os.path.join(top, name)
        if name.startswith(PREFIX) and is_mine(path) and not is_locked(os.path.join(path, OWNER)):
            remove(Path(path))


def is_mine(path: str) -> bool:
    """Whether it is a folder, no link to one, of this user."""
    try:
        about = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid()


def is_locked(path: str) -> bool:
    """Whether somebody holds the lock of an owner file."""
    try:
        descriptor = os.open(path, reading.FLAGS)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def remove(folder: Path) -> None:
    """Remove a folder whatever is in it: closed folders, names that cannot be decoded, ten thousand levels.

    The system's own tools do it: they follow no link, and no depth is too much for them.
    """
    for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        program = shutil.which(command[0], path="/bin:/usr/bin") or command[0]
        subprocess.run([program, *command[1:], "--", str(folder)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    if os.path.lexists(folder):
        print(f"grade: {folder} could not be removed; please remove it yourself", file=sys.stderr)
