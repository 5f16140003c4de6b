"""The environment variables, each read when it is asked for."""
import os
import subprocess
import sys
from pathlib import Path

from resnet_gluon import runs_folder
from resnet_gluon.settings import budget_name, ensure_home, folder_in, text_bars

import pytest


def test_the_budget_is_a_laptop_s_unless_said(monkeypatch):
    monkeypatch.setenv("RESNET_GLUON_BUDGET", "full")
    assert budget_name() == "full"
    monkeypatch.delenv("RESNET_GLUON_BUDGET")
    assert budget_name() == "laptop"


@pytest.mark.parametrize("variable", ("RESNET_GLUON_DATA", "RESNET_GLUON_CIFAR10", "RESNET_GLUON_UCR"))
def test_folders_that_are_named(monkeypatch, variable):
    monkeypatch.setenv(variable, "/some/where")
    assert folder_in(variable) == Path("/some/where")
    for unset in (lambda: monkeypatch.setenv(variable, ""), lambda: monkeypatch.delenv(variable)):
        unset()
        assert folder_in(variable) is None


def test_bars_are_plain_text_only_where_that_is_said(monkeypatch):
    for value, plain in (("text", True), ("", False), ("widgets", False)):
        monkeypatch.setenv("RESNET_GLUON_BARS", value)
        assert text_bars() is plain
    monkeypatch.delenv("RESNET_GLUON_BARS")
    assert text_bars() is False


def test_the_folder_of_results_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("RESNET_GLUON_RUNS", str(tmp_path / "a" / "b"))
    assert runs_folder() == tmp_path / "a" / "b" and runs_folder().is_dir()


def test_results_go_beside_the_notebooks_unless_said(monkeypatch, tmp_path):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.delenv("RESNET_GLUON_RUNS")
    assert runs_folder().resolve() == tmp_path.resolve() / "runs" and (tmp_path / "runs").is_dir()


def test_a_home_that_is_there_is_left_alone(monkeypatch, recwarn):
    monkeypatch.setenv("HOME", "/some/where")
    ensure_home()
    assert os.environ["HOME"] == "/some/where"
    monkeypatch.setenv("HOME", "")  # as good as unset: the system knows one
    ensure_home()
    assert "HOME" not in os.environ and Path.home().is_dir() and len(recwarn) == 0


@pytest.mark.slow
def test_without_any_home_a_temporary_one_is_used_and_said(tmp_path):
    """In a container whose user the system does not know: Jupyter and Matplotlib would fail while they are imported."""
    (tmp_path / "sitecustomize.py").write_text("""
import pwd
def unknown(number): raise KeyError(number)
pwd.getpwuid = unknown
""")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    environment.pop("HOME")
    program = """
from resnet_gluon import plots
import os, nbconvert
print(os.environ["HOME"], os.path.isdir(os.environ["HOME"]))
plots.spread({"a": [1]}, "b")"""
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    home, there = done.stdout.split()
    assert there == "True" and not Path(home).exists() and Path(home).parent == tmp_path
    assert f"There is no home folder: {home} is used until the end" in done.stderr
