"""What a claim's numbers are: sums over rows, over what cells print, over published figures."""
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any, Callable, Dict, List

from experiments.arithmetic import Number, calculate, numbers
from experiments.figures import Results
from experiments.ledger import Claim, Ledger, LedgerError
from experiments.prose import Course
from experiments.summary import by_seed, half_width, student, value
from experiments.verdicts import differences, of_arm

#: The ends of a mean's 95 % interval, for cells that print mean, standard deviation and n.
INTERVALS: Dict[str, Callable[..., float]] = {"lower": lambda middle, sd, n: middle - student(sd / n ** 0.5, n - 1),
                                              "upper": lambda middle, sd, n: middle + student(sd / n ** 0.5, n - 1)}
PLAIN = 100  # whole numbers up to this one may be used in a sum though no cell prints them, as in "1 - 0.85"


@dataclass(frozen=True)
class Grounds:
    """All that claims rest on: the ledger with its sources, the notebooks' outputs, the studies' rows."""
    ledger: Ledger
    course: Course
    results: Dict[str, Results]


def of_rows(claim: Claim, found: Results) -> Dict[str, Callable[..., float]]:
    """What a measured claim's numbers may call: mean('A'), difference('B', 'A'), row('A', 0), single('A', 'a/b')."""
    own = claim.key or ""

    def values(arm: str, key: str = own) -> List[float]:
        return list(of_arm(claim, found, arm, key).values())

    def single(arm: str, key: str = own) -> float:
        number = value({"values": found.values(arm)}, key)
        if number is None:
            raise LedgerError(f"{claim.id}: the newest row of {arm!r} has no number {key!r}")
        return number

    def row(arm: str, seed: int, key: str = own) -> float:
        return by_seed(found.of(arm), arm, key)[seed]

    def over(function: Callable[[List[float]], float]) -> Callable[..., float]:
        return lambda arm, key=own: function(values(arm, key))

    return {"mean": over(mean), "sd": over(stdev), "n": over(len), "least": over(min), "most": over(max),
            "low": over(lambda each: mean(each) - half_width(each)),
            "high": over(lambda each: mean(each) + half_width(each)),
            "difference": lambda more, less: mean(differences(claim, found, more, less)), "row": row, "single": single}


def known(grounds: Grounds, claim: Claim) -> List[Number]:
    """The numbers that the cells of a computed claim print."""
    return [each for cell in claim.cells for each in numbers(grounds.course.printed.get(cell, ""))]


def total(grounds: Grounds, claim: Claim, expression: str) -> Any:
    """What an expression of a claim comes to. Raises LedgerError where it uses a number that has no source."""
    if claim.study:
        return calculate(expression, of_rows(claim, grounds.results[claim.study]))
    there = [each.value for each in known(grounds, claim)]
    there += [figure for name in claim.source for figure in grounds.ledger.sources[name].values.values()]

    def literal(figure: float) -> None:
        if not (figure in there or isinstance(figure, int) and figure <= PLAIN):
            said = " ".join(" ".join(grounds.course.printed.get(cell, "") for cell in claim.cells).split())[:400]
            ground = (f"printed in {', '.join(claim.cells)}, but: {said}" if claim.cells else
                      f"a figure of {', '.join(claim.source)}")
            raise LedgerError(f"{figure} in {expression!r} is not {ground}")
    return calculate(expression, INTERVALS, literal)


def agrees(grounds: Grounds, claim: Claim, written: Number, what: str) -> bool:
    """Whether a number of a claim is what its ground has."""
    if what:
        return written.rounds(float(total(grounds, claim, what)))
    figures = [(name.endswith("%"), figure) for source in claim.source
               for name, figure in grounds.ledger.sources[source].values.items()]
    return (any(written.rounds(each.value, percent=each.percent) for each in known(grounds, claim))
            or any(written.rounds(figure, percent=percent) for percent, figure in figures))
