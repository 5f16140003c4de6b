"""A page as a file: one, whole, without any address in it, of the size that was promised; samples as they come."""
import json
import re

from resnet_gluon import cifar_resnet
from resnet_gluon.page import LIMIT, PageRefused, PageTooLarge, Samples, pack, write_page, writing

import numpy as np
import pytest
from exporting import GREY
from pages import lively


@pytest.fixture(scope="module")
def samples(data):
    return Samples.of(data.test, "Fashion-MNIST", data.classes)


@pytest.fixture(scope="module")
def twins():
    return [pack(lively(cifar_resnet(20, option=option), GREY), GREY) for option in ("A", "none")]


def test_samples_are_the_first_of_each_class(data, samples):
    assert samples.images.shape == (40, 1, 28, 28) and samples.labels.tolist() == sorted([*range(10)] * 4)
    third = np.flatnonzero(np.asarray(data.test.labels) == 6)[2]
    assert (samples.images[6 * 4 + 2, 0] == data.test.images[third]).all()
    batch, _ = next(data.test.take([third]).batches(1).epoch(0))
    assert np.allclose(samples.as_seen()[26], batch.asnumpy()[0], atol=1e-6)
    assert repr(samples) == "Samples(Fashion-MNIST: 40 images of 10 classes)"


def test_a_net_and_its_twin_fit_into_1_2_megabytes(twins, samples, tmp_path):
    size = write_page(tmp_path / "page.html", twins, samples)
    assert size == (tmp_path / "page.html").stat().st_size < 1_200_000
    html = (tmp_path / "page.html").read_text(encoding="utf8")
    content = json.loads(re.search(r'id="content">(.*?)</script>', html, re.S).group(1))
    assert sum(len(net["weights"]) + len(net["floats"]) for net in content["nets"]) < 800_000
    assert [net["title"] for net in content["nets"]] == ["ResNet-20", "Plain-20"]
    assert "<title>ResNet-20 and Plain-20, live" in html


def test_a_page_names_no_address_and_leaves_no_placeholder(twins, samples):
    html = writing.page(twins, samples)
    assert not re.findall(r"(?:https?:)?//[a-z][\w.-]*\.[a-z]{2,}", html)
    assert not re.findall(r"@(title|style|content|scripts)@", html)
    assert "default-src 'none'" in html


def test_nothing_in_a_name_ends_the_page_early(twins, samples):
    from dataclasses import replace
    names = ["</script><b>", *samples.classes[1:]]
    html = writing.page([replace(twins[0], title="<i>&")], replace(samples, classes=names))
    assert html.count("</script>") == len(writing.SCRIPTS) + 1 and "<title>&lt;i&gt;&amp;" in html


def test_what_does_not_fit_is_refused_and_nothing_is_written(twins, samples, tmp_path, monkeypatch):
    other = pack(lively(cifar_resnet(8, num_classes=3), GREY), GREY)
    with pytest.raises(PageRefused, match="ResNet-8 takes images of the shape .* and tells 3 classes apart, but Fa"):
        write_page(tmp_path / "page.html", [twins[0], other], samples)
    assert LIMIT == 5_000_000
    monkeypatch.setattr(writing, "LIMIT", 300_000)
    with pytest.raises(PageTooLarge, match=r"the page would have 0\.\d MB, and 0.3 are the most .* than 268,048"):
        write_page(tmp_path / "page.html", twins[:1], samples)
    assert list(tmp_path.iterdir()) == []
