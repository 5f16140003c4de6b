"""The judge's hold on a student's process: starts it, asks it, and ends it where it does not answer."""
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, NoReturn, Optional, Sequence

from resnet_gluon.bounded import Malformed, name_of
from resnet_gluon.exercises.apart import frames
from resnet_gluon.exercises.apart.clock import Clock
from resnet_gluon.exercises.apart.outcomes import CannotStart, Raised, Unanswered, Unreadable, error_of
from resnet_gluon.exercises.apart.plain import Packing, Unpacking
from resnet_gluon.exercises.judge.findings import Finding
from resnet_gluon.exercises.judge.guard import time_limit

import psutil
from mxnet import util

ROOT = str(Path(__file__).parents[3])
PROGRAM = f"import sys; sys.path[0] = {ROOT!r}; from resnet_gluon.exercises.apart.answer import main; main()"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "VIRTUAL_ENV")
RESTARTS = 3  # of one submission: cells that end the process are left out in the next
TO_START = 120.0  # seconds until it should listen, on a machine that is busy
Start = Callable[..., Any]


class Limits(NamedTuple):
    """What a student's process may use. seconds: one check; cells: all cells together; memory: GiB; file: MiB."""
    seconds: float = 20.0
    cells: float = 120.0
    memory: int = 8
    file: int = 100


USUAL = Limits()


class Student:
    """A process that has run a student's cells, and answers. Started where it is needed, anew after each end.

    printed: a little of what was printed since `begin`. raised: {number of a cell, from 1: what it raised}.
    """

    def __init__(self, cells: Sequence[str], wrap: Start = subprocess.Popen, limits: Limits = USUAL,
                 refuse: bool = True) -> None:
        self.cells, self.wrap, self.limits, self.refuse = list(cells), wrap, limits, refuse
        self.fatal: Dict[int, Finding] = {}
        self.raised: Dict[int, str] = {}
        self.seconds = limits.seconds
        self.ready = False  # whether the cells have run
        self.process: Optional[Any] = None
        self.connection: Optional[socket.socket] = None
        self.folder: Optional[tempfile.TemporaryDirectory[str]] = None
        self.number = 0
        self.printed, self.clock = "", Clock(0)

    def __enter__(self) -> "Student":
        return self

    def __exit__(self, *error: Any) -> None:
        self.end()

    def begin(self, seconds: Optional[float] = None) -> None:
        """Have the process running, its cells run, and the clock of one check of so many seconds started."""
        while not self.ready:
            if len(self.fatal) > RESTARTS:
                raise Unanswered(next(iter(self.fatal.values())))
            self.start()
            with contextlib.suppress(Unanswered):
                self.run_cells()
        self.seconds = seconds or self.limits.seconds
        self.printed, self.clock = "", Clock(self.seconds, self.members)

    def start(self) -> None:
        """Start the process, unless it is there already. Raises CannotStart."""
        if self.process is not None:
            return
        ours, theirs = socket.socketpair()
        self.folder = tempfile.TemporaryDirectory(prefix="student-")
        number, home = theirs.fileno(), self.folder.name
        command = [sys.executable, "-c", PROGRAM, str(number), str(self.limits.memory), str(self.limits.file)]
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment.update({"HOME": home, "TMPDIR": home, "MXNET_HOME": home}, **{
            name: value for name, value in (("OMP_NUM_THREADS", "1"),) if name not in environment})
        self.connection = ours
        try:
            self.process = self.wrap(command, pass_fds=(number,), env=environment, cwd=home, start_new_session=True,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            theirs.close()
            self.clock = Clock(TO_START)
            self.ask("hello")
        except (Unanswered, OSError) as error:
            theirs.close()
            self.end()
            raise CannotStart(f"the student's process did not start, or does not answer: {error}") from error

    def run_cells(self) -> None:
        """Run the cells, but for those that have ended the process before. Raises Unanswered."""
        self.raised = {number: str(finding.message) for number, finding in self.fatal.items()}
        self.clock = Clock(self.limits.cells, self.members)
        for number, cell in enumerate(self.cells, 1):
            if number in self.fatal:
                continue
            try:
                said = self.ask("cell", number, cell)
            except Unanswered as error:
                self.fatal[number] = error.finding
                raise
            if said is not None:
                self.raised[number] = str(said)[:1000]
        self.ready = True

    def ask(self, do: str, *arguments: Any, of: Optional[int] = None, known: Any = None, **options: Any) -> Any:
        """Return the answer to a request. Raises what the student's code has raised, and Unanswered.

        of: the net that is asked; None: the attempt. known: what kinds of answers stand for.
        """
        if self.process is None or self.connection is None:
            raise Unanswered(Finding("process-ended", "The process with your code has ended."))
        packing, self.number = Packing(), self.number + 1
        content = {"number": self.number, "do": do, "of": of, "with": packing.pack(arguments),
                   "options": packing.pack(options), "numpy": util.is_np_array()}
        self.clock.start()
        try:
            frames.send(self.connection, content, packing.arrays, self.clock.left)
            answer, arrays = frames.receive(self.connection, self.clock.left)
            value = self.read(answer, arrays, known)
        except frames.Late:
            self.fail(time_limit(self.limits.cells if do == "cell" else self.seconds))
        except frames.Ended:
            self.fail(Finding("process-ended", "Your code has ended the process that it runs in, or closed its "
                              "connection.", "exit(), os._exit() and a crash of a library do.", observed=self.how()))
        except (Malformed, ValueError, TypeError, LookupError, RecursionError, OverflowError) as error:
            self.fail(Unreadable(error).finding)
        finally:
            self.clock.stop()
        if isinstance(value, Raised):
            raise value.error
        return value

    def read(self, answer: Dict[str, Any], arrays: frames.Arrays, known: Any) -> Any:
        """Return the value in an answer."""
        if answer.get("number") != self.number:
            raise Malformed("it answers another question")
        used, printed = answer.get("used"), answer.get("printed")
        if isinstance(printed, str):
            self.printed = (self.printed + printed)[:2_000]
        if used is not None and self.refuse:
            raise Unanswered(Finding("package-used", f"This uses {name_of(used, 'a name')}, which is the package's own "
                                     "solution. The exercise is to write it yourself."))
        unpacking = Unpacking(arrays, known)
        if "raised" in answer:
            return Raised(error_of(answer["raised"]))
        return unpacking.unpack(answer.get("value"))

    def fail(self, finding: Finding) -> NoReturn:
        """End the process, and the check."""
        self.end()
        raise Unanswered(finding) from None

    def members(self) -> List[psutil.Process]:
        """The processes that answer."""
        return family(self.process.pid) if self.process is not None else []

    def how(self) -> str:
        """How the process has ended."""
        with contextlib.suppress(Exception):
            code = self.process.wait(2)  # type: ignore[union-attr]
            return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        return "it is still running"

    def end(self) -> None:
        """End the process, and all that it has started as far as that can be found."""
        if self.process is not None:
            for victim in family(self.process.pid):
                with contextlib.suppress(psutil.Error):
                    victim.kill()
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.connection is not None:
            self.connection.close()
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self.folder.cleanup()
        self.process = self.connection = self.folder = None
        self.ready = False


def family(pid: int) -> List[psutil.Process]:
    """A process and its descendants."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []
