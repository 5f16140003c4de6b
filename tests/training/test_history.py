"""A run's numbers: noted, saved, loaded, printed."""
from dataclasses import FrozenInstanceError

from resnet_gluon import Evaluation, History
from resnet_gluon.training import Epoch

import numpy as np
import pytest


def epoch(accuracy=0.5, seconds=1.0):
    return Epoch(train_loss=1.5, val_loss=1.25, val_accuracy=accuracy, images_per_second=1234.5, seconds=seconds)


def test_the_last_epoch_and_the_best():
    history = History(epochs=[epoch(0.3), epoch(0.6), epoch(0.6), epoch(0.5)])
    assert history.last is history.epochs[-1] and history.last.val_accuracy == 0.5
    assert history.best == 1  # the earliest of equals
    assert History().best is None
    with pytest.raises(IndexError):
        History().last  # noqa: B018
    with pytest.raises(FrozenInstanceError):
        history.last.val_accuracy = 0.9


def test_a_history_survives_a_file(tmp_path):
    history = History({"seed": 3}, {"loss": [2.5, 1.5], "lr": [0.1, 0.05]}, [epoch()], 7.5, "Ctrl-C")
    history.save(tmp_path / "history.json")
    loaded = History.load(tmp_path / "history.json")
    assert loaded == history and isinstance(loaded.last, Epoch)
    assert [file.name for file in tmp_path.iterdir()] == ["history.json"]


def test_histories_do_not_share_their_lists():
    History().steps["loss"].append(1)
    History().epochs.append(epoch())
    assert History() == History({}, {"loss": [], "lr": []}, [], 0.0, None)


def test_an_epoch_is_noted_from_its_steps_alone():
    history = History(steps={"loss": [9.0, 2.0, 1.0], "lr": [0.1] * 3})
    validation = Evaluation(np.array([0, 1]), np.array([[0.5, 0.5], [0.75, 0.25]], "float32"))
    history.end_epoch(2, validation, 100.0, 12.5)
    assert history.last == Epoch(1.5, validation.loss, 0.5, 100.0, 12.5) and history.seconds == 12.5


def test_an_epoch_in_a_line():
    assert History(epochs=[epoch(), epoch(0.25, 61)]).last_epoch() == (
        "epoch 2: training loss 1.500, validation loss 1.250, validation accuracy 0.2500, 1,234 images/s, 61 s")


def test_a_history_of_a_thousand_steps_prints_in_a_line():
    assert repr(History()) == "History(0 epochs, 0 steps, 0 s)"
    history = History(steps={"loss": [1.0] * 1300, "lr": [0.1] * 1300}, epochs=[epoch(0.9)], seconds=99.6)
    assert repr(history) == "History(1 epochs, 1,300 steps, 100 s, validation accuracy 0.9000)"
