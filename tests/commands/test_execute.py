"""`execute`: notebooks in place, and what stops one said in words."""
from asyncio import CancelledError

from resnet_gluon.commands.console import Failed
from resnet_gluon.commands.execute import executed

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError
from small_notebooks import write


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("RESNET_GLUON_RUNS", str(tmp_path / "mine"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")


@pytest.mark.slow
def test_notebooks_are_executed_in_place_and_nothing_of_an_earlier_run_is_gone_on_with(command, tmp_path):
    where = "import os; print(os.environ['RESNET_GLUON_RUNS'], os.listdir(os.environ['RESNET_GLUON_RUNS']))"
    one, two = write(tmp_path / "1.ipynb", where), write(tmp_path / "2.ipynb", "print(2)")
    command("execute", one, two)
    printed = nbformat.read(one, as_version=4).cells[0].outputs[0].text
    assert "mine" not in printed and printed.endswith("[]\n")
    assert nbformat.read(two, as_version=4).cells[0].outputs[0].text == "2\n"


@pytest.mark.parametrize("content", (b"", b"hello", b"[]", b"{}", b'{"cells": 3}', b"\x89PNG\r\n", b"null"))
def test_what_is_no_notebook_is_said_and_left_alone(fails, tmp_path, content):
    (tmp_path / "my.ipynb").write_bytes(content)
    assert "my.ipynb is no notebook: " in fails("execute", tmp_path / "my.ipynb")
    assert (tmp_path / "my.ipynb").read_bytes() == content


def test_a_folder_or_nothing_is_no_notebook(fails, tmp_path):
    assert f"{tmp_path} is no notebook: it is a folder" in fails("execute", tmp_path)
    assert "No such file or directory: " in fails("execute", tmp_path / "absent.ipynb")


def test_ctrl_c_while_the_kernel_starts_is_said(command, tmp_path, monkeypatch):
    def cancelled(*_):
        raise CancelledError
    monkeypatch.setattr("resnet_gluon.execute.Runner.execute", cancelled)
    with pytest.raises(SystemExit, match="execute: stopped by Ctrl-C. The notebook that ran holds the outputs so far"):
        command("execute", write(tmp_path / "a.ipynb", "1"))


def test_a_kernel_that_dies_is_said(tmp_path, monkeypatch):
    def die(*_):
        raise DeadKernelError("Kernel died")
    monkeypatch.setattr("resnet_gluon.execute.Runner.execute", die)
    with pytest.raises(Failed, match="the kernel of .*a.ipynb died, as it does where memory is short. What a run"):
        executed(write(tmp_path / "a.ipynb", "1"))
