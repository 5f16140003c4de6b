"""Runs of a study in processes of their own: one a core with a thread each, or one at a time with all cores."""
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from resnet_gluon.devices import physical_cores

from experiments import provenance, rows
from experiments.progress import Progress
from experiments.rows import ROOT, Row, say

PATIENCE = 5  # seconds that a run has to end when it is told to


class RunFailed(RuntimeError):
    """A run ended without an answer. The message says where its log is, and how that ends."""


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Whether this runner, and no other, may make a run. The claim ends with the process, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def machine_for(study: Any) -> Iterator[None]:
    """Waits for the machine: a study that measures time has it to itself, others share it."""
    kind = fcntl.LOCK_EX if study.alone else fcntl.LOCK_SH
    with open(Path(tempfile.gettempdir(), f"resnet-gluon-studies-{os.getuid()}.lock"), "a") as lock:
        waited = False
        while True:
            try:
                fcntl.flock(lock, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waited:
                    say(f"{study.name} waits: another study runs, and one of the two measures time")
                waited = True
                time.sleep(1)
        yield


class Runner:
    """Makes runs of one study. results, runs: folders, for rows and for what a run needs. smoke: all in miniature."""

    def __init__(self, study: Any, results: Path, runs: Path, jobs: Optional[int], smoke: bool = False) -> None:
        self.study = study
        self.results = results.resolve()
        self.runs = runs
        self.smoke = smoke
        self.jobs = 1 if study.alone else jobs or physical_cores()
        self.processes: Set[Any] = set()
        self.starting = threading.Lock()
        self.stopped = False
        self.compared: Set[str] = set()

    def folder(self, arm: str, seed: int) -> Path:
        """A run's own: another one when the configuration changes."""
        checksum = zlib.crc32(json.dumps([arm, self.study.arms[arm], self.study.version], sort_keys=True).encode())
        return self.runs / f"{re.sub('[^A-Za-z0-9]+', '-', arm)[:40]}-{seed}-{checksum:08x}"

    def answer(self, arm: str, seed: int, *more: str) -> Dict[str, Any]:
        """What a run in a process of its own says. Raises RunFailed where it says nothing."""
        folder = self.folder(arm, seed)
        folder.mkdir(parents=True, exist_ok=True)
        log = folder.with_suffix(".log")
        environment = dict(os.environ)
        if not self.study.alone:
            environment["OMP_NUM_THREADS"] = "1"
        command = [sys.executable, "-m", self.study.module, "--one", arm, str(seed), "--folder", str(folder), *more]
        with open(log, "wb") as errors:
            with self.starting:
                if self.stopped:
                    raise RunFailed("stopped before it began")
                process = subprocess.Popen(command + ["--smoke"] * self.smoke, cwd=ROOT, env=environment,
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                           start_new_session=True)
                self.processes.add(process)
            try:
                said = process.stdout.read().decode()
                status = process.wait()
            finally:
                self.processes.discard(process)
                process.stdin.close()
                process.stdout.close()
        if status or not said.endswith("\n"):
            end = log.read_text(encoding="utf8", errors="replace").strip().splitlines()[-15:]
            raise RunFailed("\n    ".join([f"{arm}, seed {seed}, ended with status {status}; {log} ends:", *end]))
        return json.loads(said)

    def one(self, arm: str, seed: int) -> Optional[Row]:
        """Make one run and keep its row. None where another runner makes it, or has made it."""
        folder = self.folder(arm, seed)
        with claimed(folder.with_suffix(".claim")) as mine:
            if not mine:
                say(f"{arm}, seed {seed}: another runner is at it")
                return None
            found = rows.read(rows.results_file(self.study, self.results))
            if not self.study.missing(found, [arm], [seed]):
                return None
            self.compare(arm, found)
            row = {"arm": arm, "seed": seed, **self.answer(arm, seed), **provenance.environment(),
                   "command": f"python -m {self.study.module} --arms {arm!r} --seeds {seed}"}
            rows.add(self.study, row, self.results)
            for checkpoint in folder.glob("*.checkpoint"):  # there to go on from, and there is nothing to go on with
                checkpoint.unlink()
            return row

    def compare(self, arm: str, found: List[Row]) -> bool:
        """Whether the first steps still give the losses that one of the arm's rows has; warns where they do not.

        Compared with a row of this kind of machine, of these versions and as many threads: else the last bits differ.
        """
        if self.study.first_losses is None or self.smoke or arm in self.compared:
            return True
        self.compared.add(arm)
        here = provenance.environment()
        alike = [row for row in rows.fresh(self.study, found) if row["arm"] == arm and row["first_losses"]
                 and row["threads"] == 1 and row["machine"] == here["machine"]
                 and all(row["versions"][name] == here["versions"][name] for name in ("mxnet", "numpy"))]
        if not alike:
            return True
        row = alike[-1]
        now = self.answer(arm, row["seed"], "--check")["first_losses"]
        unlike = [step for step, (old, new) in enumerate(zip(row["first_losses"], now), 1) if old != new]
        if unlike:
            old, new = row["first_losses"][unlike[0] - 1], now[unlike[0] - 1]
            say(f"Warning: {self.study.name}, {arm}: step {unlike[0]} of seed {row['seed']} gives the loss {new}, and "
                f"gave {old} when its row was made (commit {row['commit']}). The code computes something else from the "
                "same configuration: if that is meant, raise the study's version, and its rows are stale.")
        return not unlike

    def check(self, arms: Sequence[str]) -> int:
        """Compare the first steps of these arms. Returns the exit status: 1 where they differ."""
        found = rows.read(rows.results_file(self.study, self.results))
        with machine_for(self.study), self.ended():
            return int(not all([self.compare(arm, found) for arm in arms]))

    def work(self, todo: Sequence[Tuple[str, int]], minutes: Dict[str, float]) -> int:
        """Make these runs. Returns the exit status: 1 where one failed."""
        if not todo:
            return 0
        with machine_for(self.study), self.ended(), ThreadPoolExecutor(self.jobs) as pool, \
                Progress(self, todo, minutes) as progress:
            try:
                futures = {pool.submit(self.begin, progress, arm, seed): (arm, seed) for arm, seed in todo}
                return max(progress.follow(futures))
            except BaseException:
                self.stop()
                raise

    def begin(self, progress: Progress, arm: str, seed: int) -> Optional[Row]:
        progress.began[arm, seed] = time.monotonic()
        return self.one(arm, seed)

    @contextmanager
    def ended(self) -> Iterator[None]:
        """No process is left when this is over."""
        try:
            yield
        finally:
            self.stop()

    def stop(self) -> None:
        """Start no run any more, and end those that go on."""
        with self.starting:
            self.stopped = True
            running = list(self.processes)
        for process in running:
            end_group(process, signal.SIGTERM)
        for process in running:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                end_group(process, signal.SIGKILL)


def end_group(process: Any, number: int) -> None:
    """Send a signal to a run and to all that it started."""
    with suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, number)
