"""Atomic saving: a reader, or a kill, meets the old file or the new one, never half of one."""
import os
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path):
    """Yields a temporary path; what is written there takes `path`'s place at the end, or vanishes on an error."""
    temporary = Path(f"{path}.part")
    try:
        yield temporary
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
    finally:
        if temporary.exists():
            temporary.unlink()


def save_text(path, text):
    """Write a UTF-8 text file, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf8")


def save_parameters(net, path):
    """`net.save_parameters(path)`, whole or not at all."""
    with whole_file(path) as temporary:
        net.save_parameters(str(temporary))
