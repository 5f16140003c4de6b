"""Checkpoints under a checksum that fits, and what is wrong within: the previous checkpoint is to be tried."""
import hashlib
import io
import json
import struct
import zipfile

from resnet_gluon.files import read_checkpoint, write_checkpoint

import numpy as np
from crafted import changed, inside_one_another


def checkpoint(content):
    return b"resnet_gluon checkpoint 2 " + hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def npy(shape="(3,)", descr="'<f4'", order="False", body=bytes(12), version=1):
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}".encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(header)) + header + body


def facts(text=b'{"step": 1}'):
    return npy(f"({len(text)},)", "'|u1'", body=text)


def archive(members=None, method=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, content in (members or {"facts.npy": facts(), "a.npy": npy()}).items():
            made.writestr(name, content)
    return stream.getvalue()


def with_array(**options):
    return archive({"facts.npy": facts(), "a.npy": npy(**options)})


def with_facts(text):
    return archive({"facts.npy": facts(text), "a.npy": npy()})


def contents():
    """{what is wrong: the archive}."""
    first = b"PK\1\2"  # of a member's record
    return {
        "facts in 10⁶ brackets": with_facts(b"[" * 10 ** 6),
        "facts of two million lists": with_facts(b"[" + b"[0]," * 10 ** 6 * 2 + b"0]"),
        "facts 900 deep": with_facts(b'{"a":' * 900 + b"1" + b"}" * 900),
        "a long number": with_facts(b'{"step": ' + b"7" * 2 * 10 ** 6 + b"}"),
        "facts that are a list": with_facts(b"[1]"), "facts that are a number": with_facts(b"1"),
        "no UTF-8": with_facts(b'{"\xff": 1}'), "no facts": archive({"a.npy": npy()}),
        "facts of floats": archive({"facts.npy": npy()}),
        "deflated": archive({"facts.npy": facts(), "a.npy": npy("(100000000,)", body=bytes(4 * 10 ** 8))},
                            zipfile.ZIP_DEFLATED),
        "a shape without end": with_array(shape="(" + "1," * 30_000 + ")"),
        "nine dimensions": with_array(shape="(1, 1, 1, 1, 1, 1, 1, 1, 3)"),
        "a shape beyond the file": with_array(shape="(2305843009213693952,)"),
        "a negative shape": with_array(shape="(-1,)"),
        "a shape that overflows": with_array(shape="(4294967296, 4294967296)"),
        "more than its shape": with_array(shape="(2,)"), "a long dimension": with_array(shape=f"({'7' * 60_000},)"),
        "true": with_array(shape="(True,)"), "header in brackets": with_array(shape="(" * 30_000),
        "header in minus signs": with_array(shape="-" * 60_000 + "1"),
        "text in a header": with_array(descr="'" + "<" * 60_000 + "'"), "objects": with_array(descr="'|O'"),
        "a type in a type": with_array(descr="[('a', [('a', '<f4')])]"),
        "a large type": with_array(descr="'<U400000000'"), "another version": with_array(version=9),
        "a header beyond the file": archive({"facts.npy": facts(), "a.npy": b"\x93NUMPY\2\0\xff\xff\xff\xff"}),
        "no array": archive({"facts.npy": facts(), "a.npy": b"hello"}), "other members": archive({"facts": b"{}"}),
        "members inside one another": inside_one_another(), "encrypted": changed(archive(), first, 8, "<H", 1),
        "an unknown method": changed(archive(), first, 10, "<H", 99), "nothing": b"", "no archive": b"PK\3\4" * 100,
        "a size beyond the file": changed(changed(archive(), first, 20, "<I", 2 ** 31), first, 24, "<I", 2 ** 31)}


def test_what_is_wrong_under_a_fitting_checksum(attack):
    wrong = {}
    for name, content in contents().items():
        try:
            assert "fits" in attack("checkpoint", checkpoint(content))
        except AssertionError as error:
            wrong[name] = str(error)
    assert not wrong, wrong


def test_a_first_line_without_end(attack):
    attack("checkpoint", b"resnet_gluon checkpoint 2 " + b"0" * (50 << 20))


def test_a_version_of_a_million_digits(attack):
    attack("checkpoint", b"resnet_gluon checkpoint " + b"7" * 10 ** 6 + b" " + b"0" * 64 + b"\n")


def test_what_is_honest_is_read_as_it_was_written(tmp_path):
    arrays = {"none": np.zeros((0, 3)), "scalar": np.float32(2), "half": np.ones(3, "f2"), "long": np.arange(4),
              "true": np.array([True, False]), "turned": np.arange(6.0).reshape(2, 3).T, "größe/0": np.zeros((1, 2, 1))}
    write_checkpoint(tmp_path / "c", arrays, {"step": 7, "history": {"nan": float("nan"), "deep": [[[[]]]]}})
    found, known = read_checkpoint(tmp_path / "c")
    assert known["step"] == 7 and set(found) == set(arrays) and json.dumps(known)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype and found[name].shape == np.shape(array)
        assert (found[name] == array).all() and found[name].flags.writeable
