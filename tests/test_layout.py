"""Every module has its test file, and stays small enough to be read in one go."""
import ast
from collections import Counter
from pathlib import Path

import resnet_gluon

import pytest

TESTS, PACKAGE = Path(__file__).parent, Path(resnet_gluon.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
WITHOUT = {"__init__", "version"}  # modules that hold no code of their own
LINES, FILE_LINES = 45, 220  # of a function, its docstring apart; of a file


def in_exercises(module):
    """Tested by what right and wrong solutions are told (test_exercises.py, exercises/), not module by module."""
    return module.parts[0] == "exercises"


def test_file_of(module):
    """tests/nets/test_block.py of nets/block.py; tests/test_main.py of __main__.py."""
    return TESTS / module.parent / f"test_{module.stem.strip('_')}.py"


test_file_of.__test__ = False  # a function of that name, not a test


@pytest.mark.parametrize("module", [module for module in MODULES if module.stem not in WITHOUT
                                    and not in_exercises(module)], ids=str)
def test_a_module_has_its_test_file(module):
    assert test_file_of(module).is_file(), f"{module} has no {test_file_of(module).relative_to(TESTS.parent)}"


def test_a_test_file_of_a_wing_is_about_a_module_that_is_there():
    expected = {test_file_of(module) for module in MODULES}
    for wing in ("nets", "data", "training", "weights", "plots"):
        strangers = set((TESTS / wing).glob("test_*.py")) - expected - {TESTS / "training" / "test_kill.py"}
        assert not strangers, sorted(str(path.relative_to(TESTS)) for path in strangers)


def test_names_of_test_files_are_unique():
    """pytest imports them by their last name, in a folder with an `__init__.py` by that folder's as well."""
    counts = Counter(f"{path.parent.name}/{path.name}" if (path.parent / "__init__.py").exists() else path.name
                     for path in TESTS.rglob("*.py") if path.name not in ("conftest.py", "__init__.py"))
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_functions_and_files_are_short(module):
    source = (PACKAGE / module).read_text(encoding="utf8")
    assert len(source.splitlines()) <= FILE_LINES, f"{module} has {len(source.splitlines())} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            text = node.body[0] if ast.get_docstring(node) is not None else None
            length = node.end_lineno - node.lineno + 1 - (text.end_lineno - text.lineno + 1 if text else 0)
            assert length <= LINES, f"{module}:{node.lineno}: {node.name} has {length} lines"


def test_arrows_point_one_way():
    """What each wing may import of the package; the ground floor imports no wing."""
    allowed = {"data": {"data"}, "nets": {"nets"}, "plots": {"plots"}, "training": {"training", "nets", "data"},
               "weights": {"weights", "nets"}}
    wings = {*allowed, "exercises"}
    for module in MODULES:
        wing = module.parts[0] if len(module.parts) > 1 else None
        if module.name in ("__init__.py", "__main__.py") and wing is None or wing == "exercises":
            continue
        for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else (
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
            for name in names:
                parts = (name or "").split(".")
                if parts[0] == "resnet_gluon" and len(parts) > 1 and parts[1] in wings:
                    assert parts[1] in allowed.get(wing, set()), f"{module} imports {name}"
