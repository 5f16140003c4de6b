"""All studies: what there is, what is missing or stale, and how long it would take.

    python -m experiments               the list
    python -m experiments --run         works through all that is missing or stale, at low priority
    python -m experiments --smoke       each arm of each study in miniature

--run can be stopped at any time and called again. A name or more after it: these studies only.
"""
import argparse
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from experiments import rows
from experiments.rows import RESULTS, say
from experiments.study import Study, main, stop
from experiments.summary import hours

#: The modules beside this one that define a study.
NAMES = tuple(sorted(file.stem for file in Path(__file__).parent.glob("*.py")
                     if "\nSTUDY = " in file.read_text(encoding="utf8")))


def studies(names: Sequence[str] = NAMES) -> Dict[str, Study]:
    """The studies by name; last those that want the machine to themselves."""
    found = {name: import_module(f"experiments.{name}").STUDY for name in names}
    return dict(sorted(found.items(), key=lambda item: item[1].alone))


def overview(study: Study) -> str:
    """A study in a line."""
    found = rows.read(rows.results_file(study, RESULTS))
    missing = study.missing(found)
    old = len(found) - len(rows.fresh(study, found))
    predicted = sum(study.predicted(found, arm) for arm, _ in missing) / 60
    return f"{study.name:12s}{len(found) - old:5d}{old:7d}{len(missing):9d}{hours(found):12.2f}{predicted:12.2f}"


def each(names: Sequence[str], arguments: List[str]) -> int:
    """Call the command line of each study. One that fails does not keep the others from their turn."""
    failed = []
    for name, study in studies(names).items():
        start = time.monotonic()
        try:
            status = main(study, arguments)
        except Exception as error:  # whatever it is, it is this study's alone
            say(f"{name}: {type(error).__name__}: {error}")
            status = 1
        failed += [name] * bool(status)
        say(f"{name}: {time.monotonic() - start:.0f} s")
    if failed:
        say(f"failed: {', '.join(failed)}")
    return int(bool(failed))


def command_line(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m experiments", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(NAMES), metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in NAMES]
    if unknown:
        parser.error(f"unknown study {unknown[0]!r}: there are {', '.join(NAMES)}")
    signal.signal(signal.SIGTERM, stop)
    if given.run:
        os.nice(10)
        return each(given.names, [])
    if given.smoke:
        return each(given.names, ["--smoke"])
    print("study       fresh  stale  missing  hours used  hours more   (of one core; of all, where time is measured)")
    print("\n".join(overview(study) for study in studies(given.names).values()))
    return 0


if __name__ == "__main__":
    sys.exit(command_line())
