"""Taps that meet the image: right counts, and the usual wrong ones."""
import numpy as onp
from bank import Bank
from mxnet import autograd, np, npx

BANK = Bank("live-taps", '''
def live(size, kernel, stride, padding):
    met = set()
    for place in range(-padding, size + padding - kernel + 1, stride):
        for tap in range(kernel):
            if 0 <= place + tap < size:
                met.add(tap)
    return len(met)
''')


@BANK.right
def by_comprehension(size, kernel, stride, padding):
    places = range(-padding, size + padding - kernel + 1, stride)
    return sum(any(0 <= p + t < size for p in places) for t in range(kernel))


@BANK.right
def by_gradient(size, kernel, stride, padding):
    """As in the notebook: a tap that meets nothing has no gradient."""
    weight = np.ones((1, 1, kernel))
    weight.attach_grad()
    with autograd.record():
        y = npx.convolution(np.ones((1, 1, size)), weight, kernel=(kernel,), stride=(stride,), pad=(padding,),
                            num_filter=1, no_bias=True)
    y.backward()
    return int((weight.grad != 0).sum())


@BANK.right
def by_padding_an_array(size, kernel, stride, padding):
    row = onp.pad(onp.ones(size, int), padding)
    windows = [row[start:start + kernel] for start in range(0, len(row) - kernel + 1, stride)]
    return (sum(windows) > 0).sum()


@BANK.right
def by_arithmetic(size, kernel, stride, padding):
    outputs = (size + 2 * padding - kernel) // stride + 1
    alive = [False] * kernel
    for output in range(outputs):
        for pixel in range(size):
            tap = pixel - (output * stride - padding)
            if 0 <= tap < kernel:
                alive[tap] = True
    return alive.count(True)


@BANK.right
def by_strings(size, kernel, stride, padding):
    row = "." * padding + "x" * size + "." * padding
    seen = zip(*(row[i:i + kernel] for i in range(0, len(row) - kernel + 1, stride)))
    return float(sum("x" in column for column in seen))


@BANK.right
def by_outer_sum(s, k, step, pad):
    first = onp.arange(-pad, s + pad - k + 1, step)[:, None]
    pixel = first + onp.arange(k)
    return onp.array(((pixel >= 0) & (pixel < s)).any(0).sum())


BANK.mutate_right(("met = set()", "met = dict()"), ("met.add(tap)", "met[tap] = 1"))
BANK.mutate("visits-counted", ("met = set()", "met = []"), ("met.add(tap)", "met.append(tap)"))
BANK.mutate("stride-ignored", (", stride):\n        for", "):\n        for"))
BANK.mutate("padding-counted", ("if 0 <= place + tap < size", "if True"))
BANK.mutate("both-axes", ("len(met)", "len(met) ** 2"))
BANK.mutate("dead-counted", ("len(met)", "kernel - len(met)"))
BANK.mutate("no-return", ("return len", "len"))
BANK.mutate("not-a-number", ("len(met)", "met"))
BANK.mutate("taps", ("0 <= place", "0 < place"))
BANK.mutate("taps", ("range(-padding", "range(0"))
BANK.mutate("taps", ("- kernel + 1", "- kernel"))
BANK.mutate("taps", ("+ tap < size", "+ tap < size - 1"))
BANK.mutate("exception", ("met.add(tap)", "met.append(tap)"))
BANK.mutate("signature", (", padding)", ")"), ("(-padding, size + padding", "(-1, size + 1"))
BANK.add("a number", 3, "signature")


@BANK.wrong("size")
def the_smaller_one(size, kernel, stride, padding):
    return min(size, kernel)


@BANK.wrong("size")
def the_first_position_alone(size, kernel, stride, padding):
    return sum(0 <= tap - padding < size for tap in range(kernel))


@BANK.wrong("taps")
def by_cases_that_were_seen(size, kernel, stride, padding):
    return 1 if size == 1 else kernel // 2 + 1 if size < kernel else kernel
