"""Gradients added up by hand, and the seconds of the exchange: right and wrong."""
import functools
import operator

import mxnet as mx
import numpy as onp
from bank import Bank
from mxnet import np

REDUCE = Bank("all-reduce", '''
def all_reduce(gradients):
    total = np.zeros(gradients[0].shape)
    for gradient in gradients:
        total = total + gradient
    return [total.copy() for _ in gradients]
''', {"np": np})


@REDUCE.right
def by_sum(gradients):
    total = sum(gradients)
    return [total] * len(gradients)


@REDUCE.right
def by_stacking(gradients):
    return list(np.broadcast_to(np.stack(gradients).sum(axis=0), (len(gradients), *gradients[0].shape)))


@REDUCE.right
def in_numpy(gradients):
    total = functools.reduce(operator.add, [gradient.asnumpy() for gradient in gradients])
    return tuple(total.copy() for _ in gradients)


@REDUCE.right
def by_the_store(gradients):
    """As the notebook does in the end: the store adds up what is pushed."""
    store = mx.kv.create("local")
    store.init("g", np.zeros(gradients[0].shape))
    out = [np.zeros(gradients[0].shape) for _ in gradients]
    store.push("g", [gradient.copy() for gradient in gradients])
    for one in out:
        store.pull("g", out=one)
    return out


@REDUCE.right
def in_a_ring(gradients):
    held, passed = [gradient.copy() for gradient in gradients], [gradient.copy() for gradient in gradients]
    for _ in range(len(gradients) - 1):
        passed = [passed[i - 1] for i in range(len(passed))]
        held = [mine + theirs for mine, theirs in zip(held, passed)]
    return held


REDUCE.mutate("mean", ("total.copy() for", "total / len(gradients) for"))
REDUCE.mutate("no-return", ("return [", "["))
REDUCE.mutate("not-a-list", ("return [total.copy() for _ in gradients]", "return total"))
REDUCE.mutate("length", ("for _ in gradients]", "for _ in gradients[:-1]]"))
REDUCE.mutate("changed", ("np.zeros(gradients[0].shape)", "gradients[0]"), ("    for gradient in gradients:",
              "    for gradient in gradients[1:]:"), ("total = total + gradient", "total += gradient"))
REDUCE.mutate("unchanged", ("return [total.copy() for _ in gradients]", "return gradients"))
REDUCE.mutate("unchanged", ("total = total + gradient", "total = gradient"))
REDUCE.mutate("left-out", ("for gradient in gradients:", "for gradient in gradients[1:]:"))
REDUCE.mutate("left-out", ("for gradient in gradients:", "for gradient in gradients[:-1]:"))
REDUCE.mutate("sum", ("total + gradient", "total - gradient"))
REDUCE.mutate("sum", ("total = total + gradient", "total = total + abs(gradient)"))
REDUCE.mutate("exception", ("gradients[0].shape", "gradients.shape"))
REDUCE.mutate("shape", ("return [total.copy()", "return [total.sum(axis=0, keepdims=True)"))
REDUCE.mutate("not-an-array", ("total.copy() for", "[total] for"))
REDUCE.add("an array", onp.ones(3), "signature")

EXCHANGE = Bank("exchange-seconds", '''
def exchange(parameters, bandwidth, workers, servers):
    there_and_back = 2 * 4 * parameters
    return there_and_back * max(1, workers / servers) / bandwidth
''')


@EXCHANGE.right
def both_links(parameters, bandwidth, workers, servers):
    of_worker = 8 * parameters
    of_server = 8 * parameters / servers * workers
    return (of_worker if of_worker > of_server else of_server) / bandwidth


@EXCHANGE.right
def by_cases(p, b, w, s):
    if w <= s:
        return 8 * p / b
    return 8 * p * w / (s * b)


@EXCHANGE.right
def by_numpy(p, b, w, s):
    return onp.max([p, p * w / s]) * onp.float32(1).nbytes * 2 / b


@EXCHANGE.right
def by_adding(p, b, w, s):
    out = back = 4 * p * max(w / s, 1) / b
    return out + back


EXCHANGE.add("a lambda", lambda p, b, w, s: 8 * p / b * max(w, s) / s)
EXCHANGE.mutate("one-way", ("2 * 4 *", "4 *"))
EXCHANGE.mutate("bytes", ("2 * 4 *", "2 *"))
EXCHANGE.mutate("bytes", ("2 * 4 * ", ""))
EXCHANGE.mutate("bits", ("2 * 4 *", "2 * 32 *"))
EXCHANGE.mutate("servers-left-out", (" * max(1, workers / servers)", ""))
EXCHANGE.mutate("servers-left-out", ("max(1, workers / servers)", "workers"))
EXCHANGE.mutate("worker-left-out", ("max(1, workers / servers)", "workers / servers"))
EXCHANGE.mutate("turned-round", ("max(1, workers / servers)", "max(1, servers / workers)"))
EXCHANGE.mutate("turned-round", ("return there_and_back * max(1, workers / servers) / bandwidth",
                                 "return bandwidth / (there_and_back * max(1, workers / servers))"))
EXCHANGE.mutate("exchange", ("max(1, workers / servers)", "(workers + servers)"))
EXCHANGE.mutate("exchange", ("2 * 4 *", "2 * 8 *"))
EXCHANGE.mutate("no-return", ("return ", ""))
EXCHANGE.mutate("exception", ("there_and_back = 2", "there_and_back: int = 2 / 0"))
EXCHANGE.mutate("signature", (", workers, servers)", ")"), ("max(1, workers / servers)", "1"))

BANKS = [REDUCE, EXCHANGE]
