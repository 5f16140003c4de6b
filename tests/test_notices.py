"""A warning points at the reader's own line, however deep in the package it arises."""
import contextlib
import importlib
import sys
import warnings
from pathlib import Path

import resnet_gluon
from resnet_gluon.notices import warn

import pytest

PACKAGE = Path(resnet_gluon.__file__).parent


def inside(source, file="deep.py"):
    """The names that this source defines, as if it were a module of the package."""
    names = {"warn": warn, "contextlib": contextlib}
    exec(compile(source, str(PACKAGE / file), "exec"), names)
    return names


def line():
    """The number of the line that calls this."""
    return sys._getframe(1).f_lineno


@pytest.fixture
def caught():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield found


def test_warned_directly(caught):
    expected = line() + 1
    warn("look out")
    assert (caught[0].filename, caught[0].lineno, str(caught[0].message)) == (__file__, expected, "look out")
    assert caught[0].category is UserWarning


def test_from_several_calls_deep_and_across_modules(caught):
    deep = inside("def one():\n    warn('deep')\n\ndef two():\n    one()\n\ndef three():\n    two()")
    wing = inside("def four():\n    three()", "nets/wing.py")
    wing["three"] = deep["three"]
    for name, names in (("one", deep), ("two", deep), ("three", deep), ("four", wing)):
        expected = line() + 1
        names[name]()
        assert (caught[-1].filename, caught[-1].lineno) == (__file__, expected)


def test_from_within_a_with_of_the_package(caught):
    """The frames of `contextlib` are in between."""
    deep = inside("""
@contextlib.contextmanager
def said():
    try:
        yield
    except OSError as error:
        warn(str(error))

def save():
    with said():
        raise OSError("disk full")
""")
    expected = line() + 1
    deep["save"]()
    assert (caught[0].filename, caught[0].lineno) == (__file__, expected)


def test_a_reader_s_function_that_the_package_calls_is_the_reader_s_own_line(caught):
    deep = inside("def call(function):\n    function()\n\ndef say():\n    warn('said')")

    def watch():
        deep["say"]()
    deep["call"](watch)
    assert caught[0].lineno == watch.__code__.co_firstlineno + 1


def test_at_import_the_import_s_line(caught, tmp_path, monkeypatch):
    (tmp_path / "mine_that_imports.py").write_text("x = 1\n\nfrom resnet_gluon.blocks import Residual\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("mine_that_imports")
    assert (caught[-1].filename, caught[-1].lineno) == (str(tmp_path / "mine_that_imports.py"), 3)
    assert caught[-1].category is FutureWarning


def test_a_module_of_the_package_that_warns_while_it_is_imported(caught, tmp_path, monkeypatch):
    """Then Python's import machinery is in between, which `warnings` does not count."""
    class Loader:
        def find_spec(self, name, path=None, target=None):
            return importlib.util.spec_from_loader(name, self) if name == "resnet_gluon_made_up" else None

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            inside_module = "def deeper():\n    warn('on import')\n\ndeeper()"
            exec(compile(inside_module, str(PACKAGE / "made_up.py"), "exec"), {"warn": warn})
    monkeypatch.setattr(sys, "meta_path", [Loader(), *sys.meta_path])
    (tmp_path / "mine_too.py").write_text("\nimport resnet_gluon_made_up\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import mine_too  # noqa: F401
    # the loader is a reader's here, and so the innermost line outside the package
    assert caught[-1].filename in (__file__, str(tmp_path / "mine_too.py"))


def test_a_neighbour_whose_name_begins_alike_is_no_part_of_the_package(caught):
    neighbour = {"warn": warn}
    file = f"{PACKAGE}_exercises_of_mine.py"
    exec(compile("\n\nwarn('here')", file, "exec"), neighbour)
    assert (caught[0].filename, caught[0].lineno) == (file, 3)


def test_each_line_is_told_once_as_python_does():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("default")
        for _ in range(3):
            inside("def one():\n    warn('again')")["one"]()
    assert len(found) == 1
