"""What makes a check in the same process say "right" says nothing to a judge in another."""
import pytest
from solutions import BLOCK, IMPORTS, PLAIN, judged

NEAREST = ("nearest-mean", "nearest_mean")
TOWER = ("tower-depth", "blocks_for")
RESIDUAL = ("residual-block", "MyResidual")
ALWAYS = "def blocks_for(depth):\n    return Always()\n"

#: name: what a wrong attempt is accompanied by, and which attempt it is. None of them solves its exercise.
FORGERIES = {
    "check patched": (RESIDUAL, PLAIN, """
import resnet_gluon.exercises as exercises
from resnet_gluon.exercises import Result
exercises.check = lambda name, attempt, *rest, **more: Result(name)
"""),
    "Result.passed": (RESIDUAL, PLAIN, """
from resnet_gluon.exercises import Finding, Result
Result.passed = property(lambda self: True)
Result.findings = property(lambda self: ())
Finding.remark = property(lambda self: True)
"""),
    "findings thrown away": (RESIDUAL, PLAIN, """
from resnet_gluon.exercises.judge import guard, report
report.Report.find = lambda *arguments, **options: None
report.Report.stop = report.Report.require = report.Report.find
guard.judge = guard.run_once = lambda *arguments, **options: []
"""),
    "input transformer": (RESIDUAL, PLAIN, f"""
shell = get_ipython()
shell.input_transformers_cleanup.append(lambda lines: ['''{BLOCK}'''])
"""),
    "AST transformer": (RESIDUAL, PLAIN, """
import ast
class Passing(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Passing())
"""),
    "NumPy's comparisons": (RESIDUAL, PLAIN, """
import numpy
numpy.allclose = numpy.array_equal = lambda *arguments, **options: True
numpy.abs = lambda x: numpy.zeros_like(x)
"""),
    "the judge's comparisons": (RESIDUAL, PLAIN, """
import sys
for name, module in list(sys.modules.items()):
    if name.startswith("resnet_gluon.exercises") and hasattr(module, "close"):
        module.close = lambda *arguments, **options: True
"""),
    "modules replaced": (RESIDUAL, PLAIN, """
import sys, types
for name in list(sys.modules):
    if name.startswith("resnet_gluon.exercises.checks") or name.startswith("resnet_gluon.exercises.judge"):
        sys.modules[name] = types.ModuleType(name)
"""),
    "the exercise replaced": (RESIDUAL, PLAIN, """
from dataclasses import replace
from resnet_gluon.exercises import catalogue
for name in catalogue.BY_NAME:
    catalogue.BY_NAME[name] = replace(catalogue.BY_NAME[name], check=lambda report, attempt: None)
"""),
    "parameters said to be zero": (RESIDUAL, PLAIN, """
from resnet_gluon.exercises.judge.subject import Subject
import numpy as onp
theirs = Subject.values
Subject.values = lambda self, learned=False: {name: 0 * value for name, value in theirs(self, learned).items()}
Subject.numpy = lambda self, x, training=False: onp.maximum(x, 0)
Subject.watched = Subject.numpy
Subject.gradient = lambda self, x, head=None: (onp.maximum(x, 0), (x > 0) * head)
"""),
    "outputs are inputs": (RESIDUAL, PLAIN, """
from resnet_gluon.exercises.judge.subject import Subject
Subject.numpy = Subject.watched = Subject.compiled = lambda self, x, *rest: x
"""),
    "an array equal to all": (NEAREST, """
import numpy as onp
class Equal(onp.ndarray):
    def __eq__(self, other):
        return onp.ones(onp.shape(other), bool)
    def __ne__(self, other):
        return onp.zeros(onp.shape(other), bool)
    def __array_function__(self, function, types, arguments, options):
        return True
def nearest_mean(features, labels, queries):
    return onp.zeros(len(queries)).view(Equal)
""", ""),
    "another array each time": (NEAREST, """
import numpy as onp
class Changing:
    def __init__(self, labels, n):
        self.labels, self.n, self.calls = labels, n, 0
    def __array__(self, *_):
        self.calls += 1
        return onp.resize(onp.unique(self.labels), self.n) if self.calls % 2 else onp.zeros(self.n)
    def __eq__(self, other):
        return True
def nearest_mean(features, labels, queries):
    return Changing(labels, len(queries))
""", ""),
    "a number equal to all": (TOWER, """
class Always(int):
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = int.__hash__
""" + ALWAYS, ""),
    "the package's own Stop": (TOWER, """
from resnet_gluon.exercises.judge import Stop
def blocks_for(depth):
    raise Stop
""", ""),
    "an error without a text": (TOWER, """
class Silent(Exception):
    def __str__(self):
        raise self
    __repr__ = __str__
def blocks_for(depth):
    raise Silent
""", ""),
    "the questions looked up": (TOWER, """
def blocks_for(depth):
    return {4: 1, 10: 4, 42: 20}[depth]
""", ""),
    "the judge's memory": (RESIDUAL, PLAIN, """
import os, re
def search(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "r+b", 0) as memory:
        for line in maps:
            found = re.match("([0-9a-f]+)-([0-9a-f]+) rw.*heap", line)
            if found:
                memory.seek(int(found[1], 16))
                memory.read(100_000)
class Reading(MyResidual):
    def forward(self, x):
        try:
            search(os.getppid())
        except OSError:
            pass
        return super().forward(x)
MyResidual = Reading
"""),
    "the judge's descriptors": (RESIDUAL, PLAIN, """
import os
for number in range(100):
    try:
        with open(f"/proc/{os.getppid()}/fd/{number}", "wb", 0) as other:
            if number > 2:
                other.write(b'{"passed": true, "findings": []}')
    except OSError:
        pass
"""),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_scores_nothing(name):
    (exercise, attempt), wrong, forgery = FORGERIES[name]
    verdict, = judged([IMPORTS, wrong, forgery], (exercise, attempt))
    assert not verdict.passed and any(not finding.remark for finding in verdict.findings)


FORGED_GRAPH = """
from resnet_gluon.exercises.judge.subject import Subject
import json, numpy as onp
right = {}
def honest(self, x, training=False):
    return record(self, x, training)
record = Subject.record
def forged(self, x, training=False):
    real = record(self, x, training)
    graph = json.loads(real.symbol)
    for node in graph["nodes"]:
        CHANGE
    return real._replace(symbol=json.dumps(graph))
Subject.record = forged
"""


@pytest.mark.slow
@pytest.mark.parametrize("change, rule", [
    ("node['inputs'] = [[10 ** 9, 0, 0]]", "answer-unreadable"),
    ("node['inputs'] = [[len(graph['nodes']), 0, 0]]", "answer-unreadable"),
    ("node['attrs'] = {'kernel': '(' * 100_000}", "answer-unreadable"),
    ("node['attrs'] = {'kernel': '-' * 900}", None),
    ("node['op'] = 'relu' if node['op'] == 'Convolution' else node['op']", None),
    ("node['name'] = 'somebody'", None),
    ("graph['nodes'] = graph['nodes'] * 2000; break", "answer-unreadable")])
def test_a_forged_graph_does_not_make_a_block_right(change, rule):
    verdict, = judged([IMPORTS, PLAIN, FORGED_GRAPH.replace("CHANGE", change)], RESIDUAL)
    assert not verdict.passed
    assert rule is None or [finding.rule for finding in verdict.findings] == [rule]
