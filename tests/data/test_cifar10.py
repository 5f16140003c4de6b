"""CIFAR-10, on small files made here."""
import hashlib
import io
import pickle
import tarfile

from resnet_gluon import CIFAR10, DataNotFound
from resnet_gluon.data import cifar10

import numpy as np
import pytest

PER_BATCH = 20


@pytest.fixture(autouse=True)
def nowhere_else(tmp_path, monkeypatch):
    """Nothing is found but what a test puts there."""
    monkeypatch.delenv("RESNET_GLUON_CIFAR10", raising=False)
    monkeypatch.setattr(cifar10, "cache_folder", lambda name: tmp_path / "cache" / name)


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


def test_where_there_is_none_the_error_lists_every_place_and_the_remedy(tmp_path):
    with pytest.warns(UserWarning), pytest.raises(DataNotFound) as error:
        CIFAR10(tmp_path, download=False)
    for part in ("the folder given: ", "an earlier download: ", "RESNET_GLUON_CIFAR10", "cifar-10-binary.tar.gz"):
        assert part in str(error.value)
