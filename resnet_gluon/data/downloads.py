"""Downloads within bounds: so many bytes, so long, one process at a time, and in place only once known to be right."""
import fcntl
import os
import queue
import socket
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

from resnet_gluon.bounded import brief

PATIENCE, SLOWEST = 20, 20_000  # seconds in which nothing need come; bytes a second, on average, after them
LOAD = 3600  # seconds for all files of a data set, from all mirrors
PIECE = 1 << 14  # bytes


class DownloadFailed(OSError):
    """Something else came than the file, too much of it, or too slowly."""


class Clock:
    """The time that is left for a load: `seconds`, from the first question on."""

    def __init__(self, seconds: float = LOAD) -> None:
        self.seconds = seconds
        self.end: Optional[float] = None

    def left(self) -> float:
        """Seconds. Raises DownloadFailed where there are none."""
        if self.end is None:
            self.end = time.monotonic() + self.seconds
        if self.end <= time.monotonic():
            raise DownloadFailed(f"the {self.seconds:,.0f} seconds for this load are over")
        return self.end - time.monotonic()


@contextmanager
def alone(folder: Path, clock: Clock) -> Iterator[None]:
    """Within it no other process downloads into `folder`, which is made; what killed ones left there is removed.

    Raises DownloadFailed where others take longer than the clock allows. The lock lies beside the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(folder.name + ".lock"), "ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(min(0.1, clock.left()))
                continue
            except OSError:  # a file system without locks: files still appear whole, each under a name of its own
                yield
                return
            break
        for left_over in folder.glob("*.part"):
            left_over.unlink()
        yield


def pump(url: str, pieces: Any, over: threading.Event, responses: Any) -> None:
    """Put a response's length, its bytes as they come, and b"" at their end, or what went wrong, into a queue."""
    def put(thing: Any) -> None:
        while not over.is_set():
            with suppress(queue.Full):
                pieces.put(thing, timeout=0.2)
                return
    try:
        import requests  # type: ignore[import-untyped]
        with requests.get(url, stream=True, timeout=PATIENCE, headers={"Accept-Encoding": "identity"}) as response:
            responses.append(response)
            response.raise_for_status()
            put(int(response.headers.get("Content-Length", 0)))
            while not over.is_set():
                piece = response.raw.read(PIECE, decode_content=False)
                put(piece)
                if not piece:
                    break
    except Exception as error:  # of the network, of a server's answer: it is raised again where the pieces are awaited
        put(error)


def arriving(url: str, largest: int, clock: Clock) -> Iterator[Any]:
    """The length that a server claims, then the bytes of a file as they come.

    Raises DownloadFailed where there are more than `largest`, or where they come too slowly. Reading is a thread's
    business: a server that sends a byte now and then keeps its reader waiting, and no time limit of a socket ends that.
    """
    pieces: Any = queue.Queue(maxsize=64)
    over, responses, start, got = threading.Event(), [], time.monotonic(), 0  # type: ignore[var-annotated]
    threading.Thread(target=pump, args=(url, pieces, over, responses), daemon=True).start()
    try:
        while True:
            patience = start + PATIENCE + got / SLOWEST - time.monotonic()
            try:
                piece = pieces.get(timeout=max(min(patience, clock.left()), 0.001))
            except queue.Empty:
                clock.left()
                raise DownloadFailed(f"after {time.monotonic() - start:.0f} s only {got:,} bytes had come") from None
            if isinstance(piece, Exception):
                raise DownloadFailed(brief(str(piece))) from piece
            got += 0 if isinstance(piece, int) else len(piece)
            if (piece if isinstance(piece, int) else got) > largest:
                raise DownloadFailed(f"more comes than the {largest:,} bytes that the file can have")
            if piece == b"":
                return
            yield piece
    finally:
        over.set()
        for response in responses:  # wake the thread up, if it still waits
            with suppress(Exception), socket.socket(fileno=os.dup(response.raw.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)


def fetch(url: str, path: Path, largest: int, clock: Clock, check: Callable[[Any], Any]) -> Any:
    """Download `url` to `path`, in the place of what is there, if `check` of the new file raises nothing.

    Returns what `check` returned. Raises DownloadFailed, or what `check` raised, and then leaves `path` as it was.
    """
    from tqdm import tqdm
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".", suffix=".part")
    try:
        with open(descriptor, "wb") as stream, tqdm(unit="B", unit_scale=True, desc=path.name, leave=False) as bar:
            for piece in arriving(url, largest, clock):
                if isinstance(piece, int):
                    bar.reset(piece or None)
                    continue
                stream.write(piece)
                bar.update(len(piece))
        checked = check(name)
        os.chmod(name, 0o644)
        os.replace(name, path)
        return checked
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
