"""What a study's rows say together: mean, spread, 95 % intervals, and differences between arms, seed by seed."""
import math
import statistics
from itertools import combinations
from typing import Any, Dict, List, Optional, Sequence

from experiments.rows import Row, fresh, stale


def student(error: float, degrees: float, level: float = 0.95) -> float:
    """Half of an interval: Student's t times a standard error."""
    from scipy.stats import t
    return float(t.ppf((1 + level) / 2, degrees)) * error


def half_width(values: Sequence[float], level: float = 0.95) -> float:
    """Half of the mean's 95 % interval, or that of another level. Needs two values."""
    return student(statistics.stdev(values) / math.sqrt(len(values)), len(values) - 1, level)


def spread(values: Sequence[float]) -> Dict[str, Any]:
    """n, mean, standard deviation and the mean's 95 % interval. The last two are None for one value."""
    mean = statistics.mean(values)
    if len(values) == 1:
        return {"n": 1, "mean": mean, "sd": None, "interval": None}
    half = half_width(values)
    return {"n": len(values), "mean": rounded(mean), "sd": rounded(statistics.stdev(values)),
            "interval": [rounded(mean - half), rounded(mean + half)]}


def rounded(number: float) -> float:
    """The number to twelve digits: Pythons before 3.11 compute standard deviations with other last digits."""
    return float(f"{number:.12g}")


def value(row: Row, key: str) -> Optional[float]:
    """A measured number, by its path: "package/train/median". None where the row has none."""
    found: Any = row["values"]
    for name in key.split("/"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def by_seed(rows: List[Row], arm: str, key: str) -> Dict[int, float]:
    """Seed: number, of one arm."""
    numbers = {row["seed"]: value(row, key) for row in rows if row["arm"] == arm}
    return {seed: number for seed, number in numbers.items() if number is not None}


def summary(study: Any, rows: List[Row]) -> Dict[str, Dict[str, Any]]:
    """{arm: {measure: n, mean, sd, interval}} over the rows that are not stale."""
    rows, table = fresh(study, rows), {}
    for arm in study.arms:
        found = {measure.key: by_seed(rows, arm, measure.key) for measure in study.measures}
        measured = {key: spread(list(numbers.values())) for key, numbers in found.items() if numbers}
        if measured:
            table[arm] = measured
    return table


def paired(study: Any, rows: List[Row]) -> List[Dict[str, Any]]:
    """Differences between arms that share at least two seeds, in which what a seed does to both cancels."""
    rows, differences = fresh(study, rows), []
    if not study.paired:
        return []
    for measure in study.measures:
        for less, arm in combinations(study.arms, 2):
            ours, theirs = by_seed(rows, arm, measure.key), by_seed(rows, less, measure.key)
            shared = sorted({*ours} & {*theirs})
            if len(shared) > 1:
                numbers = [ours[seed] - theirs[seed] for seed in shared]
                differences.append({"measure": measure.key, "arm": arm, "less": less, **spread(numbers)})
    return differences


def hours(rows: List[Row]) -> float:
    """Hours that these rows took, as far as they say."""
    return sum(row["seconds"] or 0 for row in rows) / 3600


def head(study: Any, rows: List[Row]) -> Dict[str, Any]:
    """All that a file of results says before its rows."""
    return {"study": study.name, "question": study.question, "version": study.version, "beside": study.beside,
            "hours": round(hours(rows), 3), "summary": summary(study, rows), "paired": paired(study, rows)}


def words(numbers: Dict[str, Any]) -> str:
    """Mean, spread, n and interval in a line."""
    text = f"{numbers['mean']:.4g}"
    if numbers["sd"] is not None:
        low, high = numbers["interval"]
        text += f" ± {numbers['sd']:.2g}, 95 % interval of the mean {low:.4g} to {high:.4g}"
    return f"{text}; n = {numbers['n']}"


def show(study: Any, rows: List[Row]) -> str:
    """The summary as text, with what is stale and why."""
    lines = [f"{study.name}: {study.question}"]
    for arm, measured in summary(study, rows).items():
        lines += [f"  {arm}, {key}: {words(numbers)}" for key, numbers in measured.items()]
    for difference in paired(study, rows):
        lines.append(f"  {difference['arm']} less {difference['less']}, {difference['measure']}, by seed: "
                     + words(difference))
    for row in rows:
        if stale(study, row):
            lines.append(f"  stale: {row['arm']}, seed {row['seed']}: {'; '.join(stale(study, row))}")
    return "\n".join(lines)
