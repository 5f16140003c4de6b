"""`describe`: a network of the family, or a run's, as a table."""
from resnet_gluon import describe, resnet, resnet50

import pytest


def test_networks_of_the_family(command):
    net = resnet50(num_classes=1000, version="v1.5")
    options = "resnet50", "num_classes=1000", "version=v1.5", "--shape", "3,224,224"
    assert command("describe", *options) == f"{describe(net, (1, 3, 224, 224))}\n"
    found = command("describe", *options, "--json")
    assert found["parameters"] == 25_557_032 and found["input"] == [1, 3, 224, 224]
    assert [part["name"] for part in found["parts"]] == ["stem", "stage1", "stage2", "stage3", "stage4", "pool", "head"]


def test_of_blocks_of_series_and_of_nested_options(command):
    assert "stage1.0" in command("describe", "cifar_resnet", "depth=8", "--blocks")
    assert "(1, 1, 150)" in command("describe", "time_series_resnet", "num_classes=2")
    assert "(1, 10)" in command("describe", "resnet", "stages=((8, 1), (16, 2))")


def test_a_run_s_net_is_described_at_its_own_shape(command, run_folder, colour_folder):
    assert command("describe", run_folder) == f"{describe(resnet(((16, 1), (32, 1))), (1, 1, 28, 28))}\n"
    assert "(1, 3, 6, 5)" in command("describe", colour_folder)


@pytest.mark.parametrize("arguments, message", [
    (["resnet17"], "resnet17 is neither the folder of a run, nor a trained net of the course, nor one of the family: "),
    (["resnet18", "depth=3"], "resnet18 cannot be made of these options: "), (["cifar_resnet"], "cannot be made of"),
    (["cifar_resnet", "depth=9"], "depth must be 6n + 2"), (["resnet18", "5"], "options are given as NAME=VALUE"),
    (["resnet18", "version=v9"], "version must be one of"),
    (["resnet18", "--shape", "28"], "takes images, C,H,W, but --shape 28 was")])
def test_mistakes_are_a_sentence(fails, arguments, message):
    assert message in fails("describe", *arguments)


def test_a_trained_net_takes_no_options(fails, run_folder):
    assert "is trained: it takes no options" in fails("describe", run_folder, "version=v2")
