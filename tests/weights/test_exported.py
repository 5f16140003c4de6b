import builtins
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
