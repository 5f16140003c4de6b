"""`data`: which sets are here."""
from resnet_gluon.commands.data import in_words, look
from resnet_gluon.data import cifar10, fashion_mnist, sources


def test_every_set_is_looked_for_and_nothing_is_downloaded(command, monkeypatch, tmp_path):
    monkeypatch.delenv("RESNET_GLUON_DATA")
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "nowhere")
    for module in (fashion_mnist, cifar10):
        monkeypatch.setattr(module, "cache_folder", lambda name: tmp_path / name)
        monkeypatch.setattr(module, "fetch", None)
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    rows = {row["name"]: row for row in command("data", "--json")}
    assert list(rows) == ["Fashion-MNIST", "CIFAR-10", "GunPoint", "ItalyPowerDemand", "ArrowHead", "OSULeaf", "ACSF1"]
    subset, none, series = (rows[name] for name in ("Fashion-MNIST", "CIFAR-10", "GunPoint"))
    assert not subset["found"] and subset["edition"] == "2017-08-31 (subset)"
    assert "RESNET_GLUON_DATA" in subset["advice"]
    assert not none["found"] and "163 MB" in none["advice"] and "edition" not in none
    assert series["found"] and (series["train"], series["test"]) == (50, 150) and "advice" not in series
    text = command("data")
    assert "for the full set: apt-get install dataset-fashion-mnist" in text and "CIFAR-10         not found\n" in text
    assert "GunPoint         edition as in sktime 1.2.0, 50 training and 150 test, from the package sktime\n" in text


def test_a_file_that_is_refused_is_said():
    from resnet_gluon.notices import warn

    def maker(quiet):
        warn("batch.gz refused: it is damaged. The search goes on.")
        raise sources.DataNotFound("nothing")
    row = look("CIFAR-10", maker)
    assert row["refused"] == ["batch.gz refused: it is damaged. The search goes on."] and not row["found"]
    assert in_words(row).splitlines()[-1].strip() == "warning: batch.gz refused: it is damaged. The search goes on."
