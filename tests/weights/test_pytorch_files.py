"""PyTorch's files: what training scripts put around the tensors, and views of storages."""
from resnet_gluon import WeightsRefused, read_tensors

import numpy as onp
import pytest
import torch_files


@pytest.mark.parametrize("wrap", [lambda found: {"state_dict": found, "best_prec1": 91.5},
                                  lambda found: {"state_dict": found, "best_acc1": found["module.a"]},
                                  lambda found: {"epoch": 3, "model": {"state_dict": found}}])
def test_training_scripts_wrappings_are_looked_into(wrap, tmp_path):
    found, storages = torch_files.as_tensors({"module.a": onp.arange(6, dtype="float32").reshape(2, 3)})
    (tmp_path / "w").write_bytes(torch_files.zipped(wrap(found), storages))
    assert read_tensors(tmp_path / "w")["a"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_views_of_one_storage(tmp_path):
    storage = torch_files.Storage("0", onp.arange(12, dtype="float32"))
    found = {"turned": torch_files.Tensor(storage, (2, 3), (1, 2), 4), "scalar": torch_files.Tensor(storage, (), (), 5)}
    for write in (torch_files.legacy, torch_files.zipped):
        (tmp_path / "w").write_bytes(write(found, [storage]))
        tensors = read_tensors(tmp_path / "w")
        assert tensors["turned"].tolist() == [[4, 6, 8], [5, 7, 9]] and tensors["scalar"] == 5


@pytest.mark.parametrize("shape, strides, offset", [((2, 3), (3, 1), 1), ((7,), (1,), 0), ((10 ** 12,), (0,), 0),
                                                    ((2,), (-1,), 3), ((2, 2), (1,), 0), ((2,), (1,), 10 ** 30)])
def test_tensors_that_reach_beyond_their_storage_are_refused(shape, strides, offset, tmp_path):
    storage = torch_files.Storage("0", onp.arange(6, dtype="float32"))
    (tmp_path / "w").write_bytes(torch_files.zipped({"a": torch_files.Tensor(storage, shape, strides, offset)},
                                                    [storage]))
    with pytest.raises(WeightsRefused):
        read_tensors(tmp_path / "w")


def test_files_that_pytorch_writes(tmp_path):
    torch = pytest.importorskip("torch")
    tensors = {"a": torch.randn(3, 2).t(), "b": torch.arange(4), "c": torch.randn(2).to(torch.bfloat16),
               "d": torch.nn.Parameter(torch.randn(2, 2))}
    for name, new in (("new", True), ("old", False)):
        torch.save(tensors, tmp_path / name, _use_new_zipfile_serialization=new)
        found = read_tensors(tmp_path / name)
        for key, tensor in tensors.items():
            assert (found[key] == tensor.detach().float().numpy()).all()
