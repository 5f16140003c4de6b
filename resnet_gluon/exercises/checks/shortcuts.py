"""The zero-padded shortcut: a function of arrays, or a block without parameters."""
from resnet_gluon.exercises.judge import Attempt, Exercise, NotAnArray, accepts, random_input

import numpy as onp

#: Shape of the input, channels and strides of what is asked for.
PADDINGS = (((2, 3, 7, 5), 8, 2), ((2, 4, 6, 6), 4, 1), ((2, 3, 5, 4), 6, 1), ((2, 4, 6, 6), 8, 2),
            ((1, 3, 5, 8), 10, 3))


def check_zero_pad(report, attempt):
    """Check pad(x, channels, strides), or a Block class made with (channels, strides)."""
    for shape, channels, strides in PADDINGS:
        call = f"For an input of shape {shape}, channels={channels} and strides={strides}"
        subject, x = shortcut_of(report, attempt, channels, strides), random_input(shape)
        y = padded(report, subject, x, channels, strides, call)
        examine_padding(report, y, x[:, :, ::strides, ::strides], channels, call)
        examine_gradient(report, subject, x, strides, call)


def shortcut_of(report, attempt, channels, strides):
    """The shortcut as a net, which is called with x alone."""
    made = Attempt.of(attempt)
    report.require(not made.is_block, "signature", "A function or a class is expected, not a Block "
                   "that is made already.")
    if not made.is_block_class:
        accepts(report, attempt, "x", "channels", "strides")
        return made.with_more(channels, strides)
    accepts(report, attempt, "channels", "strides")
    subject = report.call("Making it", made.make, (channels, strides), {})
    names = list(subject.parameters)
    report.require(not names, "parameters", "This shortcut should have no parameters.", observed=", ".join(names))
    return subject


def padded(report, subject, x, channels, strides, call):
    """The shortcut's output."""
    try:
        return subject.numpy(x)
    except NotAnArray as error:
        report.require(not error.nothing, "no-return", f"{call} it gives None.", hint="Is there a `return`?")
        report.stop("not-an-array", f"{call} it should give an array of MXNet, which knows how it was computed.",
                    observed=error.kind)
    except Exception as error:
        shape = (len(x), channels, *(-(-length // strides) for length in x.shape[2:]))
        report.raised(f"{call} it", error, f"an array of shape {shape}")


def examine_padding(report, y, kept, channels, call):
    """Whether the pixels that are kept come out unchanged and in order, and zeros in the new channels."""
    shape, old = (len(kept), channels, *kept.shape[2:]), kept.shape[1]
    hint = "Along height and width, axes 2 and 3, every strides-th pixel is kept, the first one too: ⌈H/strides⌉."
    if y.ndim == 4 and y.shape[2:] == shape[2:]:
        hint = "`channels` counts all channels, the old ones included. An odd number of new ones needs one more behind."
    report.require(y.shape == shape, "output-shape", f"{call} the shape is wrong.", expected=shape, observed=y.shape,
                   hint=hint)
    used = [c for c in range(channels) if onp.abs(y[:, c]).max() > 0]
    report.require(len(used) <= old, "new-channels", f"{call} the new channels are not all zero.",
                   expected=channels - old, observed=channels - len(used))
    order = [next((c for c in range(old) if onp.allclose(y[:, place], kept[:, c], atol=1e-5)), None) for place in used]
    report.require(None not in order, "subsampling", f"{call} the input's channels do not come through unchanged.",
                   expected="every strides-th pixel of each axis, unchanged", hint="x[:, :, ::strides, ::strides]: the "
                   "pixels themselves, the first one too, no mean or maximum (pooling) of several, no axis swapped.")
    report.require(order == list(range(old)), "channel-order", f"{call} the channels of the input are not in "
                   "their order, or not all there.", expected=list(range(old)), observed=order)
    report.expect(used == list(range(len(used))), "channels-place", "Option A may have its zeros anywhere; the "
                  "notebook asks for all new channels behind the old ones.", remark=True,
                  observed=f"the old ones are channels {used}")


def examine_gradient(report, subject, x, strides, call):
    """Whether the gradient of the sum of the output that reaches the input is 1 at the pixels that are kept."""
    expected = onp.zeros(x.shape)
    expected[:, :, ::strides, ::strides] = 1
    try:
        _, found = subject.gradient(x)
    except Exception as error:
        report.require("is not in a computational graph" not in str(error), "gradient", f"{call} no gradient reaches "
                       "the input: MXNet does not know how the output was computed from it.",
                       hint="asnumpy(), detach() and autograd.pause() cut the record.")
        report.raised(f"{call} its gradient", error)
    report.require(onp.allclose(found, expected, atol=1e-5), "gradient", f"{call} the gradient that reaches "
                   "the input is not 1 at the pixels that are kept and 0 elsewhere.")


ZERO_PAD_SHORTCUT = Exercise(
    "zero-pad-shortcut", 6, "easy",
    "a function (x, channels, strides): option A's shortcut of x, all new channels behind; or a Block class made "
    "with (channels, strides)",
    check_zero_pad, (
        "Slicing with a step keeps every second pixel, the first one too.",
        "How many channels are new? Their shape is otherwise that of the sliced input.",
        "np.pad takes a pair (before, behind) for each axis; or put an array of zeros beside the old one."))
