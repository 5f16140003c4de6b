"""Messages between the judge and a student's process: JSON, and arrays as raw bytes. Nothing is ever unpickled.

A message is the length of its JSON, the JSON, and its arrays' bytes one after the other. What a message says of itself
is checked before anything is made of it; see bounded.py.
"""
import json
import re
import socket
import struct
from math import prod
from typing import Any, Callable, Dict, List, Optional, Tuple

from resnet_gluon.bounded import Malformed, name_of, parse_json, shape_of

import numpy as onp

TEXT, BYTES, ARRAYS = 8 << 20, 512 << 20, 20_000  # of one message: JSON, all arrays, and how many (a ResNet-18: 45 MB)
LENGTH = struct.Struct("<Q")
DTYPE = re.compile(r"<[iu][248]|<f[248]|\|[iub]1")
Arrays = List[onp.ndarray]
Left = Callable[[], Optional[float]]  # how many seconds there are; it raises Late where there are none


class Ended(Exception):
    """The other side has closed the connection."""


class Late(Exception):
    """The other side was not heard, or did not listen, in time."""


def send(connection: socket.socket, content: Dict[str, Any], arrays: Arrays, left: Left = lambda: None) -> None:
    """Send one message. Raises Ended, Late, and Malformed for more than a message can hold."""
    arrays = [onp.require(array.astype(array.dtype.newbyteorder("<"), copy=False), requirements="C")
              for array in arrays]
    described = [[array.dtype.str, list(array.shape)] for array in arrays]
    sizes_of(described)
    text = json.dumps({"content": content, "arrays": described}).encode()
    if len(text) > TEXT:
        raise Malformed(f"a message of {len(text):,} bytes of text is too long")
    for part in (LENGTH.pack(len(text)), text, *(array.data.cast("B") for array in arrays if array.size)):
        rest = memoryview(part)
        while rest:
            connection.settimeout(left())
            try:
                rest = rest[connection.send(rest):]
            except socket.timeout:
                continue
            except OSError:
                raise Ended from None


def receive(connection: socket.socket, left: Left = lambda: None) -> Tuple[Dict[str, Any], Arrays]:
    """Return one message. Raises Ended, Late, and Malformed for what is none."""
    length, = LENGTH.unpack(exactly(connection, LENGTH.size, left))
    if length > TEXT:
        raise Malformed("it says that a message has more text than any has")
    message = parse_json(bytes(exactly(connection, length, left)))
    if not isinstance(message, dict) or set(message) != {"content", "arrays"}:
        raise Malformed("it is no message")
    content, described = message["content"], message["arrays"]
    if not isinstance(content, dict) or not isinstance(described, list):
        raise Malformed("it is no message")
    sizes = sizes_of(described)
    arrays = [onp.frombuffer(exactly(connection, size, left), dtype).reshape(shape)
              for size, (dtype, shape) in zip(sizes, described)]
    return content, arrays


def sizes_of(described: List[Any]) -> List[int]:
    """The bytes of each array of a message. Raises Malformed for what can be none, and where all are too large."""
    if len(described) > ARRAYS:
        raise Malformed(f"a message has at most {ARRAYS:,} arrays")
    sizes = []
    for item in described:
        if not isinstance(item, list) or len(item) != 2:
            raise Malformed("an array is not described by its type and its shape")
        dtype, shape = name_of(item[0], "an array's type"), shape_of(item[1], "an array's shape")
        if not DTYPE.fullmatch(dtype):
            raise Malformed("an array's numbers are of no known type")
        sizes.append(int(dtype[2:]) * prod(shape))
    if sum(sizes) > BYTES:
        raise Malformed(f"its arrays have more than {BYTES:,} bytes")
    return sizes


def exactly(connection: socket.socket, count: int, left: Left) -> bytearray:
    """So many bytes of a connection; no memory is taken for those that do not come."""
    found = bytearray()
    while len(found) < count:
        connection.settimeout(left())
        try:
            more = connection.recv(min(count - len(found), 1 << 20))
        except socket.timeout:
            continue
        except OSError:
            raise Ended from None
        if not more:
            raise Ended
        found += more
    return found
