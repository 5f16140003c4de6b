"""Checks of arguments: what was given, what was expected. MXNet's engine would fail later, and elsewhere."""
import numbers
from typing import Any, Mapping, TypeVar

Value = TypeVar("Value")


def whole_number(name: str, value: Any, least: int = 0) -> int:
    """Return `value` if it is an integer of at least `least`, else raise a ValueError that says which was wrong."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < least:
        raise ValueError(f"{name} must be an integer of at least {least}, but {value!r} was given")
    return int(value)


def positive_int(name: str, value: Any) -> int:
    """`whole_number` of at least 1."""
    return whole_number(name, value, least=1)


def not_negative(name: str, value: Any) -> float:
    """Return `value` if it is a finite number of at least 0, else raise a ValueError that says which was wrong."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= float(value) < float("inf"):
        raise ValueError(f"{name} must be a finite number of at least 0, but {value!r} was given")
    return float(value)


def choose(name: str, value: Any, options: Mapping[Any, Value]) -> Value:
    """Return `options[value]`, or raise a ValueError that lists the options."""
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, options))}, but {value!r} was given")
    return options[value]
