"""Hostile files, made byte by byte: pickles, PyTorch's formats around them, safetensors, MXNet's, members of zips."""
import io
import json
import struct
import zipfile
import zlib


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value):
    """A LONG1 or LONG4 of any size."""
    size = value.bit_length() // 8 + 1
    return (b"\x8a" + bytes([size]) if size < 256 else b"\x8b" + struct.pack("<I", size)) + (
        value.to_bytes(size, "little", signed=True))


def items(*parts):
    return b"(" + b"".join(parts) + b"t"


def listed(*parts):
    return b"](" + b"".join(parts) + b"e"


def reference(key=None, size=None, kind=b"ctorch\nFloatStorage\n"):
    """To a storage: key "0", 4 floats."""
    return items(text("storage"), kind, text("0") if key is None else key, text("cpu"),
                 number(4) if size is None else size) + b"Q"


def tensor(storage=None, offset=None, shape=None, strides=None):
    return b"ctorch._utils\n_rebuild_tensor_v2\n" + items(
        storage or reference(), number(0) if offset is None else offset, shape or items(number(4)),
        strides or items(number(1)), b"\x89", b"}") + b"R"


def whole(value):
    return b"\x80\x02" + value + b"."


def state(value, key=None):
    """A state dict of one entry."""
    return whole(b"}" + (key or text("a")) + value + b"s")


def shared(leaf=b")"):
    """A tuple that holds another one twice, which holds another one twice …: 60 deep, 2⁶⁰ leaves."""
    return leaf + b"q\0h\0\x86" * 60


def shared_list():
    return b"]" + b"q\0]h\0ah\0a" * 60


def deep(depth=10 ** 6):
    return b")" + b"\x85" * depth


def zipped(pickle, storages=None):
    """PyTorch's zip around a pickle."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("net/data.pkl", pickle)
        for key, content in (storages or {"0": bytes(16)}).items():
            archive.writestr(f"net/data/{key}", content)
    return stream.getvalue()


def legacy(pickle, keys=None, storages=b"\4" + bytes(23), about=None):
    """PyTorch's older format around a pickle."""
    return b"".join([whole(number(0x1950a86a20f9469cfc6c)), whole(number(1001)), about or whole(b"}"), pickle,
                     whole(listed(text("0"))) if keys is None else keys, storages])


def safetensors(header, body=bytes(16), length=None):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + body


def entry(shape=(4,), dtype="F32", offsets=(0, 16)):
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


def mxnet(shape=(4,), body=bytes(16), names=("a",), arrays=1, dimensions=None, length=None, kind=0):
    head = struct.pack("<QQQ", 0x112, 0, arrays)
    array = struct.pack("<Ii", 0xF993FACA, 0) + struct.pack("<I", len(shape) if dimensions is None else dimensions)
    array += struct.pack(f"<{len(shape)}q", *shape) + struct.pack("<iii", 1, 0, kind) + body
    tail = struct.pack("<Q", len(names))
    for name in names:
        tail += struct.pack("<Q", len(name) if length is None else length) + name.encode()
    return head + array + tail


def inside_one_another(members=400, size=25_000):
    """A zip of 10 MB whose members each reach to its end, over all the members behind them: all are whole numbers."""
    pickle = whole(b"}(" + b"".join(text(f"t{i}") + tensor(reference(text(f"{i:05}"))) for i in range(members)) + b"u")
    contents = {"net/data.pkl": pickle, **{f"net/data/{i:05}": bytes(size) for i in range(members)}}
    whole_size = sum(30 + len(name) + len(content) for name, content in contents.items())
    stream, central = io.BytesIO(), b""
    for name, content in contents.items():
        offset, name = stream.tell(), name.encode()
        own = len(content) if content is pickle else whole_size - offset - 30 - len(name)
        fields = (20, 0, 0, 0, 0, zlib.crc32(content if content is pickle else b""), own, own, len(name), 0)
        stream.write(struct.pack("<4s5H3I2H", b"PK\3\4", *fields) + name + content)
        central += struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *fields, 0, 0, 0, 0, offset) + name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(contents), len(contents), len(central), stream.tell(), 0)
    return checked(stream.getvalue() + central + end, whole_size)


def checked(content, end):
    """The same with the right checksum of every member, as they overlap, in both records; from the last backwards."""
    content, place = bytearray(content), end
    records = []
    while content[place:place + 4] == b"PK\1\2":
        records.append(place)
        place += 46 + struct.unpack_from("<H", content, place + 28)[0]
    for record in reversed(records):
        offset, length = struct.unpack_from("<I", content, record + 42)[0], struct.unpack_from(
            "<H", content, record + 28)[0]
        size = struct.unpack_from("<I", content, record + 24)[0]
        checksum = struct.pack("<I", zlib.crc32(content[offset + 30 + length:offset + 30 + length + size]))
        content[offset + 14:offset + 18] = content[record + 16:record + 20] = checksum
    return bytes(content)


def changed(content, signature, offset, form, value):
    """`content` with one field of every record of this signature replaced."""
    content, at = bytearray(content), content.find(signature)
    while at >= 0:
        struct.pack_into(form, content, at + offset, value)
        at = content.find(signature, at + 4)
    return bytes(content)
