"""Runs in a submission's kernel before its first cell: refuses to write outside the box, and takes a note of who tries.

This stops what is written in plain Python. It is a fence, not a wall: code in the same process can get around it.
"""
import os
import sys

BOX = os.path.realpath(os.environ["RESNET_GLUON_BOX"])
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {  # events of Python's audit hooks, and which of their arguments are paths that change
    "os.remove": (0,), "os.rename": (0, 1), "os.mkdir": (0,), "os.rmdir": (0,), "os.truncate": (0,), "os.link": (1,),
    "os.symlink": (1,), "os.chmod": (0,), "os.chown": (0,), "shutil.rmtree": (0,), "sqlite3.connect": (0,)}


def outside(path):
    """Where a path really leads, if that is outside the box."""
    if not isinstance(path, (str, bytes, os.PathLike)):  # a file that is open already
        return None
    path = os.path.realpath(os.fsdecode(path))
    return None if path.startswith((BOX + os.sep, "/dev/")) else path


def fence(event, arguments):
    paths = ()
    if event == "open" and arguments[2] & WRITES:
        paths = arguments[:1]
    elif event in CHANGES:
        paths = [arguments[i] for i in CHANGES[event]]
    elif event == "os.kill" and arguments[0] == os.getppid():
        paths = ["/the process that grades"]
    for path in filter(None, map(outside, paths)):
        with open(os.path.join(BOX, "outside"), "a") as notes:
            notes.write(f"{path}\n")
        raise PermissionError(f"outside this submission's folder: {path}")


sys.addaudithook(fence)
