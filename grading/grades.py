"""The grades as a table, with a note where a submission was not simply marked."""
import csv
from pathlib import Path

import nbformat
from nbgrader.plugins import CsvExportPlugin


class GradesWithNotes(CsvExportPlugin):
    """nbgrader's grades.csv, and one more column."""

    def export(self, gradebook):
        super().export(gradebook)
        path = Path(self.to or "grades.csv")
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["note"] = note(row["student_id"], row["assignment"])
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0] if rows else ["note"])
            writer.writeheader()
            writer.writerows(rows)


def note(student, assignment):
    """Why there are no marks, or nothing."""
    if not Path("submitted", student, assignment).is_dir():
        return "not submitted"
    graded = sorted(Path("autograded", student, assignment).glob("*.ipynb"))
    reasons = [nbformat.read(path, as_version=4).metadata.get("stopped", "") for path in graded]
    return "; ".join(filter(None, reasons)) if graded else "could not be graded: not a notebook of this assignment"
