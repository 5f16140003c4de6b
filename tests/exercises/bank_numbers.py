"""The small exercises: formulas, tables and a few lines of NumPy, right and wrong."""
import math

from resnet_gluon import Residual
from resnet_gluon.nets import DEPTHS

import numpy as onp
from bank import Bank
from mxnet import np

TOWER = Bank("tower-depth", '''
def blocks_for(depth):
    if depth < 4 or depth % 2:
        raise ValueError(f"no tower has depth {depth}")
    return (depth - 2) // 2
''')
TOWER.add("a table", lambda depth: {d: d // 2 - 1 for d in range(4, 1000, 2)}.get(depth) or int("none"), "exception")
TOWER.add("a lambda", lambda depth: depth // 2 - 1 if depth in range(4, 10 ** 6, 2) else int("none"))


@TOWER.right
def by_divmod(layers):
    b, rest = divmod(layers - 2, 2)
    if rest or b < 1:
        raise ValueError("depth should be 2b + 2")
    return b


@TOWER.right
def by_search(depth):
    return [2 * b + 2 for b in range(1, 1000)].index(depth) + 1


TOWER.mutate("not-whole", ("//", "/"))
TOWER.mutate("blocks", ("depth - 2", "depth"))
TOWER.mutate_right(("depth - 2", "depth - 1"))
TOWER.mutate("blocks", ("(depth - 2) // 2", "depth - 2"))
TOWER.mutate("blocks", ("(depth - 2) // 2", "depth - 2 // 2"))
TOWER.mutate("impossible-depth", (" or depth % 2", ""))
TOWER.mutate("impossible-depth", ("depth < 4 or ", ""))
TOWER.mutate("impossible-depth", ("depth < 4", "depth < 2"))
TOWER.mutate("impossible-depth", ('raise ValueError(f"no tower has depth {depth}")', "return None"))
TOWER.mutate("impossible-depth", ('raise ValueError(f"no tower has depth {depth}")', 'print("impossible")'))
TOWER.mutate("impossible-depth", ('raise ValueError(f"no tower has depth {depth}")', 'return ValueError'))
TOWER.mutate("error-kind", ('ValueError(f"no tower has depth {depth}")', "TypeError"))
TOWER.mutate("error-kind", ('raise ValueError(f"no tower has depth {depth}")', "assert False"))
TOWER.mutate("no-return", ("return (depth", "(depth"))
TOWER.mutate("exception", ("depth < 4 or depth % 2", "depth > 3 and depth % 2 == 0"))
TOWER.mutate("signature", ("(depth)", "()"))
TOWER.add("a number", 4, "signature")

PARAMETERS = Bank("residual-parameters", '''
def parameters(c_in, c_out, use_1x1conv):
    branch = 9 * c_in * c_out + 2 * c_out + 9 * c_out * c_out + 2 * c_out
    projection = c_in * c_out + 2 * c_out
    return branch + projection * use_1x1conv
''')


@PARAMETERS.right
def by_building(c_in, c_out, use_1x1conv):
    block = Residual(c_out, use_1x1conv)
    block.initialize()
    block(np.zeros((1, c_in, 3, 3)))
    return sum(p.data().size for p in block.collect_params().values() if p.grad_req != "null")


@PARAMETERS.right
def by_lists(c_in, c_out, project):
    kernels = [(3, c_in), (3, c_out)] + [(1, c_in)] * bool(project)
    return sum(k ** 2 * c * c_out + 2 * c_out for k, c in kernels)


PARAMETERS.add("a lambda", lambda a, b, p: 9 * b * (a + b) + 4 * b + (b * (a + 2) if p else 0))
PARAMETERS.mutate("batchnorm-left-out", (" + 2 * c_out + 9", " + 9"), ("c_out * c_out + 2 * c_out", "c_out * c_out"),
                  ("c_in * c_out + 2 * c_out\n    return", "c_in * c_out\n    return"))
PARAMETERS.mutate("statistics-counted", (" + 2 * c_out + 9", " + 4 * c_out + 9"),
                  ("c_out * c_out + 2 * c_out", "c_out * c_out + 4 * c_out"),
                  ("c_in * c_out + 2 * c_out\n    return", "c_in * c_out + 4 * c_out\n    return"))
PARAMETERS.mutate("biases-counted", (" + 2 * c_out + 9", " + 3 * c_out + 9"),
                  ("c_out * c_out + 2 * c_out", "c_out * c_out + 3 * c_out"),
                  ("c_in * c_out + 2 * c_out\n    return", "c_in * c_out + 3 * c_out\n    return"))
PARAMETERS.mutate("projection-left-out", (" + projection * use_1x1conv", ""))
PARAMETERS.mutate("batchnorm-left-out", ("c_in * c_out + 2 * c_out\n    return", "c_in * c_out\n    return"))
PARAMETERS.mutate("projection-left-out", ("projection = c_in * c_out + ", "projection = "))
PARAMETERS.mutate("projection-unasked", (" * use_1x1conv", ""))
PARAMETERS.mutate("formula", ("9 * c_in", "3 * c_in"))
PARAMETERS.mutate("second-convolution", ("9 * c_out * c_out", "9 * c_in * c_out"))
PARAMETERS.mutate("formula", ("c_out + 9 * c_out * c_out + 2 * c_out", "c_out"))
PARAMETERS.mutate("no-return", ("return branch", "branch"))
PARAMETERS.mutate("not-a-number", ("return branch + projection", "return branch, projection"))
PARAMETERS.mutate("signature", ("c_out, use_1x1conv", "c_out"), (" * use_1x1conv", ""))
PARAMETERS.mutate("exception", ("branch = ", "branches = "))
PARAMETERS.add("a number", 74112, "signature")

STAGES34 = Bank("resnet34-stages")
for right in (((64, 3), (128, 4), (256, 6), (512, 3)), [[64, 3], [128, 4], [256, 6], [512, 3]], DEPTHS[34][1],
              tuple(zip((64, 128, 256, 512), (3, 4, 6, 3))), onp.array([(64, 3), (128, 4), (256, 6), (512, 3)]),
              {64: 3, 128: 4, 256: 6, 512: 3}.items()):
    STAGES34.add(f"{type(right).__name__} {right}", right)
for rule, wrong in (("blocks", ((64, 2), (128, 2), (256, 2), (512, 2))),
                    ("blocks", ((64, 3), (128, 4), (256, 4), (512, 3))),
                    ("channels", ((256, 3), (512, 4), (1024, 6), (2048, 3))),
                    ("swapped", ((3, 64), (4, 128), (6, 256), (3, 512))),
                    ("stage-count", ((64, 3), (128, 4), (256, 6))), ("stage-count", ((64, 1),) * 16),
                    ("stage-count", ()), ("not-stages", 34), ("not-stages", (3, 4, 6, 3)), ("not-stages", "3463"),
                    ("not-stages", lambda: None), ("not-stages", ((64, 128, 256, 512), (3, 4, 6, 3))),
                    ("not-stages", {64: 3, 128: 4, 256: 6, 512: 3}), ("not-whole", ((64, None),) * 4)):
    STAGES34.add(repr(wrong), wrong, rule)

STAGES26 = Bank("resnet26-stages")
for right in (((256, 2), (512, 2), (1024, 2), (2048, 2)), [(256 * 2 ** i, 2) for i in range(4)]):
    STAGES26.add(f"{type(right).__name__} {right}", right)
for rule, wrong in (("channels", ((64, 2), (128, 2), (256, 2), (512, 2))),
                    ("channels", ((256, 2), (256, 2), (512, 2), (512, 2))),
                    ("blocks", ((256, 3), (512, 3), (1024, 3), (2048, 3))),
                    ("blocks", ((256, 2), (512, 2), (1024, 2), (2048, 3))),
                    ("stage-count", ((256, 4), (512, 4))), ("not-stages", 26), ("not-stages", "ResNet-26")):
    STAGES26.add(repr(wrong), wrong, rule)

TOP2 = Bank("top-2-accuracy", '''
def top2(evaluation):
    best = onp.argsort(evaluation.probabilities, axis=1)[:, -2:]
    right = (best == evaluation.labels[:, None]).any(axis=1)
    return right.mean()
''', {"onp": onp})


@TOP2.right
def by_rank(evaluation):
    p, labels = evaluation.probabilities, evaluation.labels
    of_label = p[onp.arange(len(labels)), labels]
    return float(((p > of_label[:, None]).sum(axis=1) < 2).mean())


@TOP2.right
def in_python(evaluation):
    right = 0
    for row, label in zip(evaluation.probabilities, evaluation.labels):
        right += label in sorted(range(len(row)), key=lambda c: -row[c])[:2]
    return right / evaluation.n


TOP2.add("a lambda", lambda e: onp.mean([y in p.argsort()[-2:] for p, y in zip(e.probabilities, e.labels)]))
TOP2.mutate_right(("argsort(", "argsort(-"), ("-2:", ":2"))
TOP2.mutate_right(("argsort(evaluation.probabilities", "argpartition(evaluation.probabilities, -2"))
TOP2.mutate("top-1", ("-2:", "-1:"))
TOP2.mutate("top-3", ("-2:", "-3:"))
TOP2.mutate("second-only", ("-2:", "-2:-1"))
TOP2.mutate("least-probable", ("-2:", ":2"))
TOP2.mutate("percent", ("right.mean()", "100 * right.mean()"))
TOP2.mutate("counted", ("right.mean()", "right.sum()"))
TOP2.mutate("error-rate", ("right.mean()", "1 - right.mean()"))
TOP2.mutate("averaged", (".any(axis=1)", ""))
TOP2.mutate("axis", ("axis=1)[", "axis=0)["))
TOP2.mutate("not-a-number", ("right.mean()", "right"))
TOP2.mutate("exception", ("[:, None]", ""))
TOP2.mutate("no-return", ("return right", "right"))
TOP2.mutate("exception", ("evaluation.labels", "evaluation.label"))
TOP2.mutate("signature", ("(evaluation)", "(probabilities, labels)"))
TOP2.add("accuracy", lambda evaluation: evaluation.accuracy, "top-1")
TOP2.add("a number", 0.97, "signature")

FIELD = Bank("receptive-field")
for right in (40, 40.0, onp.int64(40), onp.array(40), np.array(40), 1 + 3 * (7 + 4 + 2)):
    FIELD.add(f"{type(right).__name__} {right}", right)
for rule, wrong in (("one-block", 14), ("itself", 39), ("kernels-added", 48), ("field", 128), ("not-whole", -1),
                    ("not-whole", 41.5), ("not-a-number", "forty"), ("not-a-number", (40,) * 2), ("not-whole", math.pi),
                    ("not-a-number", math.nan), ("not-a-number", math.inf), ("not-a-number", lambda: 40),
                    ("projection-counted", 42), ("not-whole", 40.5), ("not-a-number", "40")):
    FIELD.add(repr(wrong), wrong, rule)

NEAREST = Bank("nearest-mean", '''
def nearest_mean(features, labels, new):
    classes = onp.unique(labels)
    means = onp.stack([features[labels == c].mean(axis=0) for c in classes])
    distances = ((new[:, None] - means) ** 2).sum(axis=2)
    return classes[distances.argmin(axis=1)]
''', {"onp": onp})


@NEAREST.right
def by_norms(features, labels, new):
    classes = sorted(set(labels.tolist()))
    means = {c: sum(f for f, y in zip(features, labels) if y == c) / sum(labels == c) for c in classes}
    return [min(classes, key=lambda c: onp.linalg.norm(row - means[c])) for row in new]


@NEAREST.right
def by_products(features, labels, new):
    classes, places = onp.unique(labels, return_inverse=True)
    onehot = onp.eye(len(classes))[places]
    means = onehot.T @ features / onehot.sum(axis=0)[:, None]
    return classes[(new @ means.T - (means ** 2).sum(axis=1) / 2).argmax(axis=1)]


@NEAREST.right
def in_mxnet(features, labels, new):
    classes = onp.unique(labels)
    means = np.array([features[labels == c].mean(axis=0) for c in classes])
    nearest = ((np.expand_dims(np.array(new), 1) - means) ** 2).sum(axis=-1).argmin(axis=1)
    return classes[nearest.asnumpy()]


NEAREST.mutate_right((".sum(axis=2)", ".mean(axis=2) ** 0.5"))
NEAREST.mutate("farthest", ("argmin", "argmax"))
NEAREST.mutate("positions", ("classes[distances.argmin(axis=1)]", "distances.argmin(axis=1)"))
NEAREST.mutate("sums", ("[features[labels == c].mean(axis=0) for c in classes]",
                         "[features[labels == c].sum(axis=0) for c in classes]"))
NEAREST.mutate("not-squared", ("** 2).sum(axis=2)", "** 1).sum(axis=2)"))
NEAREST.mutate("other-distance", ("((new[:, None] - means) ** 2)", "abs(new[:, None] - means)"))
NEAREST.mutate("output-shape", ("classes[distances.argmin(axis=1)]", "distances.argmin()"))
NEAREST.mutate("output-shape", ("classes[distances.argmin(axis=1)]", "distances.argmin(axis=0)"))
NEAREST.mutate("output-shape", ("classes[distances.argmin(axis=1)]", "distances"))
NEAREST.mutate("shapes", ("new[:, None]", "new"))
NEAREST.mutate("no-return", ("return classes", "classes"))
NEAREST.mutate("shapes", ("mean(axis=0)", "mean()"), ("axis=2", "axis=3"))
NEAREST.mutate("classes", ("onp.unique(labels)", "onp.unique(labels)[:-1]"))
NEAREST.mutate("exception", ("new[:, None]", "news[:, None]"))
NEAREST.mutate("signature", ("features, labels, new", "features, labels"), ("new[", "features["))
NEAREST.add("products", lambda f, y, new: onp.unique(y)[(
    new @ onp.stack([f[y == c].mean(0) for c in onp.unique(y)]).T).argmax(1)], "not-distance")
NEAREST.add("nearest neighbour", lambda f, y, new: y[((new[:, None] - f) ** 2).sum(2).argmin(1)], "nearest-neighbour")
NEAREST.add("strings", lambda f, y, new: ["a"] * len(new), "classes")
NEAREST.add("ragged", lambda f, y, new: [[1], [1, 2]], "output-shape")

BANKS = [TOWER, PARAMETERS, STAGES34, STAGES26, TOP2, FIELD, NEAREST]
