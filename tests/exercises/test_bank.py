"""The checks know right from wrong: every right solution of the bank passes, every fault is named as it should be."""
import functools
import importlib
import time
from pathlib import Path

from resnet_gluon.exercises import check

import pytest

MODULES = [importlib.import_module(path.stem) for path in sorted(Path(__file__).parent.glob("bank_*.py"))]
BANKS = [bank for module in MODULES for bank in getattr(module, "BANKS", None) or [module.BANK]]
ENTRIES = [entry for bank in BANKS for entry in bank.entries]
BLOCKS = ("residual-block", "plain-block", "bottleneck-block", "preactivation-block", "residual-block-1d")
# Code that is stopped can be so while it frees an array.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
LIMIT = 2  # seconds, a check


@functools.lru_cache(maxsize=None)
def checked(entry):
    return check(entry.exercise, entry.attempt, **({"seconds": entry.seconds} if entry.seconds else {}))


def quick(entry):
    """Whether one of three checks is: what else runs on the machine only adds to the time."""
    if checked(entry).seconds < LIMIT:
        return True
    for _ in range(2):
        began = time.process_time()
        if min(check(entry.exercise, entry.attempt).seconds, time.process_time() - began) < LIMIT:
            return True
    return False


def faults(result):
    return [finding.rule for finding in result.findings if not finding.remark]


def told_apart(entry):
    rules = faults(checked(entry))
    return rules[:1] == [entry.rule] if entry.rule else not rules


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.exercise}: {entry.rule or 'right'}: {entry.name}")
def test_the_verdict(entry):
    result = checked(entry)
    assert told_apart(entry), result
    assert "Checking your code" not in str(result), "the check met something that it does not foresee"
    assert entry.seconds or quick(entry)


def test_the_bank_is_large_enough():
    for name in BLOCKS:
        assert sum(entry.exercise == name and entry.rule is None for entry in ENTRIES) >= 6, name
    assert sum(entry.rule is not None for entry in ENTRIES) >= 100


def test_the_two_figures(capsys):
    """How many faults are caught, and how many right solutions are rejected."""
    wrong, right = ([e for e in ENTRIES if (e.rule is None) == is_right] for is_right in (False, True))
    caught, rejected = sum(map(told_apart, wrong)), len(right) - sum(map(told_apart, right))
    with capsys.disabled():
        print(f"\n{caught} of {len(wrong)} faults caught and named; "
              f"{rejected} of {len(right)} right solutions rejected")
    assert (caught, rejected) == (len(wrong), 0)
