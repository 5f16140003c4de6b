"""The course's prose by places: a notebook's Markdown cell, a section of README; its marks and its numbers.

A place is called "06:cc1719b2", the notebook's number and the cell's id, or "README:Measured", by its heading. A claim
stands where its mark is, an HTML comment that no reader sees:

    <!-- claim: shortcuts-c-over-b undecided -->

The word behind the id is what the prose says of the claim; without one the prose asserts it.
"""
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Match, Pattern, Tuple

from experiments.arithmetic import Number, numbers

MARK = re.compile(r"<!--\s*claim:\s*(\S+)(?:\s+(undecided|contradicted))?\s*-->")
#: What `make lint` compares with its source: README's table of figures and its drawing.
GENERATED = re.compile(r"<!-- (?:figures|house): made.*?<!-- end of \w+ -->", re.DOTALL)
#: What is not prose: comments, code, formulas, targets of links, headings, tags.
MASKED = re.compile(r"<!--.*?-->|```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)|^#+ [^\n]*|<[^>\n]+>",
                    re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
SECTION = re.compile(r"^## (\d+\.\d+) ", re.MULTILINE)
A_SECTION = "a section of the same notebook"


def prose(text: str, generated: bool = False) -> str:
    """A text with what is not prose blanked out; all else stays where it was. generated: keep that too."""
    def blank(match: Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])
    return MASKED.sub(blank, text if generated else GENERATED.sub(blank, text))


@dataclass(frozen=True)
class Place:
    """A piece of prose. beside: what the code cells above and below it say and print; sections: its notebook's."""
    name: str
    text: str
    beside: str = ""
    sections: FrozenSet[str] = frozenset()

    def marks(self) -> List[Tuple[str, str]]:
        """The claims that are marked here, each with what is said of it."""
        return [(match[1], match[2] or "supported") for match in MARK.finditer(self.text)]

    def numbers(self) -> List[Number]:
        """The numbers in the prose, and in README's table of figures."""
        return numbers(prose(self.text, generated=True))


@dataclass(frozen=True)
class Course:
    """All places by name, and what each code cell prints by the cell's name."""
    places: Dict[str, Place]
    printed: Dict[str, str]


def printed(cell: Dict[str, Any]) -> str:
    """What a code cell has printed."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
    return "\n".join("".join(text) for text in texts)


def read_notebook(path: Path, course: Course) -> None:
    """Add a notebook's cells."""
    cells, name = json.loads(path.read_text(encoding="utf8"))["cells"], path.name[:2]
    sections = frozenset(match[1] for cell in cells if cell["cell_type"] == "markdown"
                         for match in SECTION.finditer("".join(cell["source"])))
    around = [""] * (len(cells) + 2)  # from each cell on, the code without a Markdown cell between: above, then below
    for order in (range(len(cells)), range(len(cells) - 1, -1, -1)):
        run = ""
        for index in order:
            cell = cells[index]
            if cell["cell_type"] == "markdown":
                around[index] += run
                run = ""
            else:
                run += "".join(cell["source"]) + "\n" + printed(cell) + "\n"
    for cell, beside in zip(cells, around):
        if cell["cell_type"] == "markdown":
            place = Place(f"{name}:{cell['id']}", "".join(cell["source"]), beside, sections)
            course.places[place.name] = place
        else:
            course.printed[f"{name}:{cell['id']}"] = printed(cell)


def read_course(root: Path) -> Course:
    """The notebooks and README.md under a folder."""
    course = Course({}, {})
    for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        read_notebook(path, course)
    text = (root / "README.md").read_text(encoding="utf8")
    starts = [(0, "top"), *((match.start(), match[1]) for match in HEADING.finditer(text)), (len(text), "")]
    for (start, name), (end, _) in zip(starts, starts[1:]):
        course.places[f"README:{name}"] = Place(f"README:{name}", text[start:end])
    return course


@dataclass(frozen=True)
class Exemption:
    """Numbers that need no source: those within a match of the pattern."""
    pattern: Pattern[str]
    why: str


def unsourced(place: Place, claimed: List[Number], exempt: List[Exemption], hits: Dict[str, int]) -> List[Number]:
    """The quantities of a place that no claim has, no cell beside it holds, and no exemption covers. Counts hits."""
    text, left = prose(place.text), []
    beside = numbers(place.beside)
    covered = [(match.span(), each) for each in exempt for match in each.pattern.finditer(text)]
    for found in numbers(text):
        if not found.quantity or any(found.same(other) for other in claimed) or stands_beside(found, beside):
            continue
        covering = [each.why for (start, end), each in covered if start <= found.start < end]
        covering += [A_SECTION] * (found.text in place.sections)
        if covering:
            hits[covering[0]] = hits.get(covering[0], 0) + 1
        else:
            left.append(found)
    return left


def stands_beside(found: Number, beside: List[Number]) -> bool:
    """Whether code or output has this number: as it is written, or, of two digits and more, what rounds to it."""
    digits = len(found.text.strip("%×. ").replace(".", "").lstrip("0").strip())
    return any(found.same(other) or digits >= 2 and other.decimals >= found.decimals
               and found.rounds(other.value, percent=other.percent) for other in beside)
