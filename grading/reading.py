"""Opens and lists what others have made: by metadata alone, until it is known to be harmless.

No link is followed, no pipe is waited for, no name is decoded, and nothing is read that is larger than expected.
"""
import errno
import os
import re
import stat
from contextlib import contextmanager
from typing import Iterator, List, Optional

FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
LONGEST_SHOWN = 100
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # cannot be written, or not shown
KINDS = ((stat.S_ISLNK, "a link"), (stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"),
         (stat.S_ISBLK, "a device"), (stat.S_ISCHR, "a device"), (stat.S_ISREG, "a file"))


class Refused(Exception):
    """Why something is not taken, in one sentence for the instructor and the student."""


def shown(name: str, most: int = LONGEST_SHOWN) -> str:
    """Return a file's name, or any text, as it can be printed on one line: odd signs as escapes, its end cut off."""
    text = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in name[:most])
    return text + "…" if len(name) > most else text


def clean(text: str) -> str:
    """Return a text of several lines in which every sign can be written to a file, and into HTML."""
    return ODD.sub(lambda found: found[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))


def kind(mode: int) -> str:
    """Return what a file is, in words, from its mode."""
    return next((words for holds, words in KINDS if holds(mode)), "of an unknown kind")


@contextmanager
def folder(name: str, at: Optional[int] = None) -> Iterator[int]:
    """Give a descriptor of a folder, which is no link to one. at: the descriptor of the folder that it is in."""
    try:
        descriptor = os.open(name, FLAGS | os.O_DIRECTORY, dir_fd=at)
    except OSError as error:
        raise Refused(f"{shown(os.path.basename(name) or name)} {why(error, name, at)}") from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def why(error: OSError, name: str, at: Optional[int]) -> str:
    """Say why something could not be opened."""
    if error.errno == errno.ENOENT:
        return "is not there"
    try:
        found = kind(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode)
    except OSError:
        found = "a file"
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EMLINK):
        return f"is {found}, which is not followed or opened here"
    return f"is {found} that cannot be opened: {error.strerror}"


def names(descriptor: int, most: int) -> List[str]:
    """Return the names in an open folder, sorted. Raises Refused where there are more than `most`."""
    found: List[str] = []
    with os.scandir(descriptor) as entries:
        for entry in entries:
            found.append(entry.name)
            if len(found) > most:
                raise Refused(f"it holds more than {most:,} files; at most so many are looked at")
    return sorted(found)


def read(name: str, limit: int, at: Optional[int] = None) -> bytes:
    """Return what is in a regular file of at most `limit` bytes. Raises Refused for anything else."""
    label = shown(os.path.basename(name) or name)
    try:
        descriptor = os.open(name, FLAGS, dir_fd=at)
    except OSError as error:
        raise Refused(f"{label} {why(error, name, at)}") from None
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise Refused(f"{label} is {kind(about.st_mode)}, not a file")
    with os.fdopen(descriptor, "rb") as file:
        if about.st_size > limit:
            raise Refused(f"{label} has {about.st_size:,} bytes; at most {limit:,} are read")
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise Refused(f"{label} cannot be read: {error.strerror}") from None
    if len(data) > limit:
        raise Refused(f"{label} grew to more than {limit:,} bytes while it was read")
    return data


def write(path: str, text: str) -> None:
    """Write a text file whole or not at all, in the place of whatever file or link had its name."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: str, data: bytes) -> None:
    """Write a file whole or not at all, in the place of whatever file or link had its name."""
    part = f"{path}.part"
    if os.path.lexists(part):
        os.unlink(part)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644), "wb") as file:
        file.write(data)
    os.replace(part, path)
