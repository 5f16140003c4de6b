"""Numbers as people write them, and small sums over named values: what a claim's numbers are checked by."""
import ast
import operator
import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Union

WORDS = {word: value for value, word in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1)}
TIME = r"(?:ms|s|seconds?|minutes?|hours?|days?)\b"
NUMBER = re.compile(
    r"(?<![\w.^])(?:(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?)(?<=\d)(?![\d]|\.\d|,\d{3})"
    rf"(?P<unit>\s?(?:%|per cent\b|×|{TIME}))?|(?P<word>\b(?:{'|'.join(WORDS)}))(?P<time>\s{TIME}))", re.IGNORECASE)

OPERATORS: Dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.Gt: operator.gt, ast.Lt: operator.lt,
    ast.GtE: operator.ge, ast.LtE: operator.le}


@dataclass(frozen=True)
class Number:
    """A number as it is written. quantity: with a decimal point, %, × or a unit of time, so that it needs a source."""
    text: str
    value: float
    decimals: int
    percent: bool
    quantity: bool
    start: int
    end: int

    def same(self, other: "Number") -> bool:
        """Whether both are written to the same value, digits and unit: .92 and 0.92 are, .92 and .920 are not."""
        return (self.value, self.decimals, self.percent) == (other.value, other.decimals, other.percent)

    def rounds(self, value: float, percent: bool = False) -> bool:
        """Whether `value` comes to this at as many digits, as a share or in per cent. Signs are not compared."""
        scales = (1,) if percent else (100,) if self.percent else (1, 100)
        half = 0.5 * 10 ** -self.decimals * (1 + 1e-9) + 1e-12
        return any(abs(abs(value) * scale - self.value) <= half for scale in scales)


def numbers(text: str) -> List[Number]:
    """All numbers of a text, in its order."""
    return list(find(text))


def find(text: str) -> Iterator[Number]:
    for match in NUMBER.finditer(text):
        digits, unit = match["digits"], (match["unit"] or "").strip().lower()
        if match["word"]:
            yield Number(match[0], WORDS[match["word"].lower()], 0, False, True, *match.span())
        elif digits:
            decimals = len(digits.partition(".")[2])
            yield Number(match[0], float(digits.replace(",", "")), decimals, unit in ("%", "per cent"),
                         bool(decimals or unit), *match.span())


def number(text: str) -> Number:
    """The one number of a text. Raises ValueError where there is none, or more than one."""
    found = numbers(text)
    if len(found) != 1:
        raise ValueError(f"{text!r} holds {len(found)} numbers, and is to hold one")
    return found[0]


def calculate(expression: str, functions: Optional[Mapping[str, Callable[..., float]]] = None,
              literal: Callable[[float], Any] = lambda value: None) -> Union[float, bool]:
    """A sum such as "mean('A') / 2", or a comparison.

    functions: which names it may call. literal: is told of each number that stands in it. Raises ValueError for
    anything else, and whatever a function raises.
    """
    def of(node: ast.AST, argument: bool = False) -> Any:
        if argument and isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            literal(node.value)
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](of(node.left), of(node.right))
        if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](of(node.operand))
        if isinstance(node, ast.Compare) and all(type(op) in OPERATORS for op in node.ops):
            values = [of(node.left), *map(of, node.comparators)]
            return all(OPERATORS[type(op)](*pair) for op, pair in zip(node.ops, zip(values, values[1:])))
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            return all([of(value) for value in node.values])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in (functions or {}):
            return functions[node.func.id](*[of(each, argument=True) for each in node.args])
        raise ValueError(f"{expression!r} is to be a sum or a comparison of numbers"
                         + (f" and of {', '.join(functions)}" if functions else ""))
    try:
        return of(ast.parse(expression, mode="eval").body)
    except SyntaxError as error:
        raise ValueError(f"{expression!r} is no expression: {error.msg}") from error
