"""Which of a notebook's statements an attempt needs."""
from resnet_gluon.exercises.apart.sources import needed, statements_of

CELLS = ["%matplotlib inline\nimport numpy as onp\nfrom mxnet.gluon import nn; import os",
         "history = fit_for_minutes(net)\nWIDTH = 3\nlayers = []\nlayers.append(WIDTH)",
         "@decorated\ndef helper(x):\n    history = []\n    return history + layers",
         "def decorated(f):\n    return f",
         "class Base(nn.Block):\n    width = helper(2)\n    def forward(self, x):\n        return onp.abs(x)",
         "class Mine(Base):\n    pass", "print(Mine)", "Mine.more = os.sep", "!ls\nnot Python at all"]


def test_all_that_it_depends_on_and_nothing_else():
    found = needed([statement for cell in CELLS for statement in statements_of(cell)], "Mine")
    text = "".join(statement.text for statement in found)
    for part in ("import numpy", "nn; import os", "WIDTH = 3", "layers.append", "@decorated\ndef helper",
                 "def decorated", "class Base", "class Mine", "Mine.more"):
        assert part in text, part
    assert "fit_for_minutes" not in text and "print" not in text


def test_a_name_that_nothing_defines_needs_nothing():
    assert needed([statement for cell in CELLS for statement in statements_of(cell)], "Other") == []
