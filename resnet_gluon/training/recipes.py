"""Training as a value, and recipes and budgets as data: what has been measured. How: experiments/recipe.md."""
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Callable, Dict, Literal, Optional

from resnet_gluon.arguments import choose, not_negative, positive_int
from resnet_gluon.data.augment import check_augmentation
from resnet_gluon.nets import Network, cifar_resnet, resnet, resnet18, time_series_resnet
from resnet_gluon.settings import budget_name

OPTIMIZERS = {"sgd": "nag", "adam": "adam"}  # ours: MXNet's name


@dataclass(frozen=True)
class Training:
    """How to train: every setting of a run, checked. `dataclasses.replace(training, epochs=1)` changes one.

    The learning rate climbs linearly to `lr` during the first `warmup` share of the steps and falls to zero along a
    cosine: one cycle (Smith and Topin 2017, arXiv:1708.07120).

    Parameters
    ----------
    epochs : int
        Passes over the training split.
    optimizer : {"sgd", "adam"}
        SGD with Nesterov momentum, or Adam (Kingma and Ba 2014, arXiv:1412.6980), which leaves `momentum` unused.
    lr : float
        The peak learning rate, for batches of `lr_batch` images.
    batch_size : int
        Images a step, over all devices.
    momentum : float
    weight_decay : float
        Of convolutions' and dense layers' weights. Biases and batch normalisation's γ and β do not decay.
    warmup : float
        The share of the steps in which the learning rate climbs, 0 ≤ warmup < 1.
    flip : bool
        Mirror half of the images.
    shift : int
        Move each image by up to so many pixels in either direction.
    rotate : float
        Turn each image by up to so many degrees in either direction.
    trim : bool
        Leave out the weights that multiply only padding at the images' size, see `nets.live_taps`. They keep their
        initial values. A step is faster, and losses differ in their last bits.
    lr_batch : int, optional
        The batch size that `lr` was chosen for, where that is another one: `peak_lr` is scaled from there on a line
        (Goyal et al. 2017, arXiv:1706.02677, section 2.1). For SGD. `scaled` sets it.

    Raises ValueError for what is out of range.
    """
    epochs: int
    optimizer: Literal["sgd", "adam"] = "sgd"
    lr: float = 0.1
    batch_size: int = 256
    momentum: float = 0.9
    weight_decay: float = 5e-4
    warmup: float = 0.15
    flip: bool = False
    shift: int = 0
    rotate: float = 0.0
    trim: bool = False
    lr_batch: Optional[int] = None

    def __post_init__(self) -> None:
        positive_int("epochs", self.epochs)
        if self.lr_batch is not None:
            object.__setattr__(self, "lr_batch", positive_int("lr_batch", self.lr_batch))
            if self.optimizer != "sgd":
                raise ValueError("lr_batch scales the learning rate on a line, which is a rule for sgd: with "
                                 f"{self.optimizer} choose lr for the batch size that you use")
        positive_int("batch_size", self.batch_size)
        choose("optimizer", self.optimizer, OPTIMIZERS)
        for name in ("lr", "momentum", "weight_decay", "warmup"):
            not_negative(name, getattr(self, name))
        if self.warmup >= 1:
            raise ValueError(f"warmup must be a share of the steps, 0 ≤ warmup < 1, but {self.warmup!r} was given")
        check_augmentation(self.flip, self.shift, self.rotate)
        for setting in fields(self):  # numbers of Python's own, which JSON can hold
            kind: Any = setting.type
            if kind in (int, float, bool):
                object.__setattr__(self, setting.name, kind(getattr(self, setting.name)))

    @property
    def peak_lr(self) -> float:
        """The learning rate at the end of the warm-up: `lr`, scaled to the batch size."""
        return self.lr if self.lr_batch is None else self.lr * self.batch_size / self.lr_batch

    def scaled(self, batch_size: int) -> "Training":
        """The same training with batches of another size, for more devices, and a learning rate in proportion.

        A step with k times the images then goes as far as k steps did. That is no more than an approximation: it needs
        the warm-up, and Goyal et al. lost accuracy beyond some 8,000 of ImageNet's 1.28 million images in a batch.
        """
        return replace(self, batch_size=batch_size, lr_batch=self.lr_batch or self.batch_size)


@dataclass(frozen=True, repr=False)
class Recipe:
    """A network, how to train it, and how to ask it in the final evaluation.

    make: a function that makes the network, without parameters yet; it takes the options of a family's function, such
    as `num_classes`. views: options of `evaluate`.
    """
    name: str
    make: Callable[..., Network]
    training: Training
    views: Dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Recipe({self.name!r}: {call(self.make)}, {self.training}, evaluate with {self.views or 'one view'})"


def call(make: Callable[..., Network]) -> str:
    """A recipe's `make` as code."""
    options = ", ".join(f"{name}={value!r}" for name, value in getattr(make, "keywords", {}).items())
    return f"{getattr(make, 'func', make).__name__}({options})"


RESNET18 = partial(resnet18, zero_gamma=True)
#: 14 layers at the images' full resolution: `cifar_resnet(14)`, twice as wide.
WIDE14 = partial(resnet, stages=((32, 2), (64, 2), (128, 2)), stem="small", zero_gamma=True)
TWINS = Training(epochs=12, batch_size=128, flip=True, shift=1)

RECIPES = {recipe.name: recipe for recipe in (
    Recipe("smoke", RESNET18, Training(epochs=2, lr=0.05, batch_size=128)),
    Recipe("quick", RESNET18, Training(epochs=6, flip=True), views={"mirror": True}),
    Recipe("default", RESNET18, Training(epochs=14, flip=True, shift=1), views={"mirror": True, "shift": 1}),
    Recipe("long", WIDE14, Training(epochs=30, batch_size=128, flip=True, shift=2),
           views={"mirror": True, "shift": 1}),
    # the paper's smallest net for small images, and its twin without shortcuts: the same recipe for both
    Recipe("resnet20", partial(cifar_resnet, depth=20), TWINS, views={"mirror": True, "shift": 1}),
    Recipe("plain20", partial(cifar_resnet, depth=20, option="none"), TWINS, views={"mirror": True, "shift": 1}),
    # for small sets of the UCR archive: experiments/series.py
    Recipe("series", time_series_resnet, Training(epochs=150, optimizer="adam", lr=1e-3, batch_size=8,
                                                  weight_decay=0)),
)}


def recipe(name: str) -> Recipe:
    """The recipe of this name. Raises ValueError for an unknown one."""
    return choose("recipe", name, RECIPES)


@dataclass(frozen=True)
class Budget:
    """What a notebook may spend.

    recipe: of the main job; train_images: cap on its training split (None: all of it);
    study_images, study_epochs: the same for the small studies; series_epochs: of those on time series; repeats: with
    how many seeds, where the spread is the point; floor, study_floor: the accuracy that every honest run of the main
    job, and of a study, exceeds; long_enough: whether a study is long enough to show what it is about.
    """
    name: str
    recipe: str
    train_images: Optional[int]
    study_images: int
    study_epochs: int
    series_epochs: int
    repeats: int
    floor: float
    study_floor: float
    long_enough: bool = True


BUDGETS = {budget.name: budget for budget in (
    Budget("smoke", recipe="smoke", train_images=1_500, study_images=500, study_epochs=1, series_epochs=2, repeats=2,
           floor=0.15, study_floor=0, long_enough=False),
    Budget("laptop", recipe="quick", train_images=None, study_images=10_000, study_epochs=4, series_epochs=150,
           repeats=5, floor=0.91, study_floor=0.7),
    Budget("full", recipe="default", train_images=None, study_images=55_000, study_epochs=10, series_epochs=150,
           repeats=5, floor=0.91, study_floor=0.7),
)}


def budget() -> Budget:
    """The budget that the environment variable RESNET_GLUON_BUDGET names. Raises ValueError for an unknown name."""
    return choose("RESNET_GLUON_BUDGET", budget_name(), BUDGETS)
