"""A study's file of results: how it is read, and how a row is added so that none is lost.

results/NAME.json is one JSON document, described in schema.json, with each row on a line of its own:

    results = json.load(open("experiments/results/shortcuts.json"))
    results["summary"]["A"]["val_accuracy"]["mean"], results["rows"][0]["values"]

It is replaced as a whole, under a lock, each time that a run ends. A kill, or a full disk, leaves the file of before.
"""
import fcntl
import json
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results")
Row = Dict[str, Any]

#: Which value a setting had before it could be set, by its path in a configuration: rows from then are not stale.
#: A new field of `Training` belongs here, if its default changes nothing.
BEFORE: Dict[str, Any] = {"training.trim": False, "training.lr_batch": None}


class RowNotWritten(OSError):
    """A finished row that the disk would not take. The message holds the row."""


def say(message: str) -> None:
    """A line for the reader of a study's output."""
    print(message, file=sys.stderr, flush=True)


def results_file(study: Any, folder: Path) -> Path:
    """Where this study's rows are."""
    return folder / f"{study.name}.json"


def validator(part: Optional[str] = None) -> Any:
    """What knows the schema, of the whole file or of one of its definitions."""
    import jsonschema
    schema = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf8"))
    if part:
        schema = {"definitions": schema["definitions"], "$ref": f"#/definitions/{part}"}
    return jsonschema.Draft7Validator(schema)


def lines_that_are_rows(text: str) -> Iterator[Row]:
    """The rows that can still be read in a damaged file: each whole line that is one."""
    for line in text.splitlines():
        try:
            row = json.loads(line.strip().rstrip(","))
        except ValueError:
            continue
        if isinstance(row, dict) and "values" in row:
            yield row


def scan(path: Path) -> Tuple[List[Row], List[str]]:
    """The rows that can be read in a file, none where there is no file; and what is wrong with the rest of it."""
    if not path.exists():
        return [], []
    text = path.read_text(encoding="utf8", errors="replace")
    faults, valid = [], validator("row")
    try:
        found = list(json.loads(text)["rows"])
    except (ValueError, KeyError, TypeError) as error:
        found = list(lines_that_are_rows(text))
        faults.append(f"it is cut short or damaged ({error}); {len(found)} whole rows were found in it")
    rows = []
    for number, row in enumerate(found, 1):
        fault = next(iter(valid.iter_errors(row)), None)
        if fault is None:
            rows.append(row)
        else:
            place = ".".join(map(str, fault.absolute_path))
            faults.append(f"row {number} is no row{' at ' + place if place else ''}: {fault.message[:200]}")
    return rows, faults


def read(path: Path) -> List[Row]:
    """The rows in a file; what is damaged is named and left out."""
    rows, faults = scan(path)
    name_faults(path, faults)
    return rows


def name_faults(path: Path, faults: List[str], more: str = "") -> None:
    if faults:
        say(f"{path}: {'; '.join(faults)}. Going on without what is damaged{more}.")


def read_to_write(path: Path) -> List[Row]:
    """The same, before the file is replaced: one that is damaged is kept beside it."""
    rows, faults = scan(path)
    if faults:
        copy = path.with_suffix(f".damaged-{int(time.time())}")
        shutil.copyfile(path, copy)
        name_faults(path, faults, f"; the file as it was is {copy.name}")
    return rows


def filled(configuration: Any, path: str = "") -> Any:
    """A configuration with the settings of BEFORE where it lacks them."""
    if not isinstance(configuration, dict):
        return configuration
    full = {name: filled(value, f"{path}{name}.") for name, value in configuration.items()}
    for setting, value in BEFORE.items():
        parent, _, name = setting.rpartition(".")
        if parent == path.rstrip("."):
            full.setdefault(name, value)
    return full


def unlike(old: Any, new: Any, path: str) -> List[str]:
    """Where two configurations differ, in words."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = [words for name in sorted({*old} & {*new}) for words in unlike(old[name], new[name], f"{path}.{name}")]
        found += [f"{path}.{name} is new: {json.dumps(new[name])} (if that changes nothing, note it in rows.BEFORE)"
                  for name in sorted({*new} - {*old})]
        found += [f"{path}.{name}, {json.dumps(old[name])}, is no setting now" for name in sorted({*old} - {*new})]
        return found
    return [] if old == new else [f"{path} was {json.dumps(old)} and is {json.dumps(new)}"]


def stale(study: Any, row: Row) -> List[str]:
    """Why a row does not belong to the study as the code has it now, in words. Empty for a row that does."""
    if row["arm"] not in study.arms:
        return [f"the study has no arm {row['arm']!r} now"]
    return (unlike(filled(row["configuration"]), filled(study.arms[row["arm"]]), "configuration")
            + unlike(row["edition"], study.edition_of(row["arm"]), "data edition")
            + unlike(row["version"], study.version, "the study's version"))


def fresh(study: Any, rows: List[Row]) -> List[Row]:
    """The rows that are not stale."""
    return [row for row in rows if not stale(study, row)]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Within `with locked(path):` no other runner writes this file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def as_text(study: Any, rows: List[Row]) -> str:
    """The file for these rows: the summary, then a line a row, so that a difference in version control is a row."""
    from experiments.summary import head
    arms = list(study.arms)
    ordered = sorted(rows, key=lambda row: (arms.index(row["arm"]) if row["arm"] in arms else len(arms), row["arm"],
                                            row["seed"], row["finished"] or ""))
    parts = {**head(study, rows), "rows": ordered}
    return "{\n" + ",\n".join(f' "{name}": {lines(part)}' for name, part in parts.items()) + "\n}\n"


def lines(part: Any) -> str:
    """JSON with a line for each item of a list or a dict."""
    def in_one(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if isinstance(part, dict) and part:
        return "{\n" + ",\n".join(f"  {in_one(name)}: {in_one(value)}" for name, value in part.items()) + "\n }"
    if isinstance(part, list) and part:
        return "[\n" + ",\n".join(f"  {in_one(value)}" for value in part) + "\n ]"
    return in_one(part)


def write(study: Any, rows: List[Row], folder: Path) -> None:
    """Replace the file. Raises OSError, and leaves it as it was, where the disk does not take the new one."""
    from resnet_gluon.files import save_text  # not at the top: a run's own process need not load MXNet
    save_text(results_file(study, folder), as_text(study, rows))


def refresh(study: Any, folder: Path) -> List[Row]:
    """The rows of a file, whose summary is brought up to date with the code, where that can be written."""
    path = results_file(study, folder)
    if not path.exists():
        return []
    with locked(path):
        rows, faults = scan(path)
        name_faults(path, faults)
        if not faults and as_text(study, rows) != path.read_text(encoding="utf8"):
            try:
                write(study, rows, folder)
            except OSError as error:
                say(f"{path} cannot be written, so its summary is not today's: {error.strerror}")
    return rows


def same_run(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in ("arm", "seed", "configuration", "edition", "version"))


def add(study: Any, row: Row, folder: Path) -> None:
    """Add a finished row to the file. Raises RowNotWritten, which holds the row, where the disk does not take it."""
    path = results_file(study, folder)
    try:
        fault = next(iter(validator("row").iter_errors(row)), None)
        if fault is not None:
            raise ValueError(f"{study.name}, {row['arm']}: {fault.message}")
        with locked(path):
            rows = read_to_write(path)
            if not any(same_run(row, other) for other in rows):
                write(study, rows + [row], folder)
    except OSError as error:
        raise RowNotWritten(
            f"{path} cannot be written: {error.strerror or error}. What it holds is whole. This finished row is not in "
            f"it; when there is room, put it into a file and call python -m {study.module} --adopt FILE:\n"
            + json.dumps(row, ensure_ascii=False)) from error
