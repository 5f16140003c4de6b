"""One net on trial, by the comparison that a check of one's own would derive."""
from resnet_gluon.exercises import Exercise, check
from resnet_gluon.exercises.judge import Comparison, compare

import pytest
from mxnet import np, npx
from mxnet.gluon import nn


class DenseComparison(Comparison):
    """A dense layer with ReLU."""
    arguments = (3,)
    shape, output = (5, 4), (5, 3)

    def ours(self, path):
        return nn.Dense(3, activation="relu") if [op.kind for op in path] == ["dense", "relu"] else None

    def pairs(self, ours, path):
        return [([ours], path[:1])]

    def examine(self, report, trial):
        report.expect(trial.differs != ["layers"], "layers", "There should be a dense layer and a ReLU.")


DENSE = Exercise("dense", 1, "easy", "a class (units)",
                 lambda report, attempt: compare(report, attempt, DenseComparison()))


class Layer(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.dense = nn.Dense(units)

    def forward(self, x):
        return npx.relu(self.dense(x))


class Without(Layer):
    def forward(self, x):
        return self.dense(x)


class Unused(Layer):
    def __init__(self, units):
        super().__init__(units)
        self.other = nn.Dense(units, in_units=1)


class Wide(Layer):
    def __init__(self, units):
        super().__init__(units + 1)


class Returns(Layer):
    def forward(self, x):
        return (x, x)


class Compiled(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        with self.name_scope():
            self.dense = nn.Dense(units)

    def hybrid_forward(self, F, x):
        return F.npx.relu(self.dense(x)) if isinstance(x, np.ndarray) else self.dense(x)


@pytest.mark.parametrize("attempt, rules", [
    (Layer, []), (lambda units: nn.Dense(units, activation="relu"), []), (Without, ["layers"]),
    (Unused, ["unused-layer"]), (Wide, ["output-shape"]), (Returns, ["return-value"]), (Compiled, ["hybridize"])])
def test_the_skeleton(attempt, rules):
    assert [finding.rule for finding in check(DENSE, attempt).findings] == rules
