"""Several workers: their gradients added up by hand, and how long the exchange takes."""
from resnet_gluon.exercises.judge import Exercise, Mistake, accepts, close, number, seeded

import numpy as onp
from mxnet import np

SHAPES = ((3, 4), (2,), (1, 2, 3))
#: (parameters, bandwidth, workers, servers). In the first two usual mistakes give answers of their own.
CASES = ((3e6, 5e8, 3, 7), (3e6, 5e8, 9, 3), (11_175_370, 1.25e9, 1, 1), (272_000, 1e8, 8, 8),
         (25e6, 3e9, 64, 8))


def check_all_reduce(report, attempt):
    """Check all_reduce(gradients): a list with one array per worker → a list as long, with the sum for each of them."""
    accepts(report, attempt, "gradients")
    for workers, shape in zip((3, 2, 5), SHAPES):
        arrays = [seeded(workers + i).standard_normal(shape, "float32") for i in range(workers)]
        given = [np.array(array) for array in arrays]
        call = f"all_reduce of {workers} arrays of shape {shape}"
        found = report.call(call, attempt, given, gives="a list with one array for each worker")
        report.require(isinstance(found, (list, tuple)), "not-a-list", f"{call} should be a list.",
                       expected=f"a list of {workers} arrays", observed=type(found).__name__,
                       hint="Every worker needs the sum, since each of them updates its own parameters.")
        report.require(len(found) == workers, "length", f"{call} should have one array for each worker.",
                       expected=workers, observed=len(found))
        sums = [as_array(report, one, call) for one in found]
        judge_sums(report, call, sums, arrays)
        report.expect(all((now.asnumpy() == before).all() for now, before in zip(given, arrays)), "changed",
                      "The workers' own gradients are changed: the first array is added to in place.",
                      hint="Begin with zeros, or a copy.")


def as_array(report, value, call):
    """An array of MXNet or NumPy as NumPy's."""
    found = value.asnumpy() if hasattr(value, "asnumpy") else value
    report.require(isinstance(found, onp.ndarray), "not-an-array", f"{call}: the list should hold arrays.",
                   observed=type(value).__name__)
    return found


def judge_sums(report, call, sums, arrays):
    """See that each worker has the sum."""
    total = onp.sum(arrays, axis=0)
    report.require(all(one.shape == total.shape for one in sums), "shape", f"{call}: the sum has the shape of a part.",
                   expected=total.shape, observed=[one.shape for one in sums])
    wrong = [i for i, one in enumerate(sums) if not close(one, total)]
    if not wrong:
        return
    mistakes = (Mistake(total / len(arrays), "mean", "That is the mean. The sum is asked for."),
                *(Mistake(array, "unchanged", "A worker has one worker's gradient, not the sum of all.")
                  for array in arrays),
                Mistake(total - arrays[0], "left-out", "One worker's gradient is left out."),
                Mistake(total - arrays[-1], "left-out", "One worker's gradient is left out."))
    report.name_mistake(sums[wrong[0]], mistakes, same=close, observed=f"worker {wrong[0]}")
    report.stop("sum", f"{call}: worker {wrong[0]} does not have the sum.")


def check_exchange(report, attempt):
    """Check exchange(parameters, bandwidth, workers, servers): seconds on the busiest link."""
    accepts(report, attempt, "parameters", "bandwidth", "workers", "servers")
    drawn = seeded(1).integers(1, 40, 2)
    for case in (*CASES, (1e6, 2e8, int(drawn[0]), int(drawn[1]))):
        call, right = f"exchange{case}", seconds(*case)
        found = number(report, call, attempt, *case)
        if not report.answer(found, right, usual_seconds(right, *case), ("exchange", f"{call} is wrong."),
                             same=lambda a, b: abs(a - b) <= 1e-6 * abs(b), expected=f"{right:g} seconds",
                             observed=f"{found:g}"):
            return


def seconds(parameters, bandwidth, workers, servers):
    """The right answer: float32 out and back, a worker's link or a server's."""
    return 8 * parameters * max(1, workers / servers) / bandwidth


def usual_seconds(right, parameters, bandwidth, workers, servers):
    """What usual mistakes make of it."""
    return (
        Mistake(right / 2, "one-way", "Gradients go out, and sums come back: both are on the link."),
        Mistake(right / 4, "bytes", "A number of float32 has four bytes."),
        Mistake(right / 8, "bytes", "A number of float32 has four bytes, and there is a way back."),
        Mistake(right * 8, "bits", "The bandwidth is in bytes a second, not in bits."),
        Mistake(8 * parameters / bandwidth, "servers-left-out", "Where workers are more than servers, a server's link "
                "carries more than a worker's."),
        Mistake(8 * parameters * workers / bandwidth, "servers-left-out", "Several servers share the parameters: each "
                "carries its part of them."),
        Mistake(8 * parameters * workers / servers / bandwidth, "worker-left-out", "With more servers than workers the "
                "busiest link is a worker's."),
        Mistake(8 * parameters * max(1, servers / workers) / bandwidth, "turned-round", "More workers for each server "
                "make the exchange slower, not faster."),
        Mistake(1 / right, "turned-round", "Seconds are bytes divided by bytes a second."),
    )


ALL_REDUCE = Exercise(
    "all-reduce", 12, "easy",
    "a function all_reduce(gradients): a list with one array per worker → a list as long, each worker's sum",
    check_all_reduce, (
        "Add up all arrays, into one that is none of the workers'.",
        "Every worker gets that sum: the list has as many entries as before.",
        "total = sum(gradients[1:], gradients[0].copy()); return [total.copy() for _ in gradients]"))
EXCHANGE = Exercise(
    "exchange-seconds", 12, "medium",
    "a function exchange(parameters, bandwidth, workers, servers): seconds a step on the busiest link, float32",
    check_exchange, (
        "How many bytes does one worker send, and how many come back?",
        "A server has its part of the parameters, and exchanges it with every worker.",
        "The busiest link carries 2 · 4 · parameters · max(1, workers / servers) bytes."))
