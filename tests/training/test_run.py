"""What surrounds the loop: Ctrl-C, losses that are not finite, the bar's lines, and who watches."""
import math
import signal

from resnet_gluon import Diverged, History, plots
from resnet_gluon.files import read_checkpoint
from resnet_gluon.training.progress import Progress
from resnet_gluon.training.run import READ_LOSSES_EVERY

import numpy as onp
import pytest
from mxnet import gluon
from tiny import same, train

LAST = "last.checkpoint"


@pytest.mark.parametrize("step", (5, 8, *(pytest.param(step, marks=pytest.mark.slow) for step in (1, 13, 15))))
def test_ctrl_c_stops_between_steps_and_resume_ends_as_if_nothing_had_been(data, tmp_path, interrupt_at, step, capsys,
                                                                              monkeypatch):
    whole, expected = train(data, lr=0.05, shift=1)
    interrupt_at(step)
    _, partial = train(data, lr=0.05, folder=tmp_path, shift=1, progress=True)
    assert partial.stopped == f"Ctrl-C after step {step} of 16" and len(partial.steps["loss"]) == step
    assert f"{partial.stopped}. {tmp_path} keeps the state after step {step}" in capsys.readouterr().out
    assert len(partial.epochs) == step // 8
    plots.learning_curves(partial)
    assert History.load(tmp_path / "history.json") == partial
    calls = []
    monkeypatch.setattr(Progress, "step", lambda *_: calls.append(1))
    net, history = train(data, lr=0.05, folder=tmp_path, shift=1, resume=True, progress=True)
    assert f"going on after step {step} of 16" in capsys.readouterr().out
    assert same(net, whole) and history.steps == expected.steps and history.stopped is None
    assert len(calls) == 16 - step
    assert [epoch.val_accuracy for epoch in history.epochs] == [epoch.val_accuracy for epoch in expected.epochs]


def test_ctrl_c_without_a_folder_still_returns_the_history(data, interrupt_at):
    interrupt_at(3)
    _, history = train(data)
    assert len(history.steps["loss"]) == 3 and history.epochs == []
    assert history.stopped == "Ctrl-C after step 3 of 16"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_in_the_very_last_step_stops_nothing(data, interrupt_at):
    interrupt_at(16)
    _, history = train(data)
    assert history.stopped is None and len(history.epochs) == 2


def test_parameters_that_are_not_finite_leave_the_last_good_checkpoint(data, tmp_path):
    message = (r"parameter/\S+ holds numbers that are not finite at step 3, learning rate 3.75e\+07. Begin anew with "
               "a smaller lr .* keeps the state after step 2")
    with pytest.raises(Diverged, match=message):
        train(data, folder=tmp_path, lr=1e8, warmup=0.5, save_steps=1)
    arrays, facts = read_checkpoint(tmp_path / LAST)
    assert all(onp.isfinite(array).all() for array in arrays.values()) and facts["step"] == 2


def test_a_loss_that_is_not_finite_leaves_the_last_good_checkpoint(data, tmp_path, monkeypatch):
    losses, cross_entropy = [], gluon.loss.SoftmaxCrossEntropyLoss()

    def fails_at_step_14(logits, labels):
        losses.append(logits)
        return cross_entropy(logits, labels) * (math.nan if len(losses) == 14 else 1)
    monkeypatch.setattr("resnet_gluon.training.loop.CROSS_ENTROPY", fails_at_step_14)
    with pytest.raises(Diverged, match=r"the loss is nan at step 14, learning rate 0.0\d+. .* the state after step 12"):
        train(data, folder=tmp_path, lr=0.05, save_steps=4)
    assert read_checkpoint(tmp_path / LAST)[1]["step"] == 12


def test_parameters_are_checked_without_a_folder_too(data):
    with pytest.raises(Diverged, match="Begin anew with a smaller lr or a longer warmup, in another folder.$"):
        train(data, lr=1e8)


def test_a_loss_that_is_not_finite_stops_the_run(data):
    with pytest.raises(FloatingPointError, match="at step 3.*a smaller lr"):
        train(data, lr=1e30, warmup=0)


def test_a_run_that_fails_gives_ctrl_c_and_the_folder_back(data, tmp_path):
    with pytest.raises(Diverged):
        train(data, folder=tmp_path / "bad", lr=1e30, warmup=0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    train(data, folder=tmp_path / "bad", epochs=1)  # nothing was saved there, and nobody holds it


def test_losses_wait_on_the_device_and_none_is_lost(data):
    """More steps than are read in one go, in an epoch whose length is no multiple of that."""
    _, history = train(data, epochs=2, batch_size=16, lr=0.01)
    assert READ_LOSSES_EVERY < 512 // 16 and len(history.steps["loss"]) == len(history.steps["lr"]) == 64
    assert all(isinstance(loss, float) for loss in history.steps["loss"])


def test_progress_is_a_line_an_epoch(data, capsys):
    train(data, epochs=2, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ["epoch 1: ", "epoch 2: "] and "images/s" in lines[0]


def test_a_watcher_is_handed_the_history_after_every_epoch(data):
    seen = []
    _, history = train(data, epochs=2, watch=lambda so_far: seen.append((so_far, len(so_far.epochs))))
    assert [count for _, count in seen] == [1, 2] and seen[0][0] is history


def test_seconds_are_of_work_and_never_go_back(data, tmp_path, interrupt_at):
    interrupt_at(9)
    _, partial = train(data, folder=tmp_path)
    _, history = train(data, folder=tmp_path, resume=True)
    assert 0 < partial.epochs[0].seconds <= partial.seconds < history.last.seconds == history.seconds
