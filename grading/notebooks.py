"""Reads notebooks as plain values: cells with their source, and nothing of what else a file may hold.

Neither nbformat nor nbgrader sees a submission: metadata, outputs and attachments are skipped, whatever is in them.
"""
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

from grading.reading import Refused

LARGEST = 10 << 20  # bytes of a notebook
MOST_CELLS, MOST_CODE = 1000, 1 << 20  # cells, and characters of all their sources
DEEPEST = 100  # how far JSON may be nested
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))  # at the start of a file


@dataclass(frozen=True)
class Cell:
    """One cell. kind: "code", "markdown" …; source: its text; about: the assignment's own word on it (nbgrader's)."""
    kind: str
    source: str
    id: str = ""
    tags: Tuple[str, ...] = ()
    about: Tuple[Tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """The name by which nbgrader knows the cell, or its id."""
        return str(dict(self.about).get("grade_id") or self.id)

    def says(self, word: str) -> Any:
        """Return what nbgrader's metadata say of the cell: "grade", "solution", "locked", "points"."""
        return dict(self.about).get(word)


def parse(data: bytes) -> List[Cell]:
    """Return a notebook's cells. Raises Refused for what is none."""
    content = load(decode(data))
    if not isinstance(content, dict):
        raise Refused("it is not a notebook: a JSON object is expected")
    sheets = content.get("worksheets")  # Jupyter's format before 2015
    if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        content = sheets[0]
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise Refused("it is not a notebook: it has no list of cells")
    if len(cells) > MOST_CELLS:
        raise Refused(f"it has {len(cells):,} cells; at most {MOST_CELLS:,} are read")
    found = [cell_of(cell) for cell in cells if isinstance(cell, dict)]
    if sum(len(cell.source) for cell in found) > MOST_CODE:
        raise Refused(f"its cells hold more than {MOST_CODE:,} characters")
    return found


def decode(data: bytes) -> str:
    """Return the text of a file, in the encoding that its first bytes tell, UTF-8 if they tell none."""
    mark, encoding = next(((mark, name) for mark, name in MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        return data[len(mark):].decode(encoding)
    except UnicodeDecodeError:
        raise Refused("it is not a notebook: its text is not UTF-8") from None


def load(text: str) -> Any:
    """Return what JSON says. Raises Refused where it is damaged, or nested too deep."""
    if depth(text) > DEEPEST:
        raise Refused(f"it is nested more than {DEEPEST} deep, which no notebook is")
    try:
        return json.loads(text, parse_int=integer)
    except (ValueError, RecursionError, MemoryError) as error:
        raise Refused(f"it is not a notebook: it is damaged ({str(error)[:100]})") from None


def integer(digits: str) -> float:
    """A number as it is, or one too large for any use: Python takes minutes for a million digits."""
    return int(digits) if len(digits) < 20 else float("inf")


def depth(text: str) -> int:
    """Return how far brackets are nested, at least: those within strings are told apart where the text is JSON."""
    deepest = level = 0
    for number, part in enumerate(text.replace("\\\\", "").replace('\\"', "").split('"')):
        if number % 2 == 0:
            for sign in part:
                if sign in "[{":
                    level += 1
                    deepest = max(deepest, level)
                elif sign in "]}":
                    level -= 1
    return deepest


def cell_of(cell: Dict[str, Any]) -> Cell:
    """One cell, of whose parts only texts and plain values are taken."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    about, tags = metadata.get("nbgrader"), metadata.get("tags")
    about = about if isinstance(about, dict) else {}
    return Cell(text(cell.get("cell_type")), text(source), text(cell.get("id")),
                tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
                tuple((name, value) for name, value in about.items() if isinstance(value, (str, bool, int, float))))


def text(value: Any) -> str:
    """A text, without halves of signs, which cannot be written; nothing in the place of anything else."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else ""
