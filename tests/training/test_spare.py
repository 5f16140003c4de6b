"""A run whose folder cannot be written, to the end or for a while: nothing of it is lost."""
import os
import shutil
import tempfile

from resnet_gluon import History, evaluate, load_run
from resnet_gluon.files import read_checkpoint
from resnet_gluon.training.spare import kept_at, say_if_short

import pytest
from tiny import same, train

FULL = "could not be written: .*No space left on device"


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary folders go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def full(monkeypatch):
    """Makes the disk of a folder full: nothing can be flushed to it."""
    real, places = os.fsync, []

    def fsync(descriptor):
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if any(path.startswith(str(place)) for place in places):
            raise OSError(28, "No space left on device")
        return real(descriptor)
    monkeypatch.setattr(os, "fsync", fsync)
    return places


def test_on_a_full_disk_the_run_is_kept_elsewhere_whole(data, tmp_path, temporary, full):
    home = tmp_path / "run"
    full.append(home)
    with pytest.warns(UserWarning, match=FULL) as caught:
        net, history = train(data, folder=home)
    [spare] = temporary.iterdir()
    last = str(caught[-1].message)
    assert "the checkpoint after step 16 could" in last and "best.params could" in last
    assert last.endswith(f"The run is kept in {spare} instead: when there is room, copy what is in it into {home}.")
    assert kept_at(home) == spare and len(history.epochs) == 2 and history.stopped is None
    best = load_run(home)  # as a notebook does in its next cell
    assert evaluate(best, data.val).accuracy == history.epochs[history.best].val_accuracy

    full.clear()  # there is room again, and another process goes on
    for file in spare.iterdir():
        shutil.copy(file, home)
    again, same_history = train(data, folder=home, resume=True)
    assert same(again, net) and same_history == history


def test_where_room_is_made_meanwhile_the_folder_has_all_of_it_and_nothing_is_left_elsewhere(
        data, tmp_path, temporary, full, monkeypatch):
    accuracies = iter((0.5, 0.4, 0.3))  # the best epoch is the one that could not be written
    monkeypatch.setattr("resnet_gluon.training.evaluation.Evaluation.accuracy", property(lambda _: next(accuracies)))
    full.append(tmp_path / "run")

    def make_room(history):
        if len(history.epochs) == 1:
            [spare] = temporary.iterdir()
            assert spare.name.startswith("run-")
            seen.append((spare / "best.params").read_bytes())
        else:
            full.clear()
    seen = []
    with pytest.warns(UserWarning, match=FULL):
        _, history = train(data, folder=tmp_path / "run", epochs=3, watch=make_room)
    assert list(temporary.iterdir()) == [] and kept_at(tmp_path / "run") == tmp_path / "run"
    assert (tmp_path / "run" / "best.params").read_bytes() == seen[0]
    assert read_checkpoint(tmp_path / "run" / "last.checkpoint")[1]["step"] == 24
    assert History.load(tmp_path / "run" / "history.json") == history


def test_a_best_epoch_that_was_written_is_beside_the_state_that_was_not(data, tmp_path, temporary, full, monkeypatch):
    accuracies = iter((0.5, 0.4))
    monkeypatch.setattr("resnet_gluon.training.evaluation.Evaluation.accuracy", property(lambda _: next(accuracies)))
    with pytest.warns(UserWarning, match=FULL):
        train(data, folder=tmp_path / "run", watch=lambda _: full.append(tmp_path / "run"))
    [spare] = temporary.iterdir()
    assert (spare / "best.params").read_bytes() == (tmp_path / "run" / "best.params").read_bytes()


def test_where_no_disk_has_room_that_is_said_and_the_net_is_there(data, tmp_path, temporary, full):
    full += [tmp_path / "run", temporary]
    with pytest.warns(UserWarning, match=r"Nor could a temporary folder be written .*net.save_parameters\(file\) "):
        net, history = train(data, folder=tmp_path / "run")
    assert len(history.epochs) == 2 and list(temporary.iterdir()) == []
    assert evaluate(net, data.val).accuracy == history.last.val_accuracy


def test_too_little_room_is_said_before_any_time_is_spent(data, tmp_path, monkeypatch, recwarn):
    usage = shutil.disk_usage(tmp_path)
    net, _ = train(data, folder=tmp_path, epochs=1)
    parameters = (tmp_path / "best.params").stat().st_size  # and a little more
    short = f"The disk of {tmp_path} has 0 MB left, and the run's"
    for free, said in ((8 * parameters, []), (5 * parameters, [short])):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        say_if_short(tmp_path, net)
        assert [str(w.message)[:len(short)] for w in recwarn if "The disk" in str(w.message)] == said
    with pytest.warns(UserWarning, match="make room, or choose another folder"):
        train(data, folder=tmp_path, epochs=1, resume=True)
