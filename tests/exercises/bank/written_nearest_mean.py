"""Nearest class mean in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("nearest-mean")

W.style("loops", '''
def nearest_mean(features, labels, queries):
    classes = sorted(set(labels.tolist()))
    means = [features[labels == c].mean(axis=0) for c in classes]
    answers = []
    for query in queries:
        distances = [((query - mean) ** 2).sum() for mean in means]
        answers.append(classes[int(onp.argmin(distances))])
    return onp.array(answers)
''')
W.fault("farthest", ("argmin", "argmax"))
W.fault("axis of the mean", (".mean(axis=0)", ".mean(axis=1)[:features.shape[1]]"))
W.fault("one number for a mean", (".mean(axis=0)", ".mean()"))
W.fault("sums for means", (".mean(axis=0)", ".sum(axis=0)"))
W.fault("median", (".mean(axis=0)", ".max(axis=0)"))
W.fault("first image for the mean", (".mean(axis=0)", "[0]"))
W.fault("not squared", ("((query - mean) ** 2).sum()", "(query - mean).sum()"))
W.fault("not squared", ("((query - mean) ** 2).sum()", "abs((query - mean).sum())"))
W.fault("other distance", ("((query - mean) ** 2).sum()", "abs(query - mean).sum()"))
W.fault("other distance", ("((query - mean) ** 2).sum()", "abs(query - mean).max()"))
W.fault("other distance", ("((query - mean) ** 2).sum()", "-(query * mean).sum()"))
W.fault("other distance", ("((query - mean) ** 2).sum()", "-(query * mean).sum() / onp.linalg.norm(mean)"))
W.fault("one feature", ("((query - mean) ** 2).sum()", "((query - mean) ** 2)[0]"))
W.fault("distance returned", ("classes[int(onp.argmin(distances))]", "min(distances)"))
W.fault("first answer alone", ("    return onp.array(answers)", "        return onp.array(answers)"))
W.fault("first answer alone", ("return onp.array(answers)", "return answers[0]"))
W.fault("no return", ("    return onp.array(answers)\n", ""))
W.fault("labels counted from one", ("classes[int(onp.argmin(distances))]", "classes[int(onp.argmin(distances))] + 1"))
W.fault("classes in order of appearance", ("means = [features[labels == c].mean(axis=0) for c in classes]", "means = [features[labels == c].mean(axis=0) for c in dict.fromkeys(labels.tolist())]"))
W.fault("queries forgotten", ("for query in queries:", "for query in features:"))
W.fault("accuracy returned", ("return onp.array(answers)", "return (onp.array(answers) == labels[:len(answers)]).mean()"))
W.fault("one class left out", ("sorted(set(labels.tolist()))", "sorted(set(labels.tolist()))[1:]"))
W.fault("one class left out", ("sorted(set(labels.tolist()))", "list(range(labels.max()))"))
W.fault("argument changed", ("    answers = []\n", "    answers = []\n    features -= features.mean(axis=0)\n"))
W.fault("strings", ("onp.array(answers)", "[str(a) for a in answers]"))
W.fault("mean of the queries", ("features[labels == c].mean(axis=0)", "queries.mean(axis=0) * c"))
W.fault("one-hot", ("return onp.array(answers)", "return onp.eye(len(classes))[onp.searchsorted(classes, answers)]"))

W.style("broadcast", '''
def nearest_mean(features, labels, queries):
    classes = onp.unique(labels)
    means = onp.stack([features[labels == c].mean(axis=0) for c in classes])
    distances = ((queries[:, None] - means[None]) ** 2).sum(axis=2)
    return classes[distances.argmin(axis=1)]
''')
W.fault("axis of the argmin", ("argmin(axis=1)", "argmin(axis=0)"))
W.fault("axis of the sum", (".sum(axis=2)", ".sum(axis=1)"))
W.fault("sums for means", ("mean(axis=0)", "sum(axis=0)"))
W.fault("not squared", (") ** 2)", ") ** 3)"))
W.fault("not squared", ("((queries[:, None] - means[None]) ** 2)", "(queries[:, None] - means[None])"))
W.fault("farthest", ("distances.argmin", "(-distances).argmin"))
W.fault("positions, not classes", ("classes[distances.argmin(axis=1)]", "distances.argmin(axis=1) + 1"))
W.fault("distance returned", ("classes[distances.argmin(axis=1)]", "distances.min(axis=1)"))
W.fault("distance returned", ("classes[distances.argmin(axis=1)]", "distances"))
W.fault("normalised", ("means = onp.stack([features[labels == c]", "features = features / onp.linalg.norm(features, axis=1, keepdims=True)\n    means = onp.stack([features[labels == c]"))
W.fault("normalised", ("    distances", "    queries = (queries - queries.mean(axis=0)) / queries.std(axis=0)\n    distances"))
W.fault("normalised", ("    distances", "    means = means - means.mean(axis=0)\n    distances"))
W.write_wrong("nearest neighbour", '''
def nearest_mean(features, labels, queries):
    distances = ((queries[:, None] - features[None]) ** 2).sum(axis=2)
    return labels[distances.argmin(axis=1)]
''', '''
def nearest_mean(features, labels, queries):
    answers = []
    for query in queries:
        nearest = onp.argsort(onp.linalg.norm(features - query, axis=1))[:3]
        answers.append(onp.bincount(labels[nearest]).argmax())
    return onp.array(answers)
''')
W.write_wrong("mean distance", '''
def nearest_mean(features, labels, queries):
    distances = ((queries[:, None] - features[None]) ** 2).sum(axis=2) ** 0.5
    classes = onp.unique(labels)
    return classes[onp.stack([distances[:, labels == c].mean(axis=1) for c in classes]).argmin(axis=0)]
''')
W.write_wrong("commonest class", '''
def nearest_mean(features, labels, queries):
    return onp.full(len(queries), onp.bincount(labels).argmax())
''')
W.write_wrong("kept between calls", '''
known = {}

def nearest_mean(features, labels, queries):
    for c in onp.unique(labels):
        if c not in known:
            known[c] = features[labels == c].mean(axis=0)
    return onp.array([min(known, key=lambda c: ((q - known[c]) ** 2).sum()) for q in queries])
''')
W.styles(norms='''
def nearest_mean(features, labels, queries):
    classes = onp.unique(labels)
    means = onp.array([features[labels == c].mean(0) for c in classes])
    return onp.array([classes[onp.linalg.norm(means - q, axis=1).argmin()] for q in queries])
''', one_hot_products='''
def nearest_mean(features, labels, queries):
    classes, index = onp.unique(labels, return_inverse=True)
    hot = onp.eye(len(classes))[index]
    means = (hot.T @ features) / hot.sum(axis=0)[:, None]
    return classes[onp.einsum("qcf,qcf->qc", queries[:, None] - means, queries[:, None] - means).argmin(axis=1)]
''', expanded_square='''
def nearest_mean(features, labels, queries):
    classes = onp.unique(labels)
    means = onp.vstack([features[labels == c].mean(axis=0, keepdims=True) for c in classes]).astype("float64")
    score = (means ** 2).sum(axis=1) - 2 * queries.astype("float64") @ means.T
    return classes[onp.argmin(score, axis=1)]
''', dictionaries='''
def nearest_mean(features, labels, queries):
    groups = {}
    for row, label in zip(features, labels):
        groups.setdefault(int(label), []).append(row)
    means = {label: sum(rows) / len(rows) for label, rows in groups.items()}
    def nearest(query):
        return min(means, key=lambda label: math.sqrt(sum((a - b) ** 2 for a, b in zip(query, means[label]))))
    return [nearest(query) for query in queries]
''', running_sums='''
def nearest_mean(features, labels, queries):
    count = labels.max() + 1
    sums, numbers = onp.zeros((count, features.shape[1])), onp.zeros(count)
    onp.add.at(sums, labels, features)
    onp.add.at(numbers, labels, 1)
    means = onp.full_like(sums, onp.inf)
    means[numbers > 0] = sums[numbers > 0] / numbers[numbers > 0, None]
    best, answer = onp.full(len(queries), onp.inf), onp.zeros(len(queries), dtype=int)
    for c in range(count):
        distance = ((queries - means[c]) ** 2).sum(axis=1)
        answer[distance < best] = c
        best = onp.minimum(best, distance)
    return answer
''')
W.styles(mxnet_on_the_way='''
def nearest_mean(features, labels, queries):
    classes = onp.unique(labels)
    means = np.stack([np.array(features[labels == c]).mean(axis=0) for c in classes])
    distances = np.stack([((np.array(queries) - mean) ** 2).sum(axis=1) for mean in means])
    return classes[distances.argmin(axis=0).asnumpy().astype(int)]
''', sorted_distances='''
def nearest_mean(features, labels, queries):
    def mean_of(c):
        chosen = [i for i, label in enumerate(labels) if label == c]
        return features[chosen].mean(axis=0)
    answers = onp.empty(len(queries), dtype=labels.dtype)
    table = {c: mean_of(c) for c in set(labels)}
    for i, q in enumerate(queries):
        answers[i] = sorted(table, key=lambda c: onp.linalg.norm(q - table[c]))[0]
    return answers
''')
