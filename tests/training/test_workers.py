"""Workers: shares of a batch, what is refused, and how long is waited. Whole jobs: tests/cluster/test_launcher.py."""
import socket
import subprocess
import sys
import threading
import time

from resnet_gluon import Training, fit, resnet
from resnet_gluon.cluster.job import free_ports
from resnet_gluon.training import workers
from resnet_gluon.training.workers import NotJoined, Workers, join, node, reach_scheduler

import mxnet as mx
import pytest
from mxnet import np
from tiny import TINY, train


class Store:
    """In place of MXNet's, which needs a job."""
    type, handle = "dist_sync", None

    def __init__(self, rank, num_workers):
        self.rank, self.num_workers = rank, num_workers


@pytest.fixture
def launched(monkeypatch):
    """The environment of a job, and something that listens."""
    with socket.socket() as scheduler:
        scheduler.bind(("127.0.0.1", 0))
        scheduler.listen()
        for name, value in (("DMLC_ROLE", "worker"), ("DMLC_PS_ROOT_URI", "127.0.0.1"), ("DMLC_NUM_SERVER", "1"),
                            ("DMLC_NUM_WORKER", "2"), ("DMLC_PS_ROOT_PORT", str(scheduler.getsockname()[1]))):
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.parametrize("count, size", [(1, 5), (2, 15), (3, 16), (4, 7), (5, 5)])
def test_shares_are_without_overlap_or_loss_and_differ_by_one_image_at_most(count, size):
    images = np.arange(size)
    shares = [Workers(Store(rank, count)).share(images, images + 100) for rank in range(count)]
    assert [int(number) for share, _ in shares for number in share] == list(range(size))
    assert all((labels == share + 100).all() for share, labels in shares)
    sizes = [len(share) for share, _ in shares]
    assert max(sizes) - min(sizes) <= 1 and min(sizes) > 0


def test_one_that_is_alone_changes_nothing(data):
    alone, images, loss = join(None), np.arange(4), np.array(0.5)
    assert alone.first and alone.count == 1 and alone.setting() == {}
    assert alone.share(images, images)[0] is images and alone.total(loss, True) is loss
    assert alone.same_start(7, None, None) == 7


@pytest.mark.parametrize("name", ("horovod", "dist_async", "device", "dist", 3))
def test_an_unknown_store_is_an_error(data, name):
    with pytest.raises(ValueError, match="kvstore must be one of None, 'dist_sync', 'dist_device_sync', but "):
        train(data, kvstore=name)


def test_without_a_job_there_is_nothing_to_join(data, monkeypatch):
    monkeypatch.delenv("DMLC_ROLE", raising=False)
    with pytest.raises(NotJoined, match="DMLC_ROLE is not set: start it with python -m resnet_gluon launch"):
        fit(resnet(TINY), data, Training(epochs=1), kvstore="dist_sync")


def test_the_environment_can_name_the_store(data, monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_KVSTORE", "dist_sync")
    monkeypatch.delenv("DMLC_ROLE", raising=False)
    with pytest.raises(NotJoined):
        train(data)


@pytest.mark.parametrize("store", (Store(0, 1), type("Local", (Store,), {"type": "local"})(0, 2)))
def test_a_store_that_is_not_the_launched_job_is_an_error(launched, monkeypatch, store):
    monkeypatch.setattr(mx.kv, "create", lambda name: store)
    with pytest.raises(NotJoined, match=rf"2 workers were launched, but the store '{store.type}' answers rank 0 of "
                                        f"{store.num_workers}"):
        join("dist_sync")


def test_a_process_joins_once(launched, monkeypatch):
    monkeypatch.setattr(workers, "joined", [Store(0, 2)])
    with pytest.raises(NotJoined, match="can run fit once, and it has: launch a job for each run"):
        join("dist_sync")


def test_a_scheduler_that_is_late_is_waited_for_and_one_that_never_comes_is_not():
    port, = free_ports(1)
    began = time.monotonic()
    with pytest.raises(NotJoined, match=f"no scheduler answers at 127.0.0.1:{port} within 0.5 s"):
        reach_scheduler("127.0.0.1", port, 0.5)
    assert time.monotonic() - began < 5
    late = socket.socket()
    late.bind(("127.0.0.1", port))
    threading.Timer(0.3, late.listen).start()
    reach_scheduler("127.0.0.1", port, 20)
    late.close()


@pytest.mark.slow
def test_one_that_waits_in_vain_for_the_others_ends(launched, monkeypatch):
    """Something listens, but no job comes together: MXNet itself would wait for ever."""
    monkeypatch.setenv("RESNET_GLUON_JOIN_SECONDS", "1")
    told = subprocess.run([sys.executable, "-c", "from resnet_gluon.training.workers import join; join('dist_sync')"],
                          capture_output=True, text=True, timeout=120)
    assert told.returncode == 1
    assert "The job's 2 workers and 1 servers did not all join within 1 s" in told.stderr


def test_a_batch_has_work_for_every_device():
    with pytest.raises(ValueError, match=r"batch_size=3 leaves nothing to do for some of 4 devices \(2 workers with 2"):
        Workers(Store(0, 2)).check(Training(1, batch_size=3), [mx.cpu(0), mx.cpu(1)])
    Workers(Store(0, 2)).check(Training(1, batch_size=4), [mx.cpu(0), mx.cpu(1)])


def test_numbers_of_nodes_are_ps_lite_s():
    assert [node(role) for role in ("scheduler", "server 0", "worker 0", "server 1", "worker 1")] == [1, 8, 9, 10, 11]
