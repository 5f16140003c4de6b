"""RUN: a run's folder, or one of the course's trained nets; and what is known of its data."""
import json
import shutil
from types import SimpleNamespace

from resnet_gluon import FashionMNIST, training
from resnet_gluon.commands.runs import Input, in_words, load, open_data

import mxnet as mx
import pytest

CPU = [mx.cpu()]


def test_a_folder_knows_what_its_net_sees(run_folder, data):
    run = load(str(run_folder), CPU)
    assert run.input == Input((1, 28, 28), data.train.mean, data.train.std, data.classes)
    assert (run.name, run.data, run.edition) == (str(run_folder), "Fashion-MNIST", "2017-08-31 (subset)")
    assert run.opened is None  # for all that no data were read
    assert run.net(mx.np.zeros((2, 1, 28, 28))).shape == (2, 10)


def test_a_run_that_noted_nothing_asks_its_data(run_folder, tmp_path, capsys):
    shutil.copytree(run_folder, tmp_path / "run")
    history = json.loads((tmp_path / "run" / "history.json").read_text())
    del history["setting"]["input"]
    history["setting"]["edition"] = "another"
    (tmp_path / "run" / "history.json").write_text(json.dumps(history))
    run, full = load(str(tmp_path / "run"), CPU), FashionMNIST(quiet=True)
    assert run.input == Input((1, 28, 28), full.train.mean, full.train.std, full.classes)
    assert "was trained on Fashion-MNIST, edition another; here it is edition 2017-08-31" in capsys.readouterr().err


def test_one_of_the_course_s_trained_nets(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    about = SimpleNamespace(shape=(1, 3, 9, 9), mean=0.4, std=0.2, classes=["a", "b"], edition="1", views={"shift": 1})
    monkeypatch.setattr(training, "trained_nets", lambda: {"small": about})
    monkeypatch.setattr(training, "pretrained", lambda name, devices: (name, devices))
    run = load("small", CPU)
    assert run.net == ("small", CPU) and run.input == Input((3, 9, 9), 0.4, 0.2, ("a", "b"))
    assert run.views == {"shift": 1} and run.edition == "1"
    with pytest.raises(ValueError, match="is not the folder of a run, nor one of the course's trained nets: small"):
        load("large", CPU)


def test_what_is_no_run_is_said(run_folder, tmp_path):
    with pytest.raises(ValueError, match="is not the folder of a run: there is no history.json in it"):
        load(str(tmp_path), CPU)
    shutil.copy(run_folder / "history.json", tmp_path)
    with pytest.raises(ValueError, match="of a run that has come to the end of an epoch: there is no best.params"):
        load(str(tmp_path), CPU)
    (tmp_path / "best.params").write_bytes(b"")
    for text in (None, "[]", "{", '{"setting": {}}', '{"other": 1}', '{"setting": {"net": {"function": "os"}}}'):
        if text is not None:
            (tmp_path / "history.json").write_text(text)
        with pytest.raises(ValueError, match=f"the run in {tmp_path} cannot be read: "):
            load(str(tmp_path), CPU)


def test_data_by_name():
    for name in ("fashion-mnist", "Fashion-MNIST"):
        assert open_data(name, quiet=True, train_images=50).name == "Fashion-MNIST"
    assert open_data("GunPoint", quiet=True).name == "GunPoint"


def test_the_last_lines_of_a_run():
    test = {"accuracy": 0.9, "interval": [0.88, 0.92], "n": 1000, "data": "some data"}
    assert in_words(test, 12.3, "runs/a", "runs/b").splitlines() == [
        "test accuracy  0.9000 on 1,000 images (95 % interval 0.8800 to 0.9200)", "data           some data",
        "seconds        12", "files          runs/a, runs/b"]
