"""Has submissions marked, one by one, by a process of its own: the judge. Should that one fail, the next gets another.

The judge (`worker`) starts the student's code behind the wall and asks it questions. This process, which keeps the
gradebook, sees of all that only the judge's answer: which tests passed, and findings, as text.
"""
import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from grading import fences, processes
from grading.assignments import Test
from grading.containing import Containment
from grading.reading import Refused, clean

ROOT = Path(__file__).resolve().parents[1]
START, MARGIN = 120, 60  # seconds for a judge to be ready; that it may take beside the student's process
PATIENCE = 20.0  # seconds until what cannot be ended is given up
LONGEST_ANSWER, LONGEST_TEXT, MOST_FINDINGS = 4 << 20, 4000, 20
PARTS = ("rule", "message", "expected", "observed", "hint")


@dataclass(frozen=True)
class Verdict:
    """What the judge says of one test. findings: each a dictionary of texts, by PARTS; those that are remarks apart."""
    passed: bool
    findings: Tuple[Dict[str, str], ...] = ()
    remarks: Tuple[Dict[str, str], ...] = ()


class Judge:
    """The process that judges, and what it has been asked. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder  # for temporary files
        self.process: Optional[subprocess.Popen[bytes]] = None
        self.waiting = b""

    def __enter__(self) -> "Judge":
        if sys.platform == "linux":  # whatever a student's process leaves behind comes to this one
            ctypes.CDLL(None).prctl(fences.SUBREAPER, 1, 0, 0, 0)
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def mark(self, cells: Sequence[str], tests: Sequence[Test], contained: Containment) -> List[Verdict]:
        """Return a verdict for each test. Raises Refused where the judge came to none."""
        seconds = contained.limits.seconds
        question = {"cells": list(cells), "wall": contained.wrap([]), "course": contained.course, "seconds": seconds,
                    "size": contained.limits.size, "tests": [[test.exercise, test.attempt, test.own] for test in tests]}
        try:
            self.start()
            self.ask(question)
            answer = self.answer(2 * seconds + MARGIN)
            if not isinstance(answer, list) or len(answer) != len(tests):
                raise Refused(f"the judge could not judge it: {clean(str(answer))[:300]}")
            return [verdict(one) for one in answer]
        except BaseException:
            self.stop()
            raise
        finally:
            self.end_strays()

    def start(self) -> None:
        """Start the process, unless it is there."""
        if self.process is not None and self.process.poll() is None:
            return
        self.waiting = b""
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(self.folder)}
        self.process = subprocess.Popen([sys.executable, "-m", "grading.worker"], cwd=ROOT, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=environment, preexec_fn=die_with_parent,
                                        start_new_session=True)
        self.answer(START)

    def ask(self, question: Dict[str, Any]) -> None:
        assert self.process is not None and self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(question).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            raise Refused("the judge's process has ended") from None

    def answer(self, seconds: float) -> Any:
        """Return the next line of the process, as a value. Raises Refused where none comes in time."""
        assert self.process is not None and self.process.stdout is not None
        deadline, descriptor = time.monotonic() + seconds, self.process.stdout.fileno()
        while b"\n" not in self.waiting:
            if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise Refused(f"the judge was not ready after {seconds:.0f} seconds")
            data = os.read(descriptor, 1 << 16)
            if not data:
                raise Refused("the judge's process ended")
            self.waiting += data
            if len(self.waiting) > LONGEST_ANSWER:
                raise Refused("the judge said too much")
        line, self.waiting = self.waiting.split(b"\n", 1)
        return json.loads(line)

    def stop(self) -> None:
        """End the process, and all that it has started."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):  # what was not sent yet
                        stream.close()
            self.process = None
        self.end_strays()

    def end_strays(self) -> None:
        """End what a submission has left running, wherever it has hidden; the judge's own process stays."""
        if sys.platform != "linux":
            return
        keep = {self.process.pid} if self.process is not None else set()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            strays = {pid for pid in processes.descendants(os.getpid()) - keep if not processes.is_over(pid)}
            if not strays:
                return
            for pid in strays:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            processes.reap(keep)
        raise Refused("it left processes that cannot be ended")


def die_with_parent() -> None:
    """Runs in the judge's process before it starts: it does not outlive this one."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(fences.DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def verdict(said: Any) -> Verdict:
    """A verdict, of whose findings only texts are taken, and not too much of them."""
    found: Dict[bool, List[Dict[str, str]]] = {False: [], True: []}
    for finding in said["findings"][:MOST_FINDINGS]:
        texts = {part: clean(str(finding[part])[:LONGEST_TEXT]) for part in PARTS if finding.get(part)}
        found[bool(finding.get("remark"))].append(texts)
    return Verdict(said["passed"] is True, tuple(found[False]), tuple(found[True]))
