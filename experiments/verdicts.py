"""Whether a study's rows carry a claim: supported, contradicted, or undecided at this n.

Each test puts a number with its interval (of the claim's `level`, 95 % unless it says otherwise) beside a bound. Where
arms share seeds, it is the mean of their differences seed by seed, with Student's interval.

greater, less     arms [X, Y]: X above (below) Y by more than `than`; arms [X]: X above (below) `than`. Where X has one
                  row, and that says on how many images its share was found: by the exact binomial interval.
ordering          arms [X, Y, Z]: each above the next; the level is shared out among the steps (Bonferroni).
within            arms [X]: inside `within`, of which there are two.
equivalent        arms [X, Y], or [X] beside the figure that the study calls `published`: they differ by less than
                  `margin`. Two one-sided tests, so the interval is that of 90 % for a level of 95 %.
ratio             key "A/train over B/train", in the row of arms [X] or in those of [X, Y]: more than `than`. Each side
                  has a median, quartiles and n, or a range; a single number has no spread, and gives no interval.
"""
import math
import statistics
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from experiments.figures import Results
from experiments.ledger import Claim, LedgerError
from experiments.summary import by_seed, half_width, student

Interval = Tuple[float, float]
PUBLISHED_RUNS = 10  # of each figure that a study has beside its own: Fawaz et al. 2019


@dataclass(frozen=True)
class Evidence:
    """What the rows say of a claim. n: in words; interval: None where one number has none."""
    verdict: str
    quantity: str
    estimate: float
    n: str
    interval: Optional[Interval]
    level: float = 0.95


def of_mean(values: Sequence[float], level: float) -> Optional[Interval]:
    """The mean's interval; None for one value."""
    if len(values) < 2:
        return None
    mean, half = statistics.mean(values), half_width(values, level)
    return mean - half, mean + half


def binomial(share: float, n: int, level: float) -> Interval:
    """The exact (Clopper-Pearson) interval of a share that was found on n images."""
    from scipy.stats import beta
    hits, tail = round(share * n), (1 - level) / 2
    return (float(beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0,
            float(beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0)


def welch(ours: Sequence[float], mean: float, sd: float, n: int, level: float) -> Interval:
    """The interval of the difference between the mean of ours and a published one."""
    mine, theirs = statistics.variance(ours) / len(ours), sd ** 2 / n
    degrees = (mine + theirs) ** 2 / (mine ** 2 / (len(ours) - 1) + theirs ** 2 / (n - 1))
    half = student(math.sqrt(mine + theirs), degrees, level)
    return statistics.mean(ours) - mean - half, statistics.mean(ours) - mean + half


def above(interval: Optional[Interval], bound: float) -> str:
    """Whether a number is above a bound, as far as its interval says."""
    if interval is None or interval[0] <= bound <= interval[1]:
        return "undecided"
    return "supported" if interval[0] > bound else "contradicted"


def inside(narrow: Optional[Interval], wide: Optional[Interval], low: float, high: float) -> str:
    """Whether a number is between two bounds: supported by its narrower interval, contradicted by the wider."""
    if narrow is None or wide is None:
        return "undecided"
    if low < narrow[0] and narrow[1] < high:
        return "supported"
    return "contradicted" if wide[0] > high or wide[1] < low else "undecided"


def of_arm(claim: Claim, found: Results, arm: str, key: Optional[str] = None) -> Dict[int, float]:
    """An arm's numbers by seed, fresh rows alone. Raises LedgerError where there are none."""
    if arm not in found.study.arms:
        raise LedgerError(f"{claim.id}: {claim.study} has no arm {arm!r}; it has {', '.join(found.study.arms)}")
    key = key or claim.key or ""
    numbers = by_seed(found.fresh, arm, key)
    if not numbers:
        raise LedgerError(f"{claim.id}: {claim.study} has no fresh row of {arm!r} with a number {key!r}")
    return numbers


def seeds(n: int) -> str:
    return f"{n} seed{'s' * (n > 1)}"


def differences(claim: Claim, found: Results, more: str, less: str) -> List[float]:
    """`more` less `less`, seed by seed."""
    ours, theirs = of_arm(claim, found, more), of_arm(claim, found, less)
    return [ours[seed] - theirs[seed] for seed in sorted({*ours} & {*theirs})]


def one_or_two(claim: Claim, found: Results) -> Evidence:
    """greater and less."""
    sign = -1 if claim.test == "less" else 1
    if len(claim.arms) == 2:
        values = differences(claim, found, *claim.arms)
        quantity, n = f"{claim.key}: {claim.arms[0]} less {claim.arms[1]}, by seed", f"{seeds(len(values))} each"
        interval = of_mean(values, claim.level)
    else:
        values = list(of_arm(claim, found, claim.arms[0]).values())
        quantity, n, interval = f"{claim.key} of {claim.arms[0]}", seeds(len(values)), of_mean(values, claim.level)
        images = found.values(claim.arms[0]).get("n")
        if len(values) == 1 and isinstance(images, int):
            n, interval = f"one seed, {images:,} images", binomial(values[0], images, claim.level)
    if not values:
        raise LedgerError(f"{claim.id}: its arms have no seed in common")
    turned = interval and (sign * interval[0], sign * interval[1])
    verdict = above(turned and (min(turned), max(turned)), sign * claim.than)
    return Evidence(verdict, quantity, statistics.mean(values), n, interval, claim.level)


def ordering(claim: Claim, found: Results) -> Evidence:
    """Each arm above the next."""
    steps = [differences(claim, found, *pair) for pair in zip(claim.arms, claim.arms[1:])]
    level = 1 - (1 - claim.level) / len(steps)
    intervals = [of_mean(step, level) for step in steps]
    verdicts = [above(interval, claim.than) for interval in intervals]
    verdict = ("contradicted" if "contradicted" in verdicts else
               "supported" if set(verdicts) == {"supported"} else "undecided")
    weakest = min(range(len(steps)), key=lambda step: (intervals[step] or (-math.inf,))[0])
    return Evidence(verdict, f"{claim.key}: the least sure step, {claim.arms[weakest]} less {claim.arms[weakest + 1]}",
                    statistics.mean(steps[weakest]), f"{seeds(len(steps[weakest]))} each", intervals[weakest], level)


def within(claim: Claim, found: Results) -> Evidence:
    values = list(of_arm(claim, found, claim.arms[0]).values())
    interval = of_mean(values, claim.level)
    return Evidence(inside(interval, interval, *claim.within), f"{claim.key} of {claim.arms[0]}",
                    statistics.mean(values), seeds(len(values)), interval, claim.level)


def equivalent(claim: Claim, found: Results) -> Evidence:
    """Two arms, or an arm and a published mean, within a margin."""
    one_sided = 2 * claim.level - 1
    if claim.published:
        values, arm = list(of_arm(claim, found, claim.arms[0]).values()), claim.arms[0]
        figure = found.study.beside[arm][claim.published]
        known = (figure["mean"] / 100, figure["sd"] / 100, PUBLISHED_RUNS)
        estimate, n = statistics.mean(values) - known[0], f"{seeds(len(values))} beside {PUBLISHED_RUNS}"
        narrow, wide = (welch(values, *known, level) for level in (one_sided, claim.level))
        quantity = f"{claim.key}: {arm} less the published mean"
    else:
        values = differences(claim, found, *claim.arms)
        estimate, n = statistics.mean(values), f"{seeds(len(values))} each"
        narrow, wide = of_mean(values, one_sided), of_mean(values, claim.level)
        quantity = f"{claim.key}: {claim.arms[0]} less {claim.arms[1]}, by seed"
    return Evidence(inside(narrow, wide, -claim.margin, claim.margin), quantity, estimate, n, narrow,
                    one_sided)


def side(claim: Claim, found: Results, arm: str, path: str) -> Tuple[float, Optional[float], str]:
    """One side of a ratio: its number, its logarithm's standard error as far as the row says, and n in words.

    A median's standard error is 0.93 quartile distances over the root of n. A row without n has a range.
    """
    part: Any = found.values(arm)
    for name in path.split("/"):
        part = part[name]
    if not isinstance(part, dict):
        return float(part), None, "one run"
    median, low, high, n = part["median"], part["low"], part["high"], part.get("n")
    if n is None:
        return median, math.log(high / low) / 4, "a range"  # about two errors to either side
    return median, 0.93 * (high - low) / median / math.sqrt(n), f"{n} steps"


def ratio(claim: Claim, found: Results) -> Evidence:
    """The ratio of two medians, in one row or in two."""
    from scipy.stats import norm
    paths = (claim.key or "").split(" over ")
    (over, error, n), (under, other, m) = (side(claim, found, arm, path) for arm, path in zip(
        claim.arms * (3 - len(claim.arms)), paths))
    estimate, spread = over / under, math.hypot(error or 0, other or 0)
    factor = math.exp(float(norm.ppf((1 + claim.level) / 2)) * spread)
    interval = (estimate / factor, estimate * factor) if error is not None and other is not None else None
    return Evidence(above(interval, claim.than), f"{claim.key}, medians", estimate, n if n == m else f"{n} over {m}",
                    interval, claim.level)


TESTS: Dict[str, Callable[[Claim, Results], Evidence]] = {
    "greater": one_or_two, "less": one_or_two, "ordering": ordering, "within": within, "equivalent": equivalent,
    "ratio": ratio}


def evidence(claim: Claim, found: Results) -> Evidence:
    """What the rows say of a measured claim. Raises LedgerError where they cannot be asked so."""
    if claim.test not in TESTS:
        raise LedgerError(f"{claim.id}: unknown test {claim.test!r}; there are {', '.join(TESTS)}")
    try:
        return TESTS[claim.test](claim, found)
    except (LookupError, TypeError) as error:
        raise LedgerError(f"{claim.id}: {claim.test} over {', '.join(claim.arms)}: {error!r}") from error
