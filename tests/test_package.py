import subprocess
import sys

import resnet_gluon
from resnet_gluon import budget
from resnet_gluon.settings import data_folder, runs_folder

import pytest


def test_import_is_cheap():
    """Nothing heavy comes with the package, and it can be imported from any folder."""
    heavy = {"d2l", "pandas", "matplotlib", "IPython", "nbclient", "nbconvert", "pooch"}
    loaded = subprocess.run([sys.executable, "-c", "import resnet_gluon, sys; print(*sys.modules)"], cwd="/",
                            capture_output=True, text=True, check=True).stdout.split()
    assert not heavy & set(loaded)


def test_public_names_are_documented():
    for name in resnet_gluon.__all__:
        assert getattr(resnet_gluon, name).__doc__, name


@pytest.mark.parametrize("name", ("smoke", "laptop", "full"))
def test_budgets(monkeypatch, name):
    monkeypatch.setenv("RESNET_GLUON_BUDGET", name)
    assert budget().name == name


def test_settings_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("RESNET_GLUON_BUDGET")
    assert budget().name == "laptop"
    monkeypatch.setenv("RESNET_GLUON_BUDGET", "huge")
    with pytest.raises(ValueError, match="RESNET_GLUON_BUDGET must be one of 'smoke', 'laptop', 'full'"):
        budget()
    monkeypatch.setenv("RESNET_GLUON_RUNS", str(tmp_path / "a" / "b"))
    assert runs_folder().is_dir()
    monkeypatch.setenv("RESNET_GLUON_DATA", "")
    assert data_folder() is None
