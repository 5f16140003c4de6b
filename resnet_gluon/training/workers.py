"""Who takes part in a run: this process alone, or the workers of a job over MXNet's key-value store.

Parameters are on every worker, and are the same. Each step every worker takes its share of the batch, the servers add
up the gradients, and all workers make the same update: of two workers bit by bit the same in each run, of more up to
the order in which gradients reach a server. Each worker makes the whole batch, a small part of its work, and takes its
share of it, so that order and augmentation are those of one worker alone. Store and servers trust whoever reaches their
ports: keep them in a private network.
"""
import atexit
import ctypes
import os
import socket
import sys
import threading
import time
from typing import Any, Dict, Iterator, List, Optional, Tuple

from resnet_gluon.arguments import choose
from resnet_gluon.settings import join_seconds
from resnet_gluon.training.recipes import Training
from resnet_gluon.training.state import places, set_step

import mxnet as mx

STORES = {None: "this process alone", "dist_sync": "sums on servers", "dist_device_sync": "sums of GPUs on GPUs first"}
#: Keys of the store: those of parameters, 0, 1, …, are the trainer's.
LOSS, START = 1_000_000, 1_000_001
HEARTBEAT, LOST = 2, 30  # seconds: between two signs of life, and without one until a machine counts as lost
#: What `launch` tells each process.
PLACES = ("DMLC_ROLE", "DMLC_PS_ROOT_URI", "DMLC_PS_ROOT_PORT", "DMLC_NUM_WORKER", "DMLC_NUM_SERVER")


class NotJoined(RuntimeError):
    """The job's other processes were not found, or are not those that were launched."""


class Workers:
    """The workers of a run, and this one's rank among them. Without a store, the one that there is.

    store: a distributed `mxnet.kv.KVStore`, or None.
    """

    def __init__(self, store: Any = None) -> None:
        self.store = store
        self.rank = store.rank if store else 0
        self.count = store.num_workers if store else 1
        self.done = threading.Event()

    @property
    def first(self) -> bool:
        """Whether this one writes checkpoints, validates and draws."""
        return self.rank == 0

    def __enter__(self) -> "Workers":
        if self.store:
            self.numbers = mx.np.zeros(2)  # a loss, and how many workers were asked to stop
            self.store.broadcast(LOSS, self.numbers, self.numbers)
            if os.environ.get("PS_HEARTBEAT_INTERVAL", "0") != "0":
                threading.Thread(target=self.leave_when_lost, daemon=True).start()
            atexit.register(self.close)
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        """After an error Python ends at once: MXNet would first wait for the others, which wait for this one."""
        if self.store and kind is not None:
            atexit.register(leave)

    def close(self) -> None:
        """Wait until all workers are done, and leave the job: by itself MXNet aborts if its threads still run then."""
        self.done.set()
        if os.environ.get("PS_RESEND", "0") != "0":  # what is still being sent again aborts MXNet's own way out
            self.store._barrier()
            leave(int(hasattr(sys, "last_type")))    # whether an error was printed
        self.store.__del__()
        self.store.handle = None

    def check(self, how: Training, devices: List[Any]) -> None:
        """Raise ValueError where a batch has fewer images than there are devices."""
        places = self.count * len(devices)
        if isinstance(how, Training) and how.batch_size < places:
            raise ValueError(f"batch_size={how.batch_size} leaves nothing to do for some of {places} devices "
                             f"({self.count} workers with {len(devices)} each): take at least {places}")

    def share(self, images: Any, labels: Any) -> Tuple[Any, Any]:
        """This worker's part of a batch. Parts are equal or differ by one image; each image is in one."""
        if not self.store:
            return images, labels
        begin, end = (len(images) * rank // self.count for rank in (self.rank, self.rank + 1))
        return images[begin:end], labels[begin:end]

    def total(self, loss: Any, asked_to_stop: bool) -> Any:
        """A step's loss: of all workers its sum, and how many of them were asked to stop. It stays on the device.

        Through one array, step after step: the engine would send two arrays at once, and a server that has two messages
        of one worker takes them for those of two.
        """
        if not self.store:
            return loss
        self.numbers[:] = mx.np.stack([loss.as_in_ctx(mx.cpu()), mx.np.array(float(asked_to_stop))])
        self.store.pushpull(LOSS, self.numbers, out=self.numbers, priority=-LOSS)
        return self.numbers.copy()

    def same_start(self, step: int, net: Any, trainer: Any) -> int:
        """Put the first worker's state on all, and give its step: it alone has read a checkpoint."""
        if not self.store:
            return step
        start = mx.np.array([step], dtype="float64")
        self.store.broadcast(START, start, start)
        step = int(start)
        if step:
            for key, (_, array) in enumerate(sorted(places(net, trainer).items()), START + 1):
                self.store.broadcast(key, array, array)
            set_step(trainer, step)
        return step

    def setting(self) -> Dict[str, Any]:
        """What a history says of them. Nothing of one that is alone."""
        if not self.store:
            return {}
        return {"workers": {"store": self.store.type, "rank": self.rank, "count": self.count}}

    def leave_when_lost(self) -> None:
        """End the process where the scheduler, which watches all others, gives no sign of life."""
        while not self.done.wait(HEARTBEAT):
            if any(lost(self.store, ["scheduler"])):
                print(f"worker {self.rank}: the scheduler has given no sign of life for {LOST} s", file=sys.stderr)
                leave()


def leave(status: int = 1) -> None:
    """End the process at once, its output flushed."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def node(role: str) -> int:
    """The number that MXNet's ps-lite gives to "scheduler", "server 1" or "worker 0"."""
    kind, _, rank = role.partition(" ")
    return 1 if kind == "scheduler" else 2 * int(rank) + {"server": 8, "worker": 9}[kind]


def lost(store: Any, roles: List[str]) -> Iterator[str]:
    """Those of these roles that gave no sign of life for LOST seconds. Only the scheduler hears of all."""
    from mxnet.base import _LIB, check_call
    for role in roles:
        count = ctypes.c_int()
        check_call(_LIB.MXKVStoreGetNumDeadNode(store.handle, node(role), ctypes.byref(count), LOST))
        if count.value:
            yield role


joined: List[Any] = []  # the store of this process: ps-lite allows it one


def join(kvstore: Optional[str]) -> Workers:
    """The workers of the job that this process belongs to, or this process alone where `kvstore` is None.

    Raises ValueError for a store that is none of STORES, NotJoined where `launch` has not started the process, where
    the job cannot be reached, or is not the one that was launched. Ends the process where it waits for the others for
    more than RESNET_GLUON_JOIN_SECONDS, since MXNet itself waits for ever.
    """
    choose("kvstore", kvstore, STORES)
    if kvstore is None:
        return Workers()
    missing = [name for name in PLACES if not os.environ.get(name)]
    if missing:
        raise NotJoined(f"fit(…, kvstore={kvstore!r}) needs a job to take part in, but {missing[0]} is not set: start "
                        "it with python -m resnet_gluon launch -n WORKERS -s SERVERS -- COMMAND")
    if joined:
        raise NotJoined("a launched process can run fit once, and it has: launch a job for each run")
    reach_scheduler(os.environ["DMLC_PS_ROOT_URI"], int(os.environ["DMLC_PS_ROOT_PORT"]), join_seconds())
    os.environ.setdefault("PS_HEARTBEAT_INTERVAL", str(HEARTBEAT))
    patience = threading.Timer(join_seconds(), give_up)
    patience.daemon = True
    patience.start()
    store = mx.kv.create(kvstore)
    patience.cancel()
    launched = int(os.environ["DMLC_NUM_WORKER"])
    if "dist" not in store.type or store.num_workers != launched:
        raise NotJoined(f"{launched} workers were launched, but the store {store.type!r} answers rank {store.rank} of "
                        f"{store.num_workers}: this build of MXNet may lack the distributed store")
    joined.append(store)
    print(f"joined as rank {store.rank} of {store.num_workers}", flush=True)  # role.py reads this line
    return Workers(store)


def reach_scheduler(host: str, port: int, seconds: float) -> None:
    """Return as soon as something listens at this address. Raises NotJoined where nothing does for so long."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((host, port), timeout=max(0.1, end - time.monotonic())).close()
            return
        except OSError as error:
            if time.monotonic() > end:
                raise NotJoined(f"no scheduler answers at {host}:{port} within {seconds:g} s ({error}). Is it running, "
                                "and is the port open between the machines?") from error
            time.sleep(0.1)


def give_up() -> None:
    print(f"The job's {os.environ['DMLC_NUM_WORKER']} workers and {os.environ['DMLC_NUM_SERVER']} servers did not all "
          f"join within {join_seconds():g} s. Did each of them start? RESNET_GLUON_JOIN_SECONDS allows for more.",
          file=sys.stderr)
    leave()
