"""Exercises judged in another process than the student's, which only answers: `judge_apart`.

A check that runs in the student's process can be made to say anything. Here the student's code runs in a process that
gives arrays for arrays (`answer.py`), and what is asked, what is right and the verdict are another's (`judging.py`).
"""
import subprocess
from typing import Callable, Iterable, List, Sequence, Tuple, Union

from resnet_gluon.exercises.apart.judging import USUAL, CannotStart, Judged, Limits, judge_cells
from resnet_gluon.exercises.catalogue import find
from resnet_gluon.exercises.judge.exercise import Exercise

__all__ = ["CannotStart", "Judged", "Limits", "judge_apart"]


def judge_apart(source_cells: Sequence[str], exercises: Iterable[Tuple[Union[str, Exercise], str]], *,
                wrap: Callable[..., "subprocess.Popen[bytes]"] = subprocess.Popen, limits: Limits = USUAL,
                refuse_package: bool = True) -> List[Judged]:
    """Judge a student's code, which runs in a process of its own. The verdicts are made in the process that calls this.

    Parameters
    ----------
    source_cells : sequence of str
        The source of the code cells, in order. They run once, in one namespace, as in a notebook: of two definitions
        the last counts, and a cell that raises does not stop those behind it. IPython's magics do nothing, and what
        cells register with IPython, such as transformers, has no effect. A cell that ends the process is left out, and
        the others run again (three such cells at most). Give what the student wrote: tests and checks are not needed.
    exercises : iterable of (str or Exercise, str)
        What to judge: an exercise, by its name or itself, and the expression that gives the attempt once all cells have
        run, usually a name: [("residual-block", "MyResidual"), ("plain-block", "MyPlain")]. Judged in this order; one
        attempt that does not end or ends the process costs none of the others their marks: the process is started anew.
    wrap : callable
        Starts the process: wrap(command, **options) → Popen, called with a list of str and options of
        `subprocess.Popen`. It may put a container in front of the command, and has to hand all options on, pass_fds
        above all (the process answers on an open descriptor of the same number): `lambda command, **options:
        subprocess.Popen([*BUBBLEWRAP, *command], **options)`. `options["cwd"]` is an empty temporary folder, the
        process's HOME and TMPDIR, which it may write to and which is removed in the end; the process reads the
        package, Python and nothing else; options["env"] is its whole environment. What is returned needs `pid`,
        `wait(timeout)`, and a process group of its own (start_new_session is among the options), which is killed.
    limits : Limits
        seconds of one check (20), and of all cells together (120); GiB of address space (8), on Linux; MiB that a file
        may have (100).
    refuse_package : bool
        Whether an attempt fails that uses the package's own solution of the exercise, under whatever name.

    Returns one `Judged` for each exercise, in order: `exercise` (its name), `passed`, and `findings`, a tuple of
    `Finding` (rule, message, hint, expected, observed, remark), whose texts come in part from the student: escape them.
    Rules that speak of the process: "time-limit", "process-ended", "answer-unreadable", "not-defined", "not-attempted",
    "package-used", "unfinished"; each of them fails.

    Raises CannotStart where the process did not start before any of the student's code ran; ValueError for an unknown
    exercise. Whatever the student's code does is a finding. Without a container the student's code can still read and
    write what its user can, and processes that it detaches outlive it.
    """
    attempts = [(find(exercise), expression) for exercise, expression in exercises]
    return judge_cells(source_cells, attempts, wrap=wrap, limits=limits, refuse=refuse_package)
