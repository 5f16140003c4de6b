"""Nets written and read again: which files there are, what is refused, and that nothing is left half-written."""
import os
import sys

from resnet_gluon import cifar_resnet, evaluate, nets, resnet, resnet18
from resnet_gluon.weights.export import ExportRefused, export
from resnet_gluon.weights.exported import read_exported

import mxnet as mx
import numpy as onp
import pytest
from exporting import FAMILY, GREY, far, ready
from mxnet.gluon import nn
from tiny import train

SMALL = ((16, 1), (32, 1))


def need_onnx():
    for package in ("onnx", "onnxruntime"):
        pytest.importorskip(package, reason=f"{package} is not installed: pip install -e '.[onnx]'")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def small():
    return ready(cifar_resnet(8))


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILY)
def test_every_kind_of_net_is_fused_and_gives_its_logits(name, tmp_path):
    make, shape = FAMILY[name]
    net, images, expected = ready(make(), shape)
    written = export(net, tmp_path / "net", "symbol", shape)
    given = read_exported(written.files[0])(images)
    assert far(given, expected) < 1e-5 and (given.argmax(1) == expected.argmax(1)).all()
    assert written.difference < 1e-5 and written.agreement == 1
    assert written.after < written.before and 2 < written.fused < written.after
    assert names(tmp_path) == ["net-0000.params", "net-symbol.json"]


def test_onnx_is_one_file(small, tmp_path):
    need_onnx()
    net, images, expected = small
    written = export(net, tmp_path / "net", "onnx")
    assert far(read_exported(tmp_path / "net.onnx")(images), expected) < 1e-5
    assert written.files == (tmp_path / "net.onnx",) and names(tmp_path) == ["net.onnx"]
    assert (written.before, written.after) == (31, 24) and written.difference < 1e-5


def test_an_exported_net_is_the_same_whatever_nets_were_made_before(small, tmp_path):
    net, *_ = small
    files = export(net, tmp_path / "one").files
    net.save_parameters(str(tmp_path / "parameters"))
    again = cifar_resnet(8)  # MXNet numbers its names on
    again.load_parameters(str(tmp_path / "parameters"))
    for file, other in zip(files, export(again, tmp_path / "two").files):
        assert file.read_bytes() == other.read_bytes()


@pytest.fixture(scope="module")
def trained(data):
    """A net that recognises something, images to calibrate with, and the test split."""
    net, _ = train(data, resnet(SMALL), epochs=8, lr=0.1, batch_size=32)
    calibration = next(data.train.batches(128).epoch(0))[0]
    return net, calibration, data.test.take(range(500))


@pytest.mark.slow
@pytest.mark.parametrize("road", ("mxnet", "onnx"))
def test_int8_keeps_what_was_learned(trained, road, tmp_path):
    if road == "onnx":
        need_onnx()
    net, calibration, split = trained
    before = evaluate(net, split)
    written = export(net, tmp_path / "net", "int8", GREY, calibration, road=road)
    predict = read_exported(written.files[0])
    given = onp.concatenate([predict(images.asnumpy()).argmax(1) for images, _ in split.batches(100).epoch(0)])
    assert before.accuracy > 0.5, "the net learned too little to tell"
    assert (given == before.predictions).mean() > 0.9
    assert abs((given == split.labels).mean() - before.accuracy) < 0.05
    assert written.fused >= 6 and 0 < written.difference < 0.3
    files = {"onnx": ["net-int8.onnx"], "mxnet": ["net-int8-0000.params", "net-int8-symbol.json"]}
    assert names(tmp_path) == files[road]


@pytest.mark.parametrize("options, message", [
    ({"to": "torch"}, "to must be one of 'symbol', 'onnx', 'int8', but 'torch' was given"),
    ({"to": "int8", "road": "high"}, "road must be one of 'mxnet', 'onnx', but 'high' was given"),
    ({"shape": (1, 0, 28)}, "a length in shape must be an integer of at least 1, but 0 was given"),
    ({"shape": (1, 28)}, r"Network expects a non-empty batch of images, \(N, C, H, W\)"),
    ({"shape": (3, 28, 28)}, r"Network cannot be exported: it gives no logits for images of the shape \(3, 28, 28\)"),
    ({"to": "int8"}, r"int8 is calibrated on training images: calibration=… should be some .* \(n, 1, 28, 28\)"),
    ({"to": "int8", "calibration": onp.zeros((4, 28, 28))}, r"calibration should have the shape \(n, 1, 28, 28\)"),
    ({"to": "int8", "calibration": onp.zeros((0, 1, 28, 28))}, r"calibration should have the shape \(n, 1, 28, 28\)"),
    ({"to": "int8", "calibration": onp.full((1, 1, 28, 28), onp.nan)}, "calibration holds numbers that are not finite"),
], ids=str)
def test_bad_arguments_are_said_and_leave_nothing(small, options, message, tmp_path):
    with pytest.raises(ValueError, match=message) as caught:
        export(small[0], tmp_path / "net", **options)
    assert "\n" not in str(caught.value) and names(tmp_path) == []


class Sum(nn.HybridBlock):
    """Gives one number an image."""

    def hybrid_forward(self, F, x):
        return F.np.sum(x, axis=(1, 2, 3))


def test_nets_that_cannot_be_exported_are_refused(tmp_path):
    with pytest.raises(ExportRefused, match="Network cannot be exported: it gives no logits .*not been initialized"):
        export(resnet(SMALL), tmp_path / "net")
    with pytest.raises(ExportRefused, match=r"Sum cannot be exported: its output has the shape \(8,\)"):
        export(Sum(), tmp_path / "net")
    net, *_ = ready(resnet(SMALL))
    net.head.bias.data()[:] = onp.nan
    with pytest.raises(ExportRefused, match="Network cannot be exported: its logits are not finite"):
        export(net, tmp_path / "net")
    assert names(tmp_path) == []


def test_a_file_that_gives_other_logits_is_not_kept(small, tmp_path, monkeypatch):
    (tmp_path / "net-symbol.json").write_text("an earlier one", encoding="utf8")
    module = sys.modules["resnet_gluon.weights.export"]
    real = module.simplify

    def wrong(graph):
        graph.arrays["head.bias"] = graph.arrays["head.bias"] + 0.01
        return real(graph)
    monkeypatch.setattr(module, "simplify", wrong)
    with pytest.raises(ExportRefused, match="the exported net's logits differ from the net's by .* nothing was"):
        export(small[0], tmp_path / "net")
    assert names(tmp_path) == ["net-symbol.json"]
    assert (tmp_path / "net-symbol.json").read_text(encoding="utf8") == "an earlier one"


def test_places_that_cannot_be_written_are_said(small, tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf8")
    (tmp_path / "net-0000.params").mkdir()
    for path, message in ((file / "net", "net-symbol.json cannot be written: Not a directory"),
                          (tmp_path / "missing" / "net", "net-symbol.json cannot be written: No such file"),
                          (tmp_path / "net", "net-0000.params is a folder, where a file should be written")):
        with pytest.raises(ExportRefused, match=message):
            export(small[0], path)
    assert names(tmp_path) == ["file", "net-0000.params"]


@pytest.mark.parametrize("error", (OSError(28, "No space left on device"), mx.MXNetError("stack\nNo space left"),
                                   RuntimeError("No space left")))
def test_a_full_disk_leaves_nothing(small, error, tmp_path, monkeypatch):
    def full(*arguments):
        raise error
    monkeypatch.setattr(mx.nd, "save", full)  # of the second file
    with pytest.raises(ExportRefused, match="net-0000.params could not be written: .*No space left"):
        export(small[0], tmp_path / "net")
    assert names(tmp_path) == []


def test_a_kill_while_the_files_take_their_places_leaves_whole_ones(small, tmp_path, monkeypatch):
    replaced = []

    def stopped(source, target):
        replaced.append(target)
        raise KeyboardInterrupt
    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        export(small[0], tmp_path / "net")
    assert replaced and names(tmp_path) == []


BIG = [*(f"{name}({version})" for name in ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
         for version in ("v1", "v1.5", "v2")), "plain18(v1)", "plain34(v2)", "cifar_resnet110", "vgg19"]


def make_big(name):
    if name == "vgg19":
        return nets.vgg19(10)
    if name.startswith("cifar"):
        return cifar_resnet(110)
    function, version = name[:-1].split("(")
    return getattr(nets, function)(version=version)


@pytest.mark.long
@pytest.mark.parametrize("to", ("symbol", "onnx"))
@pytest.mark.parametrize("name", BIG)
def test_the_networks_by_name_give_their_logits(name, to, tmp_path):
    if to == "onnx":
        need_onnx()
    shape = (3, 32, 32) if name == "vgg19" else GREY
    net, images, expected = ready(make_big(name), shape, n=4)
    written = export(net, tmp_path / "net", to, shape)
    assert far(read_exported(written.files[0])(images), expected) < 1e-4
    print(name, written)


@pytest.mark.slow
def test_resnet18s_count(tmp_path):
    written = export(ready(resnet18(), n=2)[0], tmp_path / "net")
    assert (written.before, written.after, written.fused) == (68, 23, 21)
