"""Verdicts from rows of a toy study, beside what scipy and a textbook give."""
import pytest
from scipy import stats

from experiments import verdicts
from experiments.figures import Results
from experiments.ledger import claim_of
from experiments.rows import write
from experiments.study import Measure, Study

ARMS = ("high", "low", "other")


def study_of(**more):
    return Study(name="toy", question="?", arms={arm: {"arm": arm} for arm in ARMS}, run=lambda one: {},
                 seeds=range(9), measures=[Measure("x", "points")], **more)


def results(folder, study=None, **values):
    """A file of results with these values of each arm, seed by seed."""
    study = study or study_of()
    rows = [{"arm": arm, "seed": seed, "values": number if isinstance(number, dict) else {"x": number},
             "configuration": {"arm": arm}, "edition": None, "version": 1, "seconds": 1.0, "command": "-",
             "commit": None, "finished": f"2025-01-01 00:00:{seed:02d}", "versions": None, "machine": None,
             "cores": None, "threads": 1, "load": None, "first_losses": None}
            for arm, numbers in values.items() for seed, number in enumerate(numbers)]
    folder.mkdir(exist_ok=True)
    write(study, rows, folder)
    return Results(study, folder)


def judge(found, *arms, test="greater", **more):
    return verdicts.evidence(claim_of({"id": "c", "says": "s", "at": "p", "study": "toy", "key": "x", "arms": [*arms],
                                       "test": test, **more}), found)


def test_pairs_decide_where_the_arms_alone_would_not(tmp_path):
    found = results(tmp_path, high=[1.1, 5.2, 9.1, 3.15], low=[1.0, 5.0, 9.0, 3.0])
    seen = judge(found, "high", "low")
    assert seen.verdict == "supported" and judge(found, "low", "high").verdict == "contradicted"
    assert judge(found, "low", "high", test="less").verdict == "supported"
    differences = [0.1, 0.2, 0.1, 0.15]
    assert seen.interval == pytest.approx(stats.t.interval(0.95, 3, sum(differences) / 4, stats.sem(differences)))
    assert judge(found, "high", "low", than=0.2).verdict != "supported"


def test_chance_decides_nothing_and_neither_does_one_seed(tmp_path):
    found = results(tmp_path, high=[1.0, 2.0, 3.0], low=[2.0, 1.5, 2.2], other=[1.0])
    assert judge(found, "high", "low").verdict == "undecided"
    assert judge(found, "high", "other") == verdicts.Evidence(
        "undecided", "x: high less other, by seed", 0.0, "1 seed each", None)


def test_one_net_is_judged_by_its_images(tmp_path):
    found = results(tmp_path, high=[{"x": 0.9209, "n": 10_000}])
    seen = judge(found, "high", than=0.917)
    same = stats.binomtest(9209, 10_000).proportion_ci(0.95, "exact")
    assert seen.interval == pytest.approx((same.low, same.high)) and seen.verdict == "undecided"
    assert judge(found, "high", than=0.91).verdict == "supported"
    assert judge(found, "high", than=0.95).verdict == "contradicted"


def test_an_ordering_is_as_sure_as_its_least_sure_step(tmp_path):
    clear = results(tmp_path / "1", high=[3.0, 3.1, 3.2], low=[2.0, 2.11, 2.2], other=[1.0, 1.12, 1.2])
    assert judge(clear, "high", "low", "other", test="ordering").verdict == "supported"
    assert judge(clear, "high", "other", "low", test="ordering").verdict == "contradicted"
    unclear = results(tmp_path / "2", high=[3.0, 3.1, 3.2], low=[2.0, 2.11, 2.2], other=[1.0, 3.12, 1.2])
    seen = judge(unclear, "high", "low", "other", test="ordering")
    assert seen.verdict == "undecided" and "low less other" in seen.quantity and seen.level == 0.975


def test_equivalence_takes_a_narrow_interval(tmp_path):
    found = results(tmp_path, high=[1.0, 2.0, 3.0, 4.0], low=[1.01, 1.98, 3.0, 4.01], other=[0.0, 3.0, 2.0, 5.0])
    assert judge(found, "high", "low", test="equivalent", margin=0.1).verdict == "supported"
    assert judge(found, "high", "low", test="equivalent", margin=0.001).verdict == "undecided"
    assert judge(found, "high", "other", test="equivalent", margin=0.1).verdict == "undecided"
    assert judge(found, "high", test="within", within=[-5, 10]).verdict == "supported"
    assert judge(found, "high", test="within", within=[9, 10]).verdict == "contradicted"


def test_a_published_mean_has_a_spread_too(tmp_path):
    study = study_of(beside={"high": {"theirs": {"mean": 90.0, "sd": 1.0}}}, paired=False)
    ours = [0.90, 0.91, 0.895, 0.905]
    found = results(tmp_path, study, high=ours)
    seen = judge(found, "high", test="equivalent", published="theirs", margin=0.02)
    assert seen.verdict == "supported" and seen.estimate == pytest.approx(0.0025) and seen.level == pytest.approx(0.9)
    welch = stats.ttest_ind_from_stats(0.9025, stats.tstd(ours), 4, 0.9, 0.01, 10, equal_var=False)
    low, high = verdicts.welch(ours, 0.9, 0.01, 10, 1 - welch.pvalue)
    assert min(abs(low), abs(high)) == pytest.approx(0, abs=1e-9)  # at its own level the interval ends at zero


def test_a_ratio_of_medians_is_as_sure_as_its_quartiles(tmp_path):
    def step(median, spread, n=30):
        return {"median": median, "low": median - spread, "high": median + spread, "n": n}
    found = results(tmp_path, high=[{"a": step(1.2, 0.05), "b": step(1.0, 0.05), "c": 2.0}], low=[{"d": 0.5}])
    assert judge(found, "high", test="ratio", key="a over b", than=1.0).verdict == "supported"
    assert judge(found, "high", test="ratio", key="b over a", than=1.0).verdict == "contradicted"
    assert judge(found, "high", test="ratio", key="a over b", than=1.19).verdict == "undecided"
    alone = judge(found, "high", "low", test="ratio", key="c over d", than=1.0)
    assert (alone.verdict, alone.estimate, alone.interval) == ("undecided", 4.0, None)
