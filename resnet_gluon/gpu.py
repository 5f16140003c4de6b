"""The CUDA 11 libraries of MXNet's GPU build, and the cards that it serves.

The wheel mxnet-cu117 holds no CUDA library. NVIDIA publishes them as wheels too; loaded here, in this order, before
MXNet is imported, they are found without any path being set (requirements-gpu.txt, `make setup GPU=1`).
"""
import ctypes
import importlib.util
import subprocess
from importlib import metadata
from pathlib import Path
from typing import List, Optional, Tuple

from resnet_gluon.notices import warn

#: Folder under site-packages/nvidia: the libraries in it. The order is that of what needs what.
LIBRARIES = {
    "cuda_runtime": ("libcudart.so.11.0",), "cuda_nvrtc": ("libnvrtc.so.11.2",), "nvtx": ("libnvToolsExt.so.1",),
    "cublas": ("libcublasLt.so.11", "libcublas.so.11"), "cufft": ("libcufft.so.10",), "curand": ("libcurand.so.10",),
    "cusparse": ("libcusparse.so.11",), "cusolver": ("libcusolver.so.11",), "cudnn": ("libcudnn.so.8",),
    "nccl": ("libnccl.so.2",)}
DRIVER = "libcuda.so.1"
BUILD = "mxnet-cu117"
#: Compute capabilities for which the build holds code: from Maxwell (2014) to Ampere's consumer cards (2020).
OLDEST, NEWEST = (5, 0), (8, 6)


def installed(build: str = BUILD) -> bool:
    """Whether MXNet's GPU build is what is installed here."""
    try:
        return bool(metadata.version(build))
    except metadata.PackageNotFoundError:
        return False


def load_cuda() -> None:
    """Load the libraries that the GPU build needs, where it is installed. What is missing is named in a warning.

    Raises ImportError where there is no driver.
    """
    if not installed():
        return
    missing = [name for name in (*wanted(), DRIVER) if not loaded(name)]
    if DRIVER in missing:
        raise ImportError(f"MXNet's GPU build is installed, but NVIDIA's driver ({DRIVER}), without which it cannot be "
                          "imported, is not found: install the driver, or delete .venv and call make setup for the "
                          "CPU build")
    if missing:
        warn(f"MXNet's GPU build is installed, but these libraries of CUDA 11 are not found: {', '.join(missing)}. "
             "make setup GPU=1 installs them.")


def wanted() -> List[str]:
    """Each library: its path in NVIDIA's wheel where that is installed, else its name, for the system to find."""
    spec = importlib.util.find_spec("nvidia")
    places = [Path(place) for place in spec.submodule_search_locations or ()] if spec else []
    found = []
    for folder, names in LIBRARIES.items():
        for name in names:
            paths = [place / folder / "lib" / name for place in places if (place / folder / "lib" / name).exists()]
            found.append(str(paths[0]) if paths else name)
    return found


def loaded(library: str) -> bool:
    """Load a library for all that comes after it; False where it cannot be."""
    try:
        ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def cards() -> List[Tuple[str, Tuple[int, int]]]:
    """The name and the compute capability of each card, as NVIDIA's nvidia-smi says it; none where it is not there."""
    try:
        told = subprocess.run(["nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader"], timeout=30,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    found = []
    for line in told.stdout.decode(errors="replace").splitlines():
        name, _, capability = line.rpartition(", ")
        major, _, minor = capability.strip().partition(".")
        if major.isdecimal() and minor.isdecimal():
            found.append((name, (int(major), int(minor))))
    return found


def refusal(capability: Tuple[int, int]) -> Optional[str]:
    """Why the build does not serve a card of this compute capability; None where it does."""
    if OLDEST <= capability <= NEWEST:
        return None
    age = "newer" if capability > NEWEST else "older"
    return (f"its compute capability {capability[0]}.{capability[1]} is {age} than MXNet 1.9.1's build for CUDA 11.7 "
            f"has code for ({OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]})")


def check_cards() -> None:
    """Raise RuntimeError where a card is here that MXNet's build has no code for: it would fail at its first kernel."""
    for name, capability in cards():
        reason = refusal(capability)
        if reason:
            raise RuntimeError(f"{name} cannot be used: {reason}. Hide it with CUDA_VISIBLE_DEVICES, or compute on the "
                               "CPU: devices=[mx.cpu()].")


if __name__ == "__main__":  # for tools/setup.sh: what there is, and whether it is served
    for name, capability in cards() or [("no card of NVIDIA's", (0, 0))]:
        print(f"{name}: {'none found' if capability == (0, 0) else refusal(capability) or 'is served'}")
