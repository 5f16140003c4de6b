"""Import paths of the first edition work, each with a warning at its line that names the new one."""
import importlib
import sys
import warnings

import resnet_gluon
from resnet_gluon.former import GONE, MOVED

import pytest

#: One name that each module had.
NAMES = {"blocks": "Residual", "shortcuts": "Form", "stages": "resnet_block", "networks": "cifar_resnet",
         "describe": "describe", "evaluation": "evaluate", "history": "History", "recipes": "recipe",
         "run_folder": "RunInUse", "fine_tuning": "fine_tune", "tensor_files": "read_tensors",
         "unpickling": "WeightsRefused", "checkpoint": "CheckpointRefused", "threads": "physical_cores"}


@pytest.mark.parametrize("name", MOVED)
def test_a_former_module_gives_what_is_elsewhere_now_and_says_where(name, tmp_path, monkeypatch):
    file = tmp_path / f"mine_{name}.py"
    file.write_text(f"\nfrom resnet_gluon.{name} import {NAMES[name]} as found\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.warns(FutureWarning) as caught:
        mine = importlib.import_module(f"mine_{name}")
    now = importlib.import_module(f"resnet_gluon.{MOVED[name]}") if MOVED[name] != "devices" else sys.modules[
        "resnet_gluon.devices"]
    assert mine.found is getattr(now, NAMES[name])
    warning, = (warning for warning in caught if warning.category is FutureWarning)
    assert (warning.filename, warning.lineno) == (str(file), 2)
    assert str(warning.message) == (f"resnet_gluon.{name} has moved: write `from resnet_gluon.{MOVED[name]} import "
                                    f"{NAMES[name]}`. The old path works in this edition only.")


def test_the_imports_of_the_first_edition_s_readme_and_notebooks(tmp_path):
    lines = ["from resnet_gluon import FashionMNIST, Residual, devices, resnet18, resnet_block, networks, plots",
             "from resnet_gluon.training import fit, seed_everything", "from resnet_gluon.evaluation import evaluate",
             "from resnet_gluon.recipes import recipe", "from resnet_gluon.describe import describe",
             "from resnet_gluon.weights import load_weights", "from resnet_gluon.fine_tuning import fine_tune",
             "from resnet_gluon.history import History", "from resnet_gluon.checkpoint import save_parameters",
             "from resnet_gluon.settings import runs_folder", "from resnet_gluon.data import CIFAR10, UCR",
             "assert networks.resnet50 and describe(resnet18(), (1, 1, 28, 28)).parameters == 11_175_370"]
    file = str(tmp_path / "old.py")
    with pytest.warns(FutureWarning) as caught:
        exec(compile("\n".join(lines), file, "exec"), {})
    assert [(warning.filename, warning.lineno) for warning in caught if warning.category is FutureWarning] == [
        (file, number) for number in (3, 4, 5, 7, 8, 9, 12)]


def test_a_module_reached_as_an_attribute_warns_where_it_is_used(recwarn):
    blocks = resnet_gluon.blocks
    assert len(recwarn) == 0
    assert blocks.Plain is resnet_gluon.Plain
    assert recwarn[0].filename == __file__ and recwarn[0].category is FutureWarning


def test_functions_of_a_former_module_s_name_are_not_hidden():
    assert resnet_gluon.describe is resnet_gluon.nets.describe and callable(resnet_gluon.devices)
    assert sys.modules["resnet_gluon.describe"] is not resnet_gluon.describe


def test_what_is_gone_is_said_with_what_to_do():
    for name, advice in GONE.items():
        with pytest.raises(ImportError, match=f"{name} is gone: {advice[:10]}"):
            getattr(sys.modules["resnet_gluon.recipes"], name)


def test_the_advice_reaches_an_import_line():
    with pytest.raises(ImportError, match=r"SERIES is gone: write recipe\('series'\).training"):
        exec("from resnet_gluon.recipes import SERIES")


def test_an_unknown_name_is_an_import_error_as_ever():
    with pytest.raises(ImportError, match="cannot import name 'Nothing'"):
        exec("from resnet_gluon.blocks import Nothing")
    assert not hasattr(sys.modules["resnet_gluon.blocks"], "__path__")


def test_nothing_is_said_to_who_uses_the_new_paths():
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        from resnet_gluon.nets import Residual, describe  # noqa: F401
        from resnet_gluon.training import evaluate, fit  # noqa: F401
