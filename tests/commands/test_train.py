"""`train`: the same as the notebook's run; a mistake is a sentence."""
import json
import os
import signal
from dataclasses import fields
from functools import partial

from resnet_gluon import FashionMNIST, History, Recipe, Training, evaluate, load_run, resnet
from resnet_gluon.training import RECIPES
from resnet_gluon.training.progress import Progress

import mxnet as mx
import pytest
from tiny import TINY, train

TINY_RECIPE = Recipe("tiny", partial(resnet, stages=TINY), Training(epochs=1, batch_size=64), {"mirror": True})
OPTIONS = ("train", "--recipe", "tiny", "--train-images", 512, "--folder")


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setitem(RECIPES, "tiny", TINY_RECIPE)


def test_it_is_fit_with_the_recipe_and_the_test_set_once(command, tmp_path, data, monkeypatch):
    out = command(*OPTIONS, tmp_path / "run")
    net, history = train(data, epochs=1)  # the same by hand
    expected = evaluate(net, data.test, mirror=True)
    result = json.loads((tmp_path / "run" / "test.json").read_text())
    assert result["accuracy"] == expected.accuracy and result["n"] == 1000
    assert f"test accuracy  {expected.accuracy:.4f} on 1,000 images" in out and "epoch 1: training loss" in out
    assert out.splitlines()[0].startswith("Fashion-MNIST, edition")
    assert (load_run(tmp_path / "run").head.weight.data() == net.head.weight.data()).all()

    monkeypatch.setattr("resnet_gluon.training.evaluate", lambda *_, **__: pytest.fail("the test set was opened again"))
    again = command(*OPTIONS, tmp_path / "run", "--resume", "--json")
    assert again["accuracy"] == expected.accuracy and again["validation accuracy"] == history.last.val_accuracy


def test_settings_and_devices_are_passed_on(command, tmp_path, monkeypatch):
    seen = {}

    class Enough(Exception):
        pass

    def fit(net, data, how, **options):
        seen.update(options, how=how, images=len(data.train))
        raise Enough
    monkeypatch.setattr("resnet_gluon.training.fit", fit)
    with pytest.raises(Enough):
        command(*OPTIONS, tmp_path, "--epochs", 3, "--lr", "0.5", "--batch-size", 32, "--flip", "--no-trim",
                "--optimizer", "adam", "--seed", 7, "--devices", "cpu:0,cpu:1", "--resume")
    assert seen["how"] == Training(epochs=3, lr=0.5, batch_size=32, flip=True, trim=False, optimizer="adam")
    assert (seen["seed"], seen["devices"], seen["resume"]) == (7, [mx.cpu(0), mx.cpu(1)], True)
    assert seen["images"] == 512


def test_every_setting_of_a_training_is_an_option(command, capsys):
    with pytest.raises(SystemExit):
        command("train", "--help")
    out = capsys.readouterr().out
    assert all(f"--{field.name.replace('_', '-')}" in out for field in fields(Training))


def test_mistakes_are_a_sentence(fails, tmp_path, run_folder, monkeypatch):
    assert "holds a run already: --resume goes on with it" in fails(*OPTIONS, run_folder)
    assert "epochs is 1 there and 2 here" in fails(*OPTIONS, run_folder, "--resume", "--epochs", 2)
    assert "lr must be a finite number" in fails(*OPTIONS, tmp_path, "--lr=-1")
    assert "train_images must be an integer of at least 1" in fails("train", "--folder", tmp_path, "--train-images", 0)
    assert "there is no gpu(7): this build of MXNet" in fails(*OPTIONS, tmp_path, "--devices", "gpu:7")
    assert "No usable copy of Nothing" in fails(*OPTIONS, tmp_path, "--data", "Nothing")
    (tmp_path / "file").write_text("")
    assert "file cannot be a run's folder: it, or a part" in fails(*OPTIONS, tmp_path / "file")
    assert "expects a non-empty batch of series" in fails("train", "--recipe", "series", "--folder", tmp_path / "new")
    monkeypatch.setenv("RESNET_GLUON_BUDGET", "huge")
    assert "RESNET_GLUON_BUDGET must be one of" in fails("train", "--folder", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("wrong, message", [
    (["--devices", "tpu"], "devices are cpu and gpu"), (["--devices", "gpu:x"], "devices are cpu and gpu"),
    (["--recipe", "best"], "invalid choice: 'best'"), (["--epochs", "many"], "invalid int value"), ([], "--folder")])
def test_wrong_usage_is_code_2(command, capsys, tmp_path, wrong, message):
    with pytest.raises(SystemExit) as caught:
        command("train", *(["--folder", tmp_path] if wrong else []), *wrong)
    assert caught.value.code == 2 and message in capsys.readouterr().err


def test_ctrl_c_says_what_is_kept_and_the_run_goes_on(command, tmp_path, monkeypatch):
    step = Progress.step

    def interrupted(self, images):
        step(self, images)
        monkeypatch.setattr(Progress, "step", step)
        os.kill(os.getpid(), signal.SIGINT)
    monkeypatch.setattr(Progress, "step", interrupted)
    with pytest.raises(SystemExit, match=f"{tmp_path} keeps the run: the same command with --resume goes on with it"):
        command(*OPTIONS, tmp_path)
    assert not (tmp_path / "test.json").exists()
    assert "going on after step 1 of 8" in command(*OPTIONS, tmp_path, "--resume")
    assert (tmp_path / "test.json").exists()


def test_ctrl_c_before_the_training_loses_nothing(command, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt
    monkeypatch.setattr(FashionMNIST, "__init__", stop)
    with pytest.raises(SystemExit, match="train: stopped by Ctrl-C. Training had not begun: nothing was changed."):
        command(*OPTIONS, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_of_several_workers_only_the_first_judges(command, tmp_path, monkeypatch):
    monkeypatch.setattr("resnet_gluon.training.fit", lambda *_, **__: History({"workers": {"rank": 1}}))
    assert "test accuracy" not in command(*OPTIONS, tmp_path) and list(tmp_path.iterdir()) == []
