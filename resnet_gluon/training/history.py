"""What a run did, as numbers that can be saved, loaded and drawn."""
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional

from resnet_gluon.files import save_text


@dataclass(frozen=True)
class Epoch:
    """One epoch: losses in nats, accuracy 0 … 1, speed while training, and seconds of work since the run's start.

    train_loss is the mean over the epoch's steps, in which the net was still changing.
    """
    train_loss: float
    val_loss: float
    val_accuracy: float
    images_per_second: float
    seconds: float


@dataclass(repr=False)
class History:
    """What a run did.

    setting: how it was run: `training`, the fields of its `Training`; seed, data and their edition, devices, threads,
    versions, and under `net` how the net was made. steps: two lists, the loss (nats) and the learning rate of every
    step. epochs: one `Epoch` for each. seconds: of work in all, over all the times that the run was continued. stopped:
    why the run ended early, or None.
    """
    setting: Dict[str, Any] = field(default_factory=dict)
    steps: Dict[str, List[float]] = field(default_factory=lambda: {"loss": [], "lr": []})
    epochs: List[Epoch] = field(default_factory=list)
    seconds: float = 0.0
    stopped: Optional[str] = None

    def __post_init__(self) -> None:
        self.epochs = [Epoch(**epoch) if isinstance(epoch, dict) else epoch for epoch in self.epochs]

    def __repr__(self) -> str:
        done = f"History({len(self.epochs)} epochs, {len(self.steps['loss']):,} steps, {self.seconds:.0f} s"
        return done + (f", validation accuracy {self.last.val_accuracy:.4f})" if self.epochs else ")")

    @property
    def last(self) -> Epoch:
        """The last epoch. Raises IndexError before the first."""
        return self.epochs[-1]

    @property
    def best(self) -> Optional[int]:
        """The epoch, 0 for the first, of the highest validation accuracy (the earliest of equals); None before one."""
        accuracies = [epoch.val_accuracy for epoch in self.epochs]
        return accuracies.index(max(accuracies)) if accuracies else None

    def save(self, path: Any) -> None:
        """Write the history as JSON, whole or not at all."""
        save_text(path, json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Any) -> "History":
        """The history that `save` wrote to `path`."""
        return cls(**json.loads(Path(path).read_text(encoding="utf8")))

    def end_epoch(self, steps: int, validation: Any, images_per_second: float, seconds: float) -> None:
        """Note the epoch that the last `steps` steps made."""
        self.seconds = seconds
        self.epochs.append(Epoch(sum(self.steps["loss"][-steps:]) / steps, validation.loss, validation.accuracy,
                                 images_per_second, seconds))

    def last_epoch(self) -> str:
        """The last epoch in one line."""
        return (f"epoch {len(self.epochs)}: training loss {self.last.train_loss:.3f}, validation loss "
                f"{self.last.val_loss:.3f}, validation accuracy {self.last.val_accuracy:.4f}, "
                f"{self.last.images_per_second:,.0f} images/s, {self.last.seconds:.0f} s")
