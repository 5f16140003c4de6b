"""Checks of the zero-padded shortcut, and of new heads on trained nets."""
import inspect

from resnet_gluon.exercises.judge.calling import accepts, random_input
from resnet_gluon.exercises.judge.subject import Subject, array
from resnet_gluon.exercises.judge.traces import of_kind, text

import mxnet as mx
import numpy as onp
from mxnet import autograd
from mxnet.gluon import Block, nn

PADDINGS = (((2, 3, 7, 5), 8, 2), ((2, 4, 6, 6), 4, 1), ((2, 3, 5, 4), 6, 1), ((2, 4, 6, 6), 8, 2))


def check_zero_pad(report, attempt):
    """pad(x, channels, strides), or a Block class made with (channels, strides)."""
    for shape, channels, strides in PADDINGS:
        call = f"For an input of shape {shape}, channels={channels} and strides={strides}"
        function = shortcut_function(report, attempt, channels, strides)
        values = random_input(shape)
        x = array(values)
        x.attach_grad()
        with autograd.record():
            y = report.call(f"{call} it", function, x)
        kept = values[:, :, ::strides, ::strides]
        report.require(y is not None, "no-return", f"{call} it gives None.", hint="Is there a `return`?")
        report.require(isinstance(y, mx.nd.NDArray), "not-an-array", f"{call} it should give an array of MXNet, which "
                       "knows how it was computed.", observed=type(y).__name__)
        examine_padding(report, y.asnumpy(), kept, channels, call)
        mask = onp.zeros(shape)
        mask[:, :, ::strides, ::strides] = 1
        examine_gradient(report, x, y, mask, call)


def shortcut_function(report, attempt, channels, strides):
    """The shortcut as a function of x alone."""
    report.require(not isinstance(attempt, Block), "signature", "A function or a class is expected, not a Block "
                   "that is made already.")
    if not (inspect.isclass(attempt) and issubclass(attempt, Block)):
        accepts(report, attempt, "x", "channels", "strides")
        return lambda x: attempt(x, channels, strides)
    accepts(report, attempt, "channels", "strides")
    block = report.call("Making it", attempt, channels, strides)
    names = list(block.collect_params())
    report.require(not names, "parameters", "This shortcut should have no parameters.", observed=", ".join(names))
    return block


def examine_padding(report, y, kept, channels, call):
    shape = (len(kept), channels, *kept.shape[2:])
    hint = "Every strides-th pixel is kept, the first one too: ⌈H/strides⌉ of them."
    if y.ndim == 4 and y.shape[2:] == shape[2:]:
        hint = "`channels` counts all channels, the old ones included. An odd number of new ones needs one more behind."
    report.require(y.shape == shape, "output-shape", f"{call} the shape is wrong.", expected=shape, observed=y.shape,
                   hint=hint)
    used = [c for c in range(channels) if onp.abs(y[:, c]).max() > 0]
    order = [next((c for c in range(kept.shape[1]) if onp.allclose(y[:, place], kept[:, c], atol=1e-5)), None)
             for place in used]
    if len(used) > kept.shape[1]:
        report.stop("new-channels", f"{call} the new channels are not all zero.", expected=channels - kept.shape[1],
                    observed=channels - len(used))
    report.require(None not in order, "subsampling", f"{call} the input's channels do not come through unchanged.",
                   expected="every strides-th pixel of each axis, unchanged", hint="x[:, :, ::strides, ::strides]")
    report.require(order == list(range(kept.shape[1])), "channel-order", f"{call} the channels of the input are not in "
                   "their order, or not all there.", expected=list(range(kept.shape[1])), observed=order)


def examine_gradient(report, x, y, expected, call):
    """The gradient of the sum of `y` that reaches `x`."""
    try:
        y.backward()
    except mx.MXNetError as error:
        report.require("computational graph" not in str(error), "gradient", f"{call} no gradient reaches the input: "
                       "MXNet does not know how the output was computed from it.",
                       hint="asnumpy(), detach() and autograd.pause() cut the record.")
        report.raised(f"{call} its gradient", error)
    report.require(onp.allclose(x.grad.asnumpy(), expected, atol=1e-5), "gradient", f"{call} the gradient that reaches "
                   "the input is not 1 at the pixels that are kept and 0 elsewhere.")


def check_fine_tune(report, attempt):
    """fine_tune(net, num_classes) → the net with a new last layer."""
    accepts(report, attempt, "net", "num_classes")
    x, net = random_input((4, 2, 6, 6)), nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, padding=1, in_channels=2), nn.BatchNorm(in_channels=4), nn.Activation("relu"),
            nn.GlobalAvgPool2D(), nn.Dense(5, in_units=4))
    subject = Subject(net)
    subject.randomise(6)
    net.hybridize()  # as a net is after training: what was compiled knows the old head
    subject(x)
    backbone = [p.data().asnumpy() for p in subject.parameters.values()][:-2]
    new = report.call("fine_tune(net, 7)", attempt, net, 7)
    report.require(new is not None, "no-return", "The function returns nothing, and should return the net.")
    report.require(isinstance(new, Block), "not-a-block", "The function should return a net.",
                   observed=type(new).__name__)
    examine_head(report, new, x)
    mx.nd.waitall()
    found = [p.data().asnumpy() for p in new.collect_params().values()]
    lost = [a for a in backbone if not any(a.shape == b.shape and onp.allclose(a, b, atol=1e-6) for b in found)]
    report.expect(not lost, "backbone-lost", "What the net has learned is gone: parameters before the head have other "
                  "values.", observed=f"{len(lost)} of {len(backbone)} arrays have changed",
                  hint="Initialise the new head only.")


def examine_head(report, net, x):
    """The new last layer: there, initialised, of the right size, in the place of the old one, and able to learn."""
    try:
        y = net(array(x))
        shape = y.shape
    except RuntimeError as error:
        if "has not been initialized" in str(error) or "not been initialized" in str(error):
            report.stop("head-uninitialised", "The new head has no values yet.", hint="new_head.initialize()")
        report.raised("The new net", error)
    net.hybridize(False)
    fresh = report.call("The new net", net, array(x))
    if shape != (4, 7) and fresh.shape == (4, 7):
        report.stop("stale-graph", "The net still computes the old head's outputs: it was compiled before.",
                    expected=(4, 7), observed=shape, hint="net.hybridize(False), or compile it anew.")
    report.require(shape == (4, 7), "classes", "The new net should give 7 numbers for each image.", expected=(4, 7),
                   observed=shape)
    everything = [p.shape for p in net.collect_params().values()]
    report.require(everything, "unregistered-layer", "Gluon does not know of the net's layers: nothing of it would be "
                   "trained or saved.", hint="Gluon does not look into Python lists: use a HybridSequential.")
    report.require((7, 5) not in everything, "old-head", "The new head stands on the old one: it sees five logits "
                   "instead of the features.", hint="Replace the last layer.")
    path = report.call("The new net", Subject(net).trace, x)
    examine_last(report, net, path, everything)


def examine_last(report, net, path, shapes):
    """The new dense layer: alone, on the features, able to learn, and nothing behind it."""
    dense = of_kind(path, "dense")
    report.require(len(dense) == 1, "head", "The net should end in one dense layer.", observed=text(path))
    report.require((7, 4) in shapes, "layers-left-out", "The new head does not see the 4 features that the old one "
                   "saw: this is another network, or one without more than its last layer.",
                   hint="net[:-1] leaves out the last layer alone.")
    learning = [p.shape for p in net.collect_params().values() if p.grad_req != "null" and p.lr_mult > 0]
    report.require((7, 4) in learning, "head-frozen", "The new head cannot learn.",
                   hint="Freeze the backbone before you add the head, or free the head afterwards.")
    report.expect(not of_kind(path, "softmax"), "softmax", "There is a softmax in the net: it belongs to the loss.",
                  observed=text(path))
    report.expect(path[-1].kind in ("dense", "softmax"), "head-activation", "Something follows the dense layer: the "
                  "logits should leave the net as they are.", observed=text(path))
