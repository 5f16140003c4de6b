"""Pickles read as data: none of them runs anything, and none unfolds without end."""
import io
import os
import pickle
from collections import OrderedDict

from resnet_gluon import WeightsRefused, read_tensors
from resnet_gluon.weights.unpickling import unpickle

import numpy as onp
import pytest
import torch_files


def read(content):
    return unpickle(io.BytesIO(content))


@pytest.mark.parametrize("protocol", (2, 3, 4, 5))
def test_plain_values_are_what_python_s_own_unpickler_makes_of_them(protocol):
    value = {"a": [1, 2, (3,), (), (4, 5), (6, 7, 8), (1, 2, 3, 4)], "b": {"c": None, 7: True}, "d": 1.5,
             "e": "é" * 300, "f": [False, -1, 70_000, 10 ** 12, []], "g": {}}
    value["again"] = value["a"]
    found = read(pickle.dumps(value, protocol))
    assert found == value and found["again"] is found["a"]
    ordered = OrderedDict(x=1, y=2)
    assert list(read(pickle.dumps(ordered, protocol)).items()) == [("x", 1), ("y", 2)]


def asking_for(module, name):
    """A pickle that calls `module.name()`."""
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + b")R."


@pytest.mark.parametrize("module, name", [
    ("builtins", "eval"), ("os", "system"), ("posix", "system"), ("subprocess", "Popen"), ("torch", "load"),
    ("torch._utils", "_rebuild_xla_tensor"), ("collections", "deque"), ("resnet_gluon.weights.unpickling", "unpickle")])
def test_functions_that_build_no_data_are_not_given(module, name):
    with pytest.raises(ValueError, match=f"it asks for {module}.{name}, and only tensors"):
        read(asking_for(module, name))
    assert read(asking_for("collections", "OrderedDict")) == {}


@pytest.mark.parametrize("protocol", (0, 1, 2, 3, 4, 5))
def test_a_command_is_never_run(protocol, tmp_path):
    class Command:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path / 'executed'}",)
    with pytest.raises(ValueError, match="it asks for|does not need|do not need"):
        read(pickle.dumps({"a": Command()}, protocol))
    assert not (tmp_path / "executed").exists()


def test_opcodes_that_make_objects_are_refused():
    with pytest.raises(ValueError, match="its pickle uses (NEWOBJ|INST|OBJ)"):
        read(b"\x80\x02ccollections\nOrderedDict\n)\x81.")
    with pytest.raises(ValueError, match="its pickle uses INST"):
        read(b"(icollections\nOrderedDict\n.")


@pytest.mark.parametrize("reference", [
    ("module", "<f4", "0", "cpu", 4), ("storage", "<c8", "0", "cpu", 4), ("storage", "<f4", "0", "cpu", 4, "a view")])
def test_a_reference_to_anything_but_a_plain_storage_is_refused(reference):
    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            return reference if thing == "here" else None
    stream = io.BytesIO()
    Pickler(stream, protocol=2).dump(["here"])
    with pytest.raises(ValueError, match="something that is no plain storage"):
        read(stream.getvalue())


class Harmful:
    """Unpickled, it would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return exec, (f"open({str(self.path)!r}, 'w').close()",)


@pytest.mark.parametrize("kind", ("legacy", "zipped"))
def test_nothing_in_a_pickle_is_executed(kind, tmp_path):
    found, storages = torch_files.as_tensors({"a": onp.zeros(3, "float32")})
    found["b"] = Harmful(tmp_path / "executed")
    (tmp_path / "w").write_bytes(getattr(torch_files, kind)(found, storages))
    with pytest.raises(WeightsRefused, match="it asks for __builtin__.exec"):
        read_tensors(tmp_path / "w")
    assert not (tmp_path / "executed").exists()


def test_small_files_that_would_unfold_without_end_are_refused(tmp_path):
    storage, nested = torch_files.Storage("0", onp.zeros(4, "float32")), "x"
    for _ in range(60):
        nested = [nested, nested]
    itself = {}
    itself["model"] = itself
    for found in ({"a": nested}, itself):
        (tmp_path / "w").write_bytes(torch_files.zipped(found, [storage]))
        with pytest.raises(WeightsRefused, match="no dictionary of tensors|nested deeper"):
            read_tensors(tmp_path / "w")
    nested = ("x",)
    for _ in range(60):
        nested = (nested, nested)
    (tmp_path / "w").write_bytes(torch_files.zipped({"a": torch_files.Tensor(nested, (1,), (1,))}, []))
    with pytest.raises(WeightsRefused):
        read_tensors(tmp_path / "w")
