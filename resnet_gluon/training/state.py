"""What makes a run this run: the arrays that it goes on from, and the settings that it may not change."""
import json
import os
import platform
import zlib
from dataclasses import asdict
from typing import Any, Dict, List, Optional

from resnet_gluon.training.recipes import Training
from resnet_gluon.version import __version__

import mxnet as mx
import numpy as np
from mxnet import npx


def places(net: Any, trainer: Any) -> Dict[str, Any]:
    """Every array that training goes on from, by name: on each device parameters, and the optimizer's for each.

    Nothing else is needed: data order and random numbers of a step follow from (seed, step), and the learning rate
    from the step. Names are those of `save_parameters`; the global ones depend on which nets a process made before.
    """
    found = {}
    for name, parameter in net._collect_params_with_prefix().items():
        index = trainer._param2idx[parameter.name]
        for device, value in enumerate(parameter.list_data()):
            found[f"parameter/{name}/{device}"] = value
            if index not in trainer._updaters[device].states and parameter.grad_req != "null":
                state = trainer._optimizer.create_state_multi_precision(index, value)
                trainer._updaters[device].states[index] = state
                trainer._updaters[device].states_synced[index] = True
            state = trainer._updaters[device].states.get(index)
            for number, array in enumerate(state if isinstance(state, tuple) else (state,)):  # Adam has two
                if array is not None:  # without momentum there is none
                    found[f"momentum/{name}/{device}" + f"/{number}" * (number > 0)] = array
    return found


def capture(net: Any, trainer: Any) -> Dict[str, np.ndarray]:
    """The numbers in all `places`, as NumPy arrays by name."""
    npx.waitall()  # see `save_parameters`
    return {name: array.asnumpy() for name, array in places(net, trainer).items()}


def reinstate(net: Any, trainer: Any, arrays: Dict[str, np.ndarray], step: int) -> None:
    """Put what `capture` gave in place again. Raises ValueError, before any change, where it does not fit."""
    here = places(net, trainer)
    if set(here) != set(arrays):
        raise ValueError(f"{min(set(here) ^ set(arrays))} is on one side only")
    for name, array in here.items():
        if arrays[name].shape != array.shape or arrays[name].dtype != array.dtype:
            raise ValueError(f"{name} is {arrays[name].dtype} {arrays[name].shape} there and "
                             f"{array.dtype} {array.shape} here")
    for name, array in here.items():
        array[:] = arrays[name]
    set_step(trainer, step)


def set_step(trainer: Any, step: int) -> None:
    """Have the optimizer, and so its learning rate, go on after this step."""
    trainer._optimizer.begin_num_update = trainer._optimizer.num_update = step


def differences(theirs: Dict[str, Any], ours: Dict[str, Any]) -> List[str]:
    """What makes two runs different ones, in words."""
    return [f"{name} is {theirs.get(name)!r} there and {ours.get(name)!r} here"
            for name in sorted({*theirs, *ours}) if theirs.get(name) != ours.get(name)]


def fingerprint(net: Any, data: Any) -> str:
    """A checksum of what is trained on what: the net's graph without names, what learns and how fast, the images.

    The graph counts how often statistics were drawn into one: as often as the net was used before, which is no part of
    what it is, and twice in a new net.
    """
    graph = json.loads(net(mx.sym.var("data").as_np_ndarray()).tojson())["nodes"]
    operators = [(node["op"], node.get("attrs") if node["op"] != "null" else None,
                  [[source, output, 2 * (drawn > 0)] for source, output, drawn in node["inputs"]]) for node in graph]
    learning = [(name, p.shape, p.grad_req, p.lr_mult) for name, p in net._collect_params_with_prefix().items()]
    checksum = zlib.crc32(json.dumps([operators, learning, data.train.mean, data.train.std]).encode())
    for split in (data.train, data.val):
        checksum = zlib.crc32(split.labels.tobytes(), zlib.crc32(split.images.tobytes(), checksum))
    return f"{checksum:08x}"


def seen(data: Any) -> Dict[str, Any]:
    """What a net sees of the data, for whoever uses it without them: an image's shape, the scale, names of classes."""
    return {"shape": list(data.train.channels_first.shape[1:]), "mean": np.asarray(data.train.mean).tolist(),
            "std": np.asarray(data.train.std).tolist(),
            "classes": [str(name) for name in getattr(data, "classes", range(data.train.num_classes))]}


def describe_setting(net: Any, data: Any, how: Training, seed: int, devices: List[Any],
                     workers: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
    """What a reader needs to know to repeat a run, as a dict of plain values.

    workers: what is to be said of them, by name. net: how it was made, or None for a net that is not of the family.
    environments: what the run's last bits depend on besides, one dict for each place in which it went on.
    """
    return {"training": asdict(how), "seed": seed, "devices": len(devices), "net and data": fingerprint(net, data),
            "net": getattr(net, "made", None), "data": str(data), "edition": data.edition, "input": seen(data),
            "environments": [{"devices": [str(device) for device in devices],
                              "threads": os.environ.get("OMP_NUM_THREADS"), "python": platform.python_version(),
                              "mxnet": mx.__version__, "numpy": np.__version__, "resnet_gluon": __version__}],
            **(workers or {})}


def identity(setting: Dict[str, Any]) -> Dict[str, Any]:
    """Of a setting, what makes it this run and no other."""
    several = {"workers": setting["workers"]["count"]} if "workers" in setting else {}
    return {**setting["training"], **{name: setting[name] for name in ("seed", "devices", "net and data")}, **several}
