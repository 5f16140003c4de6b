"""A student's cells, run one after the other in one namespace, as a notebook's kernel runs them."""
import linecache
import sys
import types
from typing import Any, Dict, Optional

from resnet_gluon.exercises.judge.errors import explain

NAME = "<ipython cell {}>"  # `explain` knows by it that a line is the student's
RUN_ANYWAY = ("time", "timeit", "capture", "prun")  # magics of a whole cell, whose code counts all the same


class NoShell:
    """Stands where IPython is in a notebook. Its magics do nothing, and so does whatever is registered with it."""

    def __init__(self, namespace: Dict[str, Any]) -> None:
        self.__namespace = namespace

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        if name in RUN_ANYWAY:
            exec(compile(cell, NAME.format("magic"), "exec"), self.__namespace)

    def __call__(self, *arguments: Any, **options: Any) -> "NoShell":
        return self

    def __getattr__(self, name: str) -> "NoShell":
        return self

    def __iter__(self) -> Any:
        return iter(())


class Cells:
    """The namespace that a student's cells are run in. It is the module `__main__`."""

    def __init__(self) -> None:
        module = types.ModuleType("__main__")
        self.namespace = vars(module)
        shell = NoShell(self.namespace)
        self.namespace["get_ipython"] = lambda: shell
        sys.modules["__main__"] = module

    def run(self, number: int, source: str) -> Optional[str]:
        """Run a cell. Returns what it raised, as text, or None."""
        name = NAME.format(number)
        try:
            text = plain_python(source)
            linecache.cache[name] = (len(text), None, text.splitlines(True), name)  # for `inspect` and `explain`
            exec(compile(text, name, "exec"), self.namespace)  # that is what this process is for
        except BaseException as error:
            return f"{type(error).__name__}: {explain(error)}"
        return None

    def value(self, expression: str) -> Any:
        """What an expression gives among the names that the cells have defined."""
        return eval(compile(expression, "<attempt>", "eval"), self.namespace)


def plain_python(source: str) -> str:
    """A cell without IPython's own syntax: magics become calls of the shell."""
    if not any(line.lstrip()[:1] in ("%", "!", "?") or line.rstrip().endswith("?") for line in source.splitlines()):
        return source
    from IPython.core.inputtransformer2 import TransformerManager
    return TransformerManager().transform_cell(source)
