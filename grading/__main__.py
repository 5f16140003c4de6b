"""The command line: `python -m grading assignment`, `collect A`, `grade A`; `make` calls it."""
import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import List, Optional

from grading.containing import WALLS, Limits

HERE = Path(__file__).resolve().parent


def main(arguments: Optional[List[str]] = None) -> int:
    """Run one command, and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m grading", description=__doc__)
    parser.add_argument("--course", type=Path, default=HERE, help="the folder with source/ and gradebook.db")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("assignment", help="make the students' notebooks, from source/ to release/")
    commands.add_parser("collect", help="take in downloaded/A/archive").add_argument("name", metavar="A")
    grade = commands.add_parser("grade", help="mark what is in submitted/: 0 all marked, 1 some not, 2 nothing")
    grade.add_argument("name", metavar="A")
    grade.add_argument("--wall", choices=WALLS, default="", help="what to run students' code behind (the best)")
    for word, value in vars(Limits()).items():
        grade.add_argument(f"--{word}", type=int, default=value, help=f"limit of a submission ({value})")
    chosen = parser.parse_args(arguments)
    course = chosen.course.resolve()
    if not (course / "source").is_dir():
        parser.error(f"{course} is not a course: it has no folder source")
    sys.dont_write_bytecode = True
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if chosen.command == "assignment":
        return assign(course)
    if chosen.command == "collect":
        from grading.collecting import collect

        return collect(course, chosen.name)
    from grading.grade import grade as run

    limits = Limits(**{word: getattr(chosen, word) for word in vars(Limits())})
    try:
        return run(course, chosen.name, limits, chosen.wall)
    except KeyboardInterrupt:
        print("grade: interrupted; grades.csv holds what was marked until then", file=sys.stderr)
        return 130


def assign(course: Path) -> int:
    """Have nbgrader make the students' notebooks of all assignments."""
    for source in sorted(path for path in (course / "source").iterdir() if path.is_dir()):
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", source.name, "--force"]
        done = subprocess.run(command, cwd=course, env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}, check=False)
        if done.returncode:
            print(f"assignment: nbgrader could not make {source.name}, see above", file=sys.stderr)
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
