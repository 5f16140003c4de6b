"""Results: their schema, damaged files, what is stale, and the summary."""
import json
from dataclasses import replace

import pytest

from experiments import rows, summary
from experiments.study import Measure, Study, main
from tests.toy_study import STUDY


def row_of(arm, seed):
    return {"arm": arm, "seed": seed, "values": {"size": STUDY.arms[arm]["size"] + seed},
            "configuration": STUDY.arms[arm], "edition": "of toys", "version": 1, "seconds": 1.5, "command": "by hand",
            "commit": "0" * 40 + "+", "finished": "2025-01-01 00:00:00", "versions": {"python": "3.11.7"},
            "machine": "any", "cores": 2, "threads": 1, "load": 0.1, "first_losses": [1.0]}


@pytest.fixture
def file(tmp_path):
    """A file with a row for each run of the toy study."""
    rows.write(STUDY, [row_of(arm, seed) for arm in STUDY.arms for seed in STUDY.seeds_of(arm)], tmp_path)
    return tmp_path / "toy.json"


def test_the_schema_refuses_a_row_that_lacks_its_origin():
    row = row_of("small", 0)
    assert not list(rows.validator("row").iter_errors(row))
    for name in row:
        assert list(rows.validator("row").iter_errors({key: value for key, value in row.items() if key != name})), name
    assert list(rows.validator("row").iter_errors({**row, "more": 1}))
    assert list(rows.validator("row").iter_errors({**row, "commit": "yesterday's"}))


@pytest.mark.parametrize("cut", ["\"seed\": 2", "\"rows\""])
def test_a_row_cut_in_half_takes_no_other_along(file, capsys, cut):
    half = file.read_text(encoding="utf8")
    half = half[:half.rindex(cut)]
    file.write_text(half, encoding="utf8")
    left = rows.read(file)
    assert len(left) == (5 if "seed" in cut else 0)
    assert "cut short or damaged" in capsys.readouterr().err
    rows.add(STUDY, row_of("small", 8), file.parent)
    assert len(rows.read(file)) == len(left) + 1
    assert [kept.read_text(encoding="utf8") for kept in file.parent.glob("toy.damaged-*")] == [half]


def test_a_row_is_added_once(file):
    before = file.read_text(encoding="utf8")
    rows.add(STUDY, row_of("small", 1), file.parent)
    assert file.read_text(encoding="utf8") == before
    rows.add(STUDY, {**row_of("small", 1), "version": 2}, file.parent)
    assert len(rows.read(file)) == 7


def test_a_row_is_a_line(file):
    before = set(file.read_text(encoding="utf8").splitlines())
    rows.add(STUDY, row_of("small", 5), file.parent)
    more = [line for line in file.read_text(encoding="utf8").splitlines() if line not in before]
    assert sum('"seed": 5' in line for line in more) == 1 and len(more) == 2, "the row, and the summary of its arm"


def test_a_row_that_is_none_is_named(file, capsys):
    content = json.loads(file.read_text(encoding="utf8"))
    content["rows"][3]["seed"] = "three"
    file.write_text(json.dumps(content), encoding="utf8")
    assert len(rows.read(file)) == 5
    assert "toy.json: row 4 is no row at seed: 'three'" in capsys.readouterr().err
    assert main(STUDY, ["--summary", "--results", str(file.parent)]) == 0
    assert "1 runs missing" in capsys.readouterr().out
    assert "three" in file.read_text(encoding="utf8"), "for a summary, a damaged file is left as it is"


def test_what_makes_a_row_stale():
    row = row_of("small", 0)
    assert rows.stale(STUDY, row) == []
    assert rows.stale(replace(STUDY, version=2), row) == ["the study's version was 1 and is 2"]
    assert rows.stale(replace(STUDY, edition="later"), row) == ['data edition was "of toys" and is "later"']
    assert rows.stale(replace(STUDY, arms={"small": {}}), row) == ["configuration.size, 1, is no setting now"]
    assert rows.stale(STUDY, {**row, "commit": None, "versions": None, "command": "another"}) == []


def test_a_setting_that_is_new_is_named_unless_it_changes_nothing(monkeypatch):
    study = replace(STUDY, arms={"small": {"size": 1, "inner": {"new": 0}}})
    row = {**row_of("small", 0), "configuration": {"size": 1, "inner": {}}}
    assert "configuration.inner.new is new: 0" in rows.stale(study, row)[0]
    monkeypatch.setattr(rows, "BEFORE", {"inner.new": 0})
    assert rows.stale(study, row) == []
    monkeypatch.setattr(rows, "BEFORE", {"inner.new": 1})
    assert rows.stale(study, row) == ["configuration.inner.new was 1 and is 0"]


def test_what_cannot_be_a_study_is_refused():
    for wrong in ({"arms": {}}, {"seeds": (1, 1)}, {"seeds": {}}, {"seeds": {"a": ()}}, {"seeds": {"a": (1, 1)}},
                  {"seeds": {"a": (1,), "b": (1,)}}, {"arms": {"a": {"b": float("inf")}}}, {"arms": {"a": print}}):
        with pytest.raises(ValueError):
            Study(**{"name": "toy", "question": "?", "arms": {"a": {}}, "run": print, **wrong})


def test_seeds_by_arm():
    study = Study(name="toy", question="?", arms={"a": {}, "b": {}}, run=print, seeds={"a": range(3), "b": (1,)})
    assert study.missing([]) == [("a", 0), ("a", 1), ("b", 1), ("a", 2)]
    assert study.missing([], ["b"]) == [("b", 1)] and study.missing([], ["b"], [7]) == [("b", 7)]


def test_the_summary_is_what_one_gets_by_hand():
    study = Study(name="toy", question="?", arms={"a": {}, "b": {}}, run=print, measures=[Measure("x/y", "metres")])
    known = {"a": {0: 1.0, 1: 2.0, 2: 4.0, 3: 5.0}, "b": {1: 2.5, 2: 4.1, 3: 5.9, 9: 100.0}}
    found = [{"arm": arm, "seed": seed, "values": {"x": {"y": number}}, "configuration": {}, "edition": None,
              "version": 1} for arm, numbers in known.items() for seed, number in numbers.items()]
    of_a = summary.summary(study, found)["a"]["x/y"]
    # mean 3; squares of the deviations 4 + 1 + 1 + 4 = 10, over 3; t(0.975, 3) = 3.182446
    assert of_a["n"] == 4 and of_a["mean"] == 3 and of_a["sd"] == pytest.approx((10 / 3) ** 0.5)
    half = 3.182446 * (10 / 3 / 4) ** 0.5
    assert of_a["interval"] == pytest.approx([3 - half, 3 + half], rel=1e-5)
    difference, = summary.paired(study, found)
    # seeds 1, 2, 3 are shared: 0.5, 0.1, 0.9; mean 0.5, sd 0.4; t(0.975, 2) = 4.302653
    assert difference["n"] == 3 and difference["mean"] == pytest.approx(0.5) and difference["sd"] == pytest.approx(0.4)
    assert difference["interval"][1] == pytest.approx(0.5 + 4.302653 * 0.4 / 3 ** 0.5, rel=1e-6)
    assert (difference["arm"], difference["less"]) == ("b", "a")
    assert summary.spread([7.0]) == {"n": 1, "mean": 7, "sd": None, "interval": None}
