"""Try a variant of the recipe that `fit` does not offer: one seed, judged on validation data, the test set closed.

    python experiments/probe.py NAME key=value …     (adds its rows to experiments/results/probes.json)

For instance: python experiments/probe.py "10 epochs, flip" 'phases=[("p", 10)]' flip=True. See OPTIONS. A phase is
("p", epochs) with the ImageNet stem, ("n", epochs) with its pooling at stride 1, so that all feature maps are twice as
large, or ("h", epochs) with a stem of one 3×3/2 convolution.
"""
import ast
import json
import sys
from pathlib import Path

from resnet_gluon import FashionMNIST, devices, resnet18
from resnet_gluon.checkpoint import save_text
from resnet_gluon.evaluation import evaluate
from resnet_gluon.training import fresh_arrays, one_cycle, seed_everything

from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn

RESULT = Path(__file__).parent / "results" / "probes.json"
OPTIONS = {"phases": [("p", 1)], "bs": 256, "lr": 0.1, "warmup": 0.15, "wd": 5e-4, "wdbn": False, "ls": 0.0,
           "flip": False, "shift": 0, "seed": 0}  # wdbn: scales and biases decay too; ls: label smoothing


def half_stem(stem):
    stem._children.clear()
    stem.add(nn.Conv2D(64, 3, strides=2, padding=1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))


def set_phase(net, kind):
    """Compile the net for one phase."""
    if kind != "h":
        net[0][3]._kwargs["stride"] = (2, 2) if kind == "p" else (1, 1)
    net.hybridize(static_alloc=True, static_shape=True)


def smooth(labels, amount):
    return npx.one_hot(labels, 10) * (1 - amount) + amount / 10  # (n, 10)


def note(name, options, net, data, **facts):
    plain, mirrored = (evaluate(net, data, data.val, mirror=mirror) for mirror in (False, True))
    fresh_arrays(net, devices()[:1])
    row = {"name": name, "options": options, **facts, "val_loss": plain.loss, "val_accuracy": plain.accuracy,
           "val_accuracy_with_mirror": mirrored.accuracy}
    rows = json.loads(RESULT.read_text(encoding="utf8")) if RESULT.exists() else []
    save_text(RESULT, json.dumps(rows + [row], indent=1) + "\n")
    print(row, flush=True)


def main(name, *changes):
    options = {**OPTIONS, **{key: ast.literal_eval(value) for key, value in (c.split("=", 1) for c in changes)}}
    assert set(options) == set(OPTIONS), f"options are {', '.join(OPTIONS)}"
    seed_everything(options["seed"])
    data, net = FashionMNIST(subset=False), resnet18(zero_gamma=True)
    if options["phases"][0][0] == "h":
        half_stem(net[0])
    net.initialize(ctx=devices()[0])
    net(np.zeros((1, 1, 28, 28), ctx=devices()[0]))
    batches = data.batches(data.train, options["bs"], shuffle=True, flip=options["flip"], shift=options["shift"],
                           seed=options["seed"])
    total = len(batches) * sum(epochs for _, epochs in options["phases"])
    trainer = one_cycle(net, total, "sgd", options["lr"], options["warmup"], 0.9, options["wd"])
    if options["wdbn"]:
        for parameter in net.collect_params().values():
            parameter.wd_mult = 1.0
    loss_function = gluon.loss.SoftmaxCrossEntropyLoss(sparse_label=not options["ls"])
    epoch = 0
    for kind, epochs in options["phases"]:
        set_phase(net, kind)
        for _ in range(epochs):
            epoch += 1
            losses = []
            for x, y in batches.epoch(epoch - 1):
                x, y = x.as_in_ctx(devices()[0]), y.as_in_ctx(devices()[0])
                with autograd.record():
                    loss = loss_function(net(x), smooth(y, options["ls"]) if options["ls"] else y)
                loss.backward()
                trainer.step(options["bs"])
                losses.append(loss.mean())
            mean = sum(float(loss) for loss in losses) / len(losses)
            note(name, options, net, data, epoch=epoch, step=trainer._optimizer.num_update, train_loss=mean)


if __name__ == "__main__":
    main(*sys.argv[1:])
