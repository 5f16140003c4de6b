"""The worked example of grading/README.md, as it stands there."""
import re
from pathlib import Path

from resnet_gluon.exercises import check

import pytest
from mxnet import npx
from mxnet.gluon import nn

README = (Path(__file__).parent.parent.parent / "grading" / "README.md").read_text(encoding="utf8")
EXAMPLE = next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if "check_squeeze" in block)


class SqueezeExcite(nn.Block):
    def __init__(self, num_channels):
        super().__init__()
        self.pool, self.down = nn.GlobalAvgPool2D(), nn.Dense(num_channels // 2, activation="relu")
        self.up = nn.Dense(num_channels, activation="sigmoid")

    def forward(self, x):
        factors = self.up(self.down(self.pool(x)))
        return x * factors.reshape((*factors.shape, 1, 1))


class NoSigmoid(SqueezeExcite):
    def __init__(self, num_channels):
        super().__init__(num_channels)
        self.up = nn.Dense(num_channels)


class EachPixel(SqueezeExcite):
    def forward(self, x):
        return x * npx.sigmoid(x)


class FirstPixel(SqueezeExcite):
    def forward(self, x):
        factors = self.up(self.down(x[:, :, :1, :1]))
        return x * factors.reshape((*factors.shape, 1, 1))


class Largest(SqueezeExcite):
    def forward(self, x):
        factors = self.up(self.down(x.max(axis=(2, 3))))
        return x * factors.reshape((*factors.shape, 1, 1))


class Half(nn.Block):
    def __init__(self, num_channels):
        super().__init__()

    def forward(self, x):
        return x * 0.5


class OneForAll(SqueezeExcite):
    def __init__(self, num_channels):
        super().__init__(num_channels)
        self.up = nn.Dense(1, activation="sigmoid")


class OverTheBatch(SqueezeExcite):
    def forward(self, x):
        factors = self.up(self.down(x.mean(axis=(0, 2, 3)).reshape((1, -1))))
        return x * factors.reshape((*factors.shape, 1, 1))


class Flat(SqueezeExcite):
    def forward(self, x):
        return super().forward(x)[:, :, 0, 0]


@pytest.fixture(scope="module")
def squeeze():
    names = {}
    exec(EXAMPLE, names)  # the repository's own text
    return names["squeeze"]


def test_it_is_short():
    assert sum(bool(line.strip()) for line in EXAMPLE.splitlines()) <= 20


def test_right_passes(squeeze):
    result = check(squeeze, SqueezeExcite)
    assert result.passed, result


@pytest.mark.parametrize(("attempt", "rule"), [
    (NoSigmoid, "sigmoid"), (EachPixel, "one-factor"), (FirstPixel, "average"), (Largest, "average"), (Half, "input"),
    (OneForAll, "each-channel"), (OverTheBatch, "batch"), (Flat, "output-shape"), (dict, "not-a-block")])
def test_wrong_is_named(squeeze, attempt, rule):
    assert rule in [finding.rule for finding in check(squeeze, attempt).findings]
