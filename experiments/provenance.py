"""Where a row comes from: the code, the machine, the versions."""
import os
import platform
import subprocess
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Optional

from experiments.rows import ROOT


def git(*arguments: str) -> Optional[str]:
    """What git says of this checkout; None where there is no git, or no checkout."""
    try:
        return subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def commit() -> Optional[str]:
    """The commit that is checked out, with a + where the code that runs differs from it."""
    head = git("rev-parse", "HEAD")
    changed = git("status", "--porcelain", "--", "experiments/*.py", "resnet_gluon/*.py")
    return head and head + "+" * bool(changed)


@lru_cache(maxsize=None)
def machine() -> str:
    """What kind of machine this is. Two of one kind compute the same bits from the same code."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf8", errors="replace").splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass  # not Linux, or a processor without a name
    return f"{processor}, {platform.system()} {platform.machine()}"


def version(package: str) -> Optional[str]:
    """Of an installed package; None where it is not installed."""
    from importlib import metadata
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def environment() -> Dict[str, Any]:
    """What a row says of the place and the time in which it was made."""
    from resnet_gluon import __version__
    from resnet_gluon.devices import physical_cores
    return {"finished": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"), "machine": machine(),
            "cores": physical_cores(), "versions": {"python": platform.python_version(), "mxnet": version("mxnet"),
                                                    "numpy": version("numpy"), "resnet_gluon": __version__}}


def load() -> Optional[float]:
    """How busy the machine was in the last minute."""
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None
