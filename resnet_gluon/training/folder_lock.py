"""The lock of a run's folder: one process works there, and what it writes lands there and nowhere else."""
import contextlib
import fcntl
import os
import shutil
from pathlib import Path
from typing import Any

from resnet_gluon.notices import warn


class RunInUse(RuntimeError):
    """Another process works in the folder."""


class FolderLock:
    """Within `with FolderLock(path):` no other process works in this folder, which is made if it is not there.

    Raises RunInUse where one does, and an OSError in a sentence where `path` can be no folder of ours. The system drops
    the lock when the process ends, however it ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.held = contextlib.ExitStack()

    def __enter__(self) -> "FolderLock":
        try:
            self.acquire()
        except OSError as error:
            why = "it, or a part of its path, is a file" if isinstance(error, (FileExistsError, NotADirectoryError)) \
                else error.strerror
            raise type(error)(f"{self.path} cannot be a run's folder: {why}. Choose another folder.") from error
        return self

    def __exit__(self, *_: Any) -> None:
        self.held.close()

    def acquire(self) -> None:
        """Make the folder if it is not there, and lock it."""
        self.path.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            folder = os.open(self.path, os.O_RDONLY)  # open, so that no other folder can get its number
            stack.callback(os.close, folder)
            file = stack.enter_context(open(self.path / "lock", "a+b", buffering=0))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                owner = file.read().decode().strip() or "unknown"
                raise RunInUse(f"{self.path} is in use by another run (process {owner}). Wait for it, stop it, or "
                               "choose another folder.") from error
            except OSError as error:
                raise RunInUse(f"{self.path} cannot be locked: {error}. Choose a folder on a local disk.") from error
            with contextlib.suppress(OSError):  # a full disk: the lock holds without the number
                file.truncate(0)
                file.write(f"{os.getpid()}\n".encode())
            self.folder, self.file, self.held = folder, file, stack.pop_all()

    def renew(self) -> None:
        """See, before anything is written, that the folder is still the one that was locked.

        One that was deleted is made anew, with a warning. Raises RunInUse where another run's is in its place.
        """
        if same(self.path / "lock", self.file.fileno()):
            return
        if not same(self.path, self.folder) and any(self.path.glob("*.checkpoint")):
            raise RunInUse(f"another run's folder is in the place of {self.path}")
        former = self.held
        self.acquire()
        former.close()
        warn(f"{self.path} was deleted while a run was in it: it is made anew, and the run goes on in it.")


def same(path: Path, descriptor: int) -> bool:
    """Whether what is at `path` now is what was opened under this number."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except (FileNotFoundError, NotADirectoryError):
        return False


def discard(path: Any) -> None:
    """Delete a run's folder. Raises RunInUse where another process works in it."""
    with FolderLock(Path(path)):
        shutil.rmtree(path)
