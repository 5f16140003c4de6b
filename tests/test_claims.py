"""The ledger: the course says what its results say, and each way of not doing so is found."""
import json
import shutil
from dataclasses import replace

import pytest

from experiments import arithmetic, check_claims, claims, prose
from experiments.check_claims import check
from experiments.rows import RESULTS, ROOT


@pytest.fixture(scope="module")
def checked():
    return check()


def test_the_course_says_what_its_results_say(checked):
    print(claims.counts(checked))
    print(f"{len(checked.hits)} exemptions, {sum(checked.hits.values())} hits: {checked.hits}")
    assert [str(problem) for problem in checked.problems] == []
    assert [str(problem) for problem in claims.against(checked, ROOT / "CLAIMS.md")] == []


def test_the_ledger_is_large_and_exemptions_are_few(checked):
    assert len(checked.ledger.claims) >= 60
    exempt = check_claims.exemptions()
    assert len(exempt) <= check_claims.MOST_EXEMPTIONS
    assert not [each.why for each in exempt if not checked.hits[each.why]], "patterns that exempt nothing"


class Copy:
    """A course in which things can be broken."""

    def __init__(self, folder):
        self.root, self.results = folder, folder / "results"
        shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
        for name in ("README.md", "CLAIMS.md"):
            shutil.copy(ROOT / name, folder / name)
        shutil.copytree(RESULTS, self.results)

    def write(self, name, old, new):
        """Replace a text that stands in a file once or more."""
        path, = self.root.glob(name)
        text = path.read_text(encoding="utf8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf8")

    def rows(self, study, change):
        """Let `change` alter each row of a study."""
        path = self.results / f"{study}.json"
        content = json.loads(path.read_text(encoding="utf8"))
        for row in content["rows"]:
            change(row)
        path.write_text(json.dumps(content), encoding="utf8")

    def found(self):
        """Kind and place of all that is wrong, CLAIMS.md included."""
        checked = check(self.root, self.results)
        return {(problem.kind, problem.where) for problem in
                [*checked.problems, *claims.against(checked, self.root / "CLAIMS.md")]}


@pytest.fixture
def course(tmp_path):
    return Copy(tmp_path)


def test_a_copy_has_nothing_wrong(course):
    assert course.found() == set()


# ---------------------------------------------------------------- red, one: a mark or a number stands elsewhere

def test_red_where_a_mark_is_gone(course):
    course.write("notebooks/06*", "<!-- claim: shortcut-c-over-b undecided -->", "")
    assert course.found() == {("place", "shortcut-c-over-b")}


def test_red_where_a_mark_belongs_to_no_claim(course):
    course.write("README.md", "<!-- claim: step-28-d2l -->", "<!-- claim: step-29 -->")
    assert course.found() == {("place", "step-28-d2l"), ("place", "README:Measured")}


def test_red_where_a_number_is_another(course):
    course.write("notebooks/07*", "85.7 %", "95.7 %")
    assert {("place", "own-statistics-all-at-once"), ("unsourced", "07:52b7d645")} <= course.found()


def test_a_number_may_be_said_in_other_words(course):
    course.write("notebooks/07*", "85.7 % are right by the training statistics", "the usual ones give 85.7 %")
    assert course.found() == set()


# ---------------------------------------------------------------- two: prose and result disagree

def test_red_where_a_row_gives_another_number(course):
    def change(row):
        row["values"]["val_accuracy"] += 0.01 * (row["arm"] == "A" and row["seed"] == 0)
    course.rows("shortcuts", change)
    assert ("disagrees", "shortcut-b-over-a") in course.found()


def test_red_where_a_cell_prints_another_number(course):
    course.write("notebooks/01*", "training loss 1.011", "training loss 1.111")
    assert ("disagrees", "plain-deeper-worse-here") in course.found()


def test_red_where_the_prose_asserts_what_is_undecided(course):
    course.write("notebooks/06*", "shortcut-c-over-b undecided", "shortcut-c-over-b")
    assert course.found() == {("disagrees", "shortcut-c-over-b")}


def test_red_where_a_cited_comparison_does_not_hold(course):
    course.write("notebooks/05*", "deeper-is-better-here contradicted", "deeper-is-better-here")
    assert course.found() == {("disagrees", "deeper-is-better-here")}


# ---------------------------------------------------------------- three: a row is stale

def test_red_where_a_row_is_stale(course):
    def change(row):
        row["configuration"]["train_images"] += row["arm"] == "C" and row["seed"] == 1
    course.rows("shortcuts", change)
    assert ("stale", "shortcut-c-over-b") in course.found() and ("stale", "shortcut-b-over-a") not in course.found()


# ---------------------------------------------------------------- four: a number without a source

@pytest.mark.parametrize("sentence, place", [
    ("It is 12.34 better.", "09:cc7d7755"), ("It is 17 % better.", "09:cc7d7755"),
    ("It takes 41 seconds.", "09:cc7d7755"), ("It takes nine hours.", "09:cc7d7755"),
    ("It is 23 × as fast.", "README:Licence")])
def test_red_where_a_number_has_no_source(course, sentence, place):
    before = "\n## Licence\n" if place.startswith("README") else "Besides the weights there is batch normalisation."
    course.write("README.md" if place.startswith("README") else "notebooks/09*", before, f"{before} {sentence}"
                 if not place.startswith("README") else f"{before}\n{sentence}\n")
    assert course.found() == {("unsourced", place)}


# ---------------------------------------------------------------- five: the verdict does not follow from the rows

def test_red_where_the_rows_give_another_verdict(course):
    def change(row):
        row["values"]["val_accuracy"] += {"A": 0, "B": 0.1, "C": 0.2, "none": -0.3}[row["arm"]]
    course.rows("shortcuts", change)
    found = course.found()
    assert {("verdict", "CLAIMS.md"), ("disagrees", "shortcut-c-over-b"), ("disagrees", "shortcut-order")} <= found


def test_red_where_a_verdict_is_typed_in(course, capsys):
    line = next(line for line in (course.root / "CLAIMS.md").read_text(encoding="utf8").splitlines()
                if line.startswith("| Option C learns better than option B"))
    course.write("CLAIMS.md", line, line.replace("undecided", "supported"))
    assert course.found() == {("verdict", "CLAIMS.md")}
    arguments = ["--root", str(course.root), "--results", str(course.results)]
    assert claims.main(["--check", *arguments]) == 1
    assert "Option C learns better than option B" in capsys.readouterr().out
    assert claims.main(["--write", *arguments]) == 0
    assert claims.main(["--check", *arguments]) == 0


# ---------------------------------------------------------------- the scan

def last_digit_changed(place, number):
    """The place with one number changed in its last digit; None where it is written in words."""
    digits = [index for index in range(number.start, number.end) if place.text[index].isdigit()]
    if not digits:
        return None
    at = digits[-1]
    return replace(place, text=f"{place.text[:at]}{(int(place.text[at]) + 1) % 10}{place.text[at + 1:]}")


def test_each_quantity_with_another_last_digit_is_found(checked):
    """Of all that no exemption covers: none can change unseen."""
    exempt, unseen, changed = check_claims.exemptions(), [], 0
    for place in checked.course.places.values():
        claimed = [written for claim in checked.ledger.claims if place.name in claim.at for written, _ in claim.numbers]
        due = [written for claim in checked.ledger.claims if place.name == claim.at[0] for written, _ in claim.numbers]
        text = prose.prose(place.text)
        spans = [match.span() for each in exempt for match in each.pattern.finditer(text)]
        for number in arithmetic.numbers(text):
            other = last_digit_changed(place, number) if number.quantity else None
            if other is None or number.text in place.sections or any(a <= number.start < b for a, b in spans):
                continue
            changed += 1
            gone = [written for written in due if not any(written.same(each) for each in other.numbers())]
            if not gone and not prose.unsourced(other, claimed, exempt, {}):
                unseen.append(f"{place.name}: {number.text}")
    assert changed > 50 and unseen == []
