"""tools/setup.sh, on machines made up from a few scripts on the PATH. Nothing is installed here."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def machine(tmp_path):
    """A copy of the set-up in a folder of its own, and a PATH that holds just what a test puts there."""
    project, path = tmp_path / "a project", tmp_path / "bin"  # people's folders have spaces in their names
    (project / "tools").mkdir(parents=True)
    path.mkdir()
    for name in ("tools/setup.sh", "requirements.txt", "requirements-grading.txt", "requirements-gpu.txt",
                 "pyproject.toml"):
        shutil.copy(ROOT / name, project / name)
    for tool in ("cat", "cksum", "dirname", "mv", "rm", "sh", "mkdir", "uname"):
        (path / tool).symlink_to(shutil.which(tool))

    def script(name, body):
        (path / name).unlink(missing_ok=True)
        (path / name).write_text(f"#!/bin/sh\n{body}\n")
        (path / name).chmod(0o755)

    def setup(*arguments, **environment):
        environment = {"PATH": str(path), "HOME": str(tmp_path), **environment}
        return subprocess.run(["sh", str(project / "tools" / "setup.sh"), *arguments], capture_output=True, text=True,
                              env={name: value for name, value in environment.items() if value}, timeout=120)
    return type("Machine", (), {"project": project, "script": staticmethod(script), "setup": staticmethod(setup)})


def fake_python(version, machine="x86_64", platform="linux"):
    """A Python that answers the set-up's question as another version or build would, and makes no environment."""
    return f"""if [ "$1" = "--version" ]; then echo Python {version}; exit; fi
[ "$1" = "-" ] || exit 7
{sys.executable} -c "
import ensurepip, platform, sys, venv
sys.version_info = tuple(map(int, '{version}'.split('.')))
sys.platform, platform.machine = '{platform}', lambda: '{machine}'
exec(sys.stdin.read())\""""


def fingerprint(project):
    """The stamp that the set-up leaves in an environment that fits its files."""
    setup = (project / "tools" / "setup.sh").read_text()
    line = next(line for line in setup.splitlines() if line.startswith("fingerprint="))
    return subprocess.run(f'{line}\necho "$fingerprint"', shell=True, cwd=project, check=True, capture_output=True,
                          text=True).stdout


def explained(result, *parts):
    assert result.returncode == 1
    for part in ("Python 3.8, 3.9, 3.10 or 3.11", "MXNet 1.9.1", "NumPy 1.24", "uv", "conda", "container", *parts):
        assert part in result.stderr
    return True


def test_no_python_at_all(machine):
    assert explained(machine.setup(), "no Python 3.8 to 3.11")
    assert not (machine.project / ".venv").exists()


@pytest.mark.parametrize("version", ("3.7.16", "3.12.1", "3.13.0"))
def test_only_an_unsupported_python(machine, version):
    machine.script("python3", fake_python(version))
    assert explained(machine.setup(), "no Python 3.8 to 3.11")


@pytest.mark.parametrize("version", ("3.8.18", "3.9.18", "3.10.13", "3.11.7"))
def test_a_supported_python_is_taken(machine, version):
    machine.script("python3", fake_python(version))
    result = machine.setup()
    assert f"set-up: Python {version}" in result.stdout
    assert result.returncode == 7  # where the real one would go on to make the environment


def test_a_shim_that_fails_is_passed_over(machine):
    machine.script("python3.11", "echo 'command not found' >&2; exit 127")
    machine.script("python3", fake_python("3.9.18"))
    assert "set-up: Python 3.9.18" in machine.setup().stdout


def test_uv_serves_where_no_python_does(machine):
    machine.script("python3", fake_python("3.12.1"))
    machine.script("uv", 'echo "uv $*"; exit 9')
    result = machine.setup()
    assert "uv brings one" in result.stdout and "uv venv --quiet --seed --python >=3.8,<3.12 .venv" in result.stdout
    assert explained(result, "uv could not provide")


@pytest.mark.parametrize("name", ("MINGW64_NT-10.0-19045", "MSYS_NT-10.0", "CYGWIN_NT-10.0"))
def test_windows(machine, name):
    machine.script("uname", f"echo {name}")
    machine.script("python3", fake_python("3.11.7", "AMD64", "win32"))
    assert explained(machine.setup(), "no build for Windows", "WSL")


def test_apple_silicon(machine):
    machine.script("uname", '[ "$1" = "-s" ] && echo Darwin || echo Darwin arm64')
    machine.script("python3", fake_python("3.11.7", "arm64", "darwin"))
    machine.script("uv", "exit 9")
    assert explained(machine.setup(), "no build for Apple silicon", "CONDA_SUBDIR=osx-64")
    machine.script("python3.10", fake_python("3.10.13", "x86_64", "darwin"))  # a Python under Rosetta does
    assert "set-up: Python 3.10.13" in machine.setup().stdout


def former(machine):
    """An environment that is out of date, in which somebody may work."""
    (machine.project / ".venv" / "bin").mkdir(parents=True)
    (machine.project / ".venv" / "ready").write_text("other pins")
    return machine.project / ".venv" / "bin" / "python"


def making_one(installs):
    """What a fake Python does beside answering: an environment whose own Python installs with this status."""
    own = f'case "$*" in -) exit 0;; *pip*) exit {installs};; esac'
    return f"""if [ "$1" = -m ]; then mkdir -p .venv/bin; echo '#!/bin/sh
{own}' > .venv/bin/python; chmod +x .venv/bin/python; exit; fi
""" + fake_python("3.11.7")


@pytest.mark.parametrize("remains", ("stamp of other pins", "dead interpreter"))
def test_a_broken_environment_is_made_anew(machine, remains):
    python = former(machine)
    if remains == "dead interpreter":
        python.symlink_to("/nowhere/python")
    machine.script("chmod", f'exec {shutil.which("chmod")} "$@"')
    machine.script("python3", making_one(0))
    result = machine.setup()
    assert "made anew" in result.stdout and result.returncode == 0
    assert (machine.project / ".venv" / "ready").read_text() != "other pins"
    assert [path.name for path in machine.project.glob(".venv*")] == [".venv"]
    assert machine.setup().stdout == ""


@pytest.mark.parametrize("fails", ("no Python", "making it", "installing", "an earlier set-up was killed"))
def test_the_former_environment_stays_until_the_new_one_is_complete(machine, fails):
    python = former(machine)
    if fails == "an earlier set-up was killed":
        (machine.project / ".venv").rename(machine.project / ".venv.former")
        (machine.project / ".venv").mkdir()
    if fails != "no Python":
        machine.script("chmod", f'exec {shutil.which("chmod")} "$@"')
        machine.script("python3", fake_python("3.11.7") if fails == "making it" else making_one(9))
    result = machine.setup()
    assert result.returncode == {"no Python": 1, "making it": 7}.get(fails, 9)
    assert ".venv is the former one again" in result.stderr
    assert python.parent.is_dir() and (machine.project / ".venv" / "ready").read_text() == "other pins"
    assert [path.name for path in machine.project.glob(".venv*")] == [".venv"]


def test_the_python_of_an_active_environment_does_not_make_its_own_successor(machine):
    python = former(machine)
    python.with_name("python3").write_text(f"#!/bin/sh\n{fake_python('3.11.7')}\n")
    python.with_name("python3").chmod(0o755)
    path = f"{python.parent}:{machine.project.parent / 'bin'}"
    assert explained(machine.setup(PATH=path), "no Python 3.8 to 3.11")
    machine.script("python3", fake_python("3.10.2"))
    assert "set-up: Python 3.10.2" in machine.setup(PATH=path).stdout


def test_without_a_home_folder(machine):
    assert explained(machine.setup(HOME=None), "no Python 3.8 to 3.11")


def test_a_ready_environment_is_left_alone():
    stamp = ROOT / ".venv" / "ready"
    if not stamp.exists() or stamp.read_text() != fingerprint(ROOT):
        pytest.skip("the environment was not made by tools/setup.sh as it is now")  # which would make it anew here
    before = stamp.stat().st_mtime_ns
    result = subprocess.run(["sh", str(ROOT / "tools" / "setup.sh")], capture_output=True, text=True, check=True,
                            env=dict(os.environ))
    assert (result.stdout, result.stderr, stamp.stat().st_mtime_ns) == ("", "", before)


def test_the_gpu_build_takes_the_other_s_place_once(machine):
    log = machine.project / "log"
    (machine.project / ".venv" / "bin").mkdir(parents=True)
    python = machine.project / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\n[ "$1" = - ] || echo "$*" >> "{log}"\n')
    python.chmod(0o755)
    (machine.project / ".venv" / "ready").write_text(fingerprint(machine.project))
    machine.script("uname", 'case $1 in -s) echo Linux;; -m) echo x86_64;; esac')

    assert machine.setup().stdout == machine.setup(GPU="0").stdout == ""
    assert machine.setup(GPU="1").stdout.startswith("set-up: MXNet's build for CUDA 11.7 and NVIDIA's libraries")
    assert machine.setup(GPU="1").stdout == ""
    assert log.read_text().splitlines() == [
        "-m pip uninstall --quiet --yes mxnet",
        "-m pip install --quiet --disable-pip-version-check --no-deps -r requirements-gpu.txt", "-m resnet_gluon.gpu"]


def test_the_gpu_build_is_for_linux_on_x86_alone(machine):
    (machine.project / ".venv" / "bin").mkdir(parents=True)
    (machine.project / ".venv" / "bin" / "python").write_text("#!/bin/sh\n")
    (machine.project / ".venv" / "bin" / "python").chmod(0o755)
    (machine.project / ".venv" / "ready").write_text(fingerprint(machine.project))
    machine.script("uname", 'case $1 in -s) echo Darwin;; -m) echo arm64;; esac')
    told = machine.setup(GPU="1")
    assert told.returncode == 1 and "MXNet's GPU build is for Linux on x86-64" in told.stderr


def test_nbgrader_is_added_once(machine):
    log = machine.project / "log"
    (machine.project / ".venv" / "bin").mkdir(parents=True)
    python = machine.project / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\n[ "$1" = - ] || echo "$*" >> "{log}"\n')
    python.chmod(0o755)
    (machine.project / ".venv" / "ready").write_text(fingerprint(machine.project))

    assert machine.setup("grading").stdout == "set-up: nbgrader, once\n"
    assert machine.setup("grading").stdout == machine.setup().stdout == ""
    with (machine.project / "requirements-grading.txt").open("a") as pins:
        pins.write("# another\n")
    assert machine.setup("grading").stdout == "set-up: nbgrader, once\n"
    assert log.read_text().count("-r requirements-grading.txt\n") == log.read_text().count("\n") == 2


def test_every_requirement_is_pinned_exactly():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith(("#", "-e ."))]
    assert len(pins) > 100 and all("==" in line.split(";")[0] for line in pins)
    assert "-e ." in "\n".join(lines)


def test_make_hands_the_caller_s_python_on():
    result = subprocess.run(["make", "--eval", "show: ; @echo $$PYTHON", "show"], cwd=ROOT, capture_output=True,
                            text=True, check=True, env=dict(os.environ, PYTHON="/chosen/python"))
    assert "/chosen/python" in result.stdout.splitlines()
