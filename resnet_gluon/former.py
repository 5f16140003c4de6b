"""Import paths of the first edition, which work for this edition with a warning that names the new one."""
import importlib
import sys
from types import ModuleType
from typing import Any, Dict

from resnet_gluon.notices import warn

#: The module that was, and where its names are now.
MOVED = {
    "blocks": "nets", "shortcuts": "nets", "stages": "nets", "networks": "nets", "describe": "nets",
    "evaluation": "training", "history": "training", "recipes": "training", "run_folder": "training",
    "fine_tuning": "training", "tensor_files": "weights", "unpickling": "weights", "checkpoint": "files",
    "threads": "devices",
}
#: Names that have no like any more, and what to do.
GONE = {"SERIES": "write recipe('series').training"}


class FormerModule(ModuleType):
    """Stands where a module was, and hands on what is asked of it."""

    def __init__(self, name: str, now: str) -> None:
        super().__init__(f"resnet_gluon.{name}", f"Moved to resnet_gluon.{now}.")
        self._now = f"resnet_gluon.{now}"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in GONE:
            raise ImportError(f"{name} is gone: {GONE[name]}")  # of an AttributeError `from … import` would say nothing
        value = getattr(importlib.import_module(self._now), name)
        warn(f"{self.__name__} has moved: write `from {self._now} import {name}`. The old path works in this edition "
             "only.", FutureWarning)
        return value


def keep_working() -> None:
    """Put a `FormerModule` where each of MOVED was."""
    package: Dict[str, Any] = vars(sys.modules["resnet_gluon"])
    for name, now in MOVED.items():
        module = FormerModule(name, now)
        sys.modules[module.__name__] = module
        package.setdefault(name, module)  # but for functions of that name, such as `describe`
