"""Contenders in processes of their own, which take turns: a line of JSON in, a line of JSON out.

    {"do": "train", "steps": 3}     the seconds of each of three training steps
    {"do": "memory"}                the most bytes that the process ever held

While one works the others wait for their line, and cost nothing.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

from experiments.rows import ROOT


class Server:
    """A contender in a process of its own, from `with` to its end.

    module, *arguments: what `python -m` runs there, which calls `serve`. environment: added to this process's own.
    `threads` is what the contender says of itself, once it was asked something. Raises RuntimeError where it ends
    before it answers.
    """

    def __init__(self, module: str, *arguments: Any, environment: Optional[Dict[str, str]] = None) -> None:
        self.command = [sys.executable, "-m", module, *map(str, arguments)]
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self) -> "Server":
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.threads: Optional[int] = None
        self.ready = False
        return self

    def __exit__(self, *_: Any) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def answer(self) -> Any:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self.command[1:])} ended with status {self.process.wait()}")
        return json.loads(line)

    def ask(self, what: str, steps: int = 1) -> Any:
        """What the contender answers to a request. The first one waits until it is there."""
        if not self.ready:
            self.threads, self.ready = self.answer()["threads"], True
        self.process.stdin.write(json.dumps({"do": what, "steps": steps}) + "\n")
        self.process.stdin.flush()
        return self.answer()


def serve(contender: Any) -> None:
    """Answer requests until the input ends. `contender` has a method for each thing that it can be timed at."""
    threads = os.environ.get("OMP_NUM_THREADS", "")
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing that a library prints is to look like an answer
    print(json.dumps({"threads": int(threads) if threads.isdigit() else None}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "memory":
            answer: Any = peak_memory()
        elif request["do"] == "profile":
            answer = contender.profile(request["steps"])
        else:
            answer = timed(getattr(contender, request["do"].replace(" ", "_")), request["steps"])
        print(json.dumps(answer), file=answers, flush=True)


def timed(step: Callable[[], Any], steps: int) -> List[float]:
    """Seconds of each of these steps."""
    seconds = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds


def peak_memory() -> int:
    """Bytes, of this process alone: what Linux's getrusage says starts at the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(next(line for line in status.read_text().splitlines() if "VmHWM" in line).split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def take_turns(servers: Dict[str, Server], kinds: Sequence[str], rounds: int, steps: int) -> Dict[str, Dict[str, Any]]:
    """Each contender's threads and peak memory, and for each kind of step the spread of its seconds.

    The first steps of all, which compile and allocate, are not counted. Then they alternate, `steps` steps at a time.
    """
    seconds: Dict[str, Dict[str, List[float]]] = {name: {kind: [] for kind in kinds} for name in servers}
    with ExitStack() as stack:
        for server in servers.values():
            stack.enter_context(server)  # all start at once
        for server in servers.values():
            for kind in kinds:
                server.ask(kind, max(steps, 2))
        for _ in range(rounds):
            for kind in kinds:
                for name, server in servers.items():
                    seconds[name][kind] += server.ask(kind, steps)
        return {name: {**{kind: spread(of_kind) for kind, of_kind in seconds[name].items()}, "threads": server.threads,
                       "peak_memory": server.ask("memory")} for name, server in servers.items()}


def spread(seconds: Sequence[float]) -> Dict[str, Any]:
    """Median, first and third quartile, extremes, and how many."""
    low, median, high = statistics.quantiles(seconds, n=4) if len(seconds) > 1 else [seconds[0]] * 3
    return {"median": median, "low": low, "high": high, "least": min(seconds), "most": max(seconds), "n": len(seconds)}
