"""CIFAR-10 and the UCR sets, on small files made here."""
import hashlib
import io
import pickle
import tarfile

from resnet_gluon.data import CIFAR10, UCR, DataNotFound, Dataset, Split, cifar10, sources, ucr
from resnet_gluon.data.batches import Batches, rotated, shifted
from resnet_gluon.evaluation import views

import numpy as np
import pytest

PER_BATCH = 20


@pytest.fixture(autouse=True)
def nowhere_else(tmp_path, monkeypatch):
    """Nothing is found but what a test puts there."""
    for variable in ("RESNET_GLUON_CIFAR10", "RESNET_GLUON_UCR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sources, "cache_folder", lambda name="": tmp_path / "cache" / name)
    monkeypatch.setattr(ucr, "sktime_folder", lambda: None)


def python_batch(rows):
    return pickle.dumps({b"data": rows[:, 1:].copy(), b"labels": rows[:, 0].tolist()}, protocol=2)


@pytest.fixture
def files(monkeypatch):
    """{version: {name: bytes}}: six small batches, known by their checksums."""
    random, versions = np.random.default_rng(0), {"python": {}, "binary": {}}
    for name in cifar10.BATCHES:
        rows = random.integers(256, size=(PER_BATCH, 3073), dtype=np.uint8)
        rows[:, 0] = np.arange(PER_BATCH) % 10
        versions["python"][name], versions["binary"][name + ".bin"] = python_batch(rows), rows.tobytes()
        monkeypatch.setitem(cifar10.CHECKSUMS, hashlib.md5(python_batch(rows)).hexdigest(), name)
        monkeypatch.setitem(cifar10.CHECKSUMS, hashlib.sha1(rows.tobytes()).hexdigest(), name)
    return versions


@pytest.fixture
def archive(monkeypatch):
    """Makes an archive, known by its checksum."""
    def make(path, contents, folder="cifar-10-batches-py/"):
        pack(path, contents, folder)
        monkeypatch.setitem(cifar10.ARCHIVES, path.name, "md5:" + hashlib.md5(path.read_bytes()).hexdigest())
        return path
    return make


def pack(path, contents, folder):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def folder(path, contents):
    path.mkdir(parents=True)
    for name, content in contents.items():
        (path / name).write_bytes(content)
    return path


def test_both_versions_as_folders_and_archives_hold_the_same(files, archive, tmp_path, capsys):
    places = [folder(tmp_path / "f", files["python"]), archive(tmp_path / "a.tar.gz", files["python"]),
              folder(tmp_path / "g" / "cifar-10-batches-bin", files["binary"]).parent,
              archive(tmp_path / "cifar-10-binary.tar.gz", files["binary"]), tmp_path]
    loaded = [CIFAR10(place, download=False) for place in places]
    assert capsys.readouterr().out.startswith("CIFAR-10, edition 2009: 90 training, 10 validation and 20 test images")
    for data in loaded:
        assert data.train.images.shape == (90, 3, 32, 32) and data.train.images.dtype == np.uint8
        assert (data.train.images == loaded[0].train.images).all() and (data.test.labels == loaded[0].test.labels).all()
    assert loaded[0].text_labels([0, 9]) == ["airplane", "truck"]


def test_the_environment_names_a_place(files, archive, tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_CIFAR10", str(archive(tmp_path / "a.tar.gz", files["binary"])))
    assert CIFAR10(download=False, quiet=True).source.startswith("RESNET_GLUON_CIFAR10 (")


def test_names_in_an_archive_are_not_trusted(files, archive, monkeypatch, tmp_path):
    """Members that point elsewhere are read by their last name and written nowhere; links are left out."""
    path = archive(tmp_path / "a.tar.gz", files["python"], folder="../../outside/")
    assert len(CIFAR10(path, download=False, quiet=True).train) == 90
    assert not (tmp_path.parent.parent / "outside").exists()
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as tar:
        link = tarfile.TarInfo("data_batch_1")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    checksum = hashlib.md5((tmp_path / "b.tar.gz").read_bytes()).hexdigest()
    monkeypatch.setitem(cifar10.ARCHIVES, "b.tar.gz", f"md5:{checksum}")
    with pytest.warns(UserWarning, match="there is no data_batch_1"), pytest.raises(DataNotFound):
        CIFAR10(tmp_path / "b.tar.gz", download=False)


class Harmful:
    def __reduce__(self):
        return exec, ("raise SystemExit('executed')",)


@pytest.mark.parametrize("content", [b"nonsense", pickle.dumps(Harmful())])
def test_other_bytes_are_refused_before_they_are_opened(files, tmp_path, content):
    bad = folder(tmp_path / "f", {**files["python"], "data_batch_3": content})
    with pytest.warns(UserWarning, match="data_batch_3 refused: its bytes"), pytest.raises(DataNotFound):
        CIFAR10(bad, download=False)


def test_a_batch_under_another_s_name_is_refused(files, tmp_path):
    bad = folder(tmp_path / "f", {**files["python"], "data_batch_2": files["python"]["data_batch_1"]})
    with pytest.warns(UserWarning, match="data_batch_2 refused"), pytest.raises(DataNotFound):
        CIFAR10(bad, download=False)


def test_another_archive_is_refused_before_it_is_opened(files, archive, tmp_path):
    path = archive(tmp_path / "cifar-10-binary.tar.gz", files["binary"])
    whole = path.read_bytes()
    path.write_bytes(whole[:20_000])
    with pytest.warns(UserWarning, match="is not that of cifar-10-binary.tar.gz"), pytest.raises(DataNotFound):
        CIFAR10(path, download=False)
    archive(tmp_path / "cifar-10-python.tar.gz", files["python"])  # a good one beside the bad one
    assert len(CIFAR10(tmp_path, download=False, quiet=True).train) == 90


def test_a_channel_without_variation_is_refused():
    arrays = (np.zeros((4, 1, 3), np.float32), np.arange(4) % 2) * 2
    with pytest.raises(ValueError, match="the same value everywhere"):
        Dataset("flat", "none", "here", arrays, "ab", share=10)


@pytest.mark.parametrize("images, labels, message", [
    ([[1]], [0], "must be a non-empty uint8"), (np.zeros((2, 1, 3), np.float32), [0.9, 1.7], "labels must be integers"),
    (np.full((1, 1, 3), np.nan, np.float32), [0], "not finite")])
def test_splits_of_something_else_are_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        Split(images, labels)


def test_statistics_of_another_number_of_channels_are_refused():
    with pytest.raises(ValueError, match="one for each of the 3 channels"):
        Batches(colour(), 4, [0.1, 0.2], [1, 1])


def test_where_there_is_none_the_error_lists_every_place_and_the_remedy(tmp_path):
    with pytest.warns(UserWarning), pytest.raises(DataNotFound) as error:
        CIFAR10(tmp_path, download=False)
    for part in ("the folder given: ", "an earlier download: ", "RESNET_GLUON_CIFAR10", "cifar-10-binary.tar.gz"):
        assert part in str(error.value)


def colour(n=12):
    return Split(np.random.default_rng(0).integers(256, size=(n, 3, 6, 5), dtype=np.uint8), np.arange(n) % 10)


def test_colour_images_are_normalised_channel_by_channel():
    split = colour()
    (x, _), = Batches(split, 12, *split.statistics())
    x = x.asnumpy()
    assert x.shape == (12, 3, 6, 5) and np.abs(x.mean((0, 2, 3))).max() < 1e-6
    np.testing.assert_allclose(x.std((0, 2, 3)), 1, rtol=1e-5)


def test_colour_images_are_moved_as_grey_ones_are():
    images, rows, columns = colour().images, np.arange(12) % 5, np.arange(12) % 3
    moved = shifted(images, rows, columns, 2)
    for channel in range(3):
        assert (moved[:, channel] == shifted(images[:, channel], rows, columns, 2)).all()


def test_views_of_colour_images_are_mirrored_sideways():
    images = colour().images
    plain, mirrored = views(images, mirror=True, shift=0)
    assert (plain == images).all() and (mirrored == images[:, :, :, ::-1]).all()


def test_rotation():
    image = np.random.default_rng(0).integers(256, size=(2, 3, 7, 7), dtype=np.uint8)
    assert (rotated(image, np.zeros(2)) == image).all()
    assert (rotated(image, np.array([90, 180])) == np.stack([np.rot90(image[0], axes=(1, 2)),
                                                             np.rot90(image[1], 2, axes=(1, 2))])).all()
    assert (rotated(image[:, 0], np.array([90, 0]))[0] == np.rot90(image[0, 0])).all()
    even = np.full((1, 8, 8), 200, np.uint8)
    assert (rotated(even, np.array([10.0])) == 200).all()  # the edge goes on outwards


def test_rotation_is_drawn_for_each_image_and_repeats():
    split = Split(np.repeat(colour(1).images, 8, axis=0), np.zeros(8, int))
    batches = Batches(split, 8, *split.statistics(), rotate=10, seed=1)
    (x, _), (again, _) = next(batches.epoch(3)), next(batches.epoch(3))
    assert (x == again).all() and len({image.tobytes() for image in x.asnumpy()}) == 8


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
    (x, y), = data.batches(data.test)
    assert x.shape == (3, 2, 9) and data.val is data.train
    np.testing.assert_allclose(x.asnumpy(), (series[3:] - np.array(data.mean)[:, None]) / np.array(data.std)[:, None],
                               rtol=1e-4, atol=1e-5)


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
    with pytest.raises(DataNotFound, match="pip install sktime"):
        UCR("GunPoint")


def test_series_are_not_flipped():
    split = Split(np.zeros((4, 1, 9), np.float32), np.zeros(4, int))
    with pytest.raises(ValueError, match="for images, but the split holds series"):
        Batches(split, 2, 0, 1, flip=True)
