"""Values as they go through the pipe: of known types alone, whatever a student's objects pretend to be.

What JSON has goes as it is. All else is a list that begins with its kind: ["tuple", …], ["array", its place among the
message's arrays]. An object that is none of these goes as its type's name, its text and, where it has one, its number.
"""
import inspect
import itertools
import types
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from resnet_gluon.bounded import BELOW, Malformed, name_of, shape_of
from resnet_gluon.exercises.judge.sketch import Sketch
from resnet_gluon.exercises.judge.traces import Record
from resnet_gluon.exercises.judge.values import Layer, Parameter
from resnet_gluon.training import Evaluation

import mxnet as mx
import numpy as onp
from mxnet.gluon import Block

ITEMS, TEXT = 100_000, 200_000  # of one value: items in all, and characters of one text
NUMBERS = "biuf"  # kinds of arrays
#: Plain records, which go by their name and their fields.
RECORDS: Dict[str, Any] = {kind.__name__: kind for kind in (Layer, Parameter, Record, Sketch, Evaluation)}
FIELDS = {"Evaluation": ("labels", "probabilities", "items")}
Known = Callable[[Any], Optional[List[Any]]]  # how else a value goes: a net by its number


class Thing:
    """An object of the other process, of which no more than this is known."""

    def __init__(self, kind: str, text: str, number: Optional[float]) -> None:
        self.kind = kind
        self.text = text
        self.number = number

    def __float__(self) -> float:
        if self.number is None:
            raise TypeError(f"{self.kind} is no number")
        return self.number

    def __repr__(self) -> str:
        return self.text


class Packing:
    """Turns values into JSON and arrays."""

    def __init__(self, known: Known = lambda value: None) -> None:
        self.known = known
        self.arrays: List[onp.ndarray] = []
        self.items = 0

    def pack(self, value: Any, depth: int = 0) -> Any:
        """Return a value as JSON. Raises Malformed for one that is too large or too deep."""
        self.items += 1
        if self.items > ITEMS or depth > 30:
            raise Malformed(f"a value has at most {ITEMS:,} items, nested at most 30 deep")
        if value is None or value is True or value is False:
            return value
        if isinstance(value, (str, int, float, onp.generic)):
            return self.pack_scalar(value)
        if isinstance(value, (onp.ndarray, mx.nd.NDArray)):
            return self.pack_array(value, depth)
        known = self.known(value)
        return self.pack_other(value, depth) if known is None else known

    def pack_scalar(self, value: Any) -> Any:
        """Text or a number, as the built-in type that it is derived from."""
        if isinstance(value, str):
            return str.__str__(value)[:TEXT]
        if isinstance(value, (bool, onp.bool_)):
            return bool(value)
        if isinstance(value, (int, onp.integer)):
            number = int.__index__(value) if isinstance(value, int) else int(value)
            return number if -BELOW < number < BELOW else ["thing", "int", "a very large int", None]
        if isinstance(value, (float, onp.floating)):
            return float.__float__(value) if isinstance(value, float) else float(value)
        return self.pack_thing(value)

    def pack_array(self, value: Any, depth: int) -> Any:
        """An array of NumPy or of MXNet."""
        kind, numbers = "array", value
        if isinstance(value, mx.nd.NDArray):
            kind, numbers = "mxnet", value.asnumpy()
        numbers = onp.array(numbers, copy=True, subok=False)
        if numbers.dtype.kind not in NUMBERS:
            return self.pack(numbers.tolist(), depth + 1)
        if numbers.dtype.itemsize > 8:
            numbers = numbers.astype("f8")
        self.arrays.append(numbers)
        return [kind, len(self.arrays) - 1]

    def pack_other(self, value: Any, depth: int) -> Any:
        """Records, and what holds other values. Blocks, modules and classes are things."""
        name = type(value).__name__
        if type(value) is RECORDS.get(name):
            fields = FIELDS.get(name) or value._fields
            return [name, *(self.pack(getattr(value, field), depth + 1) for field in fields)]
        if isinstance(value, dict):
            return ["dict", *([self.pack(key, depth + 1), self.pack(dict.get(value, key), depth + 1)]
                              for key in dict.keys(value))]
        if inspect.isgenerator(value):
            return ["generator"]
        if isinstance(value, (Block, type, types.ModuleType)):
            return self.pack_thing(value)
        if hasattr(value, "__array__"):
            return self.pack_array(onp.asarray(value), depth)
        if isinstance(value, tuple):
            return ["tuple", *(self.pack(item, depth + 1) for item in tuple.__iter__(value))]
        if isinstance(value, (set, frozenset)):
            return ["set", *(self.pack(item, depth + 1) for item in value)]
        if hasattr(value, "__iter__"):
            items = itertools.islice(iter(value), ITEMS + 1)
            return ["list", *(self.pack(item, depth + 1) for item in items)]
        return self.pack_thing(value)

    def pack_thing(self, value: Any) -> List[Any]:
        """Anything else, by its type, its text, and the number that it can be turned into."""
        try:
            number = float(value)
        except Exception:
            number = None
        return ["thing", type(value).__name__[:200], short(value), number]


def short(value: Any) -> str:
    """The beginning of an object's text, whatever its class makes of that."""
    try:
        return "".join(["", repr(value)[:200]])
    except Exception as error:
        return f"(its text cannot be shown: that raises {type(error).__name__})"


class Unpacking:
    """Turns JSON and arrays into values again. known: what other kinds stand for, by their names."""

    def __init__(self, arrays: List[onp.ndarray], known: Optional[Dict[str, Callable[..., Any]]] = None) -> None:
        self.arrays = arrays
        self.known = known or {}

    def unpack(self, form: Any) -> Any:
        """Return the value. Raises Malformed for what `pack` does not make."""
        if form is None or isinstance(form, (bool, int, float, str)):
            return form
        if not isinstance(form, list) or not form or not isinstance(form[0], str):
            raise Malformed("a value in it is of no known kind")
        kind, content = form[0], form[1:]
        try:
            if kind in ("tuple", "list", "set"):
                return {"tuple": tuple, "list": list, "set": set}[kind](map(self.unpack, content))
            if kind == "dict":
                return {self.unpack(key): self.unpack(value) for key, value in content}
            if kind in ("array", "mxnet"):
                return self.array(kind, *content)
            if kind in RECORDS:
                return checked(RECORDS[kind](*map(self.unpack, content)))
            if kind == "generator":
                return nothing()
            if kind == "thing":
                return Thing(name_of(content[0], "a type"), name_of(content[1], "a text"), number_or_none(content[2]))
            return self.known[kind](*content)
        except (KeyError, TypeError, IndexError) as error:
            raise Malformed("a value in it is not what it says that it is") from error

    def array(self, kind: str, place: int) -> Any:
        """One of the message's arrays."""
        if type(place) is not int or not 0 <= place < len(self.arrays):
            raise Malformed("it has no such array")
        numbers = onp.array(self.arrays[place])  # which can be written to
        return of_mxnet(numbers) if kind == "mxnet" else numbers


def of_mxnet(numbers: onp.ndarray) -> Any:
    """An array of MXNet, in the interface that is switched on."""
    module = mx.np if mx.util.is_np_array() else mx.nd
    return module.array(numbers, dtype=numbers.dtype)


def nothing() -> Iterator[Any]:
    """A generator that gives nothing: one of the other process was not asked for anything."""
    yield from ()


def number_or_none(value: Any) -> Optional[float]:
    """A float, or None."""
    return float(value) if isinstance(value, (int, float)) else None


def checked(record: Any) -> Any:
    """A record whose fields are of their types. Raises Malformed for others."""
    kinds: Dict[Any, Tuple[Any, ...]] = {Layer: (dict, str, tuple), Parameter: (tuple, str, (int, float)),
                                         Record: (str, dict, str), Sketch: (list, list, list)}
    if type(record) in kinds and not all(map(isinstance, record, kinds[type(record)])):
        raise Malformed(f"a {type(record).__name__} in it has fields of other types")
    if isinstance(record, Parameter):
        shape_of([max(length, 0) for length in record.shape])  # -1: not known yet
    if isinstance(record, Layer):
        shape_of(record.given)
        texts_of(record.attributes)
    if isinstance(record, Record):
        texts_of(record.leaves)
    return record


def texts_of(value: Any) -> Dict[str, str]:
    """`value`, if it is a dictionary of short texts by short texts. Raises Malformed for all else."""
    if not isinstance(value, dict):
        raise Malformed("attributes in it are no dictionary")
    return {name_of(name, "a name"): name_of(text, "an attribute") for name, text in value.items()}
