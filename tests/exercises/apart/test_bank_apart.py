"""The bank, judged apart: the same code is right, the same wrong, for a judge that has nothing but answers."""
import pytest
from whole_bank import Apart, load

ENTRIES = list(enumerate(load()))
FIFTH = ENTRIES[3::5]


@pytest.fixture(scope="module")
def judge():
    """One process for all: solutions that end it, or do not end, cost a new one."""
    apart = Apart()
    yield apart.judge
    apart.student.end()


def name(numbered):
    return f"{numbered[1].exercise}: {numbered[1].rule or 'right'}: {numbered[1].name}"


def check(judge, number, entry):
    verdict = judge(number, entry)
    assert verdict.passed == (entry.rule is None), verdict


@pytest.mark.slow
@pytest.mark.parametrize("numbered", FIFTH, ids=name)
def test_every_fifth(judge, numbered):
    check(judge, *numbered)


@pytest.mark.long
@pytest.mark.parametrize("numbered", [numbered for numbered in ENTRIES if numbered not in FIFTH], ids=name)
def test_all_others(judge, numbered):
    check(judge, *numbered)
