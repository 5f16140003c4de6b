"""Pieces of hostile pickles, opcode by opcode, and the files of PyTorch's two formats around them."""
import io
import struct
import zipfile


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
