"""The checks know right from wrong: every right solution of the bank passes, every fault is named as it should be."""
import contextlib
import ctypes
import gc
import importlib
import statistics
from pathlib import Path

from resnet_gluon.exercises import check
from resnet_gluon.exercises.catalogue import ALL

import faults
import pytest
import written

MODULES = [importlib.import_module(path.stem) for path in sorted(Path(__file__).parent.glob("bank_*.py"))]
BANKS = [bank for module in MODULES for bank in getattr(module, "BANKS", None) or [module.BANK]]
LATER = [entry for bank in written.load() for entry in bank.entries]
WRITTEN = set(LATER)
ENTRIES = [entry for bank in BANKS for entry in bank.entries] + LATER
# Code that is stopped can be so while it frees an array.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
LIMIT = 2  # seconds a check


CHECKED = {}  # the results, by their entries


def checked(entry):
    if entry not in CHECKED:
        CHECKED[entry] = check(entry.exercise, entry.attempt, **({"seconds": entry.seconds} if entry.seconds else {}))
        give_back()
    return CHECKED[entry]


def give_back():
    """Give the memory of nets that are gone back to the system, as glibc does not by itself."""
    if len(CHECKED) % 10 == 0 or list(CHECKED)[-1].exercise == "resnet18":
        gc.collect()
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


def parameters():
    """All entries; of ResNet-18's, which take longest, two of three are left to `make test-long`."""
    for place, entry in enumerate(ENTRIES):
        long = entry.exercise == "resnet18" and place % 3
        yield pytest.param(entry, marks=pytest.mark.long if long else (),
                           id=f"{entry.exercise}: {entry.rule or 'right'}: {entry.name}")


def told_apart(entry):
    """A right one has no fault; a wrong one's first is named by its rule, or in the words set down with it."""
    found = [finding for finding in checked(entry).findings if not finding.remark]
    if entry.rule is None or not found:
        return entry.rule is None and not found
    return faults.named(entry, found[0]) if entry in WRITTEN else found[0].rule == entry.rule


@pytest.mark.parametrize("entry", parameters())
def test_the_verdict(entry):
    result = checked(entry)
    assert told_apart(entry), result
    assert "Checking your code" not in str(result), "the check met something that it does not foresee"


@pytest.mark.parametrize("name", [exercise.name for exercise in ALL])
def test_each_exercise_has_many_solutions(name):
    wrong = [entry.rule is not None for entry in ENTRIES if entry.exercise == name]
    assert wrong.count(False) >= 6 and wrong.count(True) >= 12


def test_the_bank_is_large_enough():
    wrong = [entry.rule is not None for entry in ENTRIES]
    assert wrong.count(False) >= 350 and wrong.count(True) >= 1300


def test_a_check_is_quick(capsys):
    """The quickest of an exercise's right solutions counts: the others can have met a busy machine."""
    seconds = {}
    for entry, result in CHECKED.items():
        if entry.rule is None:
            seconds.setdefault(entry.exercise, []).append(result.seconds)
    with capsys.disabled():
        slowest = max(seconds, key=lambda name: statistics.median(seconds[name]), default=None)
        if slowest:
            print(f"\nslowest check: {slowest}, median {statistics.median(seconds[slowest]):.2f} s")
    assert {name: times for name, times in seconds.items() if min(times) >= LIMIT} == {}


def test_the_two_figures(capsys):
    """How many faults are caught, and how many right solutions are rejected, of those that were checked before."""
    wrong, right = ([e for e in CHECKED if (e.rule is None) == is_right] for is_right in (False, True))
    caught, rejected = sum(map(told_apart, wrong)), len(right) - sum(map(told_apart, right))
    with capsys.disabled():
        print(f"\n{caught} of {len(wrong)} faults caught and named; "
              f"{rejected} of {len(right)} right solutions rejected")
    assert (caught, rejected) == (len(wrong), 0)
