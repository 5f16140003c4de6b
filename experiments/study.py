"""One way to run a study: a grid of runs over seeds.

A study names what varies (its arms), its seeds, a version, and a function of one run that returns what it measured. The
runner does the rest:

    python -m experiments.NAME                          run what is missing or stale, then print the summary
    python -m experiments.NAME --seeds 0 1 --arms A B   these only
    python -m experiments.NAME --summary                print it, and bring the file's up to date; run nothing
    python -m experiments.NAME --check                  do the first 20 steps still give the losses that the rows have?
    python -m experiments.NAME --smoke                  in miniature, each kind of arm; results thrown away
    python -m experiments                               all studies: what there is, what is missing; --run, --smoke

It can be stopped at any time and called again. Rows go to results/NAME.json (rows.py says how), each as it is finished.
A row is stale when its configuration, its data's edition or its version differs from what the code says now; not when
any line of the package changed. Raise the version when the code computes something else from the same configuration.
"""
import argparse
import json
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from experiments import child, rows
from experiments.rows import RESULTS, ROOT, say
from experiments.summary import hours, show

Configuration = Mapping[str, Any]


@dataclass(frozen=True)
class One:
    """One run: an arm with its configuration, and a seed. folder: its own, for checkpoints; smoke: in miniature."""
    arm: str
    configuration: Configuration
    seed: int
    folder: Path
    smoke: bool = False


@dataclass(frozen=True)
class Measure:
    """A number that is summarised. key: its path in a row's values, "package/train/median"; what: in words."""
    key: str
    what: str
    better: Optional[str] = None  # "higher", "lower"


@dataclass(frozen=True, eq=False)
class Study:
    """What varies, over which seeds, and a function of one run.

    Parameters
    ----------
    name : str
        Its module's: experiments/NAME.py.
    question : str
        A sentence.
    arms : dict
        Name of an arm: its configuration, of plain values. It holds all that decides what a run measures.
    run : function
        Of a `One`; returns what was measured as a dict of plain values. Two names are the runner's: "seconds", where
        the run knows better than the clock how long it worked, and "first_losses", of its first 20 steps.
    seeds : sequence of int, or dict
        Of all arms, or by arm.
    version : int
    measures : sequence of Measure
        What is summarised.
    minutes : float or dict
        What a run takes on one core, by arm or for all, until rows tell.
    edition : str, function or None
        Edition of the data, or a function of an arm that gives it. None: no data set is read.
    alone : bool
        True for what measures time: never beside another study's run, one run at a time, with all cores.
    paired : bool
        Whether the arms are alternatives, so that their differences mean something.
    beside : dict
        Figures from elsewhere to compare with, by arm.
    smoke_arms : sequence of str, optional
        Those that a smoke run makes: one of each kind of code. Default: all.
    first_losses : function, optional
        Of a `One`; makes the first 20 steps again and gives their losses.

    Raises ValueError for what cannot be a study.
    """
    name: str
    question: str
    arms: Mapping[str, Configuration]
    run: Callable[[One], Dict[str, Any]]
    seeds: Union[Sequence[int], Mapping[str, Sequence[int]]] = (0,)
    version: int = 1
    measures: Sequence[Measure] = ()
    minutes: Union[float, Mapping[str, float]] = 1.0
    edition: Union[str, Callable[[str], Optional[str]], None] = None
    alone: bool = False
    paired: bool = True
    beside: Mapping[str, Any] = field(default_factory=dict)
    first_losses: Optional[Callable[[One], List[float]]] = None
    smoke_arms: Optional[Sequence[str]] = None

    def __post_init__(self) -> None:
        if isinstance(self.seeds, Mapping) and set(self.seeds) != set(self.arms):
            raise ValueError(f"{self.name}: where seeds are given by arm, each arm needs some, and no other")
        seeds = [list(self.seeds_of(arm)) for arm in self.arms]
        if not seeds or not all(seeds) or any(len(set(of_arm)) < len(of_arm) for of_arm in seeds):
            raise ValueError(f"{self.name}: a study needs arms and seeds, each seed once")
        if not set(self.smoke_arms or ()) <= set(self.arms):
            raise ValueError(f"{self.name}: a smoke run's arms should be the study's")
        try:
            plain = json.loads(json.dumps(dict(self.arms), allow_nan=False))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self.name}: configurations must be plain values, finite numbers among them: {error}") \
                from error
        object.__setattr__(self, "arms", plain)  # tuples as lists: as they come back from a file

    def edition_of(self, arm: str) -> Optional[str]:
        """The edition of the data that an arm is about."""
        return self.edition(arm) if callable(self.edition) else self.edition

    def seeds_of(self, arm: str) -> Sequence[int]:
        """The seeds that an arm is run with."""
        return self.seeds[arm] if isinstance(self.seeds, Mapping) else self.seeds

    @property
    def module(self) -> str:
        """What `python -m` takes."""
        name = self.run.__module__
        return sys.modules["__main__"].__spec__.name if name == "__main__" else name

    def missing(self, found: List[rows.Row], arms: Optional[Sequence[str]] = None,
                seeds: Optional[Sequence[int]] = None) -> List[Tuple[str, int]]:
        """The runs of these arms, or all, without a row that is not stale: seed by seed, so that all arms progress.

        seeds: instead of each arm's own.
        """
        done = {(row["arm"], row["seed"]) for row in rows.fresh(self, found)}
        wanted = [(arm, seed) for arm in arms or self.arms for seed in seeds or self.seeds_of(arm)]
        return [run for run in sorted(wanted, key=lambda run: run[1]) if run not in done]

    def predicted(self, found: List[rows.Row], arm: str) -> float:
        """Minutes that a run takes: the mean of the arm's rows, or as the study says."""
        known = [row["seconds"] / 60 for row in found if row["arm"] == arm and row["seconds"] is not None]
        if known:
            return sum(known) / len(known)
        return float(self.minutes[arm] if isinstance(self.minutes, Mapping) else self.minutes)


def parser_of(study: Study) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {study.module}", description=study.question)
    parser.add_argument("--seeds", nargs="+", type=int, help="default: the study's")
    parser.add_argument("--arms", nargs="+", metavar="ARM", help=", ".join(map(repr, study.arms)))
    parser.add_argument("--jobs", type=int, help="runs at a time, a thread each; default: as many as there are cores")
    parser.add_argument("--summary", action="store_true", help="print it, run nothing")
    parser.add_argument("--check", action="store_true", help="compare the first 20 steps with those of the rows")
    parser.add_argument("--smoke", action="store_true", help="in miniature, results thrown away")
    parser.add_argument("--adopt", type=Path, metavar="FILE", help="take in rows that could not be written")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FOLDER",
                        help="another place for the rows: to run on this machine what has been run on another")
    parser.add_argument("--one", nargs=2, metavar=("ARM", "SEED"), help=argparse.SUPPRESS)  # a run's own process
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser


def main(study: Study, arguments: Optional[Sequence[str]] = None) -> int:
    """The command line of a study. Returns the exit status: 1 where a run failed."""
    parser = parser_of(study)
    given = parser.parse_args(arguments)
    given.arms = given.arms or list(study.smoke_arms or study.arms if given.smoke else study.arms)
    unknown = [arm for arm in given.arms if arm not in study.arms]
    if unknown:
        parser.error(f"unknown arm {unknown[0]!r}: the arms of {study.name} are {', '.join(map(repr, study.arms))}")
    if min(given.seeds or [0]) < 0 or (given.jobs is not None and given.jobs < 1):
        parser.error("seeds begin at 0, jobs at 1")
    if given.one:
        arm, seed = given.one
        return child.work(study, One(arm, study.arms[arm], int(seed), given.folder, given.smoke), given.check)
    if given.adopt:
        for line in given.adopt.read_text(encoding="utf8").splitlines():
            rows.add(study, json.loads(line), given.results)
        return 0
    signal.signal(signal.SIGTERM, stop)
    try:
        if given.smoke:
            from experiments.miniature import smoke
            return smoke(study, given.arms, given.jobs)
        status = 0 if given.summary else run_missing(study, given, rows.read(rows.results_file(study, given.results)))
    except KeyboardInterrupt:
        say("stopped: finished rows are kept, and the same command goes on")
        sys.exit(130)
    found = rows.refresh(study, given.results)
    print(show(study, found))
    still = study.missing(found, given.arms, given.seeds)
    print(f"  {hours(found):.2f} hours used; {len(still)} runs missing, "
          f"{sum(study.predicted(found, arm) for arm, _ in still) / 60:.2f} hours of one core")
    return status


def stop(*_: Any) -> None:
    """What SIGTERM does: the same as Ctrl-C, so that no run is left behind."""
    raise KeyboardInterrupt


def run_missing(study: Study, given: argparse.Namespace, found: List[rows.Row]) -> int:
    """Run, or with --check compare, what is asked for. Returns the exit status."""
    from resnet_gluon.settings import folder_in  # loads MXNet, which a run's own process need not do

    from experiments.runner import Runner
    runs = (folder_in("RESNET_GLUON_RUNS") or ROOT / "runs").resolve() / "studies" / study.name
    runner = Runner(study, given.results, runs, given.jobs)
    if given.check:
        return runner.check(given.arms)
    todo = study.missing(found, given.arms, given.seeds)
    return runner.work(todo, {arm: study.predicted(found, arm) for arm in study.arms})
