"""One run, in a process of its own: what it measures goes to the runner as a line of JSON."""
import json
import os
import signal
import sys
import threading
import time
from typing import Any

from experiments import provenance


def end_with_the_runner() -> None:
    """End this process, and all that it started, when the runner ends, however that came.

    The runner holds the other end of our input, and the system closes it. It has made us the head of a group.
    """
    def watch() -> None:
        os.read(0, 1)
        os.killpg(0, signal.SIGKILL)
    threading.Thread(target=watch, daemon=True).start()


def plain(value: Any) -> Any:
    """A measured value as JSON has it; None for a number that is not finite."""
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy's
        return plain(value.tolist())
    return None if isinstance(value, float) and not abs(value) < float("inf") else value


def work(study: Any, one: Any, first_steps_only: bool) -> int:
    """Run `one`, and answer with the part of its row that only this process knows.

    The configuration is among it: the code may have been changed since the runner was started.
    """
    answer = os.fdopen(os.dup(1), "w", encoding="utf8")
    os.dup2(2, 1)  # whatever is printed meanwhile goes where errors go: to the run's log
    if os.getpgrp() == os.getpid():
        end_with_the_runner()
    start, known = time.perf_counter(), {
        "configuration": one.configuration, "edition": study.edition_of(one.arm), "version": study.version,
        "commit": provenance.commit(), "load": provenance.load()}
    if first_steps_only:
        found = {"first_losses": study.first_losses(one)}
    else:
        found = dict(study.run(one))
        seconds, losses = found.pop("seconds", time.perf_counter() - start), found.pop("first_losses", None)
        threads = os.environ.get("OMP_NUM_THREADS", "")
        found = {**known, "values": found, "seconds": round(seconds, 3), "first_losses": losses,
                 "threads": int(threads) if threads.isdigit() else None}
    answer.write(json.dumps(plain(found), allow_nan=False) + "\n")
    answer.close()
    sys.stdout.flush()
    return 0
