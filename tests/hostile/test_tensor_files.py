"""Files of PyTorch, safetensors and MXNet: lengths beyond the file, headers that describe much, members in members."""
import json
import struct

import pytest
from crafted import changed, deep, entry, inside_one_another, mxnet, safetensors, state, tensor, whole, zipped


@pytest.mark.parametrize("content", [
    safetensors(entry([1] * 400_000, offsets=[0, 4])), safetensors(entry([0] * 9, offsets=[0, 0])),
    safetensors(entry([2 ** 63, 0], offsets=[0, 0])), safetensors(entry([True], offsets=[0, 4])),
    safetensors(entry([4.0])), safetensors(entry("aaaa")), safetensors(entry(4)), safetensors(entry([[4]])),
    safetensors(entry(offsets=[0.0, 16.0])), safetensors(entry(offsets=[False, 16])), safetensors(entry(offsets=[16])),
    safetensors(entry(dtype=["F32"])), safetensors(entry(dtype="F128")), safetensors({"a": []}), safetensors([1]),
    safetensors(entry([0], offsets=[0, 0]), length=2 ** 40), safetensors(entry([0], offsets=[0, 0]), b"", length=300),
    safetensors(b'{"a":' + b"[" * 10 ** 6), safetensors(b'{"a":' + b"[" * 200 + b"]" * 200 + b"}"),
    safetensors(b'{"a":' + b"7" * 2 * 10 ** 6 + b"}"), safetensors(b'{"a":' + b"7" * 4000 + b"}"),
    safetensors(b'{"a":{"dtype":"F32","shape":[' + b"7" * 10 ** 6 + b'],"data_offsets":[0,16]}}'),
    lambda path: path.write_bytes(safetensors(b'{"__metadata__":' + b"[]," * 10 ** 7)), safetensors(b'{"\xff":1}'),
    safetensors(b"{" + json.dumps(entry())[1:-1].encode() + b"," + json.dumps(entry())[1:].encode())])
def test_headers_of_safetensors(content, attack):
    attack("tensors", content)


@pytest.mark.parametrize("content", [
    mxnet([1] * 400_000, bytes(4)), mxnet([0] * 9, b""), mxnet([-1], b""), mxnet([-2, -2]), mxnet([2 ** 62, 4]),
    mxnet([2 ** 40, 2 ** 40, 0, 2 ** 60], bytes(8)), mxnet(dimensions=2 ** 32 - 1), mxnet(arrays=2 ** 60),
    mxnet(arrays=0), mxnet(length=2 ** 63), mxnet(length=2 ** 63 - 1), mxnet(length=7), mxnet(names=()),
    mxnet(names=("a", "b")), mxnet(names=("arg:a", "aux:a"), arrays=2), mxnet(kind=99), mxnet(kind=-1),
    mxnet()[:-1], mxnet()[:50], mxnet()[:17]])
def test_headers_of_mxnet(content, attack):
    attack("tensors", content)


def test_members_inside_one_another_are_refused(attack):
    assert "member" in attack("tensors", inside_one_another())


@pytest.mark.parametrize("offset, form, value", [
    (20, "<I", 2 ** 31), (24, "<I", 2 ** 31), (20, "<I", 2 ** 32 - 1), (42, "<I", 2 ** 31), (10, "<H", 8),
    (10, "<H", 99), (8, "<H", 1), (42, "<I", 0), (28, "<H", 65535), (6, "<H", 99), (24, "<I", 0)],
    ids=["size in the file", "size", "zip64", "offset", "deflated", "unknown method", "encrypted", "one place", "name",
         "version", "of no size"])
def test_records_of_members(offset, form, value, attack):
    attack("tensors", changed(zipped(state(tensor())), b"PK\1\2", offset, form, value))


def test_a_directory_of_a_million_members(attack):
    record = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    content = b"PK\3\4" + bytes(100)
    size = len(record) * 10 ** 6
    directory = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 10 ** 6, 10 ** 6, size, len(content))
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(content) + size, 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, 2 ** 32 - 1, 2 ** 32 - 1, 0)
    attack("tensors", content + record * 10 ** 6 + directory + locator + end)


def test_two_members_of_one_name(attack):
    content = zipped(state(tensor()), {"0": bytes(16), "1": bytes(16)})
    attack("tensors", content.replace(b"net/data/1", b"net/data/0"))


def test_a_pickle_of_many_megabytes(attack):
    attack("tensors", zipped(deep(30 << 20)))
    attack("tensors", zipped(whole(b"}" * (30 << 20))))
    attack("tensors", whole(b"}" * (30 << 20)))
