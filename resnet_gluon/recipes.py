"""Named recipes for Fashion-MNIST: what has been measured, as data. How: experiments/recipe.md."""
from dataclasses import dataclass, field

from resnet_gluon.arguments import choose
from resnet_gluon.networks import resnet18
from resnet_gluon.stages import resnet

NETWORKS = {"resnet18": resnet18, "resnet": resnet}
WIDE14 = ((32, 2), (64, 2), (128, 2))  # 14 layers, at the images' full resolution: `cifar_resnet(14)`, twice as wide


@dataclass(frozen=True)
class Recipe:
    """What to train and how.

    network, net: which of NETWORKS, and its options; fit: options of `fit`; evaluate: of `evaluate`, in the final
    evaluation.
    """
    name: str
    fit: dict
    net: dict = field(default_factory=lambda: {"zero_gamma": True})
    evaluate: dict = field(default_factory=dict)
    network: str = "resnet18"

    def make(self):
        """The network, without parameters yet."""
        return NETWORKS[self.network](**self.net)


RECIPES = {recipe.name: recipe for recipe in (
    Recipe("smoke", fit={"epochs": 2, "lr": 0.05, "batch_size": 128}),
    Recipe("quick", fit={"epochs": 6, "lr": 0.1, "batch_size": 256, "flip": True}, evaluate={"mirror": True}),
    Recipe("default", fit={"epochs": 14, "lr": 0.1, "batch_size": 256, "flip": True, "shift": 1},
           evaluate={"mirror": True, "shift": 1}),
    Recipe("long", network="resnet", net={"stages": WIDE14, "stem": "small", "zero_gamma": True},
           fit={"epochs": 30, "lr": 0.1, "batch_size": 128, "flip": True, "shift": 2},
           evaluate={"mirror": True, "shift": 1}),
)}

#: Options of `fit` for `time_series_resnet` on small UCR sets. What they give: experiments/series.py.
SERIES = {"epochs": 150, "optimizer": "adam", "lr": 1e-3, "batch_size": 8, "weight_decay": 0}


def recipe(name):
    """The recipe of this name. Raises ValueError for an unknown one."""
    return choose("recipe", name, RECIPES)
