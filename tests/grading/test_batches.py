"""Classes of students of whom most mean no good: what each gets, and that the honest ones have their marks."""
import os
import threading
import time

import attacks
import psutil
import pytest
from submissions import (
    WITNESSES,
    Run,
    faulty,
    hand_in,
    hand_in_witnesses,
    handed_out,
    solved,
    with_cell,
)
from test_containing import ONLY_WALLED, state

WALLS = ("bubblewrap", "landlock", "none")
USUAL = ("--seconds", "90", "--memory", "2000", "--size", "60", "--processes", "16")
#: Of files and code, what `make test` tries; `make test-long` tries all.
FILES = ("schema-1", "image-metadata", "attachment", "bom", "bad-time")
CODE = ("result-patched", "input-transformer", "package-derived", "answer-pipe-text")
HABITS = ("reset", "box")


@pytest.fixture(params=WALLS)
def wall(request, tmp_path):
    """Each wall that works here; the missing ones are reported as skipped."""
    from grading.containing import works

    if request.param != "none" and not works(request.param, tmp_path):
        pytest.skip(f"{request.param} does not work here")
    return request.param


@pytest.fixture
def sheltered(monkeypatch, tmp_path):
    """A temporary folder for one grading: in the end it has to be empty, and no process of it may be left."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    yield place
    assert sorted(place.iterdir()) == []
    assert [process.pid for process in psutil.process_iter(["environ"])
            if (process.info["environ"] or {}).get("TMPDIR", "").startswith(str(place))] == []


def given(course):
    """What a grading may only read."""
    return state(course / "source")


def test_files_are_no_danger(new_course, sheltered):
    check_files(new_course(), FILES)


@pytest.mark.long
def test_all_files_are_no_danger(new_course, sheltered):
    check_files(new_course(), attacks.HONEST)


def check_files(course, honest):
    """Odd files that are right get full marks, the others a note; names that cannot be used a row of their own."""
    before = given(course)
    hand_in_witnesses(course)
    for name in honest:
        attacks.HONEST[name](*hand_in(course, f"h-{name}", solved()))
    for name, (spoil, _) in attacks.REFUSED.items():
        spoil(*hand_in(course, f"r-{name}", solved()))
    for name in attacks.NAMES:
        folder = os.fsencode(course / "submitted") + b"/" + name
        os.makedirs(folder + b"/02-residual-block")
    os.symlink("witness-1", course / "submitted" / "student-link")
    os.mkfifo(course / "submitted" / "student-pipe")
    (course / "submitted" / "lying-about.txt").touch()
    run = Run(course, *USUAL)
    assert run.status == 1, run.said
    run.assert_witnesses()
    assert {name: run.score(f"h-{name}") for name in honest} == dict.fromkeys(honest, 8), run.said
    for name, (_, words) in attacks.REFUSED.items():
        row = run.rows[f"r-{name}"]
        assert row["score"] == "0.0" and row["note"].startswith("not marked: ") and words in row["note"], row
        assert words in run.page(f"r-{name}") and f"r-{name}" in run.said
    assert len(run.rows) == len(WITNESSES) + len(honest) + len(attacks.REFUSED) + len(attacks.NAMES) + 2
    assert not any(sign in name for name in run.rows for sign in "\n\x1b\u202e") and "\x1b" not in run.said
    assert sum("name of its folder" in row["note"] for row in run.rows.values()) == len(attacks.NAMES)
    assert len(list((course / "feedback").glob("*/*/*.html"))) == len(run.rows)
    assert given(course) == before


@pytest.mark.parametrize("forged", [pytest.param(CODE, id="some"),
                                    pytest.param(tuple(attacks.FORGED), id="all", marks=pytest.mark.long)])
def test_marks_cannot_be_forged(new_course, sheltered, forged):
    """Who solves nothing gets nothing, before and behind the cells of the tasks; habits of the honest cost nothing."""
    course = new_course()
    hand_in_witnesses(course)
    for name in forged:
        hand_in(course, f"f-{name}", with_cell(handed_out(), attacks.FORGED[name], place=99))
    habits = HABITS if forged is CODE else attacks.HABITS
    for name in habits:
        hand_in(course, f"h-{name}", with_cell(solved(), attacks.HABITS[name]))
    run = Run(course, *USUAL)
    run.assert_witnesses()
    assert {name: run.score(f"f-{name}") for name in forged} == dict.fromkeys(forged, 0), run.said
    assert {name: run.score(f"h-{name}") for name in habits} == dict.fromkeys(habits, 8), run.said
    if "package-derived" in forged:
        assert "package's own solution" in run.page("f-package-derived")


QUICK = (("left", "newline"), ("left", "own-folder"), ("reaching", "gradebook"), ("reaching", "kill-all"),
         ("lasting", "chain"), ("greedy", "fork-bomb"))


def test_code_harms_nobody(new_course, sheltered):
    """Behind the best wall that works here."""
    check_code(new_course(), QUICK, ())


@pytest.mark.long
@pytest.mark.parametrize("kind", attacks.CLASSES)
def test_all_code_harms_nobody(new_course, sheltered, kind, wall):
    names = [(kind, name) for name in attacks.CLASSES[kind] if wall != "none" or name not in ONLY_WALLED]
    if not names:
        pytest.skip("without a wall nothing keeps students' code from your files: README.md says so")
    check_code(new_course(), names, ("--wall", wall))


def check_code(course, names, options):
    """Attacks among the honest. What attackers have solved is marked or not; it is the others that count."""
    before = given(course)
    mark = str(700_000_000 + os.getpid() * 1000 + int(time.monotonic()) % 1000)
    hand_in_witnesses(course)
    for kind, name in names:
        code = attacks.CLASSES[kind][name].replace("CANARY", str(course)).replace("MARK", mark).replace("PORT", "1")
        hand_in(course, f"a-{name}", with_cell(solved(), code.replace("PACKAGE", "/course/resnet_gluon")))
    submitted = state(course / "submitted")
    run = Run(course, *USUAL, *options)
    run.assert_witnesses()
    assert len(run.rows) == len(WITNESSES) + len(names) and run.status in (0, 1), run.said
    assert given(course) == before and state(course / "submitted") == submitted
    assert not [process for process in psutil.process_iter(["cmdline"]) if mark in (process.info["cmdline"] or [])]


@pytest.mark.long
def test_two_hundred_submissions(new_course, sheltered):
    """Honest, broken, hostile and mixed: every honest one has its mark, the table is whole, nothing grows."""
    course, expected = new_course(), {}
    kinds = [("honest", name) for name in WITNESSES] + [("file", name) for name in attacks.HONEST]
    kinds += [("refused", name) for name in attacks.REFUSED] + [("forged", name) for name in attacks.FORGED]
    kinds += [(kind, name) for kind in attacks.CLASSES for name in attacks.CLASSES[kind]]
    for number in range(200):
        kind, name = kinds[number % len(kinds)] if number % 3 else ("honest", tuple(WITNESSES)[number % 9 // 3])
        student = f"s{number:03}"
        expected[student] = submit(course, student, kind, name)
    most, run = measured(lambda: Run(course, *USUAL, most=6 * 3600))
    assert set(run.rows) == set(expected), run.said
    wrong = {student: run.score(student) for student, points in expected.items()
             if points is not None and run.score(student) != points}
    assert wrong == {}, run.said
    assert most < 1 << 30, "the process that keeps the gradebook grows"
    print(f"200 submissions in {run.seconds:.0f} s; the grading process held {most >> 20} MiB")


def submit(course, student, kind, name):
    """Hand in one submission. Gives its points; None where it does not matter."""
    if kind == "honest":
        old, new, points = WITNESSES[name]
        hand_in(course, student, faulty(old, new))
        return points
    if kind in ("file", "refused"):
        spoil, points = (attacks.HONEST[name], 8) if kind == "file" else (attacks.REFUSED[name][0], 0)
        spoil(*hand_in(course, student, solved()))
        return points
    if kind == "forged":
        hand_in(course, student, with_cell(handed_out(), attacks.FORGED[name], place=99))
        return 0
    code = attacks.CLASSES[kind][name].replace("CANARY", str(course)).replace("MARK", "987654321").replace("PORT", "1")
    hand_in(course, student, with_cell(solved(), code.replace("PACKAGE", "/course/resnet_gluon")))
    return None


def measured(call):
    """The most memory that the process held that `call` has started, and what it gave."""
    most, over = [0], threading.Event()

    def look():
        while not over.wait(0.5):
            for child in psutil.Process().children():
                try:
                    most[0] = max(most[0], child.memory_info().rss)
                except psutil.Error:
                    continue
    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        given = call()
    finally:
        over.set()
        watcher.join()
    return most[0], given
