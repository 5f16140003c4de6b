"""Fuzz the readers of files: `fuzz.py [LOADER …] --inputs N --seconds S` tries N inputs on each, for S seconds at most.

Prints inputs, how many were read, crashes (whatever is not the loader's one error), hangs (over ten seconds), the
largest memory, and the coverage of the loader's lines. Inputs that crash or hang are kept, to become tests. With
atheris (`pip install atheris`, on Linux) its engine finds the inputs, else a plainer one here.
"""
import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

HOSTILE = Path(__file__).resolve().parents[1] / "tests" / "hostile"
sys.path.insert(0, str(HOSTILE))
from fuzzing import STATE  # noqa: E402

CORPUS = HOSTILE / "corpus"
MOST_FAILURES = 20
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a disk would take most of the time


def run(loader, folder, inputs, seconds, seed):
    """One process. Returns its status and what it said."""
    command = [sys.executable, str(HOSTILE / "fuzzing.py"), loader, str(folder), str(inputs), str(seconds), str(seed)]
    done = subprocess.run(command, capture_output=True, cwd=folder, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def fuzz(loader, inputs, seconds, keep=None, seed=0):
    """A dict of what came of it."""
    failures = {"crashes": 0, "hangs": 0}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fuzz-", dir=IN_MEMORY)))
        shutil.copytree(CORPUS / loader, folder / "corpus")
        (folder / "state").write_bytes(bytes(STATE.size))
        while sum(failures.values()) < MOST_FAILURES:
            status, _, said = run(loader, folder, inputs, seconds, seed)
            if status == 0:
                break
            kind = "hangs" if "Timeout (" in said else "crashes"
            failures[kind] += 1
            seed += 1
            print(f"{loader}: {kind[:-1]}\n{said[-1500:]}", file=sys.stderr)
            if not (folder / "current").exists():
                raise SystemExit(f"{loader}: no input was read")
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(folder / "current", keep / f"{loader}-{kind[:-1]}-{failures[kind]}")
        done, good, slowest, _, memory = STATE.unpack((folder / "state").read_bytes())
        covered, lines = run(loader, folder, 0, 0, 0)[1].split()[:2]
    return {"loader": loader, "inputs": done, "read": good, **failures, "slowest": slowest, "memory": memory / 1024,
            "covered": int(covered), "lines": int(lines)}


def row(result):
    """A line of the README's table."""
    share = result["covered"] / result["lines"]
    return (f"| {result['loader']} | {result['inputs']:,} | {result['read']:,} | {result['crashes']} | "
            f"{result['hangs']} | {result['slowest']:.2f} s | {result['memory']:.0f} MB | "
            f"{share:.0%} of {result['lines']} lines |")


HEAD = ("| loader | inputs | read | crashes | hangs | slowest | most memory | coverage |\n"
        "|---|---|---|---|---|---|---|---|")


def main():
    every = sorted(path.name for path in CORPUS.iterdir())
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("loaders", nargs="*", metavar="LOADER", help=f"any of {', '.join(every)}; all by default")
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=1800, help="for each loader, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="where failing inputs go")
    arguments = parser.parse_args()
    unknown = set(arguments.loaders) - set(every)
    if unknown:
        parser.error(f"there is no loader {', '.join(sorted(unknown))}")
    engine = "atheris" if find_spec("atheris") else "the one in tests/hostile/fuzzing.py"
    print(f"engine: {engine}\n\n{HEAD}", flush=True)
    failed = False
    for loader in arguments.loaders or every:
        result = fuzz(loader, arguments.inputs, arguments.seconds, arguments.keep, arguments.seed)
        failed |= bool(result["crashes"] or result["hangs"])
        print(row(result), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
