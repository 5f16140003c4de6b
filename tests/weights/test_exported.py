import builtins
import subprocess
import sys
from pathlib import Path

from resnet_gluon import resnet
from resnet_gluon.weights import exported
from resnet_gluon.weights.exported import Exported, compare, read_exported
from resnet_gluon.weights.graph import ExportRefused, simplify, trace
from resnet_gluon.weights.onednn import fused

import numpy as onp
import pytest
from exporting import far, ready


def test_a_symbol_is_read_for_any_number_of_images(tmp_path):
    net, images, expected = ready(resnet(((16, 1),)))
    fused(simplify(trace(net))).save(tmp_path / "net-symbol.json", tmp_path / "net-0000.params")
    predict = read_exported(tmp_path / "net-symbol.json")
    for count in (6, 1, 3):
        given = predict(images[:count])
        assert isinstance(given, onp.ndarray) and far(given, expected[:count]) < 1e-5


READER = """
import sys, mxnet as mx, numpy as np
symbol, parameters, images, logits = sys.argv[1:]
net = mx.gluon.SymbolBlock.imports(symbol, ["data"], parameters)
np.save(logits, net(mx.nd.array(np.load(images))).asnumpy())
"""


@pytest.mark.slow
@pytest.mark.parametrize("option", ("A", "B"))
def test_a_symbol_needs_neither_this_package_nor_mxnets_numpy_interface(option, tmp_path):
    net, images, expected = ready(resnet(((16, 1), (32, 1)), option=option))
    files = tmp_path / "net-symbol.json", tmp_path / "net-0000.params"
    fused(simplify(trace(net))).save(*files)
    onp.save(tmp_path / "images.npy", images)
    subprocess.run([sys.executable, "-W", "ignore", "-c", READER, *map(str, files), str(tmp_path / "images.npy"),
                    str(tmp_path / "logits.npy")], check=True, cwd=tmp_path)
    assert far(onp.load(tmp_path / "logits.npy"), expected) < 1e-5


def test_other_names_are_refused():
    with pytest.raises(ExportRefused, match="net.params has neither the ending .onnx nor -symbol.json"):
        read_exported("net.params")


def test_missing_packages_are_named_with_the_remedy(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("onnx"):
            raise ImportError(f"No module named {name!r}")
        return real(name, *arguments, **options)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExportRefused, match=r"ONNX needs what is not installed, onnx \(.*\) and onnxruntime \(.*\): "
                                            r"pip install -e '.\[onnx\]'"):
        exported.need_packages("onnx", "onnxruntime")
    with pytest.raises(ExportRefused, match="onnxruntime"):
        read_exported("net.onnx")


def test_logits_are_compared_with_the_largest():
    expected = onp.array([[1.0, -4.0], [2.0, 3.0]])
    assert compare(expected, expected) == exported.Comparison(0.0, 1.0)
    found = compare(expected + [[0, 0], [2, 0]], expected)
    assert (found.difference, found.agreement) == (0.5, 0.5)
    assert compare(onp.zeros((1, 2)), onp.zeros((1, 2))).difference == 0
    assert not compare(onp.full((1, 2), onp.nan), onp.ones((1, 2))).difference <= 1


def test_what_was_written_is_said_in_one_line():
    files = (Path("runs/net-symbol.json"), Path("runs/net-0000.params"))
    assert repr(Exported("symbol", files, 68, 23, 21, 1.2e-6, 1.0)) == (
        "Exported(symbol: net-symbol.json, net-0000.params; 68 operators → 23, 21 fused; logits differ by at most "
        "1.2e-06 of the largest; 100.0% the same class)")
    assert ", 20 in int8;" in str(Exported("int8, mxnet's road", files, 68, 24, 20, 0.01, 0.98))
