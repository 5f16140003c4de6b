"""The studies: their committed results, README's figures from them, and each in miniature."""
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, replace

from resnet_gluon import FashionMNIST, Training, cifar_resnet, resnet18
from resnet_gluon.nets import block

import mxnet as mx
import pytest

from experiments import figures, rows, summary
from experiments.__main__ import NAMES, studies
from experiments.fitting import first_losses, trained
from experiments.rows import RESULTS, ROOT
from experiments.study import One, main
from experiments.variants import VARIANTS

FILES = sorted(RESULTS.glob("*.json"))


def test_results_and_studies_belong_together():
    assert {file.stem for file in FILES} <= set(NAMES)
    assert all(study.name == name and study.measures for name, study in studies().items())


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_results_keep_to_the_schema_and_to_their_rows(file):
    text = file.read_text(encoding="utf8")
    faults = rows.validator().iter_errors(json.loads(text))
    assert [f"{list(fault.absolute_path)}: {fault.message}" for fault in faults] == []
    study = studies([file.stem])[file.stem]
    assert text == rows.as_text(study, json.loads(text)["rows"]), (
        f"the summary is not that of the rows: python -m experiments.{file.stem} --summary writes it")


def test_summaries_are_those_that_were_published():
    found = {name: json.loads((RESULTS / f"{name}.json").read_text(encoding="utf8"))
             for name in ("recipes", "series", "shortcuts")}
    default = [row["values"]["test_accuracy"] for row in found["recipes"]["rows"]
               if row["arm"] == "default" and row["seed"] < 5 and "note" in row]
    assert default == [0.9314, 0.9309, 0.9291, 0.9309, 0.9289]
    assert summary.spread(default)["mean"] == pytest.approx(0.93024)
    assert summary.spread(default)["sd"] == pytest.approx(0.0011523888232710278)


@pytest.fixture
def readme(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(f"# Before\n\n{figures.BEGIN}\n| old |\n{figures.END}\n\nafter\n", encoding="utf8")
    return file


def test_figures_are_written_between_the_marks(readme):
    assert figures.main(["--check", "--readme", str(readme)]) == 1
    figures.main(["--write", "--readme", str(readme)])
    text = readme.read_text(encoding="utf8")
    assert text.startswith("# Before\n\n<!--") and text.endswith("<!-- end of figures -->\n\nafter\n")
    assert "| old |" not in text and "recipe `default` (14 epochs), test accuracy" in text
    assert figures.main(["--check", "--readme", str(readme)]) == 0


def test_a_figure_that_differs_is_found(readme, capsys):
    figures.main(["--write", "--readme", str(readme)])
    text = readme.read_text(encoding="utf8")
    number = re.search(r"mean 0\.\d{4}", text).group()
    readme.write_text(text.replace(number, "mean 0.9999"), encoding="utf8")
    assert figures.main(["--check", "--readme", str(readme)]) == 1
    assert number in capsys.readouterr().out


def test_a_result_that_differs_is_found(readme, tmp_path):
    figures.main(["--write", "--readme", str(readme)])
    folder = tmp_path / "results"
    shutil.copytree(RESULTS, folder)
    content = json.loads((folder / "series.json").read_text(encoding="utf8"))
    content["rows"][0]["values"]["test_accuracy"] = 0.5
    (folder / "series.json").write_text(json.dumps(content), encoding="utf8")
    assert figures.main(["--check", "--readme", str(readme), "--results", str(folder)]) == 1
    content["rows"][0]["configuration"]["training"]["epochs"] = 1
    for row in content["rows"][1:]:
        row["version"] = 7
    (folder / "series.json").write_text(json.dumps(content), encoding="utf8")
    assert "made with an earlier configuration" in figures.table(folder)


def test_a_readme_without_the_marks_is_refused(readme):
    readme.write_text("# No marks\n", encoding="utf8")
    with pytest.raises(ValueError, match="README needs the line <!-- figures"):
        figures.main(["--write", "--readme", str(readme)])


def test_readme_says_what_the_results_say():
    assert figures.main(["--check"]) == 0, "python -m experiments.figures --write"


@pytest.mark.parametrize("trim", [False, True])
def test_the_first_losses_are_those_of_the_run(tmp_path, trim):
    data = FashionMNIST(train_images=24, quiet=True)
    data.val = data.val.take(slice(10))
    how = Training(epochs=2, batch_size=8, trim=trim, flip=True, shift=1)
    one = One("any", {"net": cifar_resnet(8).made, "training": asdict(how)}, seed=3, folder=tmp_path)
    _, values = trained(one, data, keep=True)
    assert trained(one, data, keep=True)[1] == values, "a run that was killed after its last step goes on from there"
    assert len(values["first_losses"]) == 3 and first_losses(one, data) == values["first_losses"]
    assert first_losses(replace(one, seed=4), data) != values["first_losses"]


def test_other_data_than_the_study_is_about_is_refused(tmp_path, capsys):
    assert "fashion_mnist_subset" in os.environ["RESNET_GLUON_DATA"]  # see conftest.py
    study = studies(["shortcuts"])["shortcuts"]
    assert main(study, ["--arms", "A", "--seeds", "0", "--results", str(tmp_path)]) == 1
    assert "the study is about Fashion-MNIST, edition 2017-08-31, but" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.json"))


@pytest.mark.parametrize(("variant", "operator", "count", "instead"), [
    ("npx.relu instead of npx.activation", "_npx_relu", 16, "Activation"),
    ("BatchNorm and ReLU in one operator", "_contrib_BatchNormWithReLU", 8, "BatchNorm"),
    ("+ instead of elemwise_add", "_npi_add", 8, "elemwise_add")])
def test_a_lever_changes_the_operator_that_it_names(monkeypatch, variant, operator, count, instead):
    def operators():
        graph = resnet18()(mx.sym.var("data").as_np_ndarray()).tojson()
        return Counter(node["op"] for node in json.loads(graph)["nodes"])
    for name in ("relu", "add"):  # put back after the test
        monkeypatch.setattr(block, name, getattr(block, name))
    for name in ("make_branch", "branch"):
        monkeypatch.setattr(block.Block, name, getattr(block.Block, name))
    before = operators()
    VARIANTS[variant].patch()
    after = operators()
    assert before[operator] == 0 and after[operator] == count and after[instead] == before[instead] - count


def test_the_list_of_studies():
    told = subprocess.run([sys.executable, "-m", "experiments"], cwd=ROOT, text=True, capture_output=True, timeout=120,
                          check=True)
    assert all(re.search(rf"^{name} +\d+ +\d+ +\d+ +[\d.]+ +[\d.]+$", told.stdout, re.MULTILINE) for name in NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_arm_of_each_study_runs_in_miniature(name):
    told = subprocess.run([sys.executable, "-m", "experiments", "--smoke", name], cwd=ROOT, text=True, timeout=300,
                          capture_output=True)
    assert told.returncode == 0, told.stderr
