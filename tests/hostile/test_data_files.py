"""Files of the data sets: bombs, what takes long, text that is none, lines and labels without end."""
import gzip

from resnet_gluon.data import FileRefused, ucr

import pytest

HEAD = b"@classLabel true a b\n@data\n"


GZIPPED = {
    "bomb": lambda: gzip.compress(bytes(5 * 10 ** 8), 1),
    "members of nothing": lambda: gzip.compress(b"") * 2_000_000,
    "zeros after it": lambda: gzip.compress(b"a") + bytes(40 << 20),
    "cut short": lambda: gzip.compress(bytes(100))[:-4],
    "extra field": lambda: b"\x1f\x8b\x08\x04\0\0\0\0\0\0\xff\xff",
    "a name without end": lambda: b"\x1f\x8b\x08\x08" + b"a" * (40 << 20)}


@pytest.mark.parametrize("name", GZIPPED)
def test_gzip_files(name, attack):
    attack("fashion-mnist", GZIPPED[name]())


SERIES = {
    "a long label": lambda: HEAD + b"1,2:" + b"a" * 10 ** 4 + b"\n" + b"1,2:a\n" * 10 ** 4,
    "no UTF-8": lambda: HEAD + b"\xff\xfe", "no UTF-8 at the start": lambda: b"\xff" + HEAD,
    "a long number": lambda: HEAD + b"1" * 10 ** 6 + b",1:a\n",
    "a long series": lambda: HEAD + b"1," * (20 << 20) + b"1:a\n",
    "many dimensions": lambda: HEAD + b"1:" * (10 << 20) + b"a\n",
    "no values": lambda: HEAD + b":a\n" * 100, "labels only": lambda: HEAD + b"a\n" * 100,
    "two lengths": lambda: HEAD + b"1,2:a\n1:a\n", "two dimensions": lambda: HEAD + b"1:2:a\n1:a\n",
    "infinite": lambda: HEAD + b"1,inf:a\n", "overflow": lambda: HEAD + b"1e999:a\n",
    "many series": lambda: HEAD + b"1:a\n" * 210_000, "empty lines": lambda: HEAD + b"\n" * (20 << 20),
    "no series": lambda: HEAD,
    "heads only": lambda: b"@data\n" * 10 ** 6}


@pytest.mark.parametrize("name", SERIES)
def test_series(name, attack):
    assert "Small_TRAIN.ts" in attack("ucr", SERIES[name]())


def test_many_labels_are_not_all_listed(tmp_path):
    (tmp_path / "Small_TRAIN.ts").write_bytes(HEAD + b"".join(b"1,2:%d\n" % i for i in range(10 ** 4)))
    (tmp_path / "Small_TEST.ts").write_bytes(HEAD + b"1,2:z\n")
    with pytest.raises(FileRefused, match="not all among the training labels") as error:
        ucr.read_folder("Small", tmp_path)
    assert len(str(error.value)) < 600
