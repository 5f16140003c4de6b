"""Jobs of the tests' worker on this machine."""
import json
import os
import signal
import sys
import threading
from pathlib import Path

from resnet_gluon.cluster import Job, launch

import psutil

WORKER = Path(__file__).with_name("worker.py")


class Output(list):
    """The lines of a job, and what its workers came to, by rank. on: a function that is handed each line."""

    def __init__(self, on=lambda line: None):
        super().__init__()
        self.on = on

    def __call__(self, line):
        self.append(line)
        self.on(line)

    @property
    def results(self):
        found = [json.loads(line.partition("] ")[2]) for line in self if '] {"rank"' in line]
        return {result["rank"]: result for result in found}


def run(folder, *options, say=None, workers=2, restart=0, **others):
    say = Output() if say is None else say
    launch(Job([sys.executable, str(WORKER), str(folder), *map(str, options)], workers, **others), restart, say)
    return say


def processes(role):
    """The processes of this role ("worker", "server 0" …) that a job of ours runs now, the role itself last."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if process.environ().get("RESNET_GLUON_LABEL", "").startswith(role):
                found.append(process)
        except psutil.Error:
            pass
    return found


def kill(role):
    """End a role as the system does when memory is short."""
    os.kill(processes(role)[-1].pid, signal.SIGKILL)


def killer(moments):
    """For Output: kill the roles of a dict when their line comes: {("worker 1", "[worker 0] step 3"): …}."""
    left = list(moments)

    def look(line):
        if left and line == left[0][1]:
            role, _ = left.pop(0)
            threading.Thread(target=kill, args=(role,)).start()
    return look
