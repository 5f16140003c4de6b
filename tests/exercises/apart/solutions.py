"""Cells of students, right and wrong, and how they are judged."""
from resnet_gluon.exercises.apart import judge_apart

IMPORTS = "from mxnet import np, npx\nfrom mxnet.gluon import nn\n"
BLOCK = """
class MyResidual(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)
        self.conv2 = nn.Conv2D(num_channels, kernel_size=3, padding=1)
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()
        self.conv3 = nn.Conv2D(num_channels, kernel_size=1, strides=strides) if use_1x1conv else None

    def forward(self, x):
        y = npx.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return npx.relu(y + (x if self.conv3 is None else self.conv3(x)))
"""
PLAIN = BLOCK.replace("y + (x if self.conv3 is None else self.conv3(x))", "y")
TOWER = """
def blocks_for(depth):
    if depth < 4 or depth % 2:
        raise ValueError(f"no tower has depth {depth}")
    return (depth - 2) // 2
"""


def judged(cells, *attempts, **options):
    return judge_apart(cells, attempts, **options)


def rules(verdict):
    return [finding.rule for finding in verdict.findings if not finding.remark]
