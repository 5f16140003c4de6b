"""The loop that counts right answers, right and wrong."""
import mxnet as mx
import numpy as onp
from bank import Bank
from mxnet import autograd, np, npx

BANK = Bank("evaluate", '''
def evaluate(net, batches):
    right, total = 0, 0
    for images, labels in batches:
        answers = net(images).argmax(axis=1)
        right += int((answers.astype("int32") == labels).sum())
        total += len(labels)
    return right / total
''', {"np": np, "npx": npx, "autograd": autograd, "onp": onp})


# Right, in other styles

@BANK.right
def by_metric(net, batches):
    metric = mx.metric.Accuracy()
    for images, labels in batches:
        metric.update(preds=[net(images).as_nd_ndarray()], labels=[labels.as_nd_ndarray()])
    return metric.get()[1]


@BANK.right
def legacy_metric(net, batches):
    metric = mx.metric.Accuracy()
    for images, labels in batches:
        metric.update(mx.nd.array(labels), mx.nd.softmax(net(images)))
    name, value = metric.get()
    return value


@BANK.right
def in_python(net, batches):
    right = []
    for images, labels in batches:
        for scores, label in zip(net(images).asnumpy().tolist(), labels.asnumpy().tolist()):
            right.append(max(range(len(scores)), key=scores.__getitem__) == label)
    return sum(right) / len(right)


@BANK.right
def at_once(net, batches):
    pairs = [(net(x).asnumpy(), y.asnumpy()) for x, y in batches]
    scores, labels = map(onp.concatenate, zip(*pairs))
    return (scores.argmax(-1) == labels).mean()


@BANK.right
def weighted_means(net, batches):
    shares, sizes = zip(*(((net(x).asnumpy().argmax(1) == y.asnumpy()).mean(), len(y)) for x, y in batches))
    return onp.average(shares, weights=sizes)


@BANK.right
def an_array(net, batches):
    right, total = np.array(0.0), 0
    with autograd.predict_mode():
        for x, y in batches:
            y_hat = npx.softmax(net(x))
            right = right + (np.argmax(y_hat, axis=1).astype(y.dtype) == y).astype("float32").sum()
            total += y.size
    return right / total


@BANK.right
def topk(net, batches):
    right = total = 0
    for x, y in batches:
        best = npx.topk(net(x), k=1).reshape(-1)
        right, total = right + (best.astype("int32") == y.astype("int32")).sum().item(), total + x.shape[0]
    return float(right) / total


BANK.add("a lambda", lambda net, batches: float(onp.mean([
    int(a == b) for x, y in batches for a, b in zip(net(x).asnumpy().argmax(1), y.asnumpy())])))
BANK.mutate_right(("net(images).argmax", "npx.softmax(net(images)).argmax"))
BANK.mutate_right(("    right, total", "    net.hybridize()\n    right, total"))
BANK.mutate_right(("axis=1", "axis=-1"))
BANK.mutate_right(("return right / total", "return np.array(right / total)"))
BANK.mutate_right(("return right / total", "return onp.float32(right / total)"))

# One thing changed

BANK.mutate("predict-mode", ("        answers = net(images)",
                             "        with autograd.train_mode():\n            outputs = net(images)\n"
                              "        answers = outputs"))
BANK.mutate("predict-mode", ("        answers = net(images)",
                             "        with autograd.record():\n            outputs = net(images)\n"
                             "        answers = outputs"))
BANK.mutate("accuracy", ("net(images)", "net((images - images.mean(0)) / images.std(0))"))
BANK.mutate("percent", ("return right / total", "return 100 * right / total"))
BANK.mutate("counted", ("return right / total", "return right"))
BANK.mutate("error-rate", ("return right / total", "return 1 - right / total"))
BANK.mutate("error-rate", (" == labels", " != labels"))
BANK.mutate("last-batch", ("right += ", "right = "), ("total += ", "total = "))
BANK.mutate("first-batch", ("    return right / total", "        return right / total"))
BANK.mutate("first-batch", ("total += len(labels)", "total += len(labels)\n        break"))
BANK.mutate("batch-size", ("    return right / total", "    return right / (200 * len(batches))"))
BANK.mutate("batches-counted", ("total += len(labels)", "total += 1"))
BANK.mutate("batch-means", ("int((answers.astype(\"int32\") == labels).sum())",
                            "float((answers.astype(\"int32\") == labels).mean())"), ("len(labels)", "1"))
BANK.mutate("last-batch", ("total += ", "total = "))
BANK.mutate("argmin", ("argmax", "argmin"))
BANK.mutate("exception", ("axis=1", "axis=2"))
BANK.mutate("shapes", ("axis=1", "axis=0"))
BANK.mutate("accuracy", (".argmax(axis=1)", ".max(axis=1)"))
BANK.mutate("accuracy", ("net(images).argmax(axis=1)", "(net(images) > 0)[:, 1]"))
BANK.mutate("no-return", ("    return right / total", "    right / total"))
BANK.mutate("no-return", ("return right / total", "print(right / total)"))
BANK.mutate("not-a-number", ("return right / total", "return right, total"))
BANK.mutate("not-a-number", ("return right / total", "return 'accuracy', right / total"))
BANK.mutate("not-a-number", ("return right / total", "return f'{right / total:.2%}'"))
BANK.mutate("rounded", ("return right / total", "return round(right / total, 2)"))
BANK.mutate("counted", ("return right / total", "return right // 1"))
BANK.mutate("zero", ("return right / total", "return right // total"))
BANK.mutate("last-batch", ("right += ", "right = "))
BANK.mutate("exception", ("    right, total = 0, 0\n", ""))
BANK.mutate("exception", ("net(images)", "model(images)"))
BANK.mutate("exception", ("return right / total", "return right / 0"))
BANK.mutate("signature", ("(net, batches)", "(net)"), ("in batches", "in []"))
BANK.mutate("signature", ("(net, batches)", "(net, images, labels)"), ("in batches", "in [(images, labels)]"))


# Faults that no small change makes

@BANK.wrong("changes-net")
def trains_a_little(net, batches):
    right = total = 0
    for x, y in batches:
        with autograd.record():
            y_hat = net(x)
        y_hat.backward()
        right, total = right + (y_hat.asnumpy().argmax(1) == y.asnumpy()).sum(), total + len(y)
    return right / total


@BANK.wrong("changes-net")
def initialised_anew(net, batches):
    net.initialize(force_reinit=True)
    return at_once(net, batches)


@BANK.wrong("batch-means")
def mean_of_means(net, batches):
    return onp.mean([(net(x).asnumpy().argmax(1) == y.asnumpy()).mean() for x, y in batches])


@BANK.wrong("accuracy")
def the_loss(net, batches):
    from mxnet import gluon
    losses = [gluon.loss.SoftmaxCrossEntropyLoss()(net(x), y).asnumpy() for x, y in batches]
    return onp.concatenate(losses).mean()


BANK.add("a number", 11 / 19, "signature")
BANK.add("always right", lambda net, batches: 1.0, "accuracy")


@BANK.wrong("types")
def without_a_cast(net, batches):
    return float(sum((net(x).argmax(axis=1) == y).sum() for x, y in batches)) / sum(len(y) for _, y in batches)
