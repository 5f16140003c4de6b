"""PyTorch's pickles, read as data: a pickle is a program, and here it can do nothing but describe tensors.

Format: Python's `pickletools`; PyTorch's `torch/_utils.py` and `torch/serialization.py` for how tensors look in it.
"""
import pickletools
from collections import OrderedDict
from typing import NamedTuple, Tuple

STORAGES = {"DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "BFloat16Storage": "bf16",
            "LongStorage": "<i8", "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "|i1",
            "ByteStorage": "|u1", "BoolStorage": "|b1"}


class WeightsRefused(ValueError):
    """A file that is no file of tensors, is damaged, or asks for more than tensors."""


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


def known(module, name):
    """What a pickle gets where it asks for `module.name`: the type of a storage, or a function that builds data."""
    if module == "torch" and name in STORAGES:
        return STORAGES[name]
    functions = {("collections", "OrderedDict"): OrderedDict,
                 ("torch._utils", "_rebuild_tensor"): lambda *parts: Tensor(*parts[:4]),
                 ("torch._utils", "_rebuild_tensor_v2"): lambda *parts: Tensor(*parts[:4]),
                 ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor}
    if (module, name) not in functions:
        raise WeightsRefused(f"it asks for {module}.{name}, and only tensors, containers, numbers and strings are read")
    return functions[module, name]


def storage(reference):
    kind, dtype, key, _, size = reference[:5]
    if kind != "storage" or dtype not in STORAGES.values() or any(reference[5:]):
        raise WeightsRefused("it refers to something that is no plain storage")
    return Storage(dtype, str(key), int(size))


LITERALS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
CONTAINERS = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
VALUES = {"BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINSTRING",
          "SHORT_BINSTRING"}
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def unpickle(stream):
    """What one pickle describes: the stack machine of Python's `pickletools`, without what could do more than describe.

    Python's own unpickler is not used: besides running what it is told to, it takes 32 GiB for a few wrong bytes.
    """
    stack, marks, memo = [], [], {}

    def since_mark():
        start = marks.pop()
        items, stack[start:] = stack[start:], []
        return items

    for opcode, argument, _ in pickletools.genops(stream):
        name = opcode.name
        if name in LITERALS:
            stack.append(LITERALS[name])
        elif name in CONTAINERS:
            stack.append(CONTAINERS[name]())
        elif name in VALUES:
            stack.append(argument)
        elif name in TUPLES:
            items, stack[-TUPLES[name]:] = stack[-TUPLES[name]:], []
            stack.append(tuple(items))
        elif name == "TUPLE":
            stack.append(tuple(since_mark()))
        elif name == "MARK":
            marks.append(len(stack))
        elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if name == "MEMOIZE" else argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name == "GLOBAL":
            stack.append(known(*argument.split(" ")))
        elif name == "STACK_GLOBAL":
            module, attribute = stack.pop(-2), stack.pop()
            stack.append(known(module, attribute))
        elif name == "BINPERSID":
            stack.append(storage(stack.pop()))
        elif name == "REDUCE":
            arguments = stack.pop()
            stack.append(stack.pop()(*arguments))  # one of `known`
        elif name == "BUILD":
            stack.pop()  # attributes, such as a state dict's version numbers
        elif name in ("SETITEM", "SETITEMS"):
            items = since_mark() if name == "SETITEMS" else [stack.pop(-2), stack.pop()]
            if not all(isinstance(key, (str, int)) for key in items[::2]):
                raise WeightsRefused("one of its dictionaries has keys that are neither text nor integers")
            stack[-1].update(zip(items[::2], items[1::2]))
        elif name in ("APPEND", "APPENDS"):
            items = since_mark() if name == "APPENDS" else [stack.pop()]
            stack[-1].extend(items)
        elif name not in ("PROTO", "FRAME", "STOP"):
            raise WeightsRefused(f"its pickle uses {name}, which files of tensors do not need")
    return stack.pop()
