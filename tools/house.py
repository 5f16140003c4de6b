"""Draw the package's wings and the arrows between them into the README, from the imports as they are.

    python tools/house.py --write      replaces the drawing between the README's two comments
    python tools/house.py --check      fails where the drawing is not that of today's imports, or an arrow goes round

The drawing is Mermaid, which GitHub and Jupyter render. An arrow means "imports". What all wings stand on (GROUND) is
one box. The face, `resnet_gluon/__init__`, which imports everything, is left out.
"""
import argparse
import sys
from pathlib import Path
from typing import Dict, Set

import grimp

PACKAGE = "resnet_gluon"
README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- house: made by make house -->", "<!-- end of house -->"
GROUND = ("arguments", "bounded", "devices", "files", "gpu", "notices", "settings", "version")
LEFT_OUT = ("former",)  # the first edition's import paths


def wing_of(module: str) -> str:
    """The box that a module is in: its wing, or the ground floor."""
    name = module.split(".")[1]
    return "ground" if name in GROUND else name


def arrows() -> Dict[str, Set[str]]:
    """{wing: the wings that it imports}."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    found: Dict[str, Set[str]] = {}
    modules = [module for module in graph.modules if "." in module and module.split(".")[1] not in LEFT_OUT]
    for module in modules:
        targets = {wing_of(target) for target in graph.find_modules_directly_imported_by(module) if "." in target}
        found.setdefault(wing_of(module), set()).update(targets - {wing_of(module), *LEFT_OUT})
    return found


def circle(found: Dict[str, Set[str]]) -> Set[str]:
    """The wings that are part of a circle, or lead to one; empty where there is none."""
    left = {wing: set(targets) for wing, targets in found.items()}
    while True:
        done = {wing for wing, targets in left.items() if not targets}
        if not done:
            return set(left)
        left = {wing: targets - done for wing, targets in left.items() if wing not in done}


def drawing() -> str:
    """The block that belongs between the two comments."""
    found = arrows()
    names = {"ground": '["' + ", ".join(GROUND) + '"]', "__main__": '["the command line"]'}
    lines = [f"    {wing}{names.get(wing, '')}" for wing in sorted(found)]
    lines += [f"    {wing} --> {target}" for wing in sorted(found) for target in sorted(found[wing])]
    return "\n".join([BEGIN, "```mermaid", "flowchart TD", *lines, "```", END])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true")
    choice.add_argument("--check", action="store_true")
    chosen, text = parser.parse_args(), README.read_text(encoding="utf8")
    round_trip = circle(arrows())
    if round_trip:
        sys.exit(f"house: imports go in a circle through {', '.join(sorted(round_trip))}")
    if BEGIN not in text or END not in text:
        sys.exit(f"house: README.md lacks the comments {BEGIN} and {END}")
    new = text[:text.index(BEGIN)] + drawing() + text[text.index(END) + len(END):]
    if chosen.write:
        README.write_text(new, encoding="utf8")
    elif new != text:
        sys.exit("house: the README's drawing is not that of today's imports; call make house")


if __name__ == "__main__":
    main()
