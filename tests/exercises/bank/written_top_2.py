"""The two most probable classes in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("top-2-accuracy")

W.style("argsort, then a loop", '''
def top2(evaluation):
    right = 0
    for row, label in zip(evaluation.probabilities, evaluation.labels):
        best = onp.argsort(row)[-2:]
        if label in best:
            right += 1
    return right / len(evaluation.labels)
''')
W.fault("the least probable", ("[-2:]", "[:2]"))
W.fault("top 1", ("[-2:]", "[-1:]"))
W.fault("top 3", ("[-2:]", "[-3:]"))
W.fault("second alone", ("[-2:]", "[-2:-1]"))
W.fault("second alone", ("if label in best:", "if label == best[0]:"))
W.fault("top 1", ("if label in best:", "if label == best[1]:"))
W.fault("count, no share", ("return right / len(evaluation.labels)", "return right"))
W.fault("per cent", ("return right / len", "return 100 * right / len"))
W.fault("share of wrong answers", ("if label in best:", "if label not in best:"))
W.fault("integer division", ("right / len", "right // len"))
W.fault("divided by two", ("len(evaluation.labels)", "(2 * len(evaluation.labels))"))
W.fault("divided by classes", ("len(evaluation.labels)", "evaluation.probabilities.size"))
W.fault("divided by classes", ("len(evaluation.labels)", "evaluation.probabilities.shape[1]"))
W.fault("returned early", ("    return right", "        return right"))
W.fault("no return", ("    return right / len(evaluation.labels)", "    right / len(evaluation.labels)"))
W.fault("printed", ("return right", "print(right") , ("len(evaluation.labels)", "len(evaluation.labels))"))
W.fault("values, not classes", ("onp.argsort(row)", "onp.sort(row)"))
W.fault("predictions alone", ("zip(evaluation.probabilities, evaluation.labels)", "zip(evaluation.probabilities, evaluation.predictions)"))
W.fault("argument changed", ("onp.argsort(row)", "onp.argsort(row)"), ("        if label", "        row[best[-1]] = 0\n        if label"))
W.fault("last image left out", ("zip(evaluation.probabilities, evaluation.labels)", "zip(evaluation.probabilities[:-1], evaluation.labels)"))
W.fault("off by one", ("onp.argsort(row)[-2:]", "onp.argsort(row)[-2:] + 1"))
W.fault("rounded", ("return right / len(evaluation.labels)", "return round(right / len(evaluation.labels))"))

W.style("compared as columns", '''
def top2(evaluation):
    order = evaluation.probabilities.argsort(axis=1)
    return float((order[:, -2:] == evaluation.labels[:, None]).any(axis=1).mean())
''')
W.fault("axis", ("argsort(axis=1)", "argsort(axis=0)"))
W.fault("axis", (".any(axis=1)", ".any(axis=0)"))
W.fault("divided by two", (".any(axis=1).mean()", ".mean()"))
W.fault("all, not any", (".any(axis=1)", ".all(axis=1)"))
W.fault("any, no share", (".any(axis=1).mean()", ".any()"))
W.fault("count, no share", (".mean()", ".sum()"))
W.fault("all, not any", ("[:, None]", "[None, :]"), ("order[:, -2:] ==", "order[:, -2:].T =="), (".any(axis=1)", ".all(axis=0)"))
W.fault("the least probable", ("order[:, -2:]", "order[:, :2]"))
W.fault("wrong columns", ("order[:, -2:]", "order[:, 1:3]"))
W.fault("not whole number", ("float(", "str("))
W.fault("rows, not columns", ("order[:, -2:]", "order[-2:, :]"), ("== evaluation.labels[:, None]", "== evaluation.labels[-2:, None]"))
W.fault("sum of both", (".any(axis=1).mean()", ".mean(axis=0)"))
W.fault("each image", (".any(axis=1).mean())", ".any(axis=1).mean())"), ("return float(", "return list("), (".mean()", ".astype(float)"))
W.write_wrong("threshold", '''
def top2(evaluation):
    of_label = evaluation.probabilities[onp.arange(evaluation.n), evaluation.labels]
    return (of_label > 0.5).mean()
''', '''
def top2(evaluation):
    of_label = evaluation.probabilities[onp.arange(evaluation.n), evaluation.labels]
    return (of_label >= 0.25).mean()
''')
W.write_wrong("probability, not share", '''
def top2(evaluation):
    return onp.sort(evaluation.probabilities, axis=1)[:, -2:].sum(axis=1).mean()
''')
W.write_wrong("top 1", '''
def top2(evaluation):
    return evaluation.accuracy
''', '''
def top2(evaluation):
    return (evaluation.probabilities.argmax(axis=1) == evaluation.labels).mean()
''')
W.write_wrong("mean over classes", '''
def top2(evaluation):
    best = evaluation.probabilities.argsort(axis=1)[:, -2:]
    right = (best == evaluation.labels[:, None]).any(axis=1)
    return onp.mean([right[evaluation.labels == c].mean() for c in onp.unique(evaluation.labels)])
''')
W.write_wrong("twice the accuracy", '''
def top2(evaluation):
    return min(1.0, 2 * evaluation.accuracy)
''')
W.styles(second_by_masking='''
def top2(evaluation):
    p = evaluation.probabilities.copy()
    rows = onp.arange(len(p))
    first = p.argmax(axis=1)
    p[rows, first] = -1
    second = p.argmax(axis=1)
    return ((first == evaluation.labels) | (second == evaluation.labels)).mean()
''', by_partition='''
def top2(evaluation):
    best = onp.argpartition(evaluation.probabilities, -2, axis=1)[:, -2:]
    return onp.mean([label in pair for label, pair in zip(evaluation.labels, best)])
''', rank_of_the_label='''
def top2(evaluation):
    p, labels = evaluation.probabilities, evaluation.labels
    own = p[onp.arange(len(labels)), labels]
    return float(((p > own[:, None]).sum(axis=1) < 2).mean())
''', a_metric='''
def top2(evaluation):
    metric = mx.metric.TopKAccuracy(top_k=2)
    metric.update([mx.nd.array(evaluation.labels)], [mx.nd.array(evaluation.probabilities)])
    return metric.get()[1]
''', pure_python='''
def top2(evaluation):
    def good(row, label):
        ranked = sorted(range(len(row)), key=lambda c: row[c], reverse=True)
        return ranked.index(label) <= 1
    answers = [good(list(r), int(l)) for r, l in zip(evaluation.probabilities, evaluation.labels)]
    return answers.count(True) / len(answers)
''', mxnet_topk='''
def top2(evaluation):
    best = npx.topk(np.array(evaluation.probabilities), k=2, axis=1).asnumpy().astype(int)
    return (best == evaluation.labels.reshape(-1, 1)).sum() / evaluation.n
''')
