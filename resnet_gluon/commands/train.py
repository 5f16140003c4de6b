"""`python -m resnet_gluon train --recipe NAME --folder DIR`: notebook 4's run without the notebook."""
import argparse
import json
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Dict, List, Literal, Optional, Union, get_type_hints

from resnet_gluon.commands.console import Failed, add_command, add_json, say
from resnet_gluon.commands.runs import DATA, in_words, open_data

RESULT = "test.json"  # in the run's folder


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the subparsers of the command line."""
    from resnet_gluon.training import RECIPES
    parser = add_command(
        commands, "train", work, "train a recipe's net in a folder, and open the test set once",
        f"Train the net of a recipe, keep the run in a folder, and judge the trained net on the test set, once: "
        f"DIR/{RESULT} has the result. Settings of the recipe can be changed one by one.",
        ["--recipe quick --folder runs/quick", "--recipe quick --folder runs/quick --resume",
         "--recipe default --folder runs/mine --epochs 3 --lr 0.05 --no-flip --seed 1",
         "--recipe series --data GunPoint --folder runs/gunpoint"], "Training had not begun: nothing was changed.")
    parser.add_argument("--recipe", choices=tuple(RECIPES),
                        help="(default: that of the budget, see RESNET_GLUON_BUDGET: quick)")
    parser.add_argument("--folder", metavar="DIR", type=Path, required=True, help="of the run")
    parser.add_argument("--data", metavar="NAME", default="fashion-mnist",
                        help=f"{', '.join(DATA)} or a set of the UCR archive (default: fashion-mnist)")
    parser.add_argument("--train-images", metavar="N", type=int,
                        help="use only so many training images (default: as the budget says: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--devices", metavar="LIST", type=devices,
                        help="such as cpu, gpu, or gpu:0,gpu:1 (default: all GPUs, else the CPU)")
    parser.add_argument("--resume", action="store_true", help="go on with the run that is in the folder")
    add_json(parser)
    add_settings(parser.add_argument_group("settings", "of the training, in place of the recipe's"))
    return parser


def add_settings(group: Any) -> None:
    """An option for each field of `Training`."""
    from resnet_gluon.training import Training
    for name, kind in get_type_hints(Training).items():
        option: Dict[str, Any] = {"dest": name, "default": argparse.SUPPRESS}
        dashed = name.replace("_", "-")
        inner = [each for each in getattr(kind, "__args__", ()) if each is not type(None)]
        if kind is bool:
            group.add_argument(f"--{dashed}", action="store_true", **option)
            group.add_argument(f"--no-{dashed}", action="store_false", help=argparse.SUPPRESS, **option)
        elif getattr(kind, "__origin__", None) is Literal:
            group.add_argument(f"--{dashed}", choices=inner, **option)
        elif getattr(kind, "__origin__", None) is Union:  # what may be None
            group.add_argument(f"--{dashed}", type=inner[0], metavar=dashed.upper(), **option)
        else:
            group.add_argument(f"--{dashed}", type=kind, metavar=kind.__name__.upper(), **option)


def devices(text: str) -> List[Any]:
    """The contexts of a list such as gpu:0,gpu:1, for `type=` of an argument."""
    import mxnet as mx
    found = []
    for word in text.split(","):
        kind, _, number = word.strip().partition(":")
        if kind not in ("cpu", "gpu") or not (number or "0").isdecimal():
            raise argparse.ArgumentTypeError(f"devices are cpu and gpu, with a number or without, such as gpu:0,gpu:1, "
                                             f"but {word.strip()!r} was given")
        found.append(mx.Context(kind, int(number or 0)))
    return found


def work(arguments: argparse.Namespace) -> None:
    """Train, judge once, and say what came of it."""
    from resnet_gluon.training import Training, budget, fit, recipe
    from resnet_gluon.training.spare import kept_at
    settings = {field.name for field in fields(Training)} & set(vars(arguments))
    chosen, start = recipe(arguments.recipe or budget().recipe), time.perf_counter()
    how = replace(chosen.training, **{name: getattr(arguments, name) for name in settings})
    usable(arguments.devices)
    if not arguments.resume and any(arguments.folder.glob("*.checkpoint")):
        raise Failed(f"{arguments.folder} holds a run already: --resume goes on with it; for a new one name another "
                     "folder")
    images = budget().train_images if arguments.train_images is None else arguments.train_images
    data = open_data(arguments.data, train_images=images, quiet=arguments.json)
    net = chosen.make(num_classes=len(data.classes))
    history = fit(net, data, how, seed=arguments.seed, devices=arguments.devices, folder=arguments.folder,
                  resume=arguments.resume, progress=not arguments.json)
    if history.stopped:
        raise KeyboardInterrupt(f"{arguments.folder} keeps the run: the same command with --resume goes on with it.")
    if history.setting.get("workers", {}).get("rank", 0) == 0:  # of several workers the first judges
        folder = kept_at(arguments.folder)
        test = judged(net, data, folder / RESULT, arguments.devices, chosen.views)
        seconds = time.perf_counter() - start
        say(arguments, {**test, "folder": str(folder), "seconds": round(seconds, 1),
                        "validation accuracy": history.last.val_accuracy},
            in_words(test, seconds, folder, folder / RESULT))


def usable(contexts: Optional[List[Any]]) -> None:
    """Raise Failed where one of the devices is not there."""
    from resnet_gluon.devices import devices as all_devices

    import mxnet as mx
    there = [context for context in all_devices() if context.device_type == "gpu"]
    for context in contexts or []:
        if context.device_type == "gpu" and context not in there:
            raise Failed(f"there is no {context}: this build of MXNet ({mx.__version__}) finds "
                         f"{', '.join(map(str, there)) or 'no GPU'} here")


def judged(net: Any, data: Any, file: Path, contexts: Optional[List[Any]], views: Dict[str, Any]) -> Dict[str, Any]:
    """The net's result on the test set: that of a run which was judged before is not made again."""
    from resnet_gluon.training import evaluate
    if not file.exists():
        evaluate(net, data.test, contexts, **views).save(file, data)
    result: Dict[str, Any] = json.loads(file.read_text(encoding="utf8"))
    return result
