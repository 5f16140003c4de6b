"""Launching a job: its processes on this machine, or by MXNet's tracker on others, until it is done or fails."""
import contextlib
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

from resnet_gluon.cluster import role, tracker
from resnet_gluon.cluster.job import Job, free_ports
from resnet_gluon.cluster.processes import Family, JobFailed
from resnet_gluon.devices import physical_cores
from resnet_gluon.training.workers import HEARTBEAT

#: What every process is told, wherever it runs, unless the environment says otherwise.
SHARED = {"RESNET_GLUON_KVSTORE": "dist_sync", "PYTHONUNBUFFERED": "1", "PS_HEARTBEAT_INTERVAL": str(HEARTBEAT)}


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def launch(job: Job, restart: int = 0, say: Callable[[str], None] = say) -> None:
    """Run a job to its end.

    Parameters
    ----------
    job : Job
    restart : int
        How often to start all anew after a failure: for a job that goes on from its last checkpoint, see `Job.again`.
    say : function
        Is handed each line of output, which begins with who says it: "[worker 1] …".

    Raises ValueError, before anything starts, where the job cannot be launched, and JobFailed when a process of it has
    failed, with its name, exit status and last words. Nothing that was started here is left running.
    """
    job.check()
    for left in range(restart, -1, -1):
        try:
            with Family(say) as family:
                if job.launcher == "local":
                    start_here(job, family)
                else:
                    start_by_tracker(job, family)
                family.watch()
            return
        except JobFailed as failure:
            if not left:
                raise
            say(f"{failure}\nStarting anew; {left - 1} more restarts after this one.")
            job = replace(job, command=job.again or job.command)


def start_here(job: Job, family: Family) -> None:
    """Start every role on this machine.

    Not by dmlc_tracker's `local`: it runs each process inside a shell of its own, which hides its number and outlives
    it, knows no ranks, mixes the output, and is done, with status 0, when a worker has failed.
    """
    scheduler, *ports = free_ports(1 + job.servers + job.workers)
    cores = max(1, physical_cores() // job.workers)
    common = {"OMP_NUM_THREADS": str(cores), **SHARED, **os.environ, **addresses(job, job.port or scheduler)}
    roles = ["scheduler"] + [f"server {i}" for i in range(job.servers)] + [f"worker {i}" for i in range(job.workers)]
    for name, port in zip(roles, [0, *ports]):  # MXNet gives out ranks in the order of ports
        own = {"DMLC_ROLE": name.partition(" ")[0], "RESNET_GLUON_LABEL": name, **({"PORT": str(port)} if port else {})}
        family.start(name, role_command(job), {**common, **own})


def addresses(job: Job, port: int) -> Dict[str, str]:
    """What every process of a job on this machine is told in its environment."""
    return {"DMLC_PS_ROOT_URI": "127.0.0.1", "DMLC_PS_ROOT_PORT": str(port), "DMLC_NODE_HOST": "127.0.0.1",
            "DMLC_NUM_WORKER": str(job.workers), "DMLC_NUM_SERVER": str(job.servers),
            "RESNET_GLUON_LEASH": "1"}


def role_command(job: Job) -> List[str]:
    return [sys.executable, str(role.__file__), *job.command]


def start_by_tracker(job: Job, family: Family) -> None:
    """Have dmlc_tracker start the roles where the launcher says."""
    options = ["--cluster", job.launcher, "--num-workers", str(job.workers), "--num-servers", str(job.servers)]
    passed = {**SHARED, **{name: value for name, value in os.environ.items()
                           if name.startswith(("RESNET_GLUON_", "PS_"))}}
    if job.launcher == "kubernetes":
        passed["DMLC_USE_KUBERNETES"] = "1"  # the scheduler's address is a service's name
        options += ["--kube-worker-image", str(job.image), "--kube-server-image", str(job.image)]
    command = ["env", *(f"{name}={value}" for name, value in sorted(passed.items())), *role_command(job)]
    with numeric_hosts(job) as hostfile:
        if hostfile:
            options += ["--host-file", hostfile]
        family.start(f"the job on {job.launcher}", [sys.executable, str(tracker.__file__), *options, "--", *command],
                     dict(os.environ))
        family.watch()  # here, since the tracker reads the hostfile when it pleases


@contextlib.contextmanager
def numeric_hosts(job: Job) -> Iterator[Any]:
    """The path of a hostfile with addresses in place of names, which MXNet does not take (mxnet#12062); or None."""
    import socket
    if not job.hostfile:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hosts")
        ssh = job.launcher == "ssh"
        path.write_text("".join(f"{socket.gethostbyname(host)}{f':{port}' if ssh else ''}\n"
                                for host, port in job.hosts()), encoding="utf8")
        yield str(path)
