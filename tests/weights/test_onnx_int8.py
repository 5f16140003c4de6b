from resnet_gluon import resnet
from resnet_gluon.weights.graph import simplify, trace

import pytest
from exporting import GREY, far, ready

onnx = pytest.importorskip("onnx", reason="onnx is not installed: pip install -e '.[onnx]'")
pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed: pip install -e '.[onnx]'")


@pytest.fixture(scope="module")
def small():
    return ready(resnet(((32, 1), (64, 1)), option="A"), n=40)


def quantise(small, target, calibration):
    from resnet_gluon.weights.exported import read_onnx
    from resnet_gluon.weights.onnx_graph import onnx_model
    from resnet_gluon.weights.onnx_int8 import count_quantised, quantise
    model = onnx_model(simplify(trace(small[0])), GREY, 10)
    assert count_quantised(model) == 0
    quantise(model, target, calibration)
    return count_quantised(onnx.load(str(target))), read_onnx(target)(small[1])


def test_all_convolutions_and_the_dense_layer_compute_in_int8(small, tmp_path):
    count, given = quantise(small, tmp_path / "net.onnx", small[1])
    assert count == 6 and [file.name for file in tmp_path.iterdir()] == ["net.onnx"]
    assert 0 < far(given, small[2]) < 0.1 and (given.argmax(1) == small[2].argmax(1)).mean() > 0.9


def test_int8_is_scaled_by_the_images_given(small, tmp_path):
    _, given = quantise(small, tmp_path / "net.onnx", small[1] / 100)
    assert far(given, small[2]) > 0.1
