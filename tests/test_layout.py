"""Every module has its test file, and stays small enough to be read in one go."""
import ast
from collections import Counter
from pathlib import Path

import resnet_gluon

import pytest

TESTS, PACKAGE = Path(__file__).parent, Path(resnet_gluon.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
WITHOUT = {"__init__", "version"}  # modules that hold no code of their own
#: wing: which others it may import.
WINGS = {"cluster": {"training"}, "data": set(), "nets": set(), "page": {"nets"}, "plots": set(),
         "training": {"nets", "data", "weights"}, "weights": {"nets"}}
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
    """Its own, or one of its name among the attacks."""
    places = test_file_of(module), TESTS / "hostile" / f"test_{module.stem}.py"
    assert any(place.is_file() for place in places), f"{module} has no {places[0].relative_to(TESTS.parent)}"


def test_a_test_file_of_a_wing_is_about_a_module_that_is_there():
    expected = {test_file_of(module) for module in MODULES} | {TESTS / "training" / "test_kill.py"}
    for wing in WINGS:
        strangers = set((TESTS / wing).glob("test_*.py")) - expected
        assert not strangers, sorted(str(path.relative_to(TESTS)) for path in strangers)


def imported_as(path):
    """The name by which pytest imports a file: with all folders above it that have an `__init__.py`."""
    name, folder = path.stem, path.parent
    while (folder / "__init__.py").exists():
        name, folder = f"{folder.name}.{name}", folder.parent
    return name


def test_no_two_files_are_imported_under_one_name():
    counts = Counter(imported_as(path) for path in TESTS.rglob("*.py") if path.stem not in ("conftest", "__init__"))
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
    for module in MODULES:
        wing = module.parts[0] if len(module.parts) > 1 else None
        if wing in ("exercises", "commands") or module.name in ("__init__.py", "__main__.py") and wing is None:
            continue  # the end of all arrows
        for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else (
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
            for name in names:
                parts = (name or "").split(".")
                if parts[0] == "resnet_gluon" and len(parts) > 1 and (PACKAGE / parts[1]).is_dir():
                    assert parts[1] in {wing} | WINGS.get(wing, set()), f"{module} imports {name}"
