"""The table of figures in README, written from the studies' results.

    python -m experiments.figures --write       puts it between the two comments that are its marks
    python -m experiments.figures --check       exit status 1 where README says something else
"""
import argparse
import sys
from pathlib import Path
from statistics import mean
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from experiments.rows import RESULTS, ROOT, Row, fresh, read, results_file
from experiments.summary import by_seed, spread

BEGIN = "<!-- figures: made by python -m experiments.figures --write -->"
END = "<!-- end of figures -->"
Line = Tuple[str, str, str]


class Results:
    """The rows of one study, those of today's configuration before earlier ones."""

    def __init__(self, study: Any, folder: Path) -> None:
        self.study = study
        self.rows = read(results_file(study, folder))
        self.fresh = fresh(study, self.rows)

    def of(self, arm: str) -> List[Row]:
        """An arm's rows: the fresh ones; where there are none, those that are stale."""
        return [row for row in self.fresh if row["arm"] == arm] or [row for row in self.rows if row["arm"] == arm]

    def values(self, arm: str) -> Dict[str, Any]:
        """What an arm's newest row measured: for studies with one seed. Raises LookupError without one."""
        return max(self.of(arm), key=lambda row: row["finished"] or "", default={})["values"]

    def remark(self, *arms: str) -> str:
        """What is to be said where one of these arms has no fresh row."""
        known = {row["arm"] for row in self.fresh}
        return "" if known.issuperset(arms) else "; made with an earlier configuration"

    def command(self, *arms: str) -> str:
        chosen = " --arms " + " ".join(f'"{arm}"' if " " in arm else arm for arm in arms) if arms else ""
        return f"`python -m {self.study.module}{chosen}`"


def accuracies(found: Results, arm: str, key: str) -> str:
    """Mean and spread over seeds; for one seed the interval of its test set."""
    rows = found.of(arm)
    numbers = list(by_seed(rows, arm, key).values())
    if len(numbers) == 1:
        low, high = rows[0]["values"]["interval"]
        return f"{numbers[0]:.4f}, 95 % interval {low:.4f} to {high:.4f}; one seed"
    all_of = spread(numbers)
    low, high = all_of["interval"]
    return (f"mean {all_of['mean']:.4f}, standard deviation {all_of['sd']:.4f} over {all_of['n']} seeds; 95 % interval "
            f"of the mean {low:.4f} to {high:.4f}")


def recipe_lines(found: Results) -> List[Line]:
    lines = []
    for arm, configuration in found.study.arms.items():
        if not found.of(arm):
            continue
        n, what = found.values(arm)["n"], f"recipe `{arm}` ({configuration['training']['epochs']} epochs)"
        lines.append((f"{what}, test accuracy ({n:,} images; edition {found.study.edition_of(arm)})",
                      accuracies(found, arm, "test_accuracy") + found.remark(arm), found.command(arm)))
        by_threads: Dict[int, List[float]] = {}
        for row in found.of(arm):
            if row["threads"] and row["seconds"]:
                by_threads.setdefault(row["threads"], []).append(row["seconds"])
        if by_threads:
            lines.append((f"{what}, time of one run", "; ".join(
                f"{mean(seconds):,.0f} s with {threads} thread{'s' * (threads > 1)} (n = {len(seconds)})"
                for threads, seconds in sorted(by_threads.items())), found.command(arm)))
    return lines


def time_lines(found: Results) -> List[Line]:
    race, arms = found.values("d2l's recipe"), ("d2l's recipe", "quick, to its accuracy")
    ours = found.values("quick, to its accuracy")
    aim = found.study.beside["quick, to its accuracy"]["test_accuracy"]
    cores, as_it_comes = race["d2l"]["projected_seconds"], race["d2l, threads as it comes"]["projected_seconds"]
    seconds, (low, high) = ours["seconds_of_training"], ours["interval"]
    return [(f"seconds to d2l's median accuracy, {aim}: recipe `quick`, beside d2l's own recipe (96 pixels, batch 128, "
             "10 epochs) by its seconds a step",
             f"{seconds:,.0f} s (test accuracy {ours['test_accuracy']:.4f}, 95 % interval {low:.4f} to {high:.4f}) "
             f"beside {cores:,.0f} s with all cores, {cores / seconds:.1f} times as long, and {as_it_comes:,.0f} s "
             f"with the threads d2l gets as it comes, {as_it_comes / seconds:.1f} times; "
             f"n = {race['d2l']['feed and train']['n']} steps" + found.remark(*arms), found.command(*arms))]


def step_line(found: Results, arm: str, kind: str, what: str) -> Line:
    batch, table = found.study.arms[arm]["batch"], found.values(arm)
    speeds = ", ".join(f"{name} {batch / row[kind]['median']:,.0f}" for name, row in table.items())
    ratio = table["d2l"][kind]["median"] / table["package"][kind]["median"]
    return (f"{what}, images a second", f"{speeds}; the package {ratio:.2f} times d2l; medians of "
            f"{table['package'][kind]['n']} steps that take turns" + found.remark(arm), found.command(arm))


def bench_lines(found: Results) -> List[Line]:
    limit, operators = found.values("limit"), found.values("operators")["share"]
    convolutions = sum(share for name, share in operators.items() if name in ("Convolution", "_backward_Convolution"))
    shares = ", ".join(f"{share:.0%} at {size} pixels".replace("%", " %")
                       for size, share in limit["share_of_limit"].items())
    fastest = max(limit["matrix_product"].values()) / 1e9
    return [*time_lines(found), step_line(found, "28 pixels", "train", "a training step, 28 pixels, batch 128"),
            step_line(found, "28 pixels, with loaders", "feed and train", "the same, with each one's loader"),
            step_line(found, "96 pixels", "train", "a training step, 96 pixels, batch 64"),
            (f"share of the machine's fastest matrix product ({fastest:.0f} × 10⁹ multiply-adds a second)",
             f"{shares}; convolutions are {100 * convolutions:.0f} % of a step's operator time"
             + found.remark("limit", "operators"), found.command("limit", "operators"))]


def input_lines(found: Results) -> List[Line]:
    arm, = found.study.arms
    values = found.values(arm)
    ours, theirs = values["resnet_gluon"], values["d2l, 4 workers"]
    rounds, batch = (found.study.arms[arm][name] for name in ("rounds", "batch"))
    factor = values["factor over the faster of d2l's"]
    return [(f"input side, images a second, batch {batch}, 28×28",
             f"{in_range(ours)}, {factor:.0f} times the faster of d2l's loaders; with 4 workers d2l's gives "
             f"{in_range(theirs)}; {rounds} rounds" + found.remark(arm), found.command())]


def in_range(speed: Dict[str, float]) -> str:
    return f"{speed['median']:,.0f} ({speed['low']:,.0f} to {speed['high']:,.0f})"


def short(found: Results, arm: str, key: str) -> str:
    numbers = spread(list(by_seed(found.of(arm), arm, key).values()))
    return f"{arm} {numbers['mean']:.3f} (sd {numbers['sd']:.3f}, n = {numbers['n']})"


def series_lines(found: Results) -> List[Line]:
    known = {arm: figures["test_accuracy_percent"] for arm, figures in found.study.beside.items()}
    published = ", ".join(f"{arm} {percent['mean'] / 100:.3f} ({percent['sd'] / 100:.3f})"
                          for arm, percent in known.items())
    return [("ResNet on time series, test accuracy",
             ", ".join(short(found, arm, "test_accuracy") for arm in found.study.arms)
             + f"; published (Fawaz et al. 2019) {published}" + found.remark(*found.study.arms), found.command())]


def shortcut_lines(found: Results) -> List[Line]:
    return [("shortcuts A, B, C and none, ResNet-20 for 4 epochs on 10,000 images, validation accuracy",
             ", ".join(short(found, arm, "val_accuracy") for arm in found.study.arms)
             + found.remark(*found.study.arms), found.command())]


LINES: Dict[str, Callable[[Results], List[Line]]] = {
    "recipes": recipe_lines, "bench": bench_lines, "input_speed": input_lines, "series": series_lines,
    "shortcuts": shortcut_lines}


def table(folder: Path = RESULTS) -> str:
    """The table as Markdown."""
    from experiments.__main__ import studies
    found = studies(list(LINES))
    lines = [line for name in LINES for line in LINES[name](Results(found[name], folder))]
    return "\n".join(["| what | figure | command |", "|---|---|---|", *(f"| {' | '.join(line)} |" for line in lines)])


def with_table(text: str, made: str) -> str:
    """README's text with this table in its place. Raises ValueError where the marks are missing."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"README needs the line {BEGIN} once, and after it the line {END}")
    return text[:text.index(BEGIN)] + f"{BEGIN}\n{made}\n" + text[text.index(END):]


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--readme", type=Path, default=ROOT / "README.md", help=argparse.SUPPRESS)
    parser.add_argument("--results", type=Path, default=RESULTS, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    try:
        made = table(given.results)
    except (LookupError, TypeError) as error:
        raise SystemExit(f"the table needs a row, or a value in one, that is not there: {error!r}") from error
    if not (given.write or given.check):
        print(made)
        return 0
    text = given.readme.read_text(encoding="utf8")
    due = with_table(text, made)
    if given.write:
        given.readme.write_text(due, encoding="utf8")
    elif text != due:
        now = set(text.splitlines())
        print("README's figures are not those of the results; python -m experiments.figures --write puts these there:",
              *(line for line in made.splitlines() if line not in now), sep="\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
