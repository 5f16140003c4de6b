"""What can happen to a run's folder, short of SIGKILL (test_kill.py)."""
import os
import shutil
import subprocess
import sys
import tempfile

from resnet_gluon import CheckpointRefused, History, RunInUse, Training, fit, load_run, resnet
from resnet_gluon.files import read_checkpoint, write_checkpoint
from resnet_gluon.training import evaluate
from resnet_gluon.training.run_folder import RunFolder

import mxnet as mx
import numpy as onp
import pytest
from mxnet.gluon import nn
from tiny import TINY, same, train

LAST, PREVIOUS = "last.checkpoint", "previous.checkpoint"


def test_the_files_of_a_finished_run(data, tmp_path):
    net, history = train(data, folder=tmp_path, save_steps=3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.params", "history.json", LAST, "lock", PREVIOUS]
    assert History.load(tmp_path / "history.json") == history
    assert [read_checkpoint(tmp_path / name)[1]["step"] for name in (LAST, PREVIOUS)] == [16, 15]


def test_a_finished_run_is_not_run_again(data, tmp_path):
    net, history = train(data, folder=tmp_path)
    again, same_history = train(data, folder=tmp_path, resume=True)
    assert same(net, again) and same_history == history


def test_the_best_epoch_s_parameters_are_kept(data, tmp_path, monkeypatch):
    accuracies = iter((0.3, 0.5, 0.4))
    monkeypatch.setattr("resnet_gluon.training.evaluation.Evaluation.accuracy", property(lambda _: next(accuracies)))
    net, history = train(data, folder=tmp_path, epochs=3)
    assert history.best == 1
    best = resnet(TINY)
    best.load_parameters(str(tmp_path / "best.params"))
    arrays, _ = read_checkpoint(tmp_path / PREVIOUS)  # of the second epoch
    assert (arrays["parameter/head.weight/0"] == best.head.weight.data().asnumpy()).all() and not same(net, best)
    assert same(load_run(tmp_path), best)


def test_a_run_is_loaded_with_its_net_from_the_folder_alone(data, tmp_path):
    net, history = train(data, resnet(TINY, version="v2", dropout=0.2), folder=tmp_path, epochs=1)
    loaded = load_run(tmp_path)
    assert loaded.made == net.made == history.setting["net"] and same(loaded, net)
    assert (evaluate(loaded, data.val).probabilities == evaluate(net, data.val).probabilities).mean() > 0.9
    assert (evaluate(loaded, data.val).predictions == evaluate(net, data.val).predictions).all()
    places = [mx.cpu(0), mx.cpu(1)]
    assert load_run(tmp_path, places).head.weight.list_ctx() == places


def test_what_is_no_run_of_the_family_is_said(data, tmp_path):
    with pytest.raises(FileNotFoundError):
        load_run(tmp_path / "nowhere")
    own = nn.HybridSequential()
    own.add(nn.Dense(10))
    train(data, own, folder=tmp_path / "own", epochs=1)
    with pytest.raises(ValueError, match="own does not say how its net is made: make it yourself, and load"):
        load_run(tmp_path / "own")
    history = History.load(tmp_path / "own" / "history.json")
    history.setting = {"arguments": {"seed": 0}}  # as the first edition wrote it
    history.save(tmp_path / "own" / "history.json")
    with pytest.raises(ValueError, match="does not say how its net is made"):
        load_run(tmp_path / "own")


def test_a_folder_with_a_run_is_not_overwritten(data, tmp_path):
    train(data, folder=tmp_path)
    with pytest.raises(ValueError, match="holds a run already: resume=True goes on with it"):
        train(data, folder=tmp_path)


DAMAGES = {  # the last words of last.checkpoint's refusal: what was done to it
    "damaged or cut short": [lambda content: content[:-1000], lambda content: content[:5000] + b"?" + content[5001:]],
    "not a checkpoint of this package": [lambda content: b"", lambda content: b"\x80\x04cos\nsystem\n(S'true'\ntR."],
    "has the checkpoint format 1": [lambda content: content.replace(b"checkpoint 2 ", b"checkpoint 1 ", 1)],
    "has the checkpoint format 3": [lambda content: content.replace(b"checkpoint 2 ", b"checkpoint 3 ", 1)],
}


@pytest.mark.parametrize("reason, damage", [
    pytest.param(reason, damage, marks=pytest.mark.slow if number or "format 3" in reason else ())
    for reason, damages in DAMAGES.items() for number, damage in enumerate(damages)])
def test_a_bad_checkpoint_is_named_and_the_previous_one_used(data, tmp_path, reason, damage):
    net, _ = train(data, folder=tmp_path, save_steps=3)
    (tmp_path / LAST).write_bytes(damage((tmp_path / LAST).read_bytes()))
    with pytest.warns(UserWarning, match=f"last.checkpoint .*{reason}.*Going on from previous.checkpoint, step 15"):
        again, _ = train(data, folder=tmp_path, save_steps=3, resume=True)
    assert same(net, again)
    assert [read_checkpoint(tmp_path / name)[1]["step"] for name in (LAST, PREVIOUS)] == [16, 15]


def test_without_any_good_checkpoint_the_run_is_refused(data, tmp_path):
    train(data, folder=tmp_path)
    for name in (LAST, PREVIOUS):
        (tmp_path / name).write_bytes(b"nothing")
    with pytest.raises(CheckpointRefused, match="last.checkpoint is not .*previous.checkpoint is not .*another folder"):
        train(data, folder=tmp_path, resume=True)


def test_a_run_of_the_first_edition_is_refused_with_the_way_out(data, tmp_path):
    train(data, folder=tmp_path)
    for name in (LAST, PREVIOUS):
        file = tmp_path / name
        file.write_bytes(file.read_bytes().replace(b"checkpoint 2 ", b"checkpoint 1 ", 1))
    with pytest.raises(CheckpointRefused, match=r"best.params with load_weights\(net, file, \"first edition\"\)"):
        train(data, folder=tmp_path, resume=True)


def test_other_conditions_are_said(data, tmp_path):
    train(data, folder=tmp_path, epochs=1)
    arrays, facts = read_checkpoint(tmp_path / LAST)
    facts["history"]["setting"]["environments"][0]["threads"] = "64"
    write_checkpoint(tmp_path / LAST, arrays, facts)
    with pytest.warns(UserWarning, match="begun under other conditions: threads is '64' there") as caught:
        history = fit(resnet(TINY), data, Training(epochs=1, batch_size=64), folder=tmp_path, resume=True,
                      progress=False)
    assert [place["threads"] for place in history.setting["environments"]] == ["64", os.environ["OMP_NUM_THREADS"]]
    assert [warning.filename for warning in caught if "begun under" in str(warning.message)] == [__file__]


def test_a_second_run_into_one_folder_is_refused(data, tmp_path):
    net = resnet(TINY)
    with RunFolder(tmp_path, net, None, History(), 1, None), \
            pytest.raises(RunInUse, match=f"in use by another run .process {os.getpid()}"):
        train(data, folder=tmp_path)
    train(data, folder=tmp_path)  # free again


def test_without_a_folder_nothing_is_kept_and_nothing_is_due(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with RunFolder(None, None, None, History(), 0, 1) as folder:
        assert folder.begin(True) == 0 and not folder.due(1) and folder.rescue() == ""
        folder.save({"a": onp.zeros(3)}, 1)
        folder.save_history()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("minutes, steps, due", [
    (1e9, None, []), (1e9, 3, [3, 6]), (0, None, [1, 2, 3, 4, 5, 6, 7]), (1e9, 4, [4])])
def test_when_a_checkpoint_is_due(tmp_path, minutes, steps, due):
    folder = RunFolder(tmp_path, None, None, History(), minutes, steps)
    assert [step for step in range(1, 8) if folder.due(step)] == due


@pytest.mark.slow
def test_a_full_disk_fails_the_checkpoint_and_not_the_training(data, tmp_path):
    """The system refuses files above a size, in a process of its own."""
    program = f"""
import resource, signal, sys
from resnet_gluon import FashionMNIST, Training, fit, resnet
data = FashionMNIST(train_images=512, quiet=True)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({{limit}}, resource.RLIM_INFINITY))
history = fit(resnet({TINY}), data, Training(epochs=2, batch_size=64), folder={str(tmp_path)!r}, progress=False)
print(len(history.steps["loss"]))
"""
    for limit, left in ((0, {"lock"}), (20_000, {"lock", "history.json"})):
        command = [sys.executable, "-c", program.format(limit=limit)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == "16\n"
        assert "the checkpoint after step 8 could not be written" in done.stderr and "Training goes on." in done.stderr
        assert {path.name for path in tmp_path.iterdir()} == left


def test_a_failure_to_write_is_said_at_the_reader_s_line(data, tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space left")
    monkeypatch.setattr("resnet_gluon.training.run_folder.write_checkpoint", full)
    with pytest.warns(UserWarning, match="after step 8 could not be written: no space left.*Training goes") as caught:
        fit(resnet(TINY), data, Training(epochs=1, batch_size=64), folder=tmp_path, progress=False)
    assert {warning.filename for warning in caught if "be written" in str(warning.message)} == {__file__}


def test_a_run_s_folder_that_is_deleted_meanwhile_is_made_anew(data, tmp_path):
    folder = tmp_path / "runs" / "mine"

    def delete(history):
        if len(history.epochs) == 1:
            shutil.rmtree(tmp_path / "runs")
    with pytest.warns(UserWarning, match="mine was deleted while a run was in it: it is made anew"):
        net, history = train(data, folder=folder, watch=delete)
    assert read_checkpoint(folder / LAST)[1]["step"] == 16 and History.load(folder / "history.json") == history
    again, _ = train(data, folder=folder, resume=True)
    assert same(net, again)


def test_a_run_in_whose_place_another_one_is_touches_nothing_of_it(data, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    folder = tmp_path / "mine"
    (tmp_path / "temporary").mkdir()
    train(data, folder=tmp_path / "other", epochs=1, seed=5)
    content = {path: path.read_bytes() for path in (tmp_path / "other").iterdir()}

    def replace(history):
        if len(history.epochs) == 1:
            folder.rename(tmp_path / "moved away")
            (tmp_path / "other").rename(folder)
    with pytest.warns(UserWarning, match=f"step 16 .* another run's folder is in the place of {folder}. Training goes"):
        net, _ = train(data, folder=folder, watch=replace)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: bytes_ for path, bytes_ in content.items()}
    [spare] = (tmp_path / "temporary").iterdir()
    again, _ = train(data, folder=spare, resume=True)
    assert same(net, again)
    assert read_checkpoint(tmp_path / "moved away" / LAST)[1]["step"] == 8


@pytest.mark.parametrize("what", ("a file", "below a file"))
def test_a_file_is_no_folder_for_a_run(data, tmp_path, what):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" if what == "a file" else tmp_path / "file" / "run"
    with pytest.raises(OSError, match=f"^{path} cannot be a run's folder: it, or a part of its path, is a file."):
        train(data, folder=path)
