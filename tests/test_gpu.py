"""CUDA's libraries and cards, with made-up ones: nothing of NVIDIA's is needed here."""
import subprocess
import warnings

from resnet_gluon import devices, gpu

import mxnet as mx
import pytest


@pytest.fixture
def build(monkeypatch):
    """MXNet's GPU build as far as names go; gives the list of libraries that were asked for, and those not there."""
    asked, missing = [], set()

    def load(library):
        asked.append(library)
        return library.rpartition("/")[2] not in missing
    monkeypatch.setattr(gpu, "installed", lambda: True)
    monkeypatch.setattr(gpu, "loaded", load)
    return asked, missing


def smi(monkeypatch, text):
    """An nvidia-smi that says this; none where it is None."""
    def run(*_, **__):
        if text is None:
            raise FileNotFoundError("nvidia-smi")
        return subprocess.CompletedProcess([], 0, text.encode())
    monkeypatch.setattr(subprocess, "run", run)


def test_libraries_come_in_the_order_in_which_they_need_one_another(build):
    asked, _ = build
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gpu.load_cuda()
    assert [library.partition(".")[0] for library in asked] == [
        "libcudart", "libnvrtc", "libnvToolsExt", "libcublasLt", "libcublas", "libcufft", "libcurand", "libcusparse",
        "libcusolver", "libcudnn", "libnccl", "libcuda"]


def test_wheels_are_found_without_a_path_being_set(tmp_path, monkeypatch):
    library = tmp_path / "nvidia" / "cudnn" / "lib" / "libcudnn.so.8"
    library.parent.mkdir(parents=True)
    library.touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert gpu.wanted()[-2:] == [str(library), "libnccl.so.2"]


def test_what_is_missing_is_named(build):
    _, missing = build
    missing.update({"libcudnn.so.8", "libnccl.so.2"})
    with pytest.warns(UserWarning, match="libraries of CUDA 11 are not found: libcudnn.so.8, libnccl.so.2. make setup"):
        gpu.load_cuda()
    missing.add("libcuda.so.1")
    with pytest.raises(ImportError, match=r"NVIDIA's driver \(libcuda.so.1\), without which it cannot be imported"):
        gpu.load_cuda()


def test_with_the_cpu_build_nothing_is_loaded(monkeypatch):
    monkeypatch.setattr(gpu, "loaded", lambda library: pytest.fail(library))
    if not gpu.installed():
        gpu.load_cuda()
    assert not gpu.installed("no-such-build") and gpu.installed("numpy")


def test_a_library_that_is_not_there():
    assert not gpu.loaded("libno-such.so.1") and gpu.loaded("libc.so.6")


@pytest.mark.parametrize("text, found", [
    ("Tesla V100-SXM2-16GB, 7.0\nNVIDIA A10, 8.6\n", [("Tesla V100-SXM2-16GB", (7, 0)), ("NVIDIA A10", (8, 6))]),
    ("", []), (None, []), ("Field compute_cap is not valid\n", []), ("X, 9.\n", [])])
def test_cards_are_those_that_nvidia_smi_names(monkeypatch, text, found):
    smi(monkeypatch, text)
    assert gpu.cards() == found


@pytest.mark.parametrize("capability, age", [
    ((5, 0), None), ((7, 5), None), ((8, 0), None), ((8, 6), None), ((3, 7), "older"), ((8, 9), "newer"),
    ((9, 0), "newer"), ((12, 0), "newer")])
def test_cards_that_the_build_serves(capability, age):
    reason = gpu.refusal(capability)
    assert reason is None if age is None else f"is {age} than MXNet 1.9.1's build for CUDA 11.7 has code" in reason


def test_a_card_that_is_too_new_is_refused_before_it_fails(monkeypatch):
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 2)
    smi(monkeypatch, "NVIDIA A10, 8.6\nNVIDIA H100, 9.0\n")
    with pytest.raises(RuntimeError, match=r"NVIDIA H100 cannot be used: its compute capability 9.0 is newer than"):
        devices()
    smi(monkeypatch, "NVIDIA A10, 8.6\nNVIDIA A10, 8.6\n")
    assert devices() == [mx.gpu(0), mx.gpu(1)]


def test_without_a_gpu_no_card_is_asked_for(monkeypatch):
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 0)
    monkeypatch.setattr(gpu, "cards", lambda: pytest.fail("asked"))
    assert devices() == [mx.cpu()]
