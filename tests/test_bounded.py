"""What a file says of itself is checked before anything is made of it. (Attacks on whole readers: hostile/.)"""
import io
import os
import zipfile

from resnet_gluon.bounded import (
    DEEPEST,
    Archive,
    Malformed,
    Source,
    brief,
    check_nesting,
    content_of,
    name_of,
    parse_json,
    refusing,
    regular_file,
    shape_of,
    whole_number,
)

import numpy as np
import pytest


class Refused(Exception):
    pass


@pytest.mark.parametrize("error, words", [
    (Malformed("it is odd"), "^it is odd$"),
    (FileNotFoundError(2, "No such file"), "it cannot be read: No such file"),
    (KeyError("a"), "it is damaged, or of no known format .KeyError: 'a'"),
    (MemoryError(), "no known format .MemoryE")])
def test_whatever_goes_wrong_is_the_one_error_of_a_reader(error, words):
    with pytest.raises(Refused, match=words), refusing(Refused):
        raise error
    with pytest.raises(type(error)), refusing(Refused, but=type(error)):
        raise error


def test_nothing_beyond_the_end_is_asked_of_a_file():
    source = Source(io.BytesIO(b"0123456789"), 10)
    assert source.exactly(3) == b"012" and source.left == 7 and source.read(2) == b"34" and source.tell() == 5
    for count in (6, 10 ** 18, -1):
        with pytest.raises(Malformed, match="it ends too early"):
            source.exactly(count)
    assert source.read(100) == b"56789" and source.read() == b"" and source.left == 0
    source.seek(0)
    source.allowance = 5
    with pytest.raises(Malformed, match="longer than any honest description"):
        source.read()


def test_only_regular_files_of_an_honest_size_are_opened(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert content_of(tmp_path / "a", 5) == b"12345"
    with regular_file(tmp_path / "a", 5) as source:
        assert source.size == 5
    with pytest.raises(Malformed, match="it has 5 bytes, and no such file has more than 4"):
        content_of(tmp_path / "a", 4)
    os.mkfifo(tmp_path / "pipe")
    for path, kind in ((tmp_path, "a folder"), (tmp_path / "pipe", "a pipe"), ("/dev/zero", "a device")):
        with pytest.raises(Malformed, match=f"it is {kind}, not a file"):
            content_of(path, 5)
    with pytest.raises(FileNotFoundError):
        content_of(tmp_path / "absent", 5)


@pytest.mark.parametrize("value", (-1, 2 ** 63, True, 1.0, "1", None, np.int64(1)))
def test_a_number_is_a_plain_whole_number(value):
    assert whole_number(2 ** 63 - 1, "n") == 2 ** 63 - 1 and whole_number(0, "n") == 0
    with pytest.raises(Malformed, match="n is no whole number"):
        whole_number(value, "n")


@pytest.mark.parametrize("value", (None, 1, b"name", "x" * 1001, ["a"]))
def test_a_name_is_text(value):
    assert name_of("x" * 1000, "a name") == "x" * 1000
    with pytest.raises(Malformed, match="a name is no text of at most 1000 characters"):
        name_of(value, "a name")


@pytest.mark.parametrize("value", (None, 3, "12", [1] * 9, (1, -1), [2 ** 63], [1.0], {1: 2}))
def test_a_shape_is_a_list_of_whole_numbers(value):
    assert shape_of([2, 3]) == shape_of((2, 3)) == (2, 3) and shape_of([]) == ()
    with pytest.raises(Malformed, match="a shape is no list|a number in a shape"):
        shape_of(value)


def nested(depth, make):
    value = make(0)
    for _ in range(depth - 1):
        value = make(value)
    return value


@pytest.mark.parametrize("make", [lambda inner: [inner], lambda inner: (1, inner), lambda inner: {"a": inner}])
def test_what_is_nested_too_deep_is_refused_in_no_time(make):
    check_nesting(nested(DEEPEST, make))
    for depth in (DEEPEST + 1, 100_000):
        with pytest.raises(Malformed, match="nested deeper than 100"):
            check_nesting(nested(depth, make))


def test_what_holds_itself_is_refused_and_what_is_shared_is_not():
    itself = []
    itself.append(itself)
    with pytest.raises(Malformed, match="nested"):
        check_nesting(itself)
    shared = [0]
    for _ in range(60):  # 2**60 paths
        shared = [shared, shared]
    check_nesting(shared)


@pytest.mark.parametrize("text, words", [
    (b'{"a": 1, "a": 2}', "it gives one name twice"), (b"[" + b"9" * 21 + b"]", "one of its numbers has 21 digits"),
    (b"[" * 101 + b"]" * 101, "nested deeper than 100")])
def test_json_without_an_end_or_with_two_meanings_is_refused(text, words):
    assert parse_json(b'{"a": [1, 2.5, null, "b"]}') == {"a": [1, 2.5, None, "b"]}
    with pytest.raises(Malformed, match=words):
        parse_json(text)


def archive(compression=zipfile.ZIP_STORED, names=("a", "b")):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name in names:
            made.writestr(name, name * 40)
    return stream.getvalue()


def opened(content):
    return Archive(Source(io.BytesIO(content), len(content)))


def test_members_of_an_archive_are_read_by_name_within_a_bound():
    found = opened(archive())
    assert list(found.members) == ["a", "b"] and found.read("b") == b"b" * 40
    with pytest.raises(Malformed, match="it has no member c"):
        found.read("c")
    with pytest.raises(Malformed, match="its member a has more than 39 bytes"):
        found.read("a", 39)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_compressed_and_doubled_members_are_refused():
    with pytest.raises(Malformed, match="compressed"):
        opened(archive(zipfile.ZIP_DEFLATED))
    with pytest.raises(Malformed, match="two members called a"):
        opened(archive(names=("a", "a")))


def test_long_texts_are_shown_by_their_beginning():
    assert brief("short") == "short" and brief("x" * 1000) == "x" * 100 + "… (1,000 characters)"
