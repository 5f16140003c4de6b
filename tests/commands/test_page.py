"""`export --to page`: what it writes and says, of one net and of two; fewer bits where the page would be too large."""
import argparse
import json

from resnet_gluon import cifar_resnet, resnet
from resnet_gluon.commands import export, page
from resnet_gluon.page import writing

import pytest
from tiny import train


@pytest.fixture(scope="module")
def runs(data, tmp_path_factory):
    """Folders of a run, its twin's, and one of a net for which pages have no room."""
    path = tmp_path_factory.mktemp("runs")
    for name, net in (("mine", cifar_resnet(8)), ("twin", cifar_resnet(8, option="none")),
                      ("pools", resnet(((8, 1), (16, 1)), pool="input"))):
        train(data, net, epochs=1, folder=path / name)
    return path


def command(*arguments):
    parser = argparse.ArgumentParser()
    export.add_parser(parser.add_subparsers(required=True))
    chosen = parser.parse_args(["export", *map(str, arguments), "--to", "page"])
    export.work(chosen)


def test_a_page_is_written_beside_the_run(runs, capsys):
    command(runs / "mine")
    out = capsys.readouterr().out
    assert out.startswith("page: net.html, 0.") and " MB; ResNet-8, 3 blocks, " in out
    assert "weights in 8 bits; on its 40 images " in out
    assert "<title>ResNet-8, live" in (runs / "mine" / "net.html").read_text(encoding="utf8")


def test_a_twin_and_all_test_images_as_json(runs, tmp_path, capsys):
    command(runs / "mine", "--twin", runs / "twin", "--out", tmp_path / "both", "--test", "--json")
    lines = json.loads(capsys.readouterr().out)
    assert [line["net"] for line in lines] == ["ResNet-8", "Plain-8"]
    file = tmp_path / "both.html"
    for line in lines:
        assert line["files"] == [str(file)] and line["bytes"] == file.stat().st_size
        assert line["test"]["n"] % 1000 == 0 and line["test"]["same"] >= 0.97 * line["test"]["n"]
        assert line["shown"]["n"] == 40 and line["test"]["difference"] < 0.1


def test_a_page_that_would_be_too_large_gets_fewer_bits_and_is_refused_in_the_end(runs, tmp_path, monkeypatch, capsys):
    command(runs / "mine", "--out", tmp_path / "net", "--json")
    size = json.loads(capsys.readouterr().out)[0]["bytes"]
    monkeypatch.setattr(writing, "LIMIT", size - 1)
    command(runs / "mine", "--out", tmp_path / "net", "--json")
    [line] = json.loads(capsys.readouterr().out)
    assert line["bits"] == page.BITS[1] and line["bytes"] < size
    monkeypatch.setattr(writing, "LIMIT", 100_000)
    with pytest.raises(ValueError, match=r"the page would have 0\.\d MB, and 0.1 are the most that a phone should"):
        command(runs / "mine", "--out", tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["net.html"]


def test_what_no_page_shows_is_refused(runs, tmp_path):
    with pytest.raises(ValueError, match="its blocks pool"):
        command(runs / "pools", "--out", tmp_path / "net")
    history = json.loads((runs / "twin" / "history.json").read_text(encoding="utf8"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "best.params").write_bytes((runs / "twin" / "best.params").read_bytes())
    for change, why in (({"data": "CIFAR-10, edition 1"}, "one data set, but 'Fashion-MNIST' and 'CIFAR-10'"),
                        ({"input": {**history["setting"]["input"], "mean": 0.5}}, "need one scale of images")):
        changed = {**history, "setting": {**history["setting"], **change}}
        (tmp_path / "other" / "history.json").write_text(json.dumps(changed), encoding="utf8")
        with pytest.raises(ValueError, match=why):
            command(runs / "mine", "--twin", tmp_path / "other", "--out", tmp_path / "net")
    assert not (tmp_path / "net.html").exists()
