"""Ways through residual blocks: right counts, and the usual wrong ones."""
import itertools
import math

import numpy as onp
from bank import Bank

BANK = Bank("path-lengths", '''
def paths(blocks, k):
    return math.factorial(blocks) // (math.factorial(k) * math.factorial(blocks - k))
''', {"math": math})


@BANK.right
def by_recursion(blocks, k):
    if k < 0 or k > blocks:
        return 0
    triangle = [1]
    for _ in range(blocks):
        triangle = [a + b for a, b in zip([0, *triangle], [*triangle, 0])]
    return triangle[k]


@BANK.right
def by_products(n, k):
    result = 1
    for i in range(k):
        result = result * (n - i) // (i + 1)
    return result


@BANK.right
def by_polynomial(blocks, k):
    """(1 + x)ⁿ: around the block, or through it."""
    coefficients = onp.array([1], dtype=object)
    for _ in range(blocks):
        coefficients = onp.convolve(coefficients, onp.array([1, 1], dtype=object))
    return int(coefficients[k])


@BANK.right
def by_listing(blocks, k):
    return sum(1 for _ in itertools.combinations(range(blocks), k))


@BANK.right
def by_gamma(blocks, k):
    return round(math.exp(math.lgamma(blocks + 1) - math.lgamma(k + 1) - math.lgamma(blocks - k + 1)))


BANK.mutate_right(("//", "/"))
BANK.mutate("times-k", ("return math", "return k * math"))
BANK.mutate("ordered", ("(math.factorial(k) * math.factorial(blocks - k))", "math.factorial(blocks - k)"))
BANK.mutate("paths", ("(math.factorial(k) * math.factorial(blocks - k))", "math.factorial(k)"))
BANK.mutate("paths", ("math.factorial(blocks - k)", "math.factorial(blocks)"))
BANK.mutate("exception", ("math.factorial(blocks - k)", "math.factorial(k - blocks)"))
BANK.mutate("exception", ("math.factorial(k)", "math.fac(k)"))
BANK.mutate("no-return", ("return ", ""))
BANK.mutate("signature", ("(blocks, k):", "(blocks):"), ("math.factorial(blocks - k)", "1"), ("math.factorial(k)", "1"))
BANK.add("all of them", lambda blocks, k: 2 ** blocks, "all-paths")
BANK.add("two to the k", lambda blocks, k: 2 ** k, "choices")
BANK.add("the share", lambda blocks, k: math.factorial(blocks) / math.factorial(k) / math.factorial(blocks - k)
         / 2 ** blocks, "share")
BANK.add("at most k", lambda blocks, k: sum(by_products(blocks, i) for i in range(k + 1)), "at-most")
BANK.add("at least k", lambda blocks, k: sum(by_products(blocks, i) for i in range(k, blocks + 1)), "at-least")
BANK.add("a list", lambda blocks, k: [by_products(blocks, k)] * 2, "not-a-number")
BANK.add("blocks times k", lambda blocks, k: blocks * k, "paths")
