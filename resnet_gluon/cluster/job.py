"""What is to be launched, and whether it can be: all that is wrong is said before anything starts."""
import importlib.util
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional, Sequence, Tuple

from resnet_gluon.arguments import choose, positive_int

#: The launchers, and what each needs to be installed here.
LAUNCHERS = {"local": None, "ssh": "ssh", "mpi": "mpirun", "slurm": "srun", "kubernetes": "kubectl"}
REACH = 5  # seconds in which a host has to answer


@dataclass(frozen=True)
class Job:
    """A command for several workers, and where they are to run.

    Parameters
    ----------
    command : sequence of str
        What each worker runs; it calls `fit` once.
    again : sequence of str, optional
        What each worker runs after a failure, to go on from its last checkpoint. Default: the command.
    workers, servers : int
        How many of each. Workers compute; servers add up their gradients.
    launcher : {"local", "ssh", "mpi", "slurm", "kubernetes"}
        "local" starts all on this machine; the others are those of MXNet's wheel (dmlc_tracker).
    hostfile : path, optional
        A host a line, or host:port, for ssh and mpi.
    port : int, optional
        The scheduler's, for "local". Default: one that is free.
    image : str, optional
        The container's image, for Kubernetes.

    `check` raises ValueError for what cannot be launched.
    """
    command: Sequence[str]
    workers: int
    servers: int = 1
    launcher: str = "local"
    hostfile: Any = None
    port: Optional[int] = None
    image: Optional[str] = None
    again: Optional[Sequence[str]] = None

    def check(self) -> None:
        """Raise ValueError where something is wrong, in words."""
        positive_int("workers", self.workers)
        positive_int("servers", self.servers)
        choose("launcher", self.launcher, LAUNCHERS)
        if not self.command:
            raise ValueError("there is no command to launch: give it after --, as in launch -n 2 -s 1 -- train …")
        self.check_programs()
        if self.port is not None:
            check_port(self.port, self.launcher)
        if self.launcher == "ssh" and not self.hostfile:
            raise ValueError("the launcher ssh needs --hostfile FILE, with a host a line")
        if self.hostfile:
            if self.launcher not in ("ssh", "mpi"):
                raise ValueError(f"a hostfile is for the launchers ssh and mpi; {self.launcher} takes none")
            for host, port in self.hosts():
                check_host(host, port if self.launcher == "ssh" else None)
        if self.launcher == "ssh" and any("'" in word for word in self.command):
            raise ValueError("a command that goes through ssh cannot hold a single quote, but this one does: "
                             + " ".join(self.command))

    def check_programs(self) -> None:
        program = LAUNCHERS[self.launcher]
        if program and not shutil.which(program):
            raise ValueError(f"the launcher {self.launcher} needs the program {program}, which is not installed here")
        if self.launcher == "kubernetes":
            if not importlib.util.find_spec("kubernetes"):
                raise ValueError("the launcher kubernetes needs Python's package of that name: pip install kubernetes")
            if not self.image:
                raise ValueError("the launcher kubernetes needs --image NAME: that of the course's Dockerfile")
        if self.launcher == "local" and not shutil.which(self.command[0]):
            raise ValueError(f"{self.command[0]} is no program that can be run")

    def hosts(self) -> List[Tuple[str, int]]:
        """The (host, port) of each line of the hostfile. Raises ValueError where it cannot be read, or holds none."""
        try:
            lines = Path(self.hostfile).read_text(encoding="utf8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"the hostfile {self.hostfile} cannot be read: {error}") from error
        found = []
        for line in filter(None, (line.partition("#")[0].partition("slots=")[0].strip() for line in lines)):
            host, _, port = line.partition(":")
            if not (port or "22").isdigit() or len(host.split()) != 1:
                raise ValueError(f"the hostfile {self.hostfile} should hold a host, or host:port, a line, but holds "
                                 f"{line!r}")
            found.append((host, int(port or 22)))
        if not found:
            raise ValueError(f"the hostfile {self.hostfile} holds no host")
        return found


def check_host(host: str, port: Optional[int]) -> None:
    """Raise ValueError where a host has no address, or does not answer at this port."""
    try:
        socket.getaddrinfo(host, port)
    except OSError as error:
        raise ValueError(f"the host {host} has no address: {error.strerror or error}") from error
    if port is None:
        return
    try:
        socket.create_connection((host, port), timeout=REACH).close()
    except OSError as error:
        raise ValueError(f"the host {host} cannot be reached at port {port}: {error.strerror or error}") from error


def check_port(port: int, launcher: str) -> None:
    """Raise ValueError where the scheduler cannot have this port."""
    if launcher != "local":
        raise ValueError(f"--port is for the launcher local; with {launcher} MXNet's tracker takes a free one from "
                         "9091 on")
    if not 0 < port < 65536:
        raise ValueError(f"a port is 1 to 65535, but {port} was given")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            raise ValueError(f"port {port} cannot be used: {error.strerror}. Without --port a free one is taken") \
                from error


def free_ports(count: int) -> List[int]:
    """So many ports that are free now, in ascending order."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return sorted(probe.getsockname()[1] for probe in probes)
    finally:
        for probe in probes:
            probe.close()
