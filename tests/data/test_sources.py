"""The search that all data sets share."""
import warnings

from resnet_gluon.data import DataNotFound, FileRefused
from resnet_gluon.data.sources import Place, asked_for, cache_folder, first_usable, folder_place, short

import pytest


def place(label, outcome, asked=False):
    def read():
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
    return Place(label, f"{label} (there)", read, asked)


def test_the_first_usable_place_is_taken_and_no_later_one_is_asked():
    def never():
        raise AssertionError("asked")
    places = [place("one", FileNotFoundError("empty")), place("two", "data"), Place("three", "", never)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert first_usable(places) == ("two (there)", "data", ["one: empty"])


@pytest.mark.parametrize("outcome, asked, said", [
    (FileNotFoundError("empty"), False, False), (FileNotFoundError("empty"), True, True),
    (FileRefused("a.gz", "wrong"), False, True), (ValueError("odd"), True, True), (OSError("no route"), False, False)])
def test_places_that_were_asked_for_and_files_that_are_refused_are_said_in_a_warning(outcome, asked, said):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert first_usable([place("one", outcome, asked)]) == (None, None, [f"one: {outcome}"])
    assert [str(warning.message) for warning in caught] == [f"one: {outcome}. The search goes on."] * said
    assert all(warning.filename == __file__ for warning in caught)


def test_a_fault_of_the_code_is_no_fault_of_a_place():
    with pytest.raises(ZeroDivisionError):
        first_usable([Place("one", "", lambda: 1 // 0)])


def test_what_the_reader_names_is_asked_first(monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_UCR", "/b")
    places = asked_for("/a", "RESNET_GLUON_UCR", lambda folder: f"read {folder}")
    assert [(named.label, named.source, named.read(), named.asked) for named in places] == [
        ("the folder given", "the folder given (/a)", "read /a", True),
        ("RESNET_GLUON_UCR", "RESNET_GLUON_UCR (/b)", "read /b", True)]
    monkeypatch.delenv("RESNET_GLUON_UCR")
    assert asked_for(None, "RESNET_GLUON_UCR", print) == []


def test_a_refused_file_is_named(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    error = FileRefused("/home/ada/data/a.gz", "it is empty")
    assert str(error) == "~/data/a.gz refused: it is empty" and error.path == "/home/ada/data/a.gz"
    assert issubclass(FileRefused, ValueError) and issubclass(DataNotFound, RuntimeError)


def test_the_home_folder_is_not_shown(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert short("/home/ada/data") == "~/data" and short("/home/adam") == "/home/adam"
    assert folder_place("here", "/home/ada/data", print).source == "here (~/data)"


def test_downloads_are_kept_under_the_set_s_name(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("cifar-10") == tmp_path / "resnet-gluon" / "cifar-10"
