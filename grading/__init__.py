"""The instructor's side of the course: hands out assignments, collects and marks what comes back.

Each submission is validated (`submissions`), run behind a wall (`containing`), marked from outside (`marking`) and
written up (`writing`, `gradebook`) on its own: whatever is in it concerns its own row of grades.csv alone.
"""
