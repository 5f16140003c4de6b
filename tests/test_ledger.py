"""Entries of the ledger that cannot be checked are refused by name."""
import pytest

from experiments import check_claims, ledger, verdicts
from experiments.__main__ import studies
from experiments.figures import Results
from experiments.ledger import LedgerError, claim_of
from experiments.rows import RESULTS


@pytest.mark.parametrize("entry, words", [
    ({"sorce": "he2015"}, "unknown: sorce"), ({"study": "shortcuts"}, "rests on one thing"),
    ({"study": "shortcuts", "test": "greater", "cells": "01:a"}, "rests on one thing"), ({}, "says by `needs`"),
    ({"study": "shortcuts", "test": "greater", "arms": ["A", "B"], "control": "C"}, "none of its arms"),
    ({"study": "shortcuts", "test": "greater", "against": True}, "decide where there are any"),
    ({"cells": "01:a", "says": "It learns because of its shortcut"}, "names no control"),
    ({"cells": "01:a", "numbers": ["none"]}, "holds 0 numbers")])
def test_an_entry_that_cannot_be_checked_is_refused_by_name(entry, words):
    with pytest.raises(LedgerError, match=f"^x: .*{words}"):
        claim_of({"id": "x", "says": "y", "at": "z", **entry})


def test_a_claim_about_an_arm_that_is_not_there_says_which_there_are():
    claim = claim_of({"id": "x", "says": "y", "at": "z", "study": "shortcuts", "test": "greater", "key": "val_accuracy",
                      "arms": ["A", "D"]})
    with pytest.raises(LedgerError, match="no arm 'D'; it has A, B, C, none"):
        verdicts.evidence(claim, Results(studies(["shortcuts"])["shortcuts"], RESULTS))


def test_more_patterns_than_allowed_are_refused(tmp_path):
    file = tmp_path / "exemptions.toml"
    file.write_text("[[exempt]]\nwhy = 'x'\npattern = 'x'\n" * (check_claims.MOST_EXEMPTIONS + 1), encoding="utf8")
    with pytest.raises(LedgerError, match="31 patterns"):
        check_claims.exemptions(file)


def test_two_claims_of_one_name_are_refused(tmp_path):
    file = tmp_path / "claims.toml"
    file.write_text("[[claim]]\nid = 'x'\nsays = 'y'\nat = 'z'\nneeds = 'a study'\n" * 2, encoding="utf8")
    with pytest.raises(LedgerError, match="two claims have the id x"):
        ledger.read(file)
