"""Trained nets that come with the course: what is read is what was trained, and anything else is refused."""
import json

from resnet_gluon import FashionMNIST, Training, WeightsRefused, describe, evaluate, fit, pretrained, resnet
from resnet_gluon.nets import live_taps
from resnet_gluon.training import TrainedNet, trained_nets

import numpy as onp
import pytest

from experiments.trained_nets import entry_of, half, keep

SHAPE = (1, 1, 28, 28)


def values(net):
    return {name: parameter.data().asnumpy() for name, parameter in net._collect_params_with_prefix().items()}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A net whose last stage works on single pixels, as `fit` left it; and the folder that it was packed into."""
    folder, data = tmp_path_factory.mktemp("nets"), FashionMNIST(train_images=200, quiet=True)
    data.val = data.val.take(slice(40))
    net, how = resnet(((4, 1), (8, 1), (8, 1), (8, 1))), Training(epochs=1, batch_size=50, trim=True)
    fit(net, data, how, seed=3, progress=False)
    row = {"seed": 3, "edition": data.edition, "values": {"test_accuracy": 0.5, "test_accuracy_of_one_view": 0.4},
           "configuration": {"net": net.made, "training": vars(how), "views": {}}}
    keep(folder, "tiny", half(net, SHAPE), entry_of("tiny", "own", net, row, data))
    return net, folder, data


def test_a_net_comes_back_as_it_was_trained(trained):
    net, folder, data = trained
    again = pretrained("tiny", folder=folder)
    before, after = values(net), values(again)
    assert list(before) == list(after)
    for name, array in before.items():
        assert onp.abs(after[name] - array).max() <= 1e-3 * max(onp.abs(array).max(), 1e-4)
    assert (evaluate(net, data.val).predictions == evaluate(again, data.val).predictions).mean() >= 0.95


def test_weights_that_are_not_in_the_file_have_the_values_that_the_run_s_seed_gave_them(trained):
    net, folder, _ = trained
    before, after = values(net), values(pretrained("tiny", folder=folder))
    dead = 0
    for name, taps in live_taps(net, SHAPE).items():
        away = onp.ones(before[name].shape, bool)
        away[(slice(None), slice(None), *(slice(*pair) for pair in taps.kept))] = False
        assert (before[name][away] == after[name][away]).all(), "not a bit of them has changed"
        dead += away.sum()
    table = describe(net, SHAPE, live=True)
    assert dead == table.parameters - table.live > 0


def test_what_is_known_of_a_net(trained):
    net, folder, data = trained
    about = trained_nets(folder)["tiny"]
    assert isinstance(about, TrainedNet) and about.made == net.made and about.shape == SHAPE
    assert (about.mean, about.std) == (data.train.mean, data.train.std) and about.classes == list(data.classes)
    assert repr(about) == ("TrainedNet('tiny': recipe 'own', seed 3, test accuracy 0.5000, one run, edition "
                           f"{data.edition})")


def test_unknown_names_and_damaged_files_are_refused(trained, tmp_path):
    _, folder, _ = trained
    with pytest.raises(ValueError, match="name must be one of 'tiny', but 'small' was given"):
        pretrained("small", folder=folder)
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    file = tmp_path / "tiny.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(WeightsRefused, match="tiny.safetensors is not the file that came with the course"):
        pretrained("tiny", folder=tmp_path)
    file.unlink()
    with pytest.raises(WeightsRefused):
        pretrained("tiny", folder=tmp_path)


def test_those_of_the_course_say_how_they_came_about_and_are_small():
    found = trained_nets()
    for name, about in found.items():
        assert pretrained(name) is not None and about.licence and 0 < about.test_accuracy < 1
        assert list(about.training) and json.dumps(about.made)
    assert sum(about.bytes for about in found.values()) <= 25e6
