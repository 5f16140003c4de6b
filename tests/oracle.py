"""A residual block in NumPy and float64, from its equations: what the blocks of the package are held against.

Series are images of height 1. Sources: the paper's equations 1 and 2, for v2 "Identity Mappings"' equations 1 to 4.
"""
import mxnet as mx
import numpy as np


def parameters_of(block):
    """{name: float64 array} of a block, convolution kernels with two axes."""
    mx.npx.waitall()
    arrays = {name: p.data().asnumpy().astype("float64") for name, p in block._collect_params_with_prefix().items()}
    return {name: a[:, :, None, :] if a.ndim == 3 else a for name, a in arrays.items()}


def relu(x):
    return np.maximum(x, 0)


def conv(x, p, name, strides=1, groups=1):
    """A sum over windows; padded as TensorFlow's "same" is for stride 1: (k - 1) // 2 before, k // 2 after."""
    weight = p[name + ".weight"]
    kernel = weight.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), *(((k - 1) // 2, k // 2) for k in kernel)))
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::strides, ::strides]
    parts = zip(np.split(windows, groups, axis=1), np.split(weight, groups, axis=0))
    y = np.concatenate([np.einsum("nchwij,ocij->nohw", part, w) for part, w in parts], axis=1)
    return y + p[name + ".bias"][:, None, None] if name + ".bias" in p else y


def norm(x, p, name, training):
    mean, variance = ((x.mean((0, 2, 3)), x.var((0, 2, 3))) if training else
                      (p[name + ".running_mean"], p[name + ".running_var"]))
    gamma, beta, mean, variance = (a[:, None, None] for a in (p[name + ".gamma"], p[name + ".beta"], mean, variance))
    return gamma * (x - mean) / np.sqrt(variance + 1e-5) + beta


def max_pool(x, size):
    """Windows that do not overlap; the last of a row or column can hang over the edge."""
    height, width = x.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (0, -height % min(size, height)), (0, -width % size)), constant_values=-np.inf)
    n, c, h, w = x.shape
    rows = min(size, height)
    return x.reshape(n, c, h // rows, rows, w // size, size).max((3, 5))


def zero_pad(x, channels, strides):
    x = x[:, :, ::strides, ::strides]
    new = channels - x.shape[1]
    return np.pad(x, ((0, 0), (new // 2, new - new // 2), (0, 0), (0, 0)))


def block(x, p, layers, shortcut="identity", *, strides=1, preactivation=False, pool=None, training=False):
    """`x` through a block with the parameters `p`: layers, shortcut … mean what they mean in `Block`."""
    start = max_pool(x, strides) if pool else x
    carried, carried_strides = (start, 1) if pool == "input" else (x, strides)
    y = start
    for i, (_, _, stride, groups) in enumerate(layers, 1):
        if preactivation:
            y = relu(norm(y, p, f"bn{i}", training))
            if i == 1 and shortcut == "projection" and pool is None:
                carried = y
            y = conv(y, p, f"conv{i}", stride, groups)
        else:
            y = norm(conv(y, p, f"conv{i}", stride, groups), p, f"bn{i}", training)
            y = relu(y) if i < len(layers) else y
    if shortcut == "projection":
        carried = conv(carried, p, "projection.0", carried_strides)
        if "projection.1.gamma" in p:
            carried = norm(carried, p, "projection.1", training)
    elif shortcut == "norm":
        carried = norm(carried, p, "projection.0", training)
    elif shortcut == "zero-pad":
        carried = zero_pad(carried, y.shape[1], carried_strides)
    total = y if shortcut == "none" else carried + y
    return total if preactivation else relu(total)
