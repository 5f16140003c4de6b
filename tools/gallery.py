"""Every picture of `resnet_gluon.plots`, drawn from small nets that are trained for it.

    python tools/gallery.py FOLDER

writes FOLDER/gallery.ipynb, executed, a cell for each picture: to be looked at as a notebook or through nbconvert. It
takes two or three minutes of one core. Images are the full Fashion-MNIST's where it is found, else those of the subset.
"""
import argparse
import os
from base64 import b64decode
from pathlib import Path

import nbformat
from nbclient import NotebookClient

SETUP = """\
%matplotlib inline
import numpy as onp
from mxnet import np
from resnet_gluon import (FashionMNIST, Plain, Residual, Bottleneck, Training, UCR, cifar_resnet, diagram, evaluate,
                          fit, nets, plots, resnet18, resnet34, resnet50, resnet152, seed_everything)
from resnet_gluon.nets import (activations, class_activation, first_kernels, live_taps, maps_by_part, mini_model,
                               time_series_block, time_series_resnet)
from resnet_gluon.nets.lesions import can_be_deleted, lesioned, named_blocks
from resnet_gluon.training import calibration

data = FashionMNIST(train_images=3000, quiet=True)
how = Training(epochs=3, lr=0.1, batch_size=64, flip=True)
trained, histories = {}, {}
for name, option in (("residual", "A"), ("plain", "none")):
    seed_everything(0)
    trained[name] = cifar_resnet(14, option=option)
    histories[name] = fit(trained[name], data, how, seed=0)
net, test = trained["residual"], data.test.take(slice(1000))
answers = evaluate(net, test)
x = np.array(test.channels_first[:64].astype("float32") / 255 - data.train.mean) / data.train.std
"""

#: What is shown, and the cell that shows it.
PICTURES = (
    ("Blocks side by side", """\
map28, map14 = (1, 64, 28, 28), (1, 128, 14, 14)
figure = plots.blocks({
    "plain": diagram(Plain(64), map28), "residual": diagram(Residual(64), map28),
    "projected": diagram(Residual(128, use_1x1conv=True, strides=2), map28),
    "option A": diagram(Residual(128, strides=2, shortcut="zero-pad", in_channels=64), map28),
    "bottleneck": diagram(Bottleneck(256), (1, 256, 28, 28)),
    "pre-activation": diagram(Residual(64, preactivation=True), map28),
    "time series": diagram(time_series_block(64), (1, 1, 150))})"""),
    ("What a gradient meets", """\
figure = plots.gradient_path({
    "plain": diagram(Plain(64), map28), "residual": diagram(Residual(64), map28),
    "projected": diagram(Residual(128, use_1x1conv=True, strides=2), map28),
    "pre-activation": diagram(Residual(64, preactivation=True), map28)})"""),
    ("ResNet-18", "figure = plots.network(diagram(resnet18(1000), (1, 3, 224, 224)))"),
    ("ResNet-34", "figure = plots.network(diagram(resnet34(1000), (1, 3, 224, 224)))"),
    ("ResNet-50", "figure = plots.network(diagram(resnet50(1000), (1, 3, 224, 224)))"),
    ("ResNet-152", "figure = plots.network(diagram(resnet152(1000), (1, 3, 224, 224)))"),
    ("The tutorial's MiniModel", "figure = plots.network(diagram(mini_model(), (1, 3, 32, 32)))"),
    ("A network for series", "figure = plots.network(diagram(time_series_resnet(2), (1, 1, 150)))"),
    ("Function classes", "figure = plots.function_classes()"),
    ("Routes through three blocks", "figure = plots.paths(3)"),
    ("Learning curves", "figure = plots.learning_curves(histories)"),
    ("Learning curves of seeds", """\
seeds = [fit(cifar_resnet(8), data, Training(epochs=2, lr=0.1, batch_size=64), seed=seed) for seed in range(3)]
runs = {"ResNet-8, three seeds": seeds, "ResNet-14": histories["residual"]}
figure = plots.learning_curves(runs, key="val_loss")"""),
    ("Training and validation loss", 'figure = plots.losses(histories["residual"])'),
    ("The learning rate's schedule", 'figure = plots.schedule(histories["residual"])'),
    ("Shapes of one image", """\
figure = plots.shape_pyramid(test.images[0], maps_by_part(net, x[:1]))"""),
    ("A block's sum", """\
one = activations(net, x[:1])["stage1.1"]
figure = plots.split(one.x[0], one.branch[0], one.total[0])"""),
    ("First kernels", "figure = plots.kernels(first_kernels(net))"),
    ("First kernels in colour, untrained", """\
colour = resnet18(); colour.initialize(); colour(np.zeros((1, 3, 32, 32)))
figure = plots.kernels(first_kernels(colour))"""),
    ("Class activation maps", """\
shown = [int(onp.flatnonzero((test.labels == label) & (answers.predictions == label))[0]) for label in (0, 5, 7, 8, 9)]
maps = [class_activation(net, np.array(test.channels_first[i:i + 1].astype("float32") / 255 - data.train.mean)
                         / data.train.std, int(test.labels[i]))[0] for i in shown]
figure = plots.class_activation(test.images[shown], maps, data.text_labels(test.labels[shown]))"""),
    ("Branch against shortcut", "figure = plots.branch_against_shortcut(activations(net, x))"),
    ("Lesions", """\
results = {}
for name, one in trained.items():
    results[name] = {}
    for block, layer in named_blocks(one).items():
        results[name][block] = float("nan")
        if can_be_deleted(layer):
            with lesioned(one, block):
                results[name][block] = evaluate(one, test).accuracy
figure = plots.lesions(results, {name: evaluate(one, test).accuracy for name, one in trained.items()})"""),
    ("Along the depth", """\
figure = plots.along_depth({"plain": [1, .6, .35, .2, .12], "residual": [1, .98, .95, .93, .9]},
                           "correlation with the input")"""),
    ("A gradient's size", """\
figure = plots.gradient_profile({"plain": [40, 9, 3, 1, .2], "residual": [2, 1.5, 1.3, 1.1, 1]})"""),
    ("Reliability", "figure = plots.reliability(calibration(answers, bins=10))"),
    ("Confusion", "figure = plots.confusion(answers, data.classes)"),
    ("Paired arms", """\
figure = plots.paired({"A": [.869, .874, .864, .881, .87], "B": [.872, .889, .858, .884, .871],
                       "none": [.838, .871, .79, .86, .85]}, "validation accuracy")"""),
    ("Arms and seeds", """\
figure = plots.spread({"A": [.869, .874, .864], "B": [.872, .889, .858], "none": [.838, .871, .79], "one seed": [.85]},
                      "validation accuracy")"""),
    ("Cost against error", """\
ERROR = {"plain18": 27.94, "plain34": 28.54, "resnet18": 27.88, "resnet34": 25.03, "resnet50": 22.85,
         "resnet101": 21.75, "resnet152": 21.43}
tables = {name: nets.describe(getattr(nets, name)(1000), (1, 3, 224, 224)) for name in ERROR}
figure = plots.cost_against_error([(name.replace("plain", "plain-").replace("resnet", "ResNet-"), table.macs,
                                    table.parameters, ERROR[name]) for name, table in tables.items()])"""),
    ("Images", """\
figure = plots.image_grid(test.images[:20], data.text_labels(test.labels[:20]))"""),
    ("Images of floats", "figure = plots.image_grid(x[:8, 0].asnumpy(), data.text_labels(test.labels[:8]), columns=8)"),
    ("Mistakes", """\
worst = answers.mistakes(10)
titles = [f"{data.classes[test.labels[i]]}\\n{data.classes[answers.predictions[i]]} "
          f"{answers.probabilities[i].max():.2f}" for i in worst]
figure = plots.image_grid(test.images[worst], titles, columns=5, scale=1.5)"""),
    ("Live taps", """\
sizes = (28, 32, 64, 96, 224)
figure = plots.live_taps({f"{size} pixels": live_taps(resnet18(), (1, 1, size, size)) for size in sizes})"""),
    ("Series by class", """\
series = UCR("GunPoint")
figure = plots.series_by_class(series.train.images[:, 0], series.train.labels, series.classes, "GunPoint")"""),
    ("Series and their evidence", """\
small = time_series_resnet(2)
fit(small, series, Training(epochs=30, optimizer="adam", lr=0.001, batch_size=16), seed=0)
examples = []
for label, name in enumerate(series.classes):
    first = series.test.take(series.test.labels == label).take(slice(1))
    batch, _ = next(first.batches(1).epoch(0))
    examples.append((f"GunPoint, {name}", first.images[0, 0], class_activation(small, batch, label)[0]))
figure = plots.series_with_activation(examples)"""),
)


def gallery() -> nbformat.NotebookNode:
    """The notebook, not yet executed."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell("# All pictures"), nbformat.v4.new_code_cell(SETUP)]
    for title, source in PICTURES:
        notebook.cells += [nbformat.v4.new_markdown_cell(f"## {title}"), nbformat.v4.new_code_cell(source)]
    return notebook


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where gallery.ipynb goes")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    notebook = gallery()
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # this environment's kernel
    NotebookClient(notebook, timeout=600, kernel_name="python3", allow_errors=True).execute()
    nbformat.write(notebook, folder / "gallery.ipynb")
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                print(f"{output.ename}: {output.evalue}\n  in {cell.source.splitlines()[-1]}")
            for data in (output.get("data", {}).get("image/png"),):
                if data:
                    alt = output.metadata.get("image/png", {}).get("alt", "")
                    print(f"{len(b64decode(data)) / 1000:6.1f} kB  {alt[:90] or 'NO ALTERNATIVE TEXT'}")


if __name__ == "__main__":
    main()
