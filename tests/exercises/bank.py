"""How the bank is written: right solutions of an exercise, and wrong ones with the rule that should name their fault.

A module of the bank makes `BANK = Bank(exercise, source)`, or several in a list BANKS, where `source` is a right
solution as text, whose last definition is the attempt. `BANK.mutate(rule, (old, new))` adds the source with one thing
changed; `@BANK.right` and `@BANK.wrong(rule)` add solutions in other styles, and faults that no small change makes.
"""
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Entry:
    """One solution. rule: that of its fault; None: it is right. seconds: given to the check, where it needs no ten.

    source: its text, where it is written as one.
    """
    exercise: str
    name: str
    attempt: Any
    rule: str = None
    seconds: float = None
    source: str = None


class Bank:
    """The entries of one exercise."""

    def __init__(self, exercise, source=None, imports=None):
        self.exercise, self.source, self.imports, self.entries = exercise, source, imports or {}, []
        if source:
            self.add("the source", self.run(source))

    def add(self, name, attempt, rule=None, seconds=None, source=None):
        self.entries.append(Entry(self.exercise, name, attempt, rule, seconds, source))
        return attempt

    def right(self, attempt):
        """Decorator of a right solution."""
        return self.add(attempt.__name__, attempt)

    def wrong(self, rule, seconds=None):
        """Decorator of a wrong solution."""
        return lambda attempt: self.add(attempt.__name__, attempt, rule, seconds)

    def mutate(self, rule, *pairs):
        """The source with each `old` in (old, new) replaced, once."""
        text = self.source
        for old, new in pairs:
            assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
            text = text.replace(old, new)
        name = "; ".join(f"{old} → {new}".replace("\n", " ") for old, new in pairs)
        return self.add(name, self.run(text), rule)

    def mutate_right(self, *pairs):
        """The same for a change that leaves the source right."""
        return self.mutate(None, *pairs)

    def run(self, text):
        """What the last statement of `text` defines."""
        namespace = dict(self.imports)
        exec(compile(text, f"<bank of {self.exercise}>", "exec"), namespace)  # the bank's own text
        return [value for name, value in namespace.items() if name not in self.imports and name != "__builtins__"][-1]
