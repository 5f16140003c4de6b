"""A notebook's code as it goes to another process: the statements that an attempt needs, and no others.

What trains for minutes stays out, unless the attempt uses what it has made.
"""
import ast
import dis
import sys
import types
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from resnet_gluon.exercises.apart.cells import plain_python

GLOBAL = ("LOAD_NAME", "LOAD_GLOBAL")


class NoSource(ValueError):
    """The code of an attempt cannot be found."""


class Statement(NamedTuple):
    """One statement at the top of a cell. text: its lines; defined, used: names; changed: what is changed in place."""
    text: str
    defined: Set[str]
    used: Set[str]
    changed: Optional[str]


def code_of(attempt: Any) -> Tuple[List[str], str]:
    """Return the statements that an attempt needs, and the expression that gives it. Raises NoSource."""
    cells, namespace = history(attempt)
    name = name_among(attempt, namespace)
    if name is not None:
        statements = [statement for cell in cells for statement in statements_of(cell)]
        found = needed(statements, name)
        if any(name in statement.defined for statement in found):
            return [statement.text for statement in found], name
    try:
        if ast.literal_eval(repr(attempt)) == attempt:
            return [], repr(attempt)
    except Exception:
        pass
    raise NoSource("the code of this attempt is not to be found: define it in a cell, under a name, and pass that name")


def history(attempt: Any) -> Tuple[List[str], Dict[str, Any]]:
    """The cells that have run, and what they have defined; without a notebook the file that the attempt is from."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        return list(shell.user_ns.get("In", [])), shell.user_ns
    module = sys.modules.get(getattr(attempt, "__module__", None) or "__main__") or sys.modules["__main__"]
    try:
        with open(str(module.__file__), encoding="utf8") as file:
            return [file.read()], vars(module)
    except (OSError, AttributeError):
        raise NoSource("the code of this attempt is not to be found: it is in no notebook and in no file") from None


def name_among(attempt: Any, namespace: Dict[str, Any]) -> Optional[str]:
    """The name that an attempt has: its own, where that is one, else the first that it was given."""
    own = getattr(attempt, "__name__", None)
    if isinstance(own, str) and namespace.get(own) is attempt:
        return own
    return next((name for name, value in namespace.items() if value is attempt and not name.startswith("_")), None)


def statements_of(cell: str) -> Iterator[Statement]:
    """The statements at the top of a cell; none where it is no Python."""
    try:
        text = plain_python(cell)
        tree = ast.parse(text)
    except SyntaxError:
        return
    lines = text.splitlines(True)
    for node in tree.body:
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        code = compile(ast.Module([node], []), "<cell>", "exec")
        yield Statement("".join(lines[first - 1:node.end_lineno]), stored(code), set(loaded(code)), changed_by(node))


def stored(code: types.CodeType) -> Set[str]:
    """The names that a statement defines."""
    return {"*" if step.opname == "IMPORT_STAR" else step.argval for step in dis.get_instructions(code)
            if step.opname in ("STORE_NAME", "IMPORT_STAR")}


def loaded(code: types.CodeType) -> Iterator[str]:
    """The global names that a statement uses, and the functions in it."""
    for step in dis.get_instructions(code):
        if step.opname in GLOBAL:
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from loaded(constant)


def changed_by(node: ast.AST) -> Optional[str]:
    """The name of what a statement changes in place: `name.x = …`, `name[i] = …`, `name.append(…)`."""
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        place: Any = node.targets[0] if isinstance(node, ast.Assign) else node.target
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        place = node.value.func
    else:
        return None
    inner = place
    while isinstance(inner, (ast.Attribute, ast.Subscript)):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) and inner is not place else None


def needed(statements: List[Statement], name: str) -> List[Statement]:
    """Those statements that `name` depends on, in their order."""
    wanted, before = {name, "*"}, -1
    while len(wanted) != before:
        before = len(wanted)
        found = [statement for statement in statements if statement.defined & wanted or statement.changed in wanted]
        wanted.update(*(statement.used for statement in found))
    return found
