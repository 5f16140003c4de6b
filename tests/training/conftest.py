import os
import signal

from resnet_gluon.training.progress import Progress

import pytest


@pytest.fixture
def interrupt_at(monkeypatch):
    """Ctrl-C, as Jupyter sends it, in the middle of a given step."""
    def at(step):
        calls = []

        def count(*_):
            calls.append(1)
            if len(calls) == step:
                os.kill(os.getpid(), signal.SIGINT)
        monkeypatch.setattr(Progress, "step", count)
    return at
