"""The ledger, claims.toml: what the course claims about training, and what each claim rests on.

A claim has an id, a place (prose.py says how places are called) and a sentence, and one of these grounds:

* measured: `study`, `key` and `arms`, and a `test` that verdicts.py knows. Its verdict is computed from the rows.
* computed: `cells`, the code cells that print its numbers, or the text `prints`.
* cited: `source`, a published work whose figures stand under [source.NAME] in the ledger.
* open: none of these. Its verdict is "undecided" until there is a study; `needs` says which.

`numbers` lists the claim's numbers as they are written at its (first) place, each with what it is: a sum over the
rows, such as "mean('A')", over what the cells print, or over the source's figures. Without one the number itself has
to stand there. `holds` is what a computed or cited claim says of such numbers, as a comparison: where it does not hold,
the claim is contradicted. Where there is nothing to compare, `against` says so. `control` names the arm that differs in
the cause alone, where the sentence is a causal one; `popular` says that it is often heard.
"""
import re
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from experiments.arithmetic import Number, number

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LEDGER, EXEMPTIONS = Path(__file__).with_name("claims.toml"), Path(__file__).with_name("exemptions.toml")
CAUSAL = re.compile(r"\b(?:because|causes?|caused|due to|thanks to|owing to|keeps? .* from)\b")
Expected = Tuple[Number, str]


class LedgerError(ValueError):
    """The ledger says something that cannot be checked. The message names the claim."""


@dataclass(frozen=True)
class Claim:
    """A sentence of the course. The module's text says what the fields are; verdicts.py those of a test."""
    id: str
    says: str
    at: Tuple[str, ...]
    numbers: Tuple[Expected, ...] = ()
    study: Optional[str] = None
    key: Optional[str] = None
    arms: Tuple[str, ...] = ()
    test: Optional[str] = None
    than: float = 0.0
    within: Tuple[float, float] = (0.0, 0.0)
    margin: float = 0.0
    published: Optional[str] = None
    level: float = 0.95
    control: Optional[str] = None
    cells: Tuple[str, ...] = ()
    source: Tuple[str, ...] = ()
    prints: Optional[str] = None
    holds: Optional[str] = None
    against: bool = False
    popular: bool = False
    needs: Optional[str] = None

    @property
    def kind(self) -> str:
        """What the claim rests on."""
        return "measured" if self.study else "computed" if self.cells else "cited" if self.source else "open"


@dataclass(frozen=True)
class Source:
    """A published work: what it is, and its figures by what they are. The name of one in per cent ends in %."""
    what: str
    values: Dict[str, float]


@dataclass(frozen=True)
class Ledger:
    """All claims, and the works that they cite."""
    claims: Tuple[Claim, ...]
    sources: Dict[str, Source]


def in_tuple(value: Any) -> Tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def expected(item: Any) -> Expected:
    """A number as it is written, and what it is: itself where nothing more is said."""
    written, what = (item, "") if isinstance(item, str) else item
    return number(written), what


def claim_of(entry: Dict[str, Any]) -> Claim:
    """A claim from its entry. Raises LedgerError for what is no claim."""
    name = entry.get("id", "a claim without an id")
    unknown = set(entry) - {field.name for field in fields(Claim)}
    if unknown:
        raise LedgerError(f"{name}: unknown: {', '.join(sorted(unknown))}; a claim has "
                          + ", ".join(field.name for field in fields(Claim)))
    plain = {key: in_tuple(value) if key in ("at", "arms", "cells", "source", "within") else value
             for key, value in entry.items()}
    try:
        claim = Claim(**{**plain, "numbers": tuple(map(expected, entry.get("numbers", [])))})
    except (TypeError, ValueError) as error:
        raise LedgerError(f"{name}: {error}") from error
    grounds = [ground for ground in (claim.study, claim.cells, claim.source) if ground]
    if len(grounds) > 1 or (claim.study is None) != (claim.test is None):
        raise LedgerError(f"{name}: a claim rests on one thing: study (with a test), cells, source or nothing")
    if claim.kind == "open" and not claim.needs:
        raise LedgerError(f"{name}: a claim that nothing carries says by `needs` what would")
    if claim.against and (claim.holds or claim.kind not in ("computed", "cited")):
        raise LedgerError(f"{name}: rows, or numbers to compare, decide where there are any, not `against`")
    if CAUSAL.search(claim.says) and claim.kind in ("measured", "computed") and not claim.control:
        raise LedgerError(f"{name}: it says that something is a cause, and names no control")
    if claim.study and claim.control and claim.control not in claim.arms:
        raise LedgerError(f"{name}: its control {claim.control!r} is none of its arms")
    return claim


def load(path: Path) -> Dict[str, Any]:
    """A TOML file. Raises LedgerError where it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LedgerError(f"{path.name}: {error}") from error


def read(path: Path = LEDGER) -> Ledger:
    """The ledger. Raises LedgerError where it cannot be checked as it is."""
    found = load(path)
    claims: List[Claim] = [claim_of(entry) for entry in found.get("claim", [])]
    sources = {name: Source(entry["what"], entry.get("values", {})) for name, entry in found.get("source", {}).items()}
    ids = [claim.id for claim in claims]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise LedgerError(f"two claims have the id {twice[0]}")
    for claim in claims:
        missing = set(claim.source) - set(sources)
        if missing:
            raise LedgerError(f"{claim.id}: no [source.{sorted(missing)[0]}] in the ledger")
    return Ledger(tuple(claims), sources)
