"""The lock of a run's folder: who has it, and what becomes of it when the folder goes away."""
import os
import shutil

from resnet_gluon import History, RunInUse, resnet
from resnet_gluon.training import discard
from resnet_gluon.training.folder_lock import FolderLock
from resnet_gluon.training.run_folder import RunFolder

import pytest
from tiny import TINY, train

LAST = "last.checkpoint"


def test_a_lock_makes_its_folder_and_is_one_s_own(tmp_path):
    with FolderLock(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b" / "lock").read_text() == f"{os.getpid()}\n"
        with pytest.raises(RunInUse), FolderLock(tmp_path / "a" / "b"):
            pass
        with FolderLock(tmp_path / "c"):
            pass
    with FolderLock(tmp_path / "a" / "b"):
        pass


def test_a_finished_run_can_be_discarded_unless_it_is_in_use(data, tmp_path):
    folder = tmp_path / "run"
    train(data, folder=folder, epochs=1)
    with RunFolder(folder, resnet(TINY), None, History(), 1, None), pytest.raises(RunInUse):
        discard(folder)
    assert (folder / LAST).exists()
    discard(folder)
    assert not folder.exists()


def test_a_folder_that_is_as_it_was_is_not_locked_anew(tmp_path, recwarn):
    with FolderLock(tmp_path) as lock:
        file = lock.file
        lock.renew()
        assert lock.file is file and len(recwarn) == 0


@pytest.mark.parametrize("gone", ("folder", "lock"))
def test_what_was_deleted_is_made_and_locked_anew(tmp_path, gone):
    with FolderLock(tmp_path / "run") as lock:
        (tmp_path / "run" / LAST).write_text("")
        (tmp_path / "run" / "lock").unlink() if gone == "lock" else shutil.rmtree(tmp_path / "run")
        with pytest.warns(UserWarning, match="run was deleted while a run was in it: it is made anew"):
            lock.renew()
        with pytest.raises(RunInUse), FolderLock(tmp_path / "run"):
            pass
        lock.renew()
        assert (tmp_path / "run" / LAST).exists() == (gone == "lock")
    with FolderLock(tmp_path / "run"):
        pass


def test_another_run_s_folder_is_not_taken(tmp_path):
    with FolderLock(tmp_path / "run") as lock:
        shutil.rmtree(tmp_path / "run")
        with FolderLock(tmp_path / "run"), pytest.raises(RunInUse, match="in use by another run"):
            lock.renew()  # it works there
        (tmp_path / "run" / LAST).write_text("")
        with pytest.raises(RunInUse, match="another run's folder is in the place of .*run"):
            lock.renew()  # it has worked there


def test_a_lock_leaves_no_file_open(tmp_path):
    before = len(os.listdir("/dev/fd"))
    with FolderLock(tmp_path / "run") as lock, pytest.warns(UserWarning):
        shutil.rmtree(tmp_path / "run")
        lock.renew()
    (tmp_path / "file").write_text("")
    with FolderLock(tmp_path / "run"):
        for path in (tmp_path / "run", tmp_path / "file"):
            with pytest.raises((RunInUse, OSError)), FolderLock(path):
                pass
    assert len(os.listdir("/dev/fd")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="run cannot be a run's folder: Permission denied. Choose another folder"):
        FolderLock(tmp_path / "run").__enter__()


def test_why_a_folder_cannot_be_made_is_said(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")
    monkeypatch.setattr(type(tmp_path), "mkdir", refuse)
    with pytest.raises(OSError, match="run cannot be a run's folder: Read-only file system. Choose another folder"):
        FolderLock(tmp_path / "run").__enter__()
