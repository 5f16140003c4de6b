"""What the tests and nbval's kernels run under: the smoke budget, the bundled data, a runs folder of their own."""
import os
import tempfile
from pathlib import Path

os.environ["RESNET_GLUON_BUDGET"] = "smoke"
os.environ["RESNET_GLUON_DATA"] = str(Path(__file__).parent / "resnet_gluon" / "data" / "fashion_mnist_subset")
os.environ["RESNET_GLUON_RUNS"] = tempfile.mkdtemp(prefix="resnet-gluon-runs-")
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


def pytest_addoption(parser):
    parser.addoption("--notebooks", default="notebooks", help="the folder whose notebooks' committed outputs are read")
