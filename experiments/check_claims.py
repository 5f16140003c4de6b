"""Does the course say what its results say? Each claim at its place, with its numbers and its verdict; each number."""
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Set

from experiments import ledger, prose
from experiments.arithmetic import Number
from experiments.figures import Results
from experiments.grounds import Grounds, agrees, total
from experiments.ledger import Claim, Ledger, LedgerError
from experiments.prose import Course, Exemption
from experiments.rows import RESULTS, ROOT, stale
from experiments.verdicts import Evidence, evidence

MOST_EXEMPTIONS = 30


@dataclass(frozen=True)
class Problem:
    """What is wrong. kind: place, disagrees, stale, unsourced, or verdict."""
    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.what}"


@dataclass
class Checked:
    """The ledger beside the course: what is wrong, and what each measured claim's rows say."""
    grounds: Grounds
    evidence: Dict[str, Evidence] = field(default_factory=dict)
    broken: Set[str] = field(default_factory=set)  # computed and cited claims whose comparison does not hold
    problems: List[Problem] = field(default_factory=list)
    hits: Dict[str, int] = field(default_factory=dict)

    def verdict(self, claim: Claim) -> str:
        """One word: what the rows say, or that what it rests on contradicts it, or else what that is."""
        if claim.kind == "measured":
            return self.evidence[claim.id].verdict if claim.id in self.evidence else "undecided"
        return ("undecided" if claim.kind == "open" else
                "contradicted" if claim.against or claim.id in self.broken else claim.kind)

    @property
    def ledger(self) -> Ledger:
        """The ledger that was checked."""
        return self.grounds.ledger

    @property
    def course(self) -> Course:
        """The course that was checked."""
        return self.grounds.course

    def add(self, kind: str, where: str, what: str) -> None:
        self.problems.append(Problem(kind, where, what))


def exemptions(path: Path = ledger.EXEMPTIONS) -> List[Exemption]:
    """The patterns whose numbers need no source. Raises LedgerError for too many."""
    try:
        found = [Exemption(re.compile(each["pattern"]), each["why"]) for each in ledger.load(path).get("exempt", [])]
    except (re.error, LookupError) as error:
        raise LedgerError(f"{path.name}: an exemption is a `pattern` and a `why`: {error!r}") from error
    if len(found) > MOST_EXEMPTIONS:
        raise LedgerError(f"{path.name} has {len(found)} patterns, and {MOST_EXEMPTIONS} are the most")
    return found


def check_place(checked: Checked, claim: Claim) -> None:
    """A claim's marks and numbers stand where they should."""
    for name in claim.at:
        place = checked.course.places.get(name)
        if place is None:
            checked.add("place", claim.id, f"there is no place {name}")
        elif claim.id not in dict(place.marks()):
            checked.add("place", claim.id, f"its mark <!-- claim: {claim.id} --> is not at {name}")
    first = checked.course.places.get(claim.at[0])
    for written, _ in claim.numbers if first else ():
        if not any(written.same(other) for other in first.numbers()):
            checked.add("place", claim.id, f"the number {written.text} does not stand at {first.name}")
    for cell in claim.cells:
        if cell not in checked.course.printed:
            checked.add("place", claim.id, f"there is no code cell {cell}")
    if claim.prints and not any(claim.prints in checked.course.printed.get(cell, "") for cell in claim.cells):
        checked.add("disagrees", claim.id, f"{', '.join(claim.cells)} does not print {claim.prints!r}")


def check_numbers(checked: Checked, claim: Claim) -> None:
    """A claim's numbers are what its ground has, and compare as it says."""
    try:
        for written, what in claim.numbers:
            if not agrees(checked.grounds, claim, written, what):
                checked.add("disagrees", claim.id, f"{written.text} is not " + (what or "among what it rests on") + (
                    f", which is {total(checked.grounds, claim, what):.6g}" if what else ""))
        if claim.holds and not total(checked.grounds, claim, claim.holds):
            checked.broken.add(claim.id)
    except (LookupError, TypeError, ValueError) as error:
        checked.add("disagrees", claim.id, str(error) if isinstance(error, LedgerError) else repr(error))


def check_rows(checked: Checked, claim: Claim) -> None:
    """A measured claim's rows are those of today's code, and what they say is what the prose says."""
    found = checked.grounds.results[claim.study]
    for row in found.rows:
        reasons = stale(found.study, row) if row["arm"] in claim.arms else []
        if reasons:
            checked.add("stale", claim.id, f"{claim.study}, {row['arm']}, seed {row['seed']}: {'; '.join(reasons)}")
    try:
        checked.evidence[claim.id] = evidence(claim, found)
    except LedgerError as error:
        checked.add("disagrees", claim.id, str(error))


def check_marks(checked: Checked) -> None:
    """Each mark belongs to a claim, and says of it what the evidence says."""
    claims = {claim.id: claim for claim in checked.ledger.claims}
    for place in checked.course.places.values():
        for name, said in place.marks():
            if name not in claims:
                checked.add("place", place.name, f"the mark of {name!r} belongs to no claim of the ledger")
                continue
            if place.name not in claims[name].at:
                checked.add("place", name, f"it is marked at {place.name}, which is not among its places")
            verdict = checked.verdict(claims[name])
            due = verdict if verdict in ("undecided", "contradicted") else "supported"
            if said != due:
                checked.add("disagrees", name, f"{place.name} says {said}, and the evidence {due}: {claims[name].says}")


def check_prose(checked: Checked, exempt: List[Exemption]) -> None:
    """Each quantity in prose has a source."""
    claimed: Dict[str, List[Number]] = {}
    for claim in checked.ledger.claims:
        for name in claim.at:
            claimed.setdefault(name, []).extend(written for written, _ in claim.numbers)
    checked.hits.update({each.why: 0 for each in exempt})
    for place in checked.course.places.values():
        for number in prose.unsourced(place, claimed.get(place.name, []), exempt, checked.hits):
            around = " ".join(place.text[max(0, number.start - 40):number.end + 20].split())
            checked.add("unsourced", place.name, f"{number.text.strip()} in “…{around}…” has no source: compute it "
                        "in the cell beside, or give it a claim in claims.toml")


def check(root: Path = ROOT, results: Path = RESULTS, book: Optional[Ledger] = None,
          exempt: Optional[List[Exemption]] = None) -> Checked:
    """The course under `root` beside the ledger. Raises LedgerError for a ledger that cannot be checked."""
    from experiments.__main__ import studies
    book = book or ledger.read()
    names = sorted({claim.study for claim in book.claims if claim.study})
    try:
        found = studies(names)
    except (ImportError, AttributeError) as error:
        raise LedgerError(f"a claim names a study that is not there: {error}") from error
    checked = Checked(Grounds(book, prose.read_course(root), {name: Results(found[name], results) for name in names}))
    for claim in book.claims:
        check_place(checked, claim)
        if claim.kind == "measured":
            check_rows(checked, claim)
        check_numbers(checked, claim)
    check_marks(checked)
    check_prose(checked, exemptions() if exempt is None else exempt)
    return checked


def cost(checked: Checked, claim: Claim) -> str:
    """What it takes to have the evidence again, in words."""
    if claim.kind == "measured":
        rows = [row for row in checked.grounds.results[claim.study].fresh if row["arm"] in claim.arms]
        minutes = sum(row["seconds"] or 0 for row in rows) / 60
        return f"{len(rows)} run{'s' * (len(rows) > 1)}, {max(minutes, 1):,.0f} min"
    return f"notebook {int(claim.cells[0][:2])}" if claim.cells else ""
