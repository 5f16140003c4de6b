"""PyTorch's pickles, read as data: a pickle is a program, and here it can do nothing but describe tensors.

Format: Python's `pickletools`; PyTorch's `torch/_utils.py` and `torch/serialization.py` for how tensors look in it.
What a pickle makes is typed and bounded where it is made: nothing in it is hashed, compared or shown before.
"""
import pickletools
from collections import OrderedDict
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

from resnet_gluon.bounded import Malformed, brief, check_nesting, name_of, shape_of, whole_number

STORAGES = {"DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "BFloat16Storage": "bf16",
            "LongStorage": "<i8", "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "|i1",
            "ByteStorage": "|u1", "BoolStorage": "|b1"}


class WeightsRefused(ValueError):
    """A file that is no file of tensors, is damaged, or asks for more than tensors."""


class Kind(NamedTuple):
    """The type of a storage."""
    dtype: str


class Storage(NamedTuple):
    """A flat array that a pickle refers to."""
    dtype: str
    key: str
    size: int


class Tensor(NamedTuple):
    """A view of a storage; offset and strides count elements."""
    storage: Storage
    offset: int
    shape: Tuple[int, ...]
    strides: Tuple[int, ...]


class Function(NamedTuple):
    """What a pickle can have called: `call(arguments, most)`; it may copy `most` pairs, one for each operation."""
    call: Callable[[Tuple[Any, ...], int], Any]


def key_of(value: Any) -> str:
    """A storage's key, as text."""
    return str(whole_number(value, "a storage's key")) if type(value) is int else name_of(value, "a storage's key")


def storage(reference: Any) -> Storage:
    """The storage that a pickle refers to."""
    if type(reference) is tuple and 5 <= len(reference) <= 6 and all(part is None for part in reference[5:]):
        what, kind, key, _, size = reference[:5]
        if type(what) is str and what == "storage" and type(kind) is Kind:
            return Storage(kind.dtype, key_of(key), whole_number(size, "a storage's size"))
    raise Malformed("it refers to something that is no plain storage")


def tensor(arguments: Tuple[Any, ...], most: int) -> Tensor:
    of, offset, shape, strides = arguments[:4]
    if type(of) is not Storage:
        raise Malformed("a tensor is a view of something that is no storage")
    made = Tensor(of, whole_number(offset, "an offset"), shape_of(shape), shape_of(strides, "a list of strides"))
    if len(made.shape) != len(made.strides):
        raise Malformed(f"a tensor of shape {made.shape} has the strides {made.strides}")
    return made


def parameter(arguments: Tuple[Any, ...], most: int) -> Tensor:
    if type(arguments[0]) is not Tensor:
        raise Malformed("a parameter is made of something that is no tensor")
    return arguments[0]


def ordered(arguments: Tuple[Any, ...], most: int) -> Any:
    """An OrderedDict: empty, or, from Python 2, of a list of pairs."""
    pairs = arguments[0] if len(arguments) == 1 else []
    if type(pairs) is not list or len(arguments) > 1 or len(pairs) > most:
        raise Malformed("it makes a dictionary of something else than its pairs")
    if not all(type(pair) in (list, tuple) and len(pair) == 2 for pair in pairs):
        raise Malformed("it makes a dictionary of something that is no pairs")
    return OrderedDict((entry_of(key), value) for key, value in pairs)


UTILS = "torch._utils."
FUNCTIONS = {"collections.OrderedDict": Function(ordered), UTILS + "_rebuild_tensor": Function(tensor),
             UTILS + "_rebuild_tensor_v2": Function(tensor), UTILS + "_rebuild_parameter": Function(parameter)}


def known(module: Any, attribute: Any) -> Any:
    """What a pickle gets where it asks for `module.attribute`: the type of a storage, or a function that builds."""
    name = f"{name_of(module, 'a module')}.{name_of(attribute, 'a name in a module')}"
    if module == "torch" and attribute in STORAGES:
        return Kind(STORAGES[attribute])
    if name not in FUNCTIONS:
        raise Malformed(f"it asks for {brief(name)}, and only tensors, containers, numbers and strings are read")
    return FUNCTIONS[name]


def entry_of(key: Any) -> Any:
    """A dictionary's key: text, or an integer of 64 bits (of longer ones, any number can share one hash)."""
    if type(key) is not str and not (type(key) in (int, bool) and -2 ** 63 <= key < 2 ** 64):
        raise Malformed("one of its dictionaries has keys that are neither text nor integers of 64 bits")
    return key


VALUES = ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINSTRING",
          "SHORT_BINSTRING")
MADE: Dict[str, Callable[[], Any]] = {"NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False,
                                      "EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
OTHERS = ("STOP", "TUPLE", "MARK", "BINPUT", "LONG_BINPUT", "MEMOIZE", "BINGET", "LONG_BINGET",
          "GLOBAL", "STACK_GLOBAL", "BINPERSID", "REDUCE", "BUILD", "SETITEM", "SETITEMS", "APPEND", "APPENDS")
IGNORED = ("PROTO", "FRAME")
CODES = {opcode.code.encode("latin1"): opcode.name for opcode in pickletools.opcodes}
#: code: the operation's name, and what reads its argument. No other operation is looked at, nor is its argument.
OPCODES = {opcode.code.encode("latin1"): (opcode.name, opcode.arg.reader if opcode.arg else None)
           for opcode in pickletools.opcodes if opcode.name in {*VALUES, *MADE, *TUPLES, *OTHERS, *IGNORED}}
OPERATIONS = 10 ** 6  # of one pickle: a ResNet-152's has 30,000


class Machine:
    """The stack machine of Python's `pickletools`, without what could do more than describe.

    Python's own unpickler is not used: besides running what it is told to, it takes 32 GiB for a few wrong bytes.
    """

    def __init__(self) -> None:
        self.stack: List[Any] = []
        self.marks: List[int] = []
        self.memo: Dict[int, Any] = {}
        self.operations = 0
        self.copied = 0  # pairs, by `ordered`

    def take(self, count: int) -> List[Any]:
        """The uppermost `count` things, off the stack."""
        if count > len(self.stack):
            raise Malformed("its pickle takes more from its stack than is there")
        items = self.stack[len(self.stack) - count:]
        del self.stack[len(self.stack) - count:]
        return items

    def since_mark(self) -> List[Any]:
        if not self.marks:
            raise Malformed("its pickle ends something that has not begun")
        return self.take(max(len(self.stack) - self.marks.pop(), 0))

    def top(self, kind: type, what: str) -> Any:
        """The uppermost thing, which stays there."""
        if not self.stack or not isinstance(self.stack[-1], kind):
            raise Malformed(f"its pickle changes something that is no {what}")
        return self.stack[-1]

    def step(self, name: str, argument: Any) -> None:
        """Do what the operation `name` is for."""
        self.operations += 1
        if name in VALUES:
            self.stack.append(argument)
        elif name in MADE:
            self.stack.append(MADE[name]())
        elif name == "TUPLE" or name in TUPLES:
            self.stack.append(tuple(self.take(TUPLES[name]) if name in TUPLES else self.since_mark()))
        elif name == "MARK":
            self.marks.append(len(self.stack))
        elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            self.memo[len(self.memo) if name == "MEMOIZE" else argument] = self.top(object, "value")
        elif name in ("BINGET", "LONG_BINGET"):
            if argument not in self.memo:
                raise Malformed("its pickle recalls what it never remembered")
            self.stack.append(self.memo[argument])
        elif name in ("SETITEM", "SETITEMS"):
            items = self.since_mark() if name == "SETITEMS" else self.take(2)
            self.top(dict, "dictionary").update(zip(map(entry_of, items[::2]), items[1::2]))
        elif name in ("APPEND", "APPENDS"):
            items = self.since_mark() if name == "APPENDS" else self.take(1)
            self.top(list, "list").extend(items)
        elif name not in IGNORED:
            self.build(name, argument)

    def build(self, name: str, argument: Any) -> None:
        """Do what the operation `name` is for: those that Python's unpickler would trust."""
        if name == "GLOBAL":
            self.stack.append(known(*argument.split(" ", 1)))
        elif name == "STACK_GLOBAL":
            self.stack.append(known(*self.take(2)))
        elif name == "BINPERSID":
            self.stack.append(storage(*self.take(1)))
        elif name == "BUILD":
            self.take(1)  # attributes, such as a state dict's version numbers
        elif name == "REDUCE":
            function, arguments = self.take(2)
            if type(function) is not Function or type(arguments) is not tuple:
                raise Malformed("its pickle calls something that is no function")
            made = function.call(arguments, self.operations - self.copied)
            self.copied += len(made) if type(made) is OrderedDict else 0
            self.stack.append(made)


def unpickle(stream: Any) -> Any:
    """What one pickle describes. Raises Malformed for one that does more, or that is nested deeper than 100."""
    machine = Machine()
    for code in iter(lambda: stream.read(1), b""):
        if code not in OPCODES:
            raise Malformed(f"its pickle uses {CODES.get(code, code)}, which files of tensors do not need")
        name, read = OPCODES[code]
        argument = read(stream) if read else None
        if name == "STOP":
            value, = machine.take(1)
            check_nesting(value)
            return value
        if machine.operations > OPERATIONS:
            raise Malformed(f"its pickle has more than {OPERATIONS:,} operations")
        machine.step(name, argument)
    raise Malformed("it ends too early")
