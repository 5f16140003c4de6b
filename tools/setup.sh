#!/bin/sh
# Makes .venv ready: finds a Python that MXNet 1.9.1 runs on, installs requirements.txt, leaves a ready environment alone.
# PYTHON=/path/to/python names an interpreter to try first. `setup.sh grading` adds requirements-grading.txt. GPU=1 puts
# MXNet's build for NVIDIA's cards in place of the other.
set -eu
cd "$(dirname "$0")/.."

explain() {
    cat >&2 <<MESSAGE
set-up: $1

This course needs Python 3.8, 3.9, 3.10 or 3.11 on Linux (x86-64, 64-bit Arm) or macOS (x86-64).
Why: MXNet 1.9.1, the last release, has wheels for these systems only, and it imports NumPy names that
NumPy 1.24 removed; the last NumPy before that has no wheels for Python 3.12 or later.
Ways out:
  uv         install it (https://docs.astral.sh/uv/) and call make again: it brings a Python of its own
  conda      conda create -n resnet python=3.11, conda activate resnet, and call make again
             (Apple silicon: with CONDA_SUBDIR=osx-64 before the first command)
  container  any image of Python 3.11 on Linux; on Windows, WSL 2 serves as well
MESSAGE
    exit 1
}

case "$(uname -s)" in
    MINGW* | MSYS* | CYGWIN* | Windows*) explain "MXNet 1.9.1 has no build for Windows." ;;
esac

fingerprint=$(printf '%s\n' "$(pwd)" | cat - requirements.txt pyproject.toml tools/setup.sh | cksum)
ready() {  # its stamp is of this folder and these pins, its Python starts, and the packages are there
    [ -f .venv/ready ] && [ "$(cat .venv/ready)" = "$fingerprint" ] && .venv/bin/python - 2>/dev/null <<'CHECK'
from importlib.util import find_spec
for name in "mxnet d2l numpy matplotlib IPython ipykernel jupyterlab nbclient nbconvert nbval pooch pytest ruff tqdm".split():
    assert find_spec(name), name
assert find_spec("resnet_gluon").submodule_search_locations
CHECK
}
uv=$(command -v uv || true)
install() {  # a file of requirements, options after it
    file=$1
    shift
    if [ -n "$uv" ]; then
        "$uv" pip install --quiet --python .venv/bin/python "$@" -r "$file"
    else
        .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@" -r "$file"
    fi
}
add_gpu() {  # once for each state of its pins; only one build of MXNet may be installed
    [ "${GPU:-0}" = 1 ] || return 0
    stamp=$(printf '%s\n' "$fingerprint" | cat - requirements-gpu.txt | cksum)
    [ ! -f .venv/ready-gpu ] || [ "$(cat .venv/ready-gpu)" != "$stamp" ] || return 0
    if [ "$(uname -s) $(uname -m)" != "Linux x86_64" ]; then
        echo "set-up: MXNet's GPU build is for Linux on x86-64. Without GPU=1 the CPU build is installed." >&2
        exit 1
    fi
    echo "set-up: MXNet's build for CUDA 11.7 and NVIDIA's libraries in place of the CPU build, once, 2.7 GB"
    if [ -n "$uv" ]; then
        "$uv" pip uninstall --quiet --python .venv/bin/python mxnet
    else
        .venv/bin/python -m pip uninstall --quiet --yes mxnet
    fi
    install requirements-gpu.txt --no-deps
    echo "$stamp" > .venv/ready-gpu
    .venv/bin/python -m resnet_gluon.gpu
}
add_grading() {  # once for each state of its pins
    pins=$(printf '%s\n' "$fingerprint" | cat - requirements-grading.txt | cksum)
    [ -f .venv/ready-grading ] && [ "$(cat .venv/ready-grading)" = "$pins" ] && return
    echo "set-up: nbgrader, once"
    install requirements-grading.txt
    echo "$pins" > .venv/ready-grading
}
if ready; then
    add_gpu
    [ "${1:-}" != grading ] || add_grading
    exit 0
fi

suits() {  # a Python of the right version and build, which can make an environment, and is not of the one to be replaced
    "$1" - >/dev/null 2>&1 <<'CHECK'
import ensurepip, os, platform, sys, venv
builds = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "x86_64")}
sys.exit(not ((3, 8) <= sys.version_info[:2] <= (3, 11) and (sys.platform, platform.machine()) in builds)
         or os.path.realpath(sys.prefix) == os.path.realpath(".venv"))
CHECK
}
outside=""  # the PATH without .venv, which may be active
IFS=:
for folder in $PATH; do [ "$folder" = "$(pwd)/.venv/bin" ] || outside=$outside:$folder; done
unset IFS
PATH=${outside#:}
found=""
for candidate in "${PYTHON:-}" python3.11 python3.10 python3.9 python3.8 python3 python \
    "${HOME:-}"/.pyenv/versions/3.11.*/bin/python "${HOME:-}"/.pyenv/versions/3.10.*/bin/python \
    "${HOME:-}"/.pyenv/versions/3.9.*/bin/python "${HOME:-}"/.pyenv/versions/3.8.*/bin/python; do
    if [ -n "$candidate" ] && suits "$candidate"; then found=$candidate; break; fi
done

made=""
put_back() {  # whatever ends this before the new environment is complete: the former one is there again
    if [ -z "$made" ] && [ -e .venv.former ]; then
        rm -rf .venv
        mv .venv.former .venv
        echo "set-up: .venv is the former one again, incomplete or out of date as it was" >&2
    fi
}
trap put_back EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

[ ! -e .venv ] || echo "set-up: .venv is incomplete, broken or out of date, and is made anew"
if [ -e .venv.former ]; then
    rm -rf .venv  # half made, by a set-up that was killed
elif [ -e .venv ] || [ -L .venv ]; then
    mv .venv .venv.former
fi
if [ -n "$found" ]; then
    echo "set-up: $("$found" --version), once, one to three minutes"
    "$found" -m venv .venv
elif [ "$(uname -sm)" = "Darwin arm64" ]; then
    explain "MXNet 1.9.1 has no build for Apple silicon, and no x86-64 Python was found."
elif [ -n "$uv" ]; then
    echo "set-up: no Python 3.8 to 3.11 found; uv brings one, once"
    "$uv" venv --quiet --seed --python ">=3.8,<3.12" .venv || explain "uv could not provide a Python 3.8 to 3.11."
else
    explain "no Python 3.8 to 3.11 that can make an environment was found, nor uv."
fi
install requirements.txt
echo "$fingerprint" > .venv/ready
ready || { echo "set-up: the packages were installed but cannot be found; see above" >&2; exit 1; }
made=1
rm -rf .venv.former
add_gpu
[ "${1:-}" != grading ] || add_grading
