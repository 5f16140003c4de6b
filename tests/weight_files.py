"""Weights under the names of a style, and files of them in every format that is read."""
from resnet_gluon import name_map

import mxnet as mx
import numpy as onp
import torch_files
from mxnet import np

KINDS = ("legacy", "zipped", "safetensors", "params", "old params")


def arrays_for(net, shape, style):
    """Random weights under the names of a style, with the counters that PyTorch's BatchNorm has."""
    net.initialize()
    net(np.zeros(shape))
    numbers = onp.random.default_rng(0)
    arrays = {there: numbers.uniform(0.5, 1, net._collect_params_with_prefix()[ours].shape).astype("float32")
              for ours, there in name_map(net, style).items()}
    counters = {there.replace("running_var", "num_batches_tracked"): onp.array([7]) for there in arrays
                if "running_var" in there}
    return {**arrays, **counters}


def written(path, arrays, kind):
    """A file of these arrays; returns its path."""
    if kind == "safetensors":
        path.write_bytes(torch_files.safetensors(arrays))
    elif kind == "params":
        mx.npx.save(str(path), {name: np.array(array) for name, array in arrays.items()})
    elif kind == "old params":
        with mx.util.np_array(False), mx.util.np_shape(False):
            mx.nd.save(str(path), {f"arg:{name}": mx.nd.array(array) for name, array in arrays.items()})
    else:
        found, storages = torch_files.as_tensors(arrays)
        path.write_bytes(getattr(torch_files, kind)(found, storages))
    return path
