"""`evaluate`: a run's net on validation or test images."""
from resnet_gluon import UCR, FashionMNIST, Training, evaluate, fit, load_run
from resnet_gluon.nets import time_series_resnet

import pytest


def test_validation_is_asked_unless_the_test_set_is_opened(command, run_folder):
    net, full = load_run(run_folder), FashionMNIST(quiet=True)
    scale = FashionMNIST(train_images=512, quiet=True).train  # that of the run, not of the whole set
    for options, split, name in (([], full.val, "validation"), (["--test", "--mirror"], full.test, "test")):
        expected = evaluate(net, split.normalised(scale.mean, scale.std), mirror="--mirror" in options)
        out = command("evaluate", run_folder, *options)
        assert out.startswith(f"{name}: {expected}\ndata: Fashion-MNIST, edition")
        assert f"    Trouser       {expected.recall[1]:.1%}\n" in out
        found = command("evaluate", run_folder, *options, "--json")
        assert found["accuracy"] == expected.accuracy and found["split"] == name and found["n"] == len(split)
        assert found["confusion"] == expected.confusion.tolist() and len(found["recall"]) == 10


def test_a_set_without_validation_says_so(command, tmp_path):
    data = UCR("GunPoint", quiet=True)
    fit(time_series_resnet(2), data, Training(epochs=1, batch_size=16), folder=tmp_path, progress=False)
    assert "too few series to hold some back, so these are the training series" in command("evaluate", tmp_path)
    assert "note" not in command("evaluate", tmp_path, "--test")


def test_mistakes_are_a_sentence(fails, run_folder, colour_folder, tmp_path):
    assert "is not the folder of a run" in fails("evaluate", tmp_path)
    assert "shift must be" in fails("evaluate", run_folder, "--shift", -1)
    assert "'Colour', is needed and was not found" in fails("evaluate", colour_folder)


def test_wrong_usage_is_code_2(command):
    with pytest.raises(SystemExit) as caught:
        command("evaluate")
    assert caught.value.code == 2
