"""Which devices to compute on, and with how many threads.

MXNet reads the number of threads once, while it is imported, hence it is set here before that. Left to itself MXNet
takes half of the processors that it sees, because two of them are often one core. Where every processor is a core of
its own, as on most cloud machines, that wastes half of the machine: on two cores ResNet-18 trains twice as fast with
the second (experiments/recipe.md).
"""
import os
import re
import sys
from typing import Any, List

from resnet_gluon.gpu import check_cards
from resnet_gluon.notices import warn

import psutil

LIMIT = "/sys/fs/cgroup/cpu.max"  # of a Linux container: microseconds of processor time, and in how many


def devices() -> List[Any]:
    """All GPU contexts where there are any, else `[cpu()]`.

    A build of MXNet without CUDA, and one with CUDA on a machine without a driver, both give `[cpu()]`. Raises
    RuntimeError for a card that MXNet's build does not serve.
    """
    import mxnet as mx  # not at the top: see above
    try:
        count = mx.context.num_gpus()
    except mx.MXNetError:  # CUDA build, no driver
        count = 0
    if count:
        check_cards()
    return [mx.gpu(i) for i in range(count)] or [mx.cpu()]


def physical_cores() -> int:
    """The number of cores that this process may use: not hyperthreads, and not the cores of others."""
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    try:
        with open(LIMIT, encoding="ascii") as limit:
            quota, period = limit.read().split()
        if quota != "max":
            cores = min(cores, max(1, int(quota) // int(period)))
    except (OSError, ValueError):
        pass  # no such limit on this system
    return cores


def use_all_cores() -> None:
    """Let MXNet use all cores, unless OMP_NUM_THREADS says otherwise. Warns where MXNet was imported before.

    MXNet aborts the process at an OMP_NUM_THREADS that is no number, so that one is replaced here, with a warning; of a
    list, which OpenMP allows, the first number counts.
    """
    asked = os.environ.get("OMP_NUM_THREADS")
    if asked:
        number = asked.split(",")[0].strip()
        if re.fullmatch("[0-9]{1,6}", number) and int(number):
            os.environ["OMP_NUM_THREADS"] = number
            return
        warn(f"OMP_NUM_THREADS should be a number of threads, but {asked!r} was given: {physical_cores()}, the number "
             "of cores, is used. Set it to a number, or unset it.")
    os.environ.pop("OMP_NUM_THREADS", None)
    if "mxnet" not in sys.modules:
        os.environ["OMP_NUM_THREADS"] = str(physical_cores())
    elif physical_cores() > max(1, (os.cpu_count() or 1) // 2):
        warn("MXNet was imported before resnet_gluon and computes with half of the cores. Import resnet_gluon first, "
             f"or set OMP_NUM_THREADS={physical_cores()}.")
