"""What all readers of files share: what a file says of itself is checked before anything is made of it.

A name is text, a shape at most eight integers below 2⁶³, nesting at most 100 deep, a file a regular one; and a reader's
work and memory are proportional to the file's size, whatever the file says.
"""
import io
import json
import os
import stat
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, Tuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

DIMENSIONS, BELOW, DEEPEST, LONGEST_NAME = 8, 2 ** 63, 100, 1000
DESCRIPTION = 4 << 20  # bytes of what describes arrays: a pickle, a header (a ResNet-152's are of 0.15 MB)
DIRECTORY = 8 << 20  # bytes of a zip's directory: some 80,000 members


class Malformed(ValueError):
    """What is wrong with a file, in one sentence; who reads the file says which file it is."""


def brief(text: str) -> str:
    """`text`, or its beginning where it is long."""
    return text if len(text) <= 120 else text[:100] + f"… ({len(text):,} characters)"


@contextmanager
def refusing(refused: Callable[[str], Exception], but: Any = ()) -> Iterator[None]:
    """Within it, whatever goes wrong becomes `refused(why)`, the one error of a reader, `but` for these."""
    try:
        yield
    except but:
        raise
    except Malformed as error:
        raise refused(str(error)) from None
    except OSError as error:
        raise refused(f"it cannot be read: {brief(error.strerror or str(error))}") from error
    except Exception as error:  # whatever a damaged file makes of a parser
        why = brief(f"{type(error).__name__}: {error}".rstrip(": "))
        raise refused(f"it is damaged, or of no known format ({why})") from error


class Source(io.RawIOBase):
    """A file of known size, of which nothing beyond its end is asked, and at most `allowance` bytes at once."""

    def __init__(self, stream: Any, size: int) -> None:
        super().__init__()
        self.stream = stream
        self.size = size
        self.allowance = size

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return max(self.size - self.stream.tell(), 0)

    def read(self, count: Any = -1) -> bytes:
        """At most `count` bytes, as files read."""
        count = self.left if count is None or count < 0 else min(count, self.left)
        if count > self.allowance:
            raise Malformed("what describes its content is longer than any honest description")
        return bytes(self.stream.read(count))

    def exactly(self, count: int) -> bytes:
        """`count` bytes. Raises Malformed, before anything is read, where there are not so many."""
        content = self.read(count) if 0 <= count <= self.left else b""
        if len(content) != count:
            raise Malformed("it ends too early")
        return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return int(self.stream.seek(offset, whence))

    def tell(self) -> int:
        return int(self.stream.tell())

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def check_regular(status: os.stat_result, largest: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
        kind = next((kind for fits, kind in kinds if fits(status.st_mode)), "a device")
        raise Malformed(f"it is {kind}, not a file")
    if status.st_size > largest:
        raise Malformed(f"it has {status.st_size:,} bytes, and no such file has more than {largest:,}")


@contextmanager
def regular_file(path: Any, largest: int) -> Iterator[Source]:
    """The file at `path`, open for reading.

    Raises Malformed, before it is opened, for whatever is no regular file (a pipe would block), or of more than
    `largest` bytes; OSError where there is none.
    """
    check_regular(os.stat(path), largest)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        check_regular(status, largest)  # another one can have taken its place
        yield Source(stream, status.st_size)


def content_of(path: Any, largest: int) -> bytes:
    """All bytes of the regular file at `path`. Raises as `regular_file` does."""
    with regular_file(path, largest) as source:
        return source.exactly(source.size)


def whole_number(value: Any, what: str) -> int:
    """`value`, if it is an integer from 0 to below 2⁶³. Raises Malformed for all else."""
    if type(value) is not int or not 0 <= value < BELOW:
        raise Malformed(f"{what} is no whole number below 2⁶³")
    return value


def name_of(value: Any, what: str) -> str:
    """`value`, if it is text of a name's length. Raises Malformed for all else."""
    if type(value) is not str or len(value) > LONGEST_NAME:
        raise Malformed(f"{what} is no text of at most {LONGEST_NAME} characters, and so no name")
    return value


def shape_of(value: Any, what: str = "a shape") -> Tuple[int, ...]:
    """`value` as a tuple, if it is a tuple or list of at most eight whole numbers. Raises Malformed for all else."""
    if type(value) not in (tuple, list) or len(value) > DIMENSIONS:
        raise Malformed(f"{what} is no list of at most {DIMENSIONS} numbers")
    return tuple(whole_number(number, f"a number in {what}") for number in value)


def check_nesting(value: Any) -> None:
    """Raise Malformed where containers are nested deeper than 100, or hold themselves. Looks at each of them once."""
    heights: Dict[int, int] = {}
    path: List[List[Any]] = [[value, inside(value), 0]]
    while path:
        thing, rest, height = path[-1]
        if len(path) + height > DEEPEST:
            raise Malformed(f"its content is nested deeper than {DEEPEST}")
        child = next((child for child in rest if isinstance(child, (dict, list, tuple))), None)
        if child is None:
            heights[id(thing)] = height + 1
            path.pop()
        elif id(child) not in heights:
            path.append([child, inside(child), 0])
            continue
        if path:
            path[-1][2] = max(path[-1][2], heights[id(thing if child is None else child)])


def inside(value: Any) -> Iterator[Any]:
    """What a container holds, once through."""
    return iter(value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ())


def parse_json(text: bytes) -> Any:
    """The value that UTF-8 JSON describes. Raises Malformed for long numbers, names given twice and deep nesting."""
    def integer(digits: str) -> int:
        if len(digits) > 20:
            raise Malformed(f"one of its numbers has {len(digits):,} digits")
        return int(digits)

    def unique(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise Malformed("it gives one name twice")
        return dict(pairs)
    try:
        value = json.loads(text.decode("utf8"), parse_int=integer, object_pairs_hook=unique)
    except RecursionError:  # Python's parser goes as deep as its stack, some 1,000 levels
        raise Malformed(f"its content is nested deeper than {DEEPEST}") from None
    level = [value]  # nothing in JSON is shared: what lies so deep, level by level
    for _ in range(DEEPEST):
        level = [child for thing in level for child in inside(thing) if isinstance(child, (dict, list))]
    if level:
        raise Malformed(f"its content is nested deeper than {DEEPEST}")
    return value


class Archive:
    """A zip whose members lie side by side, as they are, each under a name of its own. Raises Malformed for others."""

    def __init__(self, source: Source) -> None:
        source.allowance = DIRECTORY
        self.zip = ZipFile(source)  # type: ignore[call-overload]  # it reads, and no more
        source.allowance = source.size
        self.members: Dict[str, ZipInfo] = {}
        end = 0
        for member in sorted(self.zip.infolist(), key=lambda member: member.header_offset):
            if member.compress_type != ZIP_STORED or member.flag_bits & 1:
                raise Malformed("its members are compressed or encrypted")
            if name_of(member.filename, "a member's name") in self.members:
                raise Malformed(f"it has two members called {brief(member.filename)}")
            if member.file_size != member.compress_size or member.header_offset < end:
                raise Malformed("its members lie inside one another, or have two sizes")
            end = member.header_offset + 30 + len(member.orig_filename) + member.file_size
            self.members[member.filename] = member
        if end > self.zip.start_dir:
            raise Malformed("one of its members reaches beyond the file")

    def read(self, name: str, largest: int = BELOW) -> bytes:
        """The bytes of a member. Raises Malformed where there is none of this name, or a longer one than `largest`."""
        if name not in self.members:
            raise Malformed(f"it has no member {brief(name)}")
        if self.members[name].file_size > largest:
            raise Malformed(f"its member {brief(name)} has more than {largest:,} bytes")
        return self.zip.read(self.members[name])
