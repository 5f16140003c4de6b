"""Rows run again: what is drawn, what is judged, what is said of the rest."""
from dataclasses import replace

import pytest

from experiments import recheck, rows
from experiments.recheck import Draw, Judgement
from tests.test_rows import row_of
from tests.toy_study import STUDY


@pytest.fixture
def results(tmp_path):
    rows.write(STUDY, [row_of(arm, seed) for arm in STUDY.arms for seed in range(3 if arm == "small" else 2)], tmp_path)
    return tmp_path


def test_what_can_be_judged_is_drawn_by_a_seed(results):
    able, unable = recheck.sort_out({"toy": STUDY}, results, minutes=1)
    assert [(draw.arm, draw.seed) for draw in able] == [("small", 0), ("small", 1), ("small", 2)]
    assert unable == ["toy, large, and wide: it has 2 rows, and it takes 3"]
    assert recheck.sort_out({"toy": STUDY}, results, minutes=0.001)[1][0] == "toy, small: a run takes 0 minutes"


def test_a_draw_fits_into_the_time_and_depends_on_the_seed_alone():
    able = [Draw("toy", "small", seed, 1.0 + seed % 3) for seed in range(30)]
    taken = recheck.chosen(able, 10, seed=4)
    assert 8 < sum(draw.minutes for draw in taken) <= 10 and len(set(taken)) == len(taken)
    assert taken == recheck.chosen(able[::-1], 10, seed=4) != recheck.chosen(able, 10, seed=5)


def test_a_number_is_judged_by_the_interval_of_its_arm(results):
    """The toy's rows measure 1, 2, 3: the next is within 2 ± 4.30 · 1 · √(4/3)."""
    draw = Draw("toy", "small", 0, 0.1)
    changed = {**row_of("small", 0), "values": {"size": 7.1}}
    same, = recheck.judged(STUDY, [row_of("small", 0)], results, [draw])
    far, = recheck.judged(STUDY, [changed], results, [draw])
    assert same.interval == pytest.approx((2 - 4.9683, 2 + 4.9683), abs=1e-3)
    assert same.inside and "the same to the last digit" in str(same)
    assert not far.inside and "OUTSIDE" in str(far) and "last digit" not in str(far)


def test_one_in_twenty_may_be_outside():
    assert not recheck.too_many(0, 10) and not recheck.too_many(1, 3) and not recheck.too_many(3, 40)
    assert recheck.too_many(2, 2) and recheck.too_many(5, 20)


@pytest.mark.slow
def test_rows_are_run_again_and_results_stay(results, capsys, monkeypatch):
    before = (results / "toy.json").read_bytes()
    assert recheck.recheck({"toy": STUDY}, 1, 0, 2, results) == 0
    out = capsys.readouterr().out
    assert "3 of 3 numbers of 3 runs are inside" in out and "large, and wide: it has 2 rows" in out
    assert (results / "toy.json").read_bytes() == before
    monkeypatch.setenv("TOY_FAIL", "small")
    assert recheck.recheck({"toy": STUDY}, 1, 0, 2, results) == 1
    assert "3 runs failed" in capsys.readouterr().out


def test_a_study_that_times_is_not_judged(results):
    able, unable = recheck.sort_out({"toy": replace(STUDY, alone=True)}, results, minutes=1)
    assert able == [] and all("it measures time" in line for line in unable)


def test_judgements_say_where_they_were_expected():
    judgement = Judgement(Draw("toy", "small", 1, 0.1), "size", 2.0, 1.0, (0.5, 3.5))
    assert str(judgement) == "toy, small, seed 1: size 2, inside 0.5 to 3.5"
