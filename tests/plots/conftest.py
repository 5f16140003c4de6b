import pytest


@pytest.fixture(autouse=True)
def closed():
    """No figure is left open behind a test."""
    yield
    from matplotlib import pyplot as plt
    plt.close("all")
