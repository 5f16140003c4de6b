"""Runs some of the studies' rows again, drawn by a seed, and judges whether they still give what they gave.

    python -m experiments.recheck --minutes 20              as many rows as fit into the time
    python -m experiments.recheck --minutes 20 --seed 1     others

A number that comes out is judged by the 95 % prediction interval of all rows of its arm, as MLPerf judges whether a
submission converges like the reference: mean ± t · s · √(1 + 1/n). That takes three rows or more. Of judged numbers
one in twenty is outside by chance, so the exit status is 1 only where more are than chance explains (probability below
1 %). The same seed on the same kind of machine gives the same bits; whether it did is said too. No results change.
"""
import argparse
import math
import random
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from experiments import rows
from experiments.rows import RESULTS, Row, say
from experiments.summary import by_seed, student, value

LEAST = 3  # rows of an arm


class Draw(NamedTuple):
    """A row that can be run again. minutes: what it is predicted to take."""
    study: str
    arm: str
    seed: int
    minutes: float


@dataclass(frozen=True)
class Judgement:
    """A number that came out again, beside the interval that it was expected in."""
    draw: Draw
    key: str
    now: float
    before: Optional[float]
    interval: Tuple[float, float]

    @property
    def inside(self) -> bool:
        """Whether it is where 95 of 100 would be."""
        return self.interval[0] <= self.now <= self.interval[1]

    def __str__(self) -> str:
        low, high = self.interval
        return (f"{self.draw.study}, {self.draw.arm}, seed {self.draw.seed}: {self.key} {self.now:.5g}, "
                f"{'inside' if self.inside else 'OUTSIDE'} {low:.5g} to {high:.5g}"
                + ("; the same to the last digit" if self.now == self.before else ""))


def prediction(values: Sequence[float]) -> Tuple[float, float]:
    """Where the next value of such a sample is, 95 times of 100."""
    n, middle = len(values), statistics.mean(values)
    half = student(statistics.stdev(values) * math.sqrt(1 + 1 / n), n - 1)
    return middle - half, middle + half


def sort_out(studies: Dict[str, Any], results: Path, minutes: float) -> Tuple[List[Draw], List[str]]:
    """The rows that can be judged within the time, and of all others why they cannot."""
    able, unable = [], []
    for name, study in studies.items():
        found = rows.fresh(study, rows.read(rows.results_file(study, results)))
        for arm in study.arms:
            seeds, predicted = sorted(row["seed"] for row in found if row["arm"] == arm), study.predicted(found, arm)
            why = ("it measures time, on a machine of its own" if study.alone else
                   f"it has {len(seeds)} row{'s' * (len(seeds) != 1)}, and it takes {LEAST}" if len(seeds) < LEAST else
                   f"a run takes {predicted:.0f} minutes" if predicted > minutes else "")
            if why:
                unable.append(f"{name}, {arm}: {why}")
            else:
                able += [Draw(name, arm, seed, predicted) for seed in seeds]
    return able, unable


def chosen(able: Sequence[Draw], minutes: float, seed: int) -> List[Draw]:
    """As many of these, in an order that the seed gives, as fit into so many minutes of one core."""
    order, taken, left = sorted(able), [], minutes
    random.Random(seed).shuffle(order)
    for draw in order:
        if draw.minutes <= left:
            taken.append(draw)
            left -= draw.minutes
    return taken


def again(study: Any, draws: Sequence[Draw], jobs: int) -> List[Row]:
    """These rows, made again, in a folder that is deleted."""
    from experiments.runner import Runner
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(study, Path(folder, "results"), Path(folder, "runs"), jobs)
        runner.work([(draw.arm, draw.seed) for draw in draws], {draw.arm: draw.minutes for draw in draws})
        return rows.read(rows.results_file(study, Path(folder, "results")))


def judged(study: Any, made: Sequence[Row], results: Path, draws: Sequence[Draw]) -> List[Judgement]:
    """Each measure of each row beside the interval of its arm."""
    reference, of_run = rows.fresh(study, rows.read(rows.results_file(study, results))), {}
    for draw in draws:
        of_run[draw.arm, draw.seed] = draw
    found = []
    for row in made:
        for measure in study.measures:
            known, now = by_seed(reference, row["arm"], measure.key), value(row, measure.key)
            if now is not None and len(known) >= LEAST:
                found.append(Judgement(of_run[row["arm"], row["seed"]], measure.key, now, known.get(row["seed"]),
                                       prediction(list(known.values()))))
    return found


def too_many(outside: int, of: int) -> bool:
    """Whether so many outside a 95 % interval are more than chance explains, at a level of 1 %."""
    from scipy.stats import binom
    return outside > 0 and float(binom.sf(outside - 1, of, 0.05)) < 0.01


def recheck(studies: Dict[str, Any], minutes: float, seed: int, jobs: int, results: Path = RESULTS) -> int:
    """Draw, run, judge, and say all of it. Returns the exit status."""
    able, unable = sort_out(studies, results, minutes)
    draws = chosen(able, minutes * jobs, seed)
    say(f"seed {seed}: {len(draws)} of {len(able)} rows, {sum(draw.minutes for draw in draws):.0f} minutes of one core")
    found: List[Judgement] = []
    failed = 0
    for name in sorted({draw.study for draw in draws}):
        of_study = [draw for draw in draws if draw.study == name]
        made = again(studies[name], of_study, jobs)
        failed += len(of_study) - len(made)
        found += judged(studies[name], made, results, of_study)
    outside = sum(not judgement.inside for judgement in found)
    print(*found, sep="\n")
    print(f"{len(found) - outside} of {len(found)} numbers of {len(draws) - failed} runs are inside their 95 % "
          f"prediction interval; {failed} runs failed")
    print("not judged:", *unable, sep="\n  ")
    return int(failed > 0 or not found or too_many(outside, len(found)))


def main(arguments: Optional[Sequence[str]] = None) -> int:
    from resnet_gluon.devices import physical_cores

    from experiments.__main__ import NAMES, studies
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(NAMES), metavar="NAME", help="studies; default: all")
    parser.add_argument("--minutes", type=float, default=20, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the draw; default: %(default)s")
    parser.add_argument("--jobs", type=int, default=physical_cores(), help="runs at a time; default: %(default)s")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in NAMES]
    if unknown:
        parser.error(f"unknown study {unknown[0]!r}: there are {', '.join(NAMES)}")
    if given.minutes <= 0 or given.jobs < 1:
        parser.error("it takes some minutes, and at least one job")
    return recheck(studies(given.names), given.minutes, given.seed, given.jobs)


if __name__ == "__main__":
    sys.exit(main())
