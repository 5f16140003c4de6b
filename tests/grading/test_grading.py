"""The whole way, as instructors go it: from what was downloaded to marks and pages, with `make`."""
from resnet_gluon.exercises import check

import nbformat
import pytest
from submissions import (
    ASSIGNMENT,
    FAULTY,
    NAME,
    SOURCE,
    Graded,
    faulty,
    solutions,
    solved,
    tampered,
)


@pytest.fixture(scope="module")
def graded(course, make):
    """The course, when everybody has been graded."""
    release = nbformat.read(course / "release" / ASSIGNMENT / f"{NAME}.ipynb", as_version=4)
    students = {"source": SOURCE, "untouched": release, "good": solved(release), "tampered": tampered()}
    students.update((name, faulty(old, new)) for name, (old, new, _, _) in FAULTY.items())
    archive = course / "downloaded" / ASSIGNMENT / "archive"
    archive.mkdir(parents=True)
    for student, notebook in students.items():
        nbformat.write(notebook, archive / f"{student}_{NAME}.ipynb")
    (archive / f"broken_{NAME}.ipynb").write_text("{ not a notebook")
    status, said = make("collect", course)
    assert status == 0, said
    status, said = make("grade", course)
    assert status and "Error 1" in said and "not marked: broken" in said
    return Graded(course)


@pytest.mark.parametrize("student", ("source", "good"))
def test_what_is_right_gets_full_marks(graded, student):
    row = graded.rows[student]
    assert (row["score"], row["max_score"], row["note"]) == ("8.0", "8.0", "")
    assert "8.0 / 8.0" in graded.page(student)


@pytest.mark.parametrize("student", ("untouched", "tampered", "broken"))
def test_what_was_not_done_gets_nothing(graded, student):
    assert graded.score(student) == 0


@pytest.mark.parametrize("student", FAULTY)
def test_a_fault_costs_its_task_and_the_page_says_why(graded, student):
    old, new, wrong, points = FAULTY[student]
    assert graded.score(student) == points
    namespace = {}
    exec("from mxnet import npx\nfrom mxnet.gluon import nn\nnpx.set_np()", namespace)
    exec("\n".join(solutions().values()).replace(old, new), namespace)
    for name, attempt in wrong.items():
        message = check(name, namespace[attempt], seconds=60).findings[0].message
        assert " ".join(message.split()) in graded.page(student)
