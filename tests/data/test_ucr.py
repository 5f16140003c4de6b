"""The UCR sets, on small files made here, and on sktime's where they are."""
from pathlib import Path

from resnet_gluon import UCR, DataNotFound
from resnet_gluon.data import ucr
from resnet_gluon.settings import folder_in

import numpy as np
import pytest

REAL = folder_in("RESNET_GLUON_UCR") or ucr.sktime_folder()


@pytest.fixture(autouse=True)
def nowhere_else(monkeypatch):
    """Nothing is found but what a test puts there."""
    monkeypatch.delenv("RESNET_GLUON_UCR", raising=False)
    monkeypatch.setattr(ucr, "sktime_folder", lambda: None)


def ts(rows, labels, head="@problemName Small\n@classLabel true a b\n@data\n"):
    return head + "".join(":".join(",".join(map(str, channel)) for channel in row) + f":{label}\n"
                          for row, label in zip(rows, labels))


@pytest.fixture
def series():
    return np.random.default_rng(0).normal(size=(6, 2, 9)).round(4)


def small(path, series, test_labels="bab"):
    path.mkdir()
    (path / "Small_TRAIN.ts").write_text("# made here\n" + ts(series[:3], "bab"))
    (path / "Small_TEST.ts").write_text(ts(series[3:], test_labels))
    return path


def test_series_are_read_with_their_labels(series, tmp_path, capsys):
    data = UCR("Small", small(tmp_path / "d", series))
    assert "Small, edition of unknown checksum: 3 training, the training split again for validation" in (
        capsys.readouterr().out)
    np.testing.assert_allclose(data.train.images[np.argsort(data.train.images[:, 0, 0])],
                               series[:3][np.argsort(series[:3, 0, 0])], rtol=1e-6)
    assert data.classes == ("a", "b") and sorted(data.train.labels) == [0, 1, 1]
    assert data.test.labels.tolist() == [1, 0, 1]
    (x, y), = data.test.batches()
    assert x.shape == (3, 2, 9) and data.val is data.train
    mean, std = (np.array(numbers)[:, None] for numbers in (data.train.mean, data.train.std))
    np.testing.assert_allclose(mean[:, 0], series[:3].mean((0, 2)), rtol=1e-5)
    np.testing.assert_allclose(x.asnumpy(), (series[3:] - mean) / std, rtol=1e-4, atol=1e-5)


def test_series_found_by_the_environment_and_under_the_set_s_name(series, tmp_path, monkeypatch):
    small(tmp_path / "Small", series)
    monkeypatch.setenv("RESNET_GLUON_UCR", str(tmp_path))
    assert len(UCR("Small", quiet=True).test) == 3


@pytest.mark.parametrize("text, reason", [
    ("hello", "no .ts file with labels"), ("@classLabel true a b\n@data\n1,2:a\n1:b\n", "one length"),
    ("@classLabel true a b\n@data\n1,x:a\n", "not numbers"), ("@classLabel true a b\n@data\n1,nan:a\n", "finite")])
def test_other_files_are_refused(series, tmp_path, text, reason):
    (small(tmp_path / "d", series) / "Small_TEST.ts").write_text(text)
    with pytest.warns(UserWarning, match=reason), pytest.raises(DataNotFound):
        UCR("Small", tmp_path / "d")


def test_series_of_two_shapes_are_refused(series, tmp_path):
    (small(tmp_path / "d", series) / "Small_TEST.ts").write_text(ts(series[3:, :1], "bab"))
    with pytest.warns(UserWarning, match="differ in shape"), pytest.raises(DataNotFound):
        UCR("Small", tmp_path / "d")


def test_test_labels_that_training_lacks_are_refused(series, tmp_path):
    with pytest.warns(UserWarning, match="not all among the training labels"), pytest.raises(DataNotFound):
        UCR("Small", small(tmp_path / "d", series, test_labels="abc"))


def test_a_set_that_is_nowhere(tmp_path):
    with pytest.raises(DataNotFound, match="Call make setup, which brings sktime, or name a folder with GunP"):
        UCR("GunPoint")


def test_a_mistyped_variable_is_said_where_another_place_serves(series, tmp_path, monkeypatch):
    folder = small(tmp_path / "sktime", series)
    monkeypatch.setattr(ucr, "sktime_folder", lambda: folder)
    monkeypatch.setenv("RESNET_GLUON_UCR", str(tmp_path / "mistyped"))
    with pytest.warns(UserWarning, match="RESNET_GLUON_UCR: .*mistyped has no Small_TRAIN.ts. The search") as caught:
        data = UCR("Small", quiet=True)
    assert data.source == "the package sktime" and caught[0].filename == __file__


def test_training_series_are_kept_whole_and_the_scale_is_theirs(series, tmp_path):
    data = UCR("Small", small(tmp_path / "d", series), quiet=True)
    assert data.val is data.train and len(data.train) == 3 and data.batch_size == 16
    assert data.test.mean == data.train.mean != data.test.statistics()[0]


@pytest.mark.skipif(REAL is None or not Path(REAL, "GunPoint").is_dir(), reason="sktime's series are not here")
@pytest.mark.parametrize("name, sizes", [("GunPoint", (50, 150)), ("ItalyPowerDemand", (67, 1029)),
                                         ("ArrowHead", (36, 175))])
def test_sktime_s_files_are_those_that_were_measured(name, sizes):
    data = UCR(name, REAL, quiet=True)
    assert (len(data.train), len(data.test)) == sizes and data.edition == "as in sktime 1.2.0"
