"""What a step costs on several machines: a model with four numbers, fitted on measured steps, to be tested on others.

A step computes, and exchanges gradients with the servers:

    computing  = fixed + per_image · images
    exchanging = per_array · arrays + bytes on the busiest link / bandwidth

The gradients of late layers travel while those of early ones are computed. `overlap` says how much of the shorter part
is hidden in that way: with 0, the default, a step is the sum of both, with 1 the longer one.

A worker's link carries its gradients out and their sums back, 2 · parameters; a server's those of all workers, of its
part of the parameters: 2 · parameters · workers / servers. With as many servers as workers no link gets busier with
more workers, and what grows is nothing; with fewer the servers' links saturate.
"""
from dataclasses import dataclass
from typing import List, Sequence

from resnet_gluon.arguments import not_negative, positive_int


@dataclass(frozen=True)
class Setting:
    """What is exchanged among whom. images: of one worker a step. arrays: of parameters, each a message and its answer.

    parameter_bytes: of all arrays. out: the share of them that leaves a worker, 1 without compression.
    """
    workers: int
    servers: int
    images: int
    arrays: int
    parameter_bytes: float
    out: float = 1.0

    def __post_init__(self) -> None:
        for name in ("workers", "servers", "images", "arrays"):
            positive_int(name, getattr(self, name))
        for name in ("parameter_bytes", "out"):
            not_negative(name, getattr(self, name))

    @property
    def busiest_link(self) -> float:
        """Bytes a step on the link that carries most: a worker's, or a server's."""
        return (self.out + 1) * self.parameter_bytes * max(1.0, self.workers / self.servers)


@dataclass(frozen=True)
class Cost:
    """The model's four numbers: seconds a step, an image, an array; and bytes a second on a link."""
    fixed: float
    per_image: float
    per_array: float
    bandwidth: float

    def computing(self, setting: Setting) -> float:
        """Seconds of a step that one worker would need alone."""
        return self.fixed + self.per_image * setting.images

    def exchanging(self, setting: Setting) -> float:
        """Seconds of a step that pass with messages."""
        return self.per_array * setting.arrays + setting.busiest_link / self.bandwidth

    def seconds(self, setting: Setting, overlap: float = 0) -> float:
        """Seconds a step."""
        parts = self.computing(setting), self.exchanging(setting)
        return sum(parts) - overlap * min(parts)

    def speed_up(self, setting: Setting, overlap: float = 0) -> float:
        """How many times as fast as one worker without servers, images a second against images a second."""
        return setting.workers * self.computing(setting) / self.seconds(setting, overlap)

    def bound(self, setting: Setting) -> float:
        """The speed-up that more workers with the same servers approach."""
        server = (setting.out + 1) * setting.parameter_bytes / setting.servers
        return self.computing(setting) / (server / self.bandwidth)


def fitted(settings: Sequence[Setting], seconds: Sequence[float]) -> Cost:
    """The cost whose steps are nearest to measured ones: least squares of relative errors, no number below zero.

    Raises ValueError for fewer measurements than numbers, or some that do not tell the numbers apart.
    """
    import numpy as np
    from scipy.optimize import nnls
    columns: List[List[float]] = [[1, s.images, s.arrays, s.busiest_link] for s in settings]
    weighed = np.array(columns).reshape(-1, 4) / np.array(seconds)[:, None]
    scale = np.abs(weighed).max(axis=0, initial=1e-30)
    if len(columns) < 4 or np.linalg.matrix_rank(weighed / scale) < 4:
        raise ValueError(f"{len(columns)} measurements do not tell the model's four numbers apart: vary images, nets "
                         "and workers")
    fixed, per_image, per_array, per_byte = (float(number) for number in nnls(weighed / scale, np.ones(len(columns)))[0]
                                             / scale)
    return Cost(fixed, per_image, per_array, 1 / per_byte if per_byte else float("inf"))
