"""What is read of submissions, by their metadata and as plain text, without running anything."""
import json
import os
import time

import attacks
import pytest
from submissions import ASSIGNMENT, NAME, ROOT, hand_in, solved

from grading import assignments, notebooks, reading
from grading.assignments import Faulty, assignment
from grading.notebooks import Cell, parse
from grading.reading import Refused
from grading.submissions import fit_for_a_gradebook
from grading.submissions import submissions as handed_in_of


@pytest.fixture(scope="module")
def asked():
    return assignment(str(ROOT / "grading"), ASSIGNMENT)


@pytest.fixture
def one(tmp_path, asked):
    """Gives what is read of one submission, after it was spoilt."""
    def read(spoil):
        spoil(*hand_in(tmp_path, "student", solved()))
        began = time.process_time()
        found, = handed_in_of(str(tmp_path), asked)
        assert time.process_time() - began < 5
        return found
    return read


@pytest.mark.parametrize("name", attacks.HONEST)
def test_odd_files_that_are_right_are_read(one, name):
    found = one(attacks.HONEST[name])
    assert not found.refused and "class MyResidual" in "".join(cell.source for cell in found.cells)
    assert all(isinstance(cell.source, str) and isinstance(cell.kind, str) for cell in found.cells)
    json.dumps([cell.source for cell in found.cells]).encode("utf8")


@pytest.mark.parametrize("name", attacks.REFUSED)
def test_what_is_refused_is_named(one, name):
    spoil, words = attacks.REFUSED[name]
    found = one(spoil)
    assert words in found.refused and found.student == "student"


def test_the_time_of_handing_in(one):
    found = one(lambda place, _: (place / "timestamp.txt").write_text("2026-02-01 15:58:23.948203 UTC"))
    assert str(found.time) == "2026-02-01 15:58:23" and found.notes == []


def test_a_zone_counts(one):
    assert str(one(lambda place, _: (place / "timestamp.txt").write_text("2026-02-01T01:30+02:00")).time) \
        == "2026-01-31 23:30:00"


@pytest.mark.parametrize("name", ["alice", "Zoë", "李雷", "o'neill", "anna-maria (1)", "a.b@c.org", "42"])
def test_names_of_people_are_fit(name):
    assert fit_for_a_gradebook(name)


@pytest.mark.parametrize("name", attacks.NAMES)
def test_names_that_harm_are_not(name):
    assert not fit_for_a_gradebook(os.fsdecode(name))
    assert reading.shown(os.fsdecode(name)).isprintable()


@pytest.mark.parametrize("text", ["[" * 10 ** 6, '{"a":' * 10 ** 6, '"' + "[" * 10 ** 6, '["\\"' + "[" * 1000 + '"]'],
                         ids=["lists", "objects", "text", "escapes"])
def test_depth_is_found_without_a_stack(text):
    began = time.process_time()
    try:
        notebooks.load(text)
    except Refused as error:
        assert "nested" in str(error) or "damaged" in str(error)
    assert time.process_time() - began < 10


def test_depth_in_a_text_does_not_count():
    content = {"cells": [{"cell_type": "code", "source": "[" * 500 + '\\"' + "{" * 500}]}
    assert parse(json.dumps(content).encode())[0].source.startswith("[[[")


def test_numbers_of_a_million_digits_take_no_time():
    began = time.process_time()
    assert parse(b'{"cells": [], "x": ' + b"9" * (5 << 20) + b"}") == []
    assert time.process_time() - began < 5


def test_writing_takes_the_place_of_anything(tmp_path):
    (tmp_path / "kept").write_text("kept")
    os.symlink(tmp_path / "kept", tmp_path / "link")
    os.symlink(tmp_path / "kept", tmp_path / "link.part")
    reading.write(str(tmp_path / "link"), "new \ud800")
    assert (tmp_path / "link").read_text() == "new \\ud800" and (tmp_path / "kept").read_text() == "kept"


def test_the_source_tells_what_is_marked(asked):
    assert [(test.exercise, test.attempt, test.points) for test in asked.tests] == [
        ("plain-block", "MyPlain", 2), ("residual-block", "MyResidual", 4), ("residual-parameters", "parameters", 2)]
    assert [test.title for test in asked.tests][0].startswith("Task 1") and asked.notebook == NAME


def test_locked_cells_that_a_student_has_deleted_come_back(asked):
    assert [cell.name for cell in asked.missing([])] == ["imports"]
    assert asked.missing([Cell("code", "", id="imports")]) == []


def test_an_exercise_of_ones_own_is_taken_with_what_makes_it():
    source = "from x import Exercise\nsqueeze = Exercise('squeeze')\nassert check(squeeze, Squeeze).passed"
    test, = assignments.tests_of([Cell("code", source, about=(("grade", True), ("grade_id", "t"), ("points", 3)))])
    assert (test.exercise, test.attempt, test.points) == ("squeeze", "Squeeze", 3)
    assert test.own.splitlines()[0] == "from x import Exercise" and "check" not in test.own


@pytest.mark.parametrize("source", ["assert True", "check('x', 1 + 1)", "check(", "check('x')"])
def test_a_test_that_decides_nothing_is_the_instructors_fault(source):
    with pytest.raises(Faulty):
        assignments.tests_of([Cell("code", source, about=(("grade", True), ("points", 3)))])


def test_an_unknown_assignment_is_named(tmp_path):
    with pytest.raises(Faulty, match="there is no assignment 'x'"):
        assignment(str(tmp_path), "x")
