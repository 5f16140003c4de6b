"""Files are whole or not there; checkpoints are data under a checksum, and whatever is anything else is refused."""
import hashlib
import io
import json
import random

from resnet_gluon import CheckpointRefused
from resnet_gluon.files import read_checkpoint, save_parameters, save_text, whole_file, write_checkpoint

import mxnet as mx
import numpy as np
import pytest
from mxnet.gluon import nn

ARRAYS = {"parameter/a/0": np.arange(6, dtype="float32").reshape(2, 3), "momentum/a/0": np.zeros((), "float64")}
FACTS = {"step": 16, "history": {"steps": {"loss": [0.5, 1e-30]}, "ümlaut": None}}


@pytest.fixture
def checkpoint(tmp_path):
    write_checkpoint(tmp_path / "last", ARRAYS, FACTS)
    return tmp_path / "last"


def test_a_checkpoint_gives_back_what_it_was_given(checkpoint):
    arrays, facts = read_checkpoint(checkpoint)
    assert facts == FACTS and set(arrays) == set(ARRAYS)
    assert all((arrays[name] == array).all() and arrays[name].dtype == array.dtype for name, array in ARRAYS.items())
    head, _, content = checkpoint.read_bytes().partition(b"\n")
    assert head.decode() == f"resnet_gluon checkpoint 2 {hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize("damage, reason", [
    (lambda content: content[:-10], "is damaged or cut short"),
    (lambda content: content[:300] + b"?" + content[301:], "is damaged or cut short"),
    (lambda content: b"", "is not a checkpoint of this package"),
    (lambda content: b"\x80\x04cos\nsystem\n(S'true'\ntR.", "is not a checkpoint of this package"),
    (lambda content: content.replace(b"checkpoint 2 ", b"checkpoint 0 ", 1), "has the checkpoint format 0; this"),
    (lambda content: content.replace(b"checkpoint 2 ", b"checkpoint 3 ", 1), "has the checkpoint format 3; this")])
def test_what_is_no_checkpoint_of_this_edition_is_named(checkpoint, damage, reason):
    checkpoint.write_bytes(damage(checkpoint.read_bytes()))
    with pytest.raises(CheckpointRefused, match=f"last {reason}") as error:
        read_checkpoint(checkpoint)
    assert "first edition" not in str(error.value)


def test_a_checkpoint_of_the_first_edition_is_refused_with_the_way_out(tmp_path):
    archive = io.BytesIO()
    arrays = {"facts": np.frombuffer(json.dumps(FACTS).encode(), np.uint8), "parameter/0.0.weight/0": np.ones(3)}
    np.savez(archive, **arrays)
    content = archive.getvalue()
    (tmp_path / "old").write_bytes(
        b"resnet_gluon checkpoint 1 " + hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    with pytest.raises(CheckpointRefused) as error:
        read_checkpoint(tmp_path / "old")
    for part in ("old has the checkpoint format 1; this package reads format 2.", "finish the run with that edition",
                 'go on from its best.params with load_weights(net, file, "first edition")'):
        assert part in str(error.value)


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(CheckpointRefused, match="absent.* cannot be read: No such file"):
        read_checkpoint(tmp_path / "absent")
    with pytest.raises(CheckpointRefused, match="cannot be read: Is a directory|it is a folder, not a file"):
        read_checkpoint(tmp_path)


def test_a_thousand_mutations_are_all_refused(checkpoint, tmp_path):
    write_checkpoint(checkpoint, {"w": np.random.default_rng(0).normal(size=5_000)}, FACTS)
    content, file = checkpoint.read_bytes(), tmp_path / "mutant"
    random_ = random.Random(1)
    for _ in range(1000):
        mutant = bytearray(content)
        place, kind = random_.choice((random_.randrange(200), random_.randrange(len(content)))), random_.randrange(4)
        if kind == 0:
            mutant[place] ^= 1 << random_.randrange(8)
        elif kind == 1:
            del mutant[place:place + random_.randint(1, 2000)]
        elif kind == 2:
            mutant[place:place] = random_.getrandbits(64).to_bytes(8, "little")
        else:
            mutant[place:] = b""
        file.write_bytes(mutant)
        with pytest.raises(CheckpointRefused):
            read_checkpoint(file)


def test_nothing_is_unpickled(tmp_path):
    """An archive with a good checksum whose array is a pickle that would run code."""
    class Payload:
        def __reduce__(self):
            return (open, (str(tmp_path / "executed"), "w"))
    write_checkpoint(tmp_path / "bad", {"a": np.array([Payload()], dtype=object)}, {})
    with pytest.raises(CheckpointRefused, match="not a checkpoint's content"):
        read_checkpoint(tmp_path / "bad")
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY nonsense"])
def test_a_good_checksum_over_something_else_is_refused(tmp_path, content):
    (tmp_path / "bad").write_bytes(b"resnet_gluon checkpoint 2 " + hashlib.sha256(content).hexdigest().encode() + b"\n"
                                   + content)
    with pytest.raises(CheckpointRefused, match="has a checksum that fits, but not a checkpoint's content"):
        read_checkpoint(tmp_path / "bad")


def content_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_file_takes_the_other_s_place_only_when_it_is_whole(tmp_path):
    save_text(tmp_path / "a", "old é")
    assert content_of(tmp_path) == {"a": "old é".encode()}
    with pytest.raises(OSError, match="disk full"), whole_file(tmp_path / "a") as temporary:
        temporary.write_text("half")
        assert (tmp_path / "a").read_text(encoding="utf8") == "old é"
        raise OSError("disk full")
    assert content_of(tmp_path) == {"a": "old é".encode()}
    with whole_file(tmp_path / "a") as temporary:
        temporary.write_bytes(b"new")
    assert content_of(tmp_path) == {"a": b"new"}


def test_parameters_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    save_text(tmp_path / "a", "old")

    def broken(path):
        with open(path, "w") as stream:
            stream.write("half")
        raise OSError("disk full")
    net = nn.Dense(2)
    monkeypatch.setattr(net, "save_parameters", broken)
    with pytest.raises(OSError, match="disk full"):
        save_parameters(net, tmp_path / "a")
    assert content_of(tmp_path) == {"a": b"old"}


def test_parameters_that_were_cut_short_without_an_error_are_noticed(tmp_path, monkeypatch):
    """As on a disk that is full for the very last bytes, which MXNet's writer does not notice."""
    net = nn.HybridSequential()
    net.add(nn.Dense(200, in_units=20))
    net.initialize()
    whole = net.save_parameters

    def cut(path):
        whole(path)
        with open(path, "rb+") as stream:
            stream.truncate(8_000)
    monkeypatch.setattr(net, "save_parameters", cut)
    with pytest.raises(mx.MXNetError):
        save_parameters(net, tmp_path / "a")
    assert content_of(tmp_path) == {}
    monkeypatch.setattr(net, "save_parameters", whole)
    save_parameters(net, tmp_path / "a")
    net.load_parameters(str(tmp_path / "a"))
