"""Solutions written from the exercises' texts alone, as many students would write them.

They lie in `bank/`. `W = Written(exercise)` opens the bank of one. `W.style(name, text)` is a right solution, whose
last definition is the attempt; `W.fault(what, (old, new) …)` is the latest style with a mistake in it, and
`W.write_wrong(what, *texts)` adds wrong programs of their own. `what` is a fault of `faults.py`, which says in which
words a good message names it.
"""
import functools
import importlib.util
import itertools
import math
from pathlib import Path

import mxnet as mx
import numpy as onp
from bank import Bank
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import Block, HybridBlock, nn

FOLDER = Path(__file__).parent / "bank"
IMPORTS = {"mx": mx, "onp": onp, "autograd": autograd, "gluon": gluon, "init": init, "np": np, "npx": npx, "nn": nn,
           "Block": Block, "HybridBlock": HybridBlock, "math": math, "functools": functools, "itertools": itertools}


class Written(Bank):
    """The written solutions of one exercise."""

    def __init__(self, exercise):
        super().__init__(exercise, imports=IMPORTS)

    def style(self, name, text):
        """A right solution, and what the faults that follow are changes of."""
        self.source, self.name = text, name
        self.add(name, self.run(text), source=text)

    def styles(self, **texts):
        """Right solutions, one after the other."""
        for name, text in texts.items():
            self.style(name.replace("_", " "), text)

    def fault(self, what, *pairs):
        """The latest style with each `old` of (old, new) replaced, once."""
        text = self.source
        for old, new in pairs:
            assert text.count(old) == 1, f"{self.name}: {old!r} occurs {text.count(old)} times"
            text = text.replace(old, new)
        changes = "; ".join(f"{old} → {new}".replace("\n", " ") for old, new in pairs)
        self.add(f"{self.name}: {changes}", self.run(text), what, source=text)

    def variant(self, *pairs):
        """A change of the latest style that leaves it right."""
        self.fault(None, *pairs)

    def write_wrong(self, what, *texts):
        """Wrong programs of their own."""
        for text in texts:
            self.add(" ".join(text.split())[:70], self.run(text), what, source=text)


def load():
    """All banks of the folder."""
    banks = []
    for path in sorted(FOLDER.glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        banks += module.W if isinstance(module.W, list) else [module.W]
    return banks
