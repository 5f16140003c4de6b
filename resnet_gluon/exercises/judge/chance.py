"""The numbers that checks draw: always the same, or, where a student's process is asked, none that it can know."""
import contextlib
import threading
from typing import Iterator

import numpy as onp

OF_THREAD = threading.local()


def seeded(seed: int) -> onp.random.Generator:
    """Return a generator of random numbers for this seed; within `secretly` for this seed and the secret."""
    secret = getattr(OF_THREAD, "secret", None)
    return onp.random.default_rng(seed if secret is None else [seed, secret])


@contextlib.contextmanager
def secretly(secret: int) -> Iterator[None]:
    """Within it, in this thread, `seeded` draws with the secret too."""
    before = getattr(OF_THREAD, "secret", None)
    OF_THREAD.secret = secret
    try:
        yield
    finally:
        OF_THREAD.secret = before
