"""The face of the package: cheap to import, documented, and whole."""
import importlib
import pkgutil
import subprocess
import sys

import resnet_gluon

WINGS = ("nets", "data", "training", "weights", "plots")


def test_import_is_cheap_and_says_nothing():
    """Nothing heavy comes with the package, and it can be imported from any folder."""
    heavy = {"d2l", "pandas", "matplotlib", "IPython", "nbclient", "nbconvert", "pooch", "tqdm"}
    program = ("import warnings; warnings.simplefilter('error', FutureWarning)\n"
               "import resnet_gluon, sys; print(*sys.modules)")
    done = subprocess.run([sys.executable, "-c", program], cwd="/", capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "resnet_gluon.training.loop" in loaded and not heavy & loaded and done.stderr == ""


def test_public_names_are_there_and_documented():
    for face in (resnet_gluon, *(importlib.import_module(f"resnet_gluon.{wing}") for wing in WINGS)):
        assert len(set(face.__all__)) == len(face.__all__)
        for name in face.__all__:
            value = getattr(face, name)
            assert value.__doc__, f"{face.__name__}.{name}"


def test_what_a_notebook_needs_comes_in_one_import_line():
    assert {"FashionMNIST", "Residual", "Training", "budget", "describe", "devices", "evaluate", "fine_tune", "fit",
            "load_run", "load_weights", "plots", "recipe", "resnet18", "resnet_block"} <= set(resnet_gluon.__all__)


def test_errors_are_at_the_top():
    errors = {name for name in resnet_gluon.__all__ if isinstance(getattr(resnet_gluon, name), type)
              and issubclass(getattr(resnet_gluon, name), Exception)}
    assert errors == {"CheckpointRefused", "DataNotFound", "Diverged", "FileRefused", "RunInUse", "WeightsRefused"}


def test_every_module_says_what_it_is_about():
    for found in pkgutil.walk_packages(resnet_gluon.__path__, "resnet_gluon."):
        if found.name.split(".")[-1] != "__main__":
            assert importlib.import_module(found.name).__doc__, found.name


def test_the_version_is_the_installed_one_s_kind():
    assert [part.isdigit() for part in resnet_gluon.__version__.split(".")] == [True] * 3
    from resnet_gluon import version
    assert resnet_gluon.__version__ is version.__version__
