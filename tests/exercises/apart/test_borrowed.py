"""The package's own solutions are recognised, under whatever name, and refused with a sentence that says why."""
import pytest
from solutions import BLOCK, IMPORTS, judged, rules

HEAD = IMPORTS + "import resnet_gluon\nfrom resnet_gluon import nets, training\n"
RESIDUAL, STAGE, NET = "residual-block", "resnet-block", "resnet18"
BORROWED = [
    (RESIDUAL, "attempt = resnet_gluon.Residual"),
    (RESIDUAL, "attempt = nets.block.Block.__subclasses__()[1]"),
    (RESIDUAL, "class attempt(resnet_gluon.Residual):\n    pass"),
    (RESIDUAL, "def attempt(num_channels, use_1x1conv=False, strides=1):\n"
               "    return resnet_gluon.Residual(num_channels, use_1x1conv, strides)"),
    (RESIDUAL, "made = {}\nfor c in range(3, 17):\n    for use in (False, True):\n        for s in (1, 2):\n"
               "            made[c, use, s] = resnet_gluon.Residual(c, use, s)\n"
               "def attempt(num_channels, use_1x1conv=False, strides=1):\n"
               "    return made[num_channels, use_1x1conv, strides]"),
    (RESIDUAL, "class attempt(nn.Block):\n    def __init__(self, num_channels, use_1x1conv=False, strides=1):\n"
               "        super().__init__()\n"
               "        try:\n            self.inner = resnet_gluon.Residual(num_channels, use_1x1conv, strides)\n"
               "        except BaseException:\n            pass\n"
               "    def forward(self, x):\n        return self.inner(x)"),
    (RESIDUAL, "attempt = type('MyResidual', (resnet_gluon.Residual,), dict(__doc__='my own'))"),
    ("plain-block", "attempt = resnet_gluon.Plain"),
    ("bottleneck-block", "from resnet_gluon.nets.blocks import Bottleneck as attempt"),
    (STAGE, "attempt = resnet_gluon.resnet_block"),
    (STAGE, "import importlib\nattempt = importlib.import_module('resnet_gluon.nets.stages').resnet_block"),
    (STAGE, "attempt = lambda *a, **k: nets.resnet_block(*a, **k)"),
    (NET, "attempt = resnet_gluon.resnet18"),
    (NET, "net = resnet_gluon.resnet18(7)\ndef attempt(num_classes=10):\n    return net"),
    ("zero-pad-shortcut", "attempt = nets.ZeroPad"),
    ("fine-tune-head", "attempt = training.fine_tune"),
    ("fine-tune-head", "attempt = lambda net, num_classes: resnet_gluon.fine_tune(net, num_classes, backbone=0.1)"),
]


@pytest.mark.slow
def test_each_is_refused_and_what_is_ones_own_is_not():
    cells = [HEAD, BLOCK, *(code.replace("attempt", f"attempt{i}") for i, (_, code) in enumerate(BORROWED))]
    attempts = [(exercise, f"attempt{i}") for i, (exercise, _) in enumerate(BORROWED)]
    *verdicts, own = judged(cells, *attempts, (RESIDUAL, "MyResidual"))
    for verdict, (_, code) in zip(verdicts, BORROWED):
        assert not verdict.passed and rules(verdict) == ["package-used"], (code, verdict)
        assert "the package's own solution" in verdict.findings[0].message
    assert own.passed, own


@pytest.mark.slow
def test_what_an_assignment_builds_on_may_be_used():
    cells = [HEAD, """
def stage(num_channels, num_residuals, first_block=False):
    net = nn.HybridSequential()
    for i in range(num_residuals):
        first = i == 0 and not first_block
        net.add(resnet_gluon.Residual(num_channels, use_1x1conv=first, strides=2 if first else 1))
    return net


def network(num_classes=10):
    net = nn.HybridSequential()
    net.add(nn.Conv2D(64, 7, 2, 3), nn.BatchNorm(), nn.Activation("relu"), nn.MaxPool2D(3, 2, 1))
    net.add(*(resnet_gluon.resnet_block(64 * 2 ** i, 2, first_block=i == 0) for i in range(4)))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(num_classes))
    return net


def parameters(c_in, c_out, use_1x1conv):
    block = resnet_gluon.Residual(c_out, use_1x1conv)
    block.initialize()
    block(np.zeros((1, c_in, 3, 3)))
    return sum(p.data().size for p in block.collect_params().values() if p.grad_req != "null")
"""]
    for verdict in judged(cells, (STAGE, "stage"), (NET, "network"), ("residual-parameters", "parameters")):
        assert verdict.passed, verdict


@pytest.mark.slow
def test_an_instructor_can_let_it_pass():
    verdict, = judged([HEAD], (RESIDUAL, "resnet_gluon.Residual"), refuse_package=False)
    assert verdict.passed, verdict
