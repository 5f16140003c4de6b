"""The ledger of the course's claims: CLAIMS.md, written from claims.toml, the studies' rows and the prose.

    python -m experiments.claims                how many claims there are, of which kind; what is wrong, if anything
    python -m experiments.claims --write        writes CLAIMS.md
    python -m experiments.claims --check        exit status 1 where something is wrong, or CLAIMS.md says something else
"""
import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import List, Optional, Sequence

from experiments.check_claims import Checked, Problem, check, cost
from experiments.ledger import Claim, LedgerError
from experiments.rows import RESULTS, ROOT

VERDICTS = ("supported", "contradicted", "undecided", "computed", "cited")
HEAD = """# Claims

What this course claims about training, and what each claim rests on. Made by `python -m experiments.claims --write`
from [the ledger](experiments/claims.toml), the rows in `experiments/results/` and the prose; `make lint` fails where
they disagree.

* *Supported*, *contradicted*: by the rows of a study, at the level of the interval beside it (95 %, where nothing else
  is said). *Undecided*: the interval holds both answers, or there is no interval, or no study yet.
* *Computed*: a cell of the notebook prints it. That is one run on one machine, an example and not a finding.
* *Cited*: a published figure, which nothing here has repeated.
* Where a printed or published figure speaks against a claim, it is *contradicted* as well, by no more than that.

Intervals are Student's, over seeds; of one run's accuracy the exact binomial one, over images; of a ratio of times,
over steps of one run. Verdicts are about the settings of their study: small networks, few epochs, Fashion-MNIST at 28
pixels or short time series. `python -m experiments.recheck --minutes 20` runs some of the rows again and judges them.
"""


def counts(checked: Checked) -> str:
    """How many claims there are, by verdict."""
    found = Counter(checked.verdict(claim) for claim in checked.ledger.claims)
    return f"{len(checked.ledger.claims)} claims: " + ", ".join(f"{found[verdict]} {verdict}" for verdict in VERDICTS)


def where(claim: Claim) -> str:
    """A claim's places, for a reader: "notebook 6", "README"."""
    names = [name.partition(":")[0] for name in claim.at]
    return ", ".join(dict.fromkeys(f"notebook {int(name)}" if name.isdigit() else name for name in names))


def number(value: float) -> str:
    return f"{value:.4g}"


def compared(checked: Checked, claim: Claim) -> str:
    """What a computed or cited claim was compared by, and its control."""
    holds = f" ({claim.holds}{' does not hold' if claim.id in checked.broken else ''})" if claim.holds else ""
    return holds + f' ("{claim.prints}")' * bool(claim.prints) + f"; control: {claim.control}" * bool(claim.control)


def ground(checked: Checked, claim: Claim) -> str:
    """What a claim rests on, in words."""
    if claim.kind == "measured":
        words = f"`{claim.study}`"
        if claim.id in checked.evidence:
            found = checked.evidence[claim.id]
            words += f"; {found.quantity}: {number(found.estimate)}"
        return words + (f"; control: {claim.control}" if claim.control else "")
    if claim.kind == "computed":
        cells = "cell" + "s" * (len(claim.cells) > 1)
        return f"printed by {cells} {', '.join(claim.cells)}{compared(checked, claim)}"
    if claim.kind == "cited":
        return "; ".join(checked.ledger.sources[name].what for name in claim.source) + compared(checked, claim)
    return f"no study yet: {claim.needs}"


def line(checked: Checked, claim: Claim) -> str:
    """A claim as a row of the table."""
    found = checked.evidence.get(claim.id)
    interval = ""
    if found and found.interval:
        interval = f"{number(found.interval[0])} to {number(found.interval[1])}" + (
            "" if found.level == 0.95 else f" ({100 * found.level:.3g} %)")
    cells = (claim.says, where(claim), ground(checked, claim), found.n if found else "", interval,
             checked.verdict(claim), cost(checked, claim))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def table(checked: Checked, title: str, claims: List[Claim]) -> List[str]:
    if not claims:
        return []
    return ["", f"## {title}", "", "| claim | where | evidence | n | interval | verdict | to run again |",
            "|---|---|---|---|---|---|---|", *(line(checked, claim) for claim in claims)]


def document(checked: Checked) -> str:
    """CLAIMS.md."""
    usual = [claim for claim in checked.ledger.claims if not claim.popular]
    text = [HEAD, counts(checked) + "."]
    text += table(checked, "What is often said", [claim for claim in checked.ledger.claims if claim.popular])
    for title, kind in (("Measured in a study", "measured"), ("Open: nothing here carries it yet", "open"),
                        ("Computed in a notebook, once", "computed"), ("Cited", "cited")):
        text += table(checked, title, [claim for claim in usual if claim.kind == kind])
    return "\n".join(text) + "\n"


def against(checked: Checked, path: Path) -> List[Problem]:
    """Where CLAIMS.md is not what it would be now."""
    due, now = document(checked), path.read_text(encoding="utf8") if path.exists() else ""
    if due == now:
        return []
    lines = [line for line in due.splitlines() if line not in now.splitlines()] or ["the same lines, in another order"]
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return [Problem("verdict", path.name, f"python -m experiments.claims --write would put there: {lines[0]}{more}")]


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--results", type=Path, default=RESULTS, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    try:
        checked = check(given.root, given.results)
    except LedgerError as error:
        raise SystemExit(f"the ledger cannot be checked: {error}") from error
    problems, path = list(checked.problems), given.root / "CLAIMS.md"
    if given.write:
        path.write_text(document(checked), encoding="utf8")
    else:
        problems += against(checked, path)
    print(counts(checked))
    print(f"{len(checked.hits)} exemptions, {sum(checked.hits.values())} hits: "
          + "; ".join(f"{why} {hits}" for why, hits in checked.hits.items()))
    print(*problems, sep="\n", end="\n" * bool(problems))
    return int(given.check and bool(problems))


if __name__ == "__main__":
    sys.exit(main())
