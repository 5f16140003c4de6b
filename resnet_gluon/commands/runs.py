"""RUN on the command line: a run's folder, or the name of a trained net that comes with the course."""
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from resnet_gluon.commands.console import sentence

DATA = {"fashion-mnist": "Fashion-MNIST", "cifar-10": "CIFAR-10"}  # --data: a set's own name
HELP = "a run's folder, or the name of a trained net that comes with the course"


def open_data(name: str, **options: Any) -> Any:
    """The data set of this name, as --data or a run's history has it: any other than two is one of the UCR archive."""
    from resnet_gluon.data import CIFAR10, UCR, FashionMNIST
    sets: Dict[str, Any] = {"Fashion-MNIST": FashionMNIST, "CIFAR-10": CIFAR10}
    known = sets.get(DATA.get(name, name))
    return UCR(name, **options) if known is None else known(**options)


@dataclass(frozen=True)
class Input:
    """What a net sees. shape: of an image, (C, H, W), or a series, (C, W). mean, std: its scale. classes: names."""
    shape: Tuple[int, ...]
    mean: Any
    std: Any
    classes: Tuple[str, ...]


@dataclass
class Run:
    """A trained net, and what is known of its data.

    data: the set's name, read when it is needed. views: how the net is asked in a final evaluation.
    """
    name: str
    net: Any
    data: str
    edition: Optional[str]
    given: Optional[Input] = None
    views: Dict[str, Any] = field(default_factory=dict)
    opened: Any = None

    @property
    def input(self) -> Input:
        """What the net sees: as the run noted it, else as its data set is."""
        if self.given is None:
            split = self.open().train
            self.given = Input(split.channels_first.shape[1:], split.mean, split.std, self.opened.classes)
        return self.given

    def open(self) -> Any:
        """The run's data set, with a note where it is another edition. Raises ValueError where it is not found."""
        from resnet_gluon.data import DataNotFound
        if self.opened is None:
            try:
                self.opened = open_data(self.data, quiet=True)
            except DataNotFound as error:
                raise ValueError(f"the data of {self.name}, {self.data!r}, is needed and was not found: "
                                 f"{error}") from error
            if self.opened.edition != self.edition:
                print(f"note: {self.name} was trained on {self.data}, edition {self.edition}; here it is edition "
                      f"{self.opened.edition}", file=sys.stderr)
        return self.opened


def load(name: str, devices: List[Any]) -> Run:
    """The run in the folder `name`, else the course's trained net of this name. Raises ValueError for neither."""
    from resnet_gluon.training import pretrained, trained_nets
    if Path(name).is_dir():
        return of_folder(Path(name), devices)
    nets = trained_nets()
    if name not in nets:
        raise ValueError(f"{name} is not the folder of a run, nor one of the course's trained nets: "
                         f"{', '.join(nets) or 'there are none'}")
    about = nets[name]
    return Run(name, pretrained(name, devices=devices), "Fashion-MNIST", about.edition,
               Input(about.shape[1:], about.mean, about.std, tuple(about.classes)), about.views)


def of_folder(folder: Path, devices: List[Any]) -> Run:
    """The run in a folder. Raises ValueError where it holds none with a best epoch."""
    from resnet_gluon.training import History, load_run

    from mxnet import MXNetError
    for name, what in (("history.json", "a run"), ("best.params", "a run that has come to the end of an epoch")):
        if not (folder / name).is_file():
            raise ValueError(f"{folder} is not the folder of {what}: there is no {name} in it")
    try:
        net, setting = load_run(folder, devices), History.load(folder / "history.json").setting
        noted = setting.get("input")
        given = None if noted is None else Input(tuple(noted["shape"]), noted["mean"], noted["std"],
                                                 tuple(noted["classes"]))
        return Run(str(folder), net, str(setting.get("data", "")).split(", edition ")[0], setting.get("edition"), given)
    except (MXNetError, AttributeError, LookupError, TypeError, ValueError) as error:  # cut short, or another net's
        raise ValueError(f"the run in {folder} cannot be read: {sentence(error)}") from error


def in_words(test: Dict[str, Any], seconds: float, *files: Any) -> str:
    """What a whole run came to, as its last lines on the terminal. test: as `Evaluation.save` writes it."""
    low, high = test["interval"]
    return (f"test accuracy  {test['accuracy']:.4f} on {test['n']:,} images (95 % interval {low:.4f} to {high:.4f})\n"
            f"data           {test['data']}\n"
            f"seconds        {seconds:.0f}\n"
            f"files          {', '.join(map(str, files))}")
