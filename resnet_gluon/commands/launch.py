"""`python -m resnet_gluon launch -n WORKERS -s SERVERS -- train …`: one run, shared by several processes."""
import argparse
import sys
from pathlib import Path
from typing import Any, List

from resnet_gluon.commands.console import Failed, add_command


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    from resnet_gluon.cluster.job import LAUNCHERS
    parser = add_command(
        commands, "launch", work, "share one run among several workers, on this machine or on others",
        "Start the workers and servers of a run, and watch them. Each worker takes its part of every batch; the "
        "servers add up the gradients. A worker, server or scheduler that dies ends the job, with its name, its last "
        "words and its exit status. On several machines --folder is of the first worker's.",
        ["-n 2 -s 1 -- train --recipe quick --folder runs/shared",
         "-n 4 -s 2 --launcher ssh --hostfile hosts --restart 3 -- train --recipe default --folder /shared/run",
         "-n 2 -s 1 -- mine.py runs/mine"], "All that was started has ended.")
    parser.add_argument("-n", "--workers", metavar="N", type=int, required=True, help="processes that compute")
    parser.add_argument("-s", "--servers", metavar="N", type=int, required=True, help="processes that add up gradients")
    parser.add_argument("--launcher", choices=tuple(LAUNCHERS), default="local", help="(default: local, this machine)")
    parser.add_argument("--hostfile", metavar="FILE", type=Path, help="a host a line, for ssh and mpi")
    parser.add_argument("--port", metavar="N", type=int, help="the scheduler's, for local (default: a free one)")
    parser.add_argument("--image", metavar="NAME", help="the container's, for kubernetes")
    parser.add_argument("--restart", metavar="N", type=int, default=0,
                        help="after a failure start anew, up to so many times; train goes on from its last checkpoint")
    parser.add_argument("what", metavar="-- COMMAND", nargs=argparse.REMAINDER,
                        help="train with its options, or a script that calls fit once")
    return parser


def work(arguments: argparse.Namespace) -> None:
    """Run the job; its failure's exit status is the command's."""
    from resnet_gluon.arguments import whole_number
    from resnet_gluon.cluster import Job, JobFailed, launch
    restart = whole_number("--restart", arguments.restart)
    command = in_full(arguments.what)
    again = command + ["--resume"] if "train" in command[:4] and "--resume" not in command else command
    job = Job(command, arguments.workers, arguments.servers, arguments.launcher, arguments.hostfile, arguments.port,
              arguments.image, again)
    try:
        launch(job, restart)
    except JobFailed as failure:
        print(f"launch: {failure}", file=sys.stderr)
        sys.exit(failure.status)


def in_full(words: List[str]) -> List[str]:
    """What a worker runs, for `train …` or a script."""
    command = words[words[:1] == ["--"]:]
    if not command:
        raise Failed("there is nothing to launch: give it after --, as in launch -n 2 -s 1 -- train --recipe quick "
                     "--folder runs/shared")
    if command[0] == "train":
        return [sys.executable, "-m", "resnet_gluon", *command]
    if not command[0].endswith(".py"):
        raise Failed(f"a job is `train` with its options, or a script in Python, but {command[0]!r} was given")
    if not Path(command[0]).is_file():
        raise Failed(f"there is no script {command[0]}")
    return [sys.executable, *command]
