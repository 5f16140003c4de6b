"""Fashion-MNIST: the order of the search, what is refused and how, the mirrors, the fall-back."""
import gzip
import hashlib
import http.server
import shutil
import threading
import warnings

from resnet_gluon import DataNotFound, FashionMNIST, FileRefused
from resnet_gluon.data import fashion_mnist
from resnet_gluon.data.sources import cache_folder

import numpy as np
import pytest

IMAGES, LABELS = fashion_mnist.FILES[:2]


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch, tmp_path):
    """No data anywhere but where a test puts it, and no network."""
    monkeypatch.delenv("RESNET_GLUON_DATA", raising=False)
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "mxnet"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "debian")
    monkeypatch.setattr(fashion_mnist, "MIRRORS", ())


@pytest.fixture
def copy(tmp_path):
    """Makes copies of the bundled files in a folder of a given name."""
    return lambda name: shutil.copytree(fashion_mnist.SUBSET_FOLDER, tmp_path / name)


def found(**options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return FashionMNIST(quiet=True, subset=False, **options).source


def test_the_order_of_the_search(copy, monkeypatch):
    places = []
    for name, label in (("cache/resnet-gluon/fashion-mnist", "an earlier download"), ("debian", "Debian's package"),
                        ("mxnet/datasets/fashion-mnist", "MXNet's folder"), ("env", "RESNET_GLUON_DATA"),
                        ("given", "the folder given")):
        places.append(copy(name))
        if name == "env":
            monkeypatch.setenv("RESNET_GLUON_DATA", str(places[-1]))
        assert found(root=places[-1] if name == "given" else None).startswith(label)


def test_the_subset_is_announced_and_recognised():
    with pytest.warns(UserWarning, match="the bundled subset is used instead"):
        data = FashionMNIST(download=False, quiet=True)
    assert data.is_subset and data.edition == "2017-08-31 (subset)"
    assert (len(data.train), len(data.val), len(data.test)) == (4_590, 410, 1_000)


def test_nothing_found_lists_every_place():
    with pytest.raises(DataNotFound) as error:
        FashionMNIST(download=False, subset=False)
    for part in ("MXNet's folder", "Debian's package", "an earlier download", "RESNET_GLUON_DATA"):
        assert part in str(error.value)


def test_recompressed_and_plain_files_count_as_what_they_are(copy):
    folder = copy("given")
    content = gzip.decompress((folder / f"{IMAGES}.gz").read_bytes())
    (folder / f"{IMAGES}.gz").write_bytes(gzip.compress(content, 1))
    assert found(root=folder).startswith("the folder given")
    (folder / f"{IMAGES}.gz").unlink()
    (folder / IMAGES).write_bytes(content)
    assert found(root=folder).startswith("the folder given")


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1000])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def foreign(path):
    path.write_bytes(gzip.compress(b"\0\0\x08\x01" + bytes(1000)))


def not_gzip(path):
    path.write_bytes(b"<html>404</html>")


def bomb(path):
    path.write_bytes(gzip.compress(bytes(10 ** 9 // 8), 1))


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", (truncate, flip, foreign, not_gzip, bomb, empty))
def test_a_damaged_file_is_refused_by_name_and_the_search_goes_on(copy, damage):
    folder = copy("given")
    damage(folder / f"{IMAGES}.gz")
    with pytest.warns(UserWarning, match=f"{IMAGES}.gz refused: .*The search goes on") as caught:
        data = FashionMNIST(folder, download=False, quiet=True)
    assert data.source == "the subset bundled with resnet_gluon" and len(caught) == 2


def test_a_file_under_another_s_name_is_refused(copy):
    folder = copy("given")
    shutil.copy(folder / f"{LABELS}.gz", folder / f"{IMAGES}.gz")
    with pytest.warns(UserWarning, match=f"{IMAGES}.gz refused: its content is that of {LABELS}"):
        FashionMNIST(folder, download=False, quiet=True)


def test_a_folder_of_two_editions_is_refused(copy, monkeypatch):
    folder = copy("given")
    with gzip.open(folder / f"{LABELS}.gz") as stream:
        digest = "md5:" + hashlib.md5(stream.read()).hexdigest()
    monkeypatch.setitem(fashion_mnist.CHECKSUMS, digest, (fashion_mnist.OFFICIAL, LABELS))
    with pytest.raises(FileRefused, match="it is of edition 2017-08-31, the files beside it are of"):
        fashion_mnist.read_folder(folder)


def test_the_old_edition_is_recognised_by_its_compressed_files(copy, monkeypatch):
    folder = copy("given")
    for name in fashion_mnist.FILES:
        raw = (folder / f"{name}.gz").read_bytes()
        known = fashion_mnist.CHECKSUMS
        monkeypatch.delitem(known, "md5:" + hashlib.md5(gzip.decompress(raw)).hexdigest())
        monkeypatch.setitem(known, "gz-sha1:" + hashlib.sha1(raw).hexdigest(), (fashion_mnist.OLD, name))
    assert fashion_mnist.read_folder(folder)[0] == "2017-08-26 (with duplicates)"


def test_a_given_folder_without_data_is_said(tmp_path):
    with pytest.warns(UserWarning, match="the folder given: .*has no train-images-idx3-ubyte.gz"):
        FashionMNIST(tmp_path / "nowhere", download=False, quiet=True)


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """Serves folders of tmp_path on this machine, as mirrors."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, *args):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield lambda *names: monkeypatch.setattr(
        fashion_mnist, "MIRRORS", tuple(f"http://127.0.0.1:{server.server_port}/{name}/" for name in names))
    server.shutdown()
    server.server_close()


def test_download_from_the_first_mirror_that_serves(copy, mirror, tmp_path):
    copy("second")
    mirror("missing", "second")
    source = found()
    assert source.endswith("/second/")
    mirror()
    assert found().startswith("an earlier download")
    assert sorted(p.name for p in cache_folder("fashion-mnist").iterdir()) == sorted(
        [f"{name}.gz" for name in fashion_mnist.FILES])


def test_a_mirror_s_wrong_file_is_refused_deleted_and_the_next_mirror_asked(copy, mirror):
    not_gzip(copy("first") / f"{IMAGES}.gz")
    copy("second")
    mirror("first", "second")
    with pytest.warns(UserWarning, match=f"{IMAGES}.gz refused"):
        data = FashionMNIST(subset=False, quiet=True)
    assert data.source.endswith("/second/")


def test_a_damaged_earlier_download_is_replaced_by_the_first_mirror(copy, mirror):
    truncate(copy("cache/resnet-gluon/fashion-mnist") / f"{IMAGES}.gz")
    copy("first")
    mirror("first")
    with pytest.warns(UserWarning, match=f"an earlier download: .*{IMAGES}.gz refused"):
        data = FashionMNIST(subset=False, quiet=True)
    assert data.source.endswith("/first/")
    assert found().startswith("an earlier download")


def test_download_false_asks_no_mirror(copy, mirror):
    copy("first")
    mirror("first")
    with pytest.raises(DataNotFound):
        FashionMNIST(download=False, subset=False)


def test_an_unwritable_cache_is_said_and_leaves_nothing(copy, mirror, tmp_path, monkeypatch):
    copy("first")
    mirror("first")
    (tmp_path / "blocked").write_text("a file where the cache's folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "blocked"))
    with pytest.raises(DataNotFound, match="download from http.*blocked"):
        FashionMNIST(subset=False)
    assert (tmp_path / "blocked").read_text().startswith("a file")


@pytest.mark.skipif(not fashion_mnist.DEBIAN_FOLDER.is_dir(), reason="Debian's package is not here")
def test_debian_s_files_are_the_official_edition():
    edition, arrays = fashion_mnist.read_folder("/usr/share/datasets/fashion-mnist")
    assert edition == "2017-08-31"
    assert [array.shape for array in arrays] == [(60_000, 28, 28), (60_000,), (10_000, 28, 28), (10_000,)]


def test_statistics_are_the_training_split_s(data):
    pixels = data.train.images / 255
    for split in (data.train, data.val, data.test):
        assert split.mean == pytest.approx(pixels.mean()) and split.std == pytest.approx(pixels.std())


def test_images_stay_bytes(data):
    assert {split.images.dtype for split in (data.train, data.val, data.test)} == {np.dtype("uint8")}


def test_every_warning_of_the_search_points_at_the_reader_s_line(tmp_path):
    with pytest.warns(UserWarning) as caught:
        FashionMNIST(tmp_path / "nowhere", download=False, quiet=True)
    assert {warning.filename for warning in caught} == {__file__} and len(caught) == 2
