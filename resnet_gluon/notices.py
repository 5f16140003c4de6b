"""Warnings that point at the reader's own line."""
import contextlib
import os
import sys
import warnings
from pathlib import Path
from typing import Type

PACKAGE, IMPORTING = str(Path(__file__).parent) + os.sep, "<frozen importlib"
OURS = (PACKAGE, IMPORTING, contextlib.__file__)  # a `with` of the package warns from inside contextlib


def warn(message: str, category: Type[Warning] = UserWarning) -> None:
    """Warn at the innermost line that is neither the package's nor Python's import machinery."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(OURS):
        frame = frame.f_back
        level += not frame.f_code.co_filename.startswith(IMPORTING)  # which `warnings` does not count either
    warnings.warn(message, category, stacklevel=level)
