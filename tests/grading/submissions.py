"""Submissions of the assignment on notebook 2: right, faulty, tampered with and hostile."""
import copy
import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

ASSIGNMENT, NAME = "02-residual-block", "residual_block"
SOURCE = nbformat.read(Path(__file__).parents[2] / "grading" / "source" / ASSIGNMENT / f"{NAME}.ipynb", as_version=4)

# What is changed in the right solutions, which tasks are then wrong, and what they are worth (2, 4 and 2 points).
FAULTY = {
    "no-relu": ("F.npx.relu(y + (x if self.conv3 is None else self.conv3(x)))",
                "y + (x if self.conv3 is None else self.conv3(x))", {"residual-block": "MyResidual"}, 4),
    "no-stride": ("kernel_size=1, strides=strides)", "kernel_size=1)", {"residual-block": "MyResidual"}, 4),
    "no-gamma": ("branch = 9 * c_in * c_out + 9 * c_out * c_out + 2 * 2 * c_out",
                 "branch = 9 * c_in * c_out + 9 * c_out * c_out", {"residual-parameters": "parameters"}, 6),
    "no-second-relu": ("return F.npx.relu(self.bn2(self.conv2(y)))", "return self.bn2(self.conv2(y))",
                       {"plain-block": "MyPlain"}, 6),
    "shared-norm": ("self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()", "self.bn1 = self.bn2 = nn.BatchNorm()",
                    {"plain-block": "MyPlain", "residual-block": "MyResidual"}, 2),
}


def solutions(notebook=SOURCE):
    """The code of its solution cells, by task."""
    return {cell.id: cell.source for cell in notebook.cells if cell.id.startswith("solution-")}


def solved(release):
    """The release with the right solutions in it, as a good student hands it in."""
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        if cell.id.startswith("solution-"):
            cell.source = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", solutions()[cell.id])
    return notebook


def faulty(release, old, new):
    notebook = solved(release)
    for cell in notebook.cells:
        if cell.id.startswith("solution-"):
            cell.source = cell.source.replace(old, new)
    assert notebook != solved(release)
    return notebook


def tampered(release):
    """Nothing solved, and tests that always pass, are worth more, are gone, or are to be skipped."""
    notebook = copy.deepcopy(release)
    tests = [cell for cell in notebook.cells if cell.id.startswith("test-")]
    tests[0].source, tests[0].metadata.nbgrader.points = "assert True", 100
    tests[1].metadata.tags = ["skip-execution"]
    notebook.cells.remove(tests[2])
    return notebook


def hostile(release, code):
    """All solved, and a cell that does harm before that."""
    notebook = solved(release)
    notebook.cells.insert(2, new_code_cell(code))
    return notebook


# Code that does harm, and words of the note that it earns. COURSE: the course's folder.
HARMFUL = {
    "sloppy": ("""
from pathlib import Path
Path("../../../gradebook.db").write_text("mine")
Path("../../good").mkdir()
Path("../../good/note").write_text("mine")
""", "wrote outside its folder: autograded/good/note, gradebook.db"),
    "burglar": ("""
import os
os.system("echo mine > COURSE/gradebook.db; rm -r COURSE/submitted/good COURSE/autograded/good")
""", "wrote outside its folder"),
    "endless": ("""
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""", "ran for more than 45 seconds"),
    "deadly": ("import os\nos.kill(os.getpid(), 9)", "ended its own kernel"),
    "talker": ("for _ in range(50):\n    print('x' * 1_000_000)", "printed more than 1,000,000 characters"),
}
