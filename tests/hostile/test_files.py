"""What is no regular file, what is larger than any honest file, and where a name stands for something else."""
import os
import socket

import pytest
from loaders import LOADERS, place


def listening(path):
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(path.parent)  # a socket's path is at most 108 bytes long
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


def sparse(path):
    with open(path, "wb") as stream:
        stream.truncate(1 << 40)


NOT_REGULAR = {"pipe": os.mkfifo, "folder": os.mkdir, "socket": listening,
               "zeros": lambda path: os.symlink("/dev/zero", path),
               "terminal": lambda path: os.symlink("/dev/tty", path),
               "chance": lambda path: os.symlink("/dev/urandom", path)}


@pytest.mark.parametrize("kind", NOT_REGULAR)
@pytest.mark.parametrize("loader", LOADERS)
def test_what_is_no_regular_file_is_not_opened(loader, kind, attack):
    assert "not a file" in attack(loader, NOT_REGULAR[kind])


@pytest.mark.parametrize("loader", LOADERS)
def test_what_is_larger_than_any_honest_file_is_not_read(loader, attack):
    attack(loader, sparse)


@pytest.mark.parametrize("loader", LOADERS)
def test_what_holds_nothing_or_nonsense(loader, attack):
    attack(loader, b"")
    attack(loader, b"\0" * 100)
    attack(loader, bytes(range(256)) * 300)


@pytest.mark.parametrize("loader", LOADERS)
def test_what_may_not_be_read(loader, attack, tmp_path, worker):
    file, asked = place(loader, tmp_path)
    os.symlink("/proc/self/mem", file)  # a regular file of no size whose reading fails
    outcome = worker.ask(loader, asked)
    assert outcome["named"], outcome


@pytest.mark.parametrize("start", [b"PK\3\4", b"\x80\x02", b"\x80\x02}", b"\x12\1\0\0\0\0\0\0", b"\2\0\0\0\0\0\0\0{}"])
def test_a_right_beginning_and_a_terabyte_of_nothing(start, attack):
    def made(path):
        sparse(path)
        with open(path, "r+b") as stream:
            stream.write(start)
    attack("tensors", made)
