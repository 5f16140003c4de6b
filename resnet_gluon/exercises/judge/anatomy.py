"""A block taken apart, and the block that is asked for."""
from dataclasses import dataclass, replace
from typing import List, Optional, Tuple

from resnet_gluon.exercises.judge.traces import Join, Op, Path, of_kind


@dataclass(frozen=True)
class Plan:
    """The block that is asked for, in one case.

    kernels, channels: of the branch's convolutions. strides: of each convolution, in each way that is right.
    preactivation: BN, ReLU, convolution; else convolution, BN, ReLU. shortcut: "identity", "projection" or "none".
    dimension: of images or series.
    """
    kernels: Tuple[int, ...]
    channels: Tuple[int, ...]
    strides: Tuple[Tuple[int, ...], ...]
    shortcut: str
    preactivation: bool = False
    dimension: int = 2

    @property
    def plain(self) -> bool:
        return self.shortcut == "none"

    @property
    def stride(self) -> int:
        return max(self.strides[0])

    @property
    def kinds(self) -> List[str]:
        """The branch's operators, in order. What follows the addition is not part of the branch."""
        unit = ["bn", "relu", "conv"] if self.preactivation else ["conv", "bn", "relu"]
        kinds = unit * len(self.kernels)
        return kinds if self.preactivation or self.plain else kinds[:-1]

    @property
    def other_version(self) -> List[str]:
        """`kinds` of the block with activation and convolution the other way round."""
        return replace(self, preactivation=not self.preactivation).kinds

    def size(self, kernel: int) -> str:
        """A kernel's size in words: 3×3, or 3 for series."""
        return "×".join([str(kernel)] * self.dimension)

    def __str__(self) -> str:
        kernels = map(self.size, self.kernels)
        return " → ".join({"bn": "BN", "relu": "ReLU"}.get(kind) or next(kernels) for kind in self.kinds)


@dataclass(frozen=True)
class Anatomy:
    """A block's path taken apart: up to the fork, on either side, and behind the place where the sides meet."""
    before: Path
    branch: Path    # all of it: what lies before the fork too
    shortcut: Path
    join: Optional[Op]
    after: Path

    @classmethod
    def of(cls, path: Path) -> "Anatomy":
        """Take a path apart at its first join."""
        for i, part in enumerate(path):
            if isinstance(part, Join):
                return cls(path[:i], path[:i] + part.branch, part.shortcut, part.op, path[i + 1:])
        return cls([], path, [], None, [])

    @property
    def everything(self) -> Path:
        return self.branch + self.shortcut + self.after

    @property
    def layers(self) -> List[Op]:
        """Its convolutions and normalisations: the branch's, then the shortcut's."""
        return [op for path in (self.branch, self.shortcut) for kind in ("conv", "bn") for op in of_kind(path, kind)]
