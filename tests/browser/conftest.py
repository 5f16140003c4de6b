"""A browser's page, and the living network's file in it: ResNet-20 and its plain twin."""
from resnet_gluon import FashionMNIST, cifar_resnet
from resnet_gluon.page import Samples, pack, write_page
from resnet_gluon.training import pretrained, trained_nets

import pytest
from exporting import GREY
from tiny import train

from tests.browser.chromium import browser


@pytest.fixture(scope="session")
def page():
    with browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def fashion():
    return FashionMNIST(train_images=4000, quiet=True)


@pytest.fixture(scope="session")
def twins(fashion):
    """ResNet-20 and its plain twin: those that come with the course, else hardly trained ones."""
    if {"resnet20", "plain20"} <= set(trained_nets()):
        return [pretrained(name) for name in ("resnet20", "plain20")]
    return [train(fashion, cifar_resnet(20, option=option), epochs=2, batch_size=64, lr=0.05)[0]
            for option in ("A", "none")]


@pytest.fixture(scope="session")
def file(twins, fashion, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    write_page(path, [pack(net, GREY) for net in twins], Samples.of(fashion.test, "Fashion-MNIST", fashion.classes))
    return path


@pytest.fixture
def open_page(page, file):
    page.errors.clear()
    page.requests.clear()
    page.open(file)
    yield page
    assert page.errors == [] and page.requests == []
