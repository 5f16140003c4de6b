"""How fast a trained net answers in each form that it can be had in, and what the form costs in accuracy.

    python -m experiments.inference                                    the study: needs the runs of the study `recipes`
    python -m experiments.inference serve FORM FILE MADE BATCH SIZE    one contender, see servers.py

Each form has a process of its own, and they take turns. The int8 forms are calibrated on training images.
"""
import importlib.util
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

from resnet_gluon import cifar_resnet, devices
from resnet_gluon.data.fashion_mnist import OFFICIAL
from resnet_gluon.files import save_parameters
from resnet_gluon.nets import Network, make_net, trimmed
from resnet_gluon.training.loop import fresh_arrays
from resnet_gluon.weights.export import export
from resnet_gluon.weights.exported import read_exported

import numpy as onp
from mxnet import np, npx

from experiments import fitting, recipes
from experiments.servers import Server, serve, take_turns
from experiments.study import Measure, One, Study, main
from experiments.trained_nets import run_of, trained_net

#: Form: what it is exported to, and on which road; None: the net itself.
FORMS: Dict[str, Any] = {"eager": None, "compiled": None, "live taps": None, "fused": ("symbol", "mxnet"),
                         "int8, MXNet": ("int8", "mxnet")}
WITH_ONNX = {"ONNX Runtime": ("onnx", "mxnet"), "int8, ONNX Runtime": ("int8", "onnx")}  # an extra
if all(importlib.util.find_spec(name) for name in ("onnx", "onnxruntime")):
    FORMS.update(WITH_ONNX)
BATCHES, CALIBRATION = (1, 64), 256



def live(form: str, file: str, made: Dict[str, Any], size: int) -> Callable[[Any], Any]:
    """A form of the net itself: a function of images, float32 (n, 1, size, size), that gives logits."""
    net, device = make_net(made), devices()[0]
    net.load_parameters(file, ctx=[device])
    if form == "live taps":
        fresh_arrays(net, [device])
        ExitStack().enter_context(trimmed(net, (1, 1, size, size)))  # and it stays so
    if form != "eager":
        net.hybridize(static_alloc=True, static_shape=True)
    return lambda images: net(np.array(images, ctx=device)).asnumpy()


class Contender:
    """Answers to one batch of random images."""

    def __init__(self, form: str, file: str, made: str, batch: str, size: str) -> None:
        self.answer = read_exported(file) if FORMS[form] else live(form, file, json.loads(made), int(size))
        self.images = onp.random.default_rng(0).normal(size=(int(batch), 1, int(size), int(size))).astype("float32")

    def predict(self) -> None:
        self.answer(self.images)


def write(net: Network, folder: Path, images: Any, shape: Tuple[int, ...]) -> Dict[str, Tuple[Path, ...]]:
    """The files of each form."""
    whole = folder / "net.params"
    save_parameters(net, whole)
    files: Dict[str, Tuple[Path, ...]] = {form: (whole,) for form, to in FORMS.items() if to is None}
    for form, to in FORMS.items():
        if to is not None:
            files[form] = export(net, folder / "net", to[0], shape, images if to[0] == "int8" else None,
                                 road=to[1]).files
    return files


def answers(form: str, file: Path, net: Network, split: Any) -> Any:
    """Logits of a whole split, (n, classes)."""
    size = split.images.shape[-1]
    answer = read_exported(file) if FORMS[form] else live(form, str(file), net.made or {}, size)
    return onp.concatenate([answer(images.asnumpy()) for images, _ in split.batches(500).epoch(0)])


def run(one: One) -> Dict[str, Any]:
    data, chosen = fitting.fashion(one), one.configuration
    if one.smoke:
        net = cifar_resnet(8)
        net.initialize()
        net(np.zeros((1, 1, 28, 28)))
    else:
        row, file = run_of(chosen["recipe"], chosen["seed"])
        net = trained_net(row, file, data)
    one.folder.mkdir(parents=True, exist_ok=True)
    images = next(data.train.take(slice(8 if one.smoke else CALIBRATION)).batches(CALIBRATION).epoch(0))[0].asnumpy()
    files = write(net, one.folder, images, (1, 28, 28))
    npx.waitall()
    found: Dict[str, Any] = {form: {"mebibytes_on_disk": sum(file.stat().st_size for file in files[form]) / 2 ** 20}
                             for form in FORMS}
    rounds, steps = (1, {"1": 1, "64": 1}) if one.smoke else (chosen["rounds"], chosen["steps"])
    for batch in BATCHES[:1] if one.smoke else BATCHES:
        servers = {form: Server(__spec__.name, "serve", form, files[form][0], json.dumps(net.made), batch, 28)
                   for form in FORMS}
        table = take_turns(servers, ["predict"], rounds, steps[str(batch)])
        for form, measured in table.items():
            found[form][f"batch {batch}"] = {**measured["predict"], "peak_memory": measured["peak_memory"]}
    judge(found, files, net, data.test)
    return found


def judge(found: Dict[str, Any], files: Dict[str, Tuple[Path, ...]], net: Network, split: Any) -> None:
    """Add each form's accuracy, and how it differs from the compiled net's."""
    logits = {form: answers(form, files[form][0], net, split) for form in FORMS}
    of_net = logits["compiled"]
    right = {form: of_form.argmax(1) == split.labels for form, of_form in logits.items()}
    for form, of_form in logits.items():
        differ = right[form].astype(float) - right["compiled"]
        found[form].update(
            accuracy=float(right[form].mean()), same_class=int((of_form.argmax(1) == of_net.argmax(1)).sum()),
            difference=float(onp.abs(of_form - of_net).max() / onp.abs(of_net).max()), lost=-float(differ.mean()),
            lost_standard_error=float(differ.std() / len(differ) ** 0.5), n=len(split))


def arm(recipe: str) -> Dict[str, Any]:
    return {"recipe": recipe, **recipes.configuration(recipe), "seed": 0, "rounds": 10, "steps": {"1": 30, "64": 5},
            "calibration": CALIBRATION}


def measures() -> List[Measure]:
    return [measure for form in dict(FORMS, **WITH_ONNX) for measure in (
        *(Measure(f"{form}/batch {batch}/median", f"{form}: seconds for {batch} images", "lower") for batch in BATCHES),
        Measure(f"{form}/accuracy", f"{form}: share of the test images, one view", "higher"),
        Measure(f"{form}/mebibytes_on_disk", f"{form}: MiB of its files", "lower"))]


STUDY = Study(
    name="inference",
    question="How fast does a trained ResNet-18 answer in each form, and what does the form cost in accuracy?",
    arms={recipe: arm(recipe) for recipe in ("quick", "default")},
    run=run, alone=True, paired=False, edition=OFFICIAL, measures=measures(), minutes=4,
    smoke_arms=("quick",))

if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(Contender(*sys.argv[2:]))
    else:
        sys.exit(main(STUDY))
