"""Evaluating in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("evaluate")

W.style("counted in a loop", '''
def own_evaluate(net, batches):
    right, seen = 0, 0
    for X, y in batches:
        scores = net(X)
        best = scores.argmax(axis=1)
        right += int((best.astype("int32") == y.astype("int32")).sum())
        seen += len(y)
    return right / seen
''')
W.fault("axis", ("argmax(axis=1)", "argmax(axis=0)[:len(y)]"))
W.fault("axis", ("scores.argmax(axis=1)", "scores.reshape(-1, len(y)).argmax(axis=0)"))
W.fault("argmin", ("argmax(axis=1)", "argmin(axis=1)"))
W.fault("share of wrong answers", ("return right / seen", "return 1 - right / seen"))
W.fault("share of wrong answers", ("== y.astype", "!= y.astype"))
W.fault("count, no share", ("return right / seen", "return right"))
W.fault("per cent", ("return right / seen", "return 100 * right / seen"))
W.fault("divided by batches", ("seen += len(y)", "seen += 1"))
W.fault("divided by classes", ("seen += len(y)", "seen += scores.size"))
W.fault("last batch alone", ("    for X, y in batches:\n", "    for X, y in batches:\n        right, seen = 0, 0\n"))
W.fault("returned early", ("    return right / seen", "        return right / seen"))
W.fault("last batch left out", ("    for X, y in batches:\n", "    for X, y in list(batches)[:-1]:\n"))
W.fault("first batch left out", ("    for X, y in batches:\n", "    for X, y in list(batches)[1:]:\n"))
W.fault("train mode", ("        scores = net(X)\n", "        with autograd.record():\n            scores = net(X)\n"))
W.fault("train mode", ("        scores = net(X)\n", "        with autograd.train_mode():\n            scores = net(X)\n"))
W.fault("integer division", ("return right / seen", "return right // seen"))
W.fault("scaled inputs", ("scores = net(X)", "scores = net(X / 255)"))
W.fault("scaled inputs", ("scores = net(X)", "scores = net((X - X.mean()) / X.std())"))
W.fault("scaled inputs", ("scores = net(X)", "scores = net(X - 0.5)"))
W.fault("no return", ("    return right / seen\n", ""))
W.fault("printed", ("return right / seen", "print(right / seen)"))
W.fault("threshold", ("best = scores.argmax(axis=1)", "best = scores[:, 0] > 0.5"))
W.fault("largest, not where", ("scores.argmax(axis=1)", "scores.max(axis=1)"))
W.fault("off by one", ("scores.argmax(axis=1)", "scores.argmax(axis=1) + 1"))
W.fault("number of images fixed", ("    right, seen = 0, 0", "    right, seen = 0, 1000"), ("        seen += len(y)\n", ""))
W.fault("batch length fixed", ("seen += len(y)", "seen += 32"))
W.fault("loss, not accuracy", ("right += int((best.astype(\"int32\") == y.astype(\"int32\")).sum())", "right += float(gluon.loss.SoftmaxCrossEntropyLoss()(scores, y).sum())"))
W.fault("probability of the label", ("right += int((best.astype(\"int32\") == y.astype(\"int32\")).sum())", "right += float(npx.pick(npx.softmax(scores), y).sum())"))
W.fault("top two", ("right += int((best.astype(\"int32\") == y.astype(\"int32\")).sum())", "right += int((np.argsort(scores, axis=1)[:, -2:] == y.reshape(-1, 1)).sum())"))
W.fault("rounded", ("return right / seen", "return round(right / seen)"))
W.fault("rounded", ("return right / seen", "return round(right / seen, 1)"))
W.fault("any and all", ("(best.astype(\"int32\") == y.astype(\"int32\")).sum()", "(best.astype(\"int32\") == y.astype(\"int32\")).all()"))
W.fault("sum of other things", ("int((best.astype(\"int32\") == y.astype(\"int32\")).sum())", "int((np.sort(best.astype(\"int32\")) == np.sort(y.astype(\"int32\"))).sum())"))
W.fault("one image a batch", ("scores = net(X)", "X, y = X[:1], y[:1]\n        scores = net(X)"))
W.fault("weights changed", ("    right, seen = 0, 0\n", "    right, seen = 0, 0\n    net.initialize(init.Normal(1), force_reinit=True)\n"))
W.fault("a list", ("return right / seen", "return [right / seen]"))
W.fault("confusion", ("right += int((best.astype(\"int32\") == y.astype(\"int32\")).sum())", "right += len(set(best.astype(\"int32\").tolist()) & set(y.tolist()))"))

W.style("a list of means, weighed", '''
def own_evaluate(net, batches):
    shares, weights = [], []
    for images, labels in batches:
        answers = net(images).asnumpy().argmax(axis=-1)
        shares.append((answers == labels.asnumpy()).mean())
        weights.append(labels.size)
    return float(onp.average(shares, weights=weights))
''')
W.fault("mean of means", ("onp.average(shares, weights=weights)", "onp.mean(shares)"))
W.fault("largest share", ("onp.average(shares, weights=weights)", "onp.max(shares)"))
W.fault("mean of means", ("onp.average(shares, weights=weights)", "onp.median(shares)"))
W.fault("sum of means", ("onp.average(shares, weights=weights)", "onp.sum(shares)"))
W.fault("axis", ("argmax(axis=-1)", "argmax()"))
W.fault("mean over classes", ("shares.append((answers == labels.asnumpy()).mean())", "shares.append(onp.mean([(answers == c)[labels.asnumpy() == c].mean() for c in set(labels.tolist())]))"))
W.fault("absolute value", ("net(images).asnumpy().argmax(axis=-1)", "abs(net(images).asnumpy()).argmax(axis=-1)"))
W.write_wrong("mean over classes", '''
def own_evaluate(net, batches):
    right, total = {}, {}
    for images, labels in batches:
        for answer, label in zip(net(images).asnumpy().argmax(1), labels.asnumpy()):
            total[label] = total.get(label, 0) + 1
            right[label] = right.get(label, 0) + (answer == label)
    return sum(right[c] / total[c] for c in total) / len(total)
''')
W.write_wrong("kept between calls", '''
seen = []
right = []

def own_evaluate(net, batches):
    for images, labels in batches:
        right.append(int((net(images).asnumpy().argmax(1) == labels.asnumpy()).sum()))
        seen.append(len(labels))
    return sum(right) / sum(seen)
''', '''
metric = mx.metric.Accuracy()

def own_evaluate(net, batches):
    for images, labels in batches:
        metric.update(labels, net(images))
    return metric.get()[1]
''', '''
class Memory:
    answer = None

def own_evaluate(net, batches):
    if Memory.answer is None:
        pairs = [(net(x).asnumpy().argmax(1) == y.asnumpy()) for x, y in batches]
        Memory.answer = float(onp.concatenate(pairs).mean())
    return Memory.answer
''')
W.write_wrong("argument changed", '''
def own_evaluate(net, batches):
    right = seen = 0
    for images, labels in batches:
        images -= images.mean()
        right += int((net(images).asnumpy().argmax(1) == labels.asnumpy()).sum())
        seen += len(labels)
    return right / seen
''')
W.styles(concatenated='''
def own_evaluate(net, batches):
    pairs = [(net(images).argmax(axis=1).astype("int64"), labels.astype("int64")) for images, labels in batches]
    answers, truths = (np.concatenate(column) for column in zip(*pairs))
    return (answers == truths).astype("float64").mean().item()
''', a_metric='''
def own_evaluate(net, batches):
    metric = mx.metric.Accuracy()
    for images, labels in batches:
        metric.update([labels], [net(images)])
    name, value = metric.get()
    return value
''', one_image_at_a_time='''
def own_evaluate(net, batches):
    hits = [int(scores.argmax()) == int(label) for images, labels in batches for scores, label in zip(net(images).asnumpy(), labels)]
    return sum(hits) / len(hits)
''', by_sorting='''
def own_evaluate(net, batches):
    right = total = 0
    for images, labels in batches:
        with autograd.predict_mode():
            order = np.argsort(-net(images), axis=1)
        right += (order[:, 0].astype(labels.dtype) == labels).sum().item()
        total += labels.shape[0]
    return right / total
''', probabilities='''
def own_evaluate(net, batches):
    correct = onp.zeros(0)
    for images, labels in batches:
        probability = npx.softmax(net(images), axis=1).asnumpy()
        top = probability[onp.arange(len(labels)), labels.asnumpy().astype(int)]
        correct = onp.append(correct, top == probability.max(axis=1))
    return correct.mean()
''')
W.styles(a_matrix_of_counts='''
def own_evaluate(net, batches):
    counts = None
    for images, labels in batches:
        scores = net(images).asnumpy()
        counts = onp.zeros((scores.shape[1],) * 2) if counts is None else counts
        onp.add.at(counts, (labels.asnumpy().astype(int), scores.argmax(axis=1)), 1)
    return onp.trace(counts) / counts.sum()
''', compared_with_the_largest='''
def own_evaluate(net, batches):
    right, total = 0.0, 0
    for images, labels in batches:
        scores = net(images)
        right += float((npx.pick(scores, labels) >= scores.max(axis=1)).sum())
        total += labels.size
    return right / total
''')
