"""Mirrors that flood, dribble, lie or are asked by four processes at once."""
import gzip
import hashlib
import http.server
import io
import subprocess
import sys
import tarfile
import threading
import time

from resnet_gluon.data import FashionMNIST, cifar10, downloads, fashion_mnist
from resnet_gluon.data.downloads import Clock, DownloadFailed, alone, fetch
from resnet_gluon.data.sources import cache_folder

import pytest
from mirrors import HONEST, NAMES, Mirror


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """Has these kinds of mirror asked, one after another, by processes that find no data elsewhere."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.asked, server.sent, server.broken, server.daemon_threads = [], 0, threading.Event(), True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, folder in (("MXNET_HOME", "mxnet"), ("XDG_CACHE_HOME", "cache")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.delenv("RESNET_GLUON_DATA", raising=False)
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "debian")
    monkeypatch.setattr(downloads, "PATIENCE", 1)
    server.url = f"http://127.0.0.1:{server.server_port}"

    def ask(*kinds):
        monkeypatch.setattr(fashion_mnist, "MIRRORS", tuple(f"{server.url}/{kind}/" for kind in kinds))
        return server
    yield ask
    server.shutdown()
    server.server_close()


def in_cache():
    return sorted(path.name for path in cache_folder("fashion-mnist").iterdir())


@pytest.mark.parametrize("kind", ["flood", "large", "dribble", "heading", "silent", "bomb", "around", "short",
                                  "missing"])
def test_a_bad_mirror_ends_soon_and_the_next_one_is_asked(kind, mirror):
    server, start = mirror(kind, "honest"), time.monotonic()
    assert FashionMNIST(subset=False, quiet=True).source.endswith("/honest/")
    assert time.monotonic() - start < 10
    assert in_cache() == sorted(NAMES) and server.sent < fashion_mnist.COMPRESSED + (16 << 20)


@pytest.mark.parametrize("kind", ["dribble", "flood"])
def test_the_connection_of_a_bad_mirror_is_closed(kind, mirror):
    server = mirror(kind)
    with pytest.raises(RuntimeError, match="more comes than|had come"):
        FashionMNIST(subset=False, quiet=True)
    assert server.broken.wait(5)


def test_right_files_under_wrong_names_are_not_kept_and_the_next_mirror_is_asked(mirror):
    server = mirror("swapped", "honest")
    with pytest.warns(UserWarning, match="its content is that of t10k-images"):
        assert FashionMNIST(subset=False, quiet=True).source.endswith("/honest/")
    assert in_cache() == sorted(NAMES) and len(server.asked) == 5


def test_right_files_under_wrong_names_in_the_cache_are_replaced(mirror):
    mirror("honest")
    cache_folder("fashion-mnist").mkdir(parents=True)
    for name in NAMES:
        (cache_folder("fashion-mnist") / name).write_bytes(HONEST[NAMES[0]])
    with pytest.warns(UserWarning, match="its content is that of train-images"):
        assert FashionMNIST(subset=False, quiet=True).source.endswith("/honest/")
    assert [(cache_folder("fashion-mnist") / name).read_bytes() == HONEST[name] for name in NAMES] == [True] * 4


def test_a_cache_of_two_editions_is_fetched_anew(mirror, monkeypatch):
    mirror("honest")
    folder = cache_folder("fashion-mnist")
    folder.mkdir(parents=True)
    content = b"\0\0\x08\1\0\0\0\4" + bytes(4)
    (folder / NAMES[1]).write_bytes(gzip.compress(content))
    digest = "md5:" + hashlib.md5(content).hexdigest()
    monkeypatch.setitem(fashion_mnist.CHECKSUMS, digest, (fashion_mnist.OLD, fashion_mnist.FILES[1]))
    assert FashionMNIST(subset=False, quiet=True).source.endswith("/honest/")


FIRST_LOAD = """
import sys
from pathlib import Path
from resnet_gluon.data import FashionMNIST, downloads, fashion_mnist
fashion_mnist.DEBIAN_FOLDER = Path("/nowhere")
fashion_mnist.MIRRORS = tuple(sys.argv[1:])
print(FashionMNIST(subset=False, quiet=True))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [("slow",), ("swapped", "slow")])
def test_four_first_loads_at_once(kinds, mirror):
    server = mirror()
    urls = [f"{server.url}/{kind}/" for kind in kinds]
    loads = [subprocess.Popen([sys.executable, "-c", FIRST_LOAD, *urls], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE) for _ in range(4)]
    for load in loads:
        out, err = load.communicate(timeout=100)
        assert load.returncode == 0 and "Fashion-MNIST" in out, err
    assert in_cache() == sorted(NAMES)
    assert sum("/slow/" in path for path in server.asked) == 4  # one of them fetches the files


def test_a_load_ends_when_its_time_is_over(mirror, tmp_path, monkeypatch):
    server = mirror()
    monkeypatch.setattr(downloads, "PATIENCE", 60)
    clock = Clock(1.5)
    start = time.monotonic()
    for _ in range(3):
        with pytest.raises(DownloadFailed, match="seconds for this load are over"):
            fetch(f"{server.url}/dribble/{NAMES[0]}", tmp_path / "f", 10 ** 6, clock, lambda path: None)
    assert time.monotonic() - start < 4 and not list(tmp_path.glob("f*"))


def test_who_waits_for_another_s_download_waits_no_longer_than_a_load(tmp_path):
    with alone(tmp_path / "cache", Clock(5)):
        start = time.monotonic()
        with pytest.raises(DownloadFailed), alone(tmp_path / "cache", Clock(0.5)):
            pass
        assert time.monotonic() - start < 2
    (tmp_path / "cache" / "f.gz.killed.part").touch()
    with alone(tmp_path / "cache", Clock(5)):
        assert not list((tmp_path / "cache").iterdir())


def test_an_archive_of_cifar_10_is_kept_only_if_it_is_the_published_one(mirror, tmp_path, monkeypatch):
    server = mirror()
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("nothing"))
    monkeypatch.setattr(cifar10, "ARCHIVES", {"a.tar.gz": "md5:" + hashlib.md5(content.getvalue()).hexdigest()})
    monkeypatch.setattr(cifar10, "cache_folder", lambda name: tmp_path / name)
    monkeypatch.setitem(HONEST, "a.tar.gz", b"another one")
    for url, failure in (("/honest/", "is not that of a.tar.gz"), ("/flood/", "more comes than")):
        monkeypatch.setattr(cifar10, "URL", server.url + url)
        monkeypatch.setattr(cifar10, "LARGEST_ARCHIVE", 10 ** 6)
        with pytest.raises((ValueError, OSError), match=failure):
            cifar10.download("a.tar.gz", Clock())
        assert not list((tmp_path / "cifar-10").iterdir())
    monkeypatch.setitem(HONEST, "a.tar.gz", content.getvalue())
    monkeypatch.setattr(cifar10, "URL", server.url + "/honest/")
    for _ in range(2):
        with pytest.raises(ValueError, match="there is no data_batch_1"):  # the right archive, which holds nothing here
            cifar10.download("a.tar.gz", Clock())
    assert len(server.asked) == 3
