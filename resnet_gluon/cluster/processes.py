"""The processes of a job on this machine: started together, watched, and never left behind."""
import os
import signal
import subprocess
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any, Callable, Deque, Dict, List, Optional, Sequence

LOOK = 0.05  # seconds between two looks at the children
END = 5      # seconds: how long the rest may take to end after the first has, and after it was asked to
STOP = 60    # the same after Ctrl-C, for a checkpoint
WORDS = 10   # lines of output that an error quotes


class JobFailed(RuntimeError):
    """A process of the job ended before it should. status: its exit status, as a shell says it."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Child:
    """One process, in a group of its own, and what it says. name: such as "worker 1"."""

    def __init__(self, name: str, command: Sequence[str], environment: Dict[str, str], say: Callable[[str], None]):
        self.name = name
        self.say = say
        self.words: Deque[str] = deque(maxlen=WORDS)
        self.process = subprocess.Popen(command, env=environment, start_new_session=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    @property
    def worker(self) -> bool:
        """Whether the job is done when it is done; servers and scheduler follow."""
        return not self.name.startswith(("server", "scheduler"))

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            text = line.decode(errors="replace").rstrip("\n")
            self.words.append(text)
            self.say(text)

    def signal(self, number: int) -> None:
        """Send a signal to the process and all that it has started."""
        with suppress(ProcessLookupError, PermissionError):  # macOS says the second of a group that is no more
            os.killpg(self.process.pid, number)

    def failure(self, seconds: float, note: str = "") -> JobFailed:
        """The error to raise about it: its name, how it ended, its last words."""
        self.reader.join(END)
        status: int = self.process.returncode
        how = f"by {signal.Signals(-status).name}" if status < 0 else f"with exit status {status}"
        said = "\n  ".join(self.words) if self.words else "nothing"
        return JobFailed(f"{self.name} ended {how}{note}, {seconds:.0f} s after the start. Its last words:\n  {said}",
                         status if status >= 0 else 128 - status)


class Family:
    """Within `with Family(say) as family:` children can be started; at its end none of them is left, however it ends.

    say: is handed each line of their output. The first Ctrl-C is passed on to the workers, which stop together after a
    step; the second ends all at once.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: List[Child] = []
        self.say = say
        self.lock = threading.Lock()
        self.former: Dict[int, Any] = {}
        self.began = time.monotonic()
        self.interrupted = False

    def __enter__(self) -> "Family":
        if threading.current_thread() is threading.main_thread():
            for number, handler in ((signal.SIGINT, self.interrupt), (signal.SIGTERM, self.terminate)):
                self.former[number] = signal.signal(number, handler)
        return self

    def __exit__(self, *_: Any) -> None:
        try:
            self.end()
        finally:
            for number, handler in self.former.items():
                signal.signal(number, handler)

    def start(self, name: str, command: Sequence[str], environment: Dict[str, str]) -> None:
        self.children.append(Child(name, command, environment, self.say_whole))

    def say_whole(self, line: str) -> None:
        with self.lock:
            self.say(line)

    def interrupt(self, *_: Any) -> None:
        signal.signal(signal.SIGINT, self.former[signal.SIGINT])
        self.interrupted = True
        self.say("Stopping: the workers stop together, after a step. Ctrl-C again ends them at once.")
        for child in self.children:
            if child.worker:
                child.signal(signal.SIGINT)

    def terminate(self, *_: Any) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    def watch(self) -> None:
        """Return when all workers are done.

        Raises JobFailed when a child fails, or ends before the others do; KeyboardInterrupt after a Ctrl-C.
        """
        early: Optional[float] = None  # since when one that should wait for others has been done
        while True:
            running = [child for child in self.children if child.process.poll() is None]
            gone = [child for child in self.children if child not in running]
            failed = [child for child in gone if child.process.returncode]
            if failed and not self.interrupted:
                raise failed[0].failure(time.monotonic() - self.began)
            if not any(child.worker for child in running):
                if self.interrupted:
                    raise KeyboardInterrupt("The workers stopped together: the same command, told to resume, goes on.")
                return
            waiting = gone if self.interrupted else [child for child in gone if not child.worker]
            early = (early or time.monotonic()) if waiting else None
            if early and time.monotonic() - early > (STOP if self.interrupted else END):
                raise waiting[0].failure(time.monotonic() - self.began, " before the others were done")
            time.sleep(LOOK)

    def end(self) -> None:
        """Give the children time to end by themselves, if all went well, then end them; collect every one."""
        if all(child.process.poll() == 0 for child in self.children if child.worker):
            self.wait()
        for number in (signal.SIGTERM, signal.SIGKILL):
            for child in self.children:  # the group of one that is done may still have members
                child.signal(number)
            self.wait()
        for child in self.children:
            child.process.wait()
            child.reader.join(END)
            for stream in (child.process.stdin, child.process.stdout):
                if stream is not None and not child.reader.is_alive():
                    stream.close()

    def wait(self) -> None:
        """Return when no child runs, or after END seconds."""
        last = time.monotonic() + END
        while any(child.process.poll() is None for child in self.children) and time.monotonic() < last:
            time.sleep(LOOK)
