"""Time limits of a process that shares its machine with others: waiting for a processor does not count."""
import contextlib
import glob
import time
from typing import Callable, List

from resnet_gluon.exercises.apart.frames import Late

import psutil

LONGEST = 10  # times its seconds that a limit can become, on a machine that is busy


class Clock:
    """So many seconds, which run while `running`.

    They become more while the processes want to compute and get no processor: until they have used so many seconds of
    one. Code that sleeps gets no more.
    """

    def __init__(self, seconds: float, processes: Callable[[], List[psutil.Process]] = list) -> None:
        self.seconds, self.rest, self.processes = seconds, seconds, processes
        self.end, self.longest = 0.0, LONGEST * seconds
        self.before = self.used()

    def start(self) -> None:
        self.end = time.monotonic() + self.rest

    def stop(self) -> None:
        self.rest = self.end - time.monotonic()

    def left(self) -> float:
        """Seconds until the end. Raises Late where there are none."""
        rest = self.end - time.monotonic()
        more = self.seconds - (self.used() - self.before) if rest <= 0 and any(map(wants_more, self.processes())) else 0
        if more > 0 and self.longest > 0:
            self.longest -= max(more, 1)
            self.end += max(more, 1) - rest
            rest = self.end - time.monotonic()
        if rest <= 0:
            raise Late
        return max(rest, 0.01)

    def used(self) -> float:
        """Seconds of a processor that the processes have used."""
        return sum(map(used_by, self.processes()))


def used_by(process: psutil.Process) -> float:
    """Seconds of a processor that a process has used."""
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def wants_more(process: psutil.Process) -> bool:
    """Whether one of a process's threads would compute, if it could."""
    for path in glob.glob(f"/proc/{process.pid}/task/*/stat"):
        with contextlib.suppress(OSError), open(path, encoding="utf8", errors="replace") as file:
            if file.read().rpartition(")")[2].split()[:1] == ["R"]:
                return True
    with contextlib.suppress(psutil.Error):
        return bool(process.status() == psutil.STATUS_RUNNING)
    return False
