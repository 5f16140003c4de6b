"""The command beside a run's folder: what it writes, what it says, and that a mistake is one sentence and code 1."""
import argparse
import builtins
import json

from resnet_gluon import load_run, resnet
from resnet_gluon.commands import export
from resnet_gluon.weights.exported import read_exported

import mxnet as mx
import pytest
from exporting import far
from tiny import train

PACKAGES = "onnx", "onnxruntime"


@pytest.fixture(scope="module")
def folder(data, tmp_path_factory):
    """A run's."""
    path = tmp_path_factory.mktemp("runs") / "run"
    train(data, resnet(((16, 1), (32, 1))), epochs=1, folder=path)
    return path


def command(*arguments):
    parser = argparse.ArgumentParser()
    export.add_parser(parser.add_subparsers(required=True))
    chosen = parser.parse_args(["export", *map(str, arguments)])
    chosen.run(chosen)


def fails(capsys, *arguments):
    """The one sentence with which the command ends."""
    with pytest.raises(SystemExit) as caught:
        command(*arguments)
    message = str(caught.value)
    assert message.startswith("export: ") and "\n" not in message and "Traceback" not in message
    assert capsys.readouterr().out == ""
    return message


def test_a_runs_net_is_written_beside_it(folder, capsys):
    command(folder)
    out = capsys.readouterr().out
    assert out.startswith("symbol: net-symbol.json, net-0000.params; 23 operators → 9, 7 fused; logits differ")
    images = mx.np.random.normal(size=(3, 1, 28, 28))
    given = read_exported(folder / "net-symbol.json")(images.asnumpy())
    assert far(given, load_run(folder, [mx.cpu()])(images).asnumpy()) < 1e-5


def test_all_of_it_as_json_and_beside_the_net_on_the_test_images(folder, tmp_path, capsys):
    command(folder, "--to", "symbol", "--out", tmp_path / "model", "--shape", "1,28,28", "--test", "--json")
    [line] = json.loads(capsys.readouterr().out)
    assert line["files"] == [str(tmp_path / "model-symbol.json"), str(tmp_path / "model-0000.params")]
    assert line["test"]["n"] == line["test"]["same"] == 1000 and 0 <= line["test"]["difference"] < 1e-5
    assert line["test"]["accuracy"] == line["test"]["accuracy of the net"]


def test_int8_by_mxnets_road(folder, tmp_path, capsys):
    command(folder, "--to", "int8", "--road", "mxnet", "--out", tmp_path / "net", "--images", 40, "--test")
    out, err = capsys.readouterr()
    assert out.startswith("int8, mxnet's road: net-int8-symbol.json, net-int8-0000.params;") and " in int8;" in out
    assert "\n    on 1,000 test images: " in out and "accuracy 0." in out
    assert err == "" or "edition" in err


def test_onnx_and_int8_by_both_roads(folder, tmp_path, capsys):
    for package in PACKAGES:
        pytest.importorskip(package, reason=f"{package} is not installed: pip install -e '.[onnx]'")
    command(folder, "--to", "onnx", "--out", tmp_path / "net", "--test")
    assert "1,000 of the same class" in capsys.readouterr().out
    command(folder, "--to", "int8", "--out", tmp_path / "net", "--json")
    assert [line["to"] for line in json.loads(capsys.readouterr().out)] == ["int8, mxnet's road", "int8, onnx's road"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net-int8-0000.params", "net-int8-symbol.json", "net-int8.onnx", "net.onnx"]


@pytest.mark.parametrize("to", ("onnx", "int8"))
def test_a_missing_extra_is_one_sentence_and_nothing_is_written(folder, to, tmp_path, monkeypatch, capsys):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("onnx"):
            raise ImportError(f"No module named {name!r}")
        return real(name, *arguments, **options)
    monkeypatch.setattr(builtins, "__import__", without)
    message = fails(capsys, folder, "--to", to, "--out", tmp_path / "net")
    assert "ONNX needs what is not installed" in message and list(tmp_path.iterdir()) == []


def test_mistakes_are_one_sentence(folder, tmp_path, capsys):
    assert "is not the folder of a run: there is no history.json in it" in fails(capsys, tmp_path)
    assert "is not the folder of a run" in fails(capsys, tmp_path / "missing")
    (tmp_path / "history.json").write_text("{}", encoding="utf8")
    assert "of a run that has come to the end of an epoch: there is no best.params" in fails(capsys, tmp_path)
    (tmp_path / "best.params").write_bytes(b"")
    assert "does not say how its net is made" in fails(capsys, tmp_path)
    (tmp_path / "history.json").write_bytes((folder / "history.json").read_bytes())
    assert f"the run in {tmp_path} cannot be read: " in fails(capsys, tmp_path)
    assert "No such file or directory" in fails(capsys, folder, "--out", tmp_path / "missing" / "net")
    assert "gives no logits for images of the shape (3, 28, 28)" in fails(capsys, folder, "--shape", "3,28,28")
    assert "--images must be at least 1" in fails(
        capsys, folder, "--to", "int8", "--road", "mxnet", "--images", 0, "--out", tmp_path / "net")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.params", "history.json"]


def test_a_run_on_other_data_says_what_it_needs(folder, tmp_path, capsys):
    history = json.loads((folder / "history.json").read_text(encoding="utf8"))
    history["setting"]["data"] = "Unheard Of, edition 1"
    del history["setting"]["input"]  # else it would not be needed
    (tmp_path / "history.json").write_text(json.dumps(history), encoding="utf8")
    (tmp_path / "best.params").write_bytes((folder / "best.params").read_bytes())
    message = fails(capsys, tmp_path)
    assert "Unheard Of" in message and "was not found" in message
    command(tmp_path, "--shape", "1,28,28")
    assert (tmp_path / "net-symbol.json").is_file()


@pytest.mark.parametrize("arguments, message", [
    (["--to", "torch"], "argument --to: invalid choice: 'torch'"), (["--shape", "big"], "argument --shape: invalid")])
def test_the_parser_refuses_unknown_words_with_code_2(folder, arguments, message, capsys):
    with pytest.raises(SystemExit) as caught:
        command(folder, *arguments)
    assert caught.value.code == 2 and message in capsys.readouterr().err
