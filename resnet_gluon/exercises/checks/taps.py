"""Which taps of a kernel ever meet the image: along one axis, by counting."""
from resnet_gluon.exercises.judge import Exercise, Mistake, accepts, number, seeded

#: (size, kernel, stride, padding). In the first one every usual mistake gives an answer of its own.
CASES = ((4, 9, 2, 4), (1, 3, 1, 1), (2, 3, 2, 1), (2, 3, 1, 1), (1, 7, 2, 3), (28, 7, 2, 3), (1, 1, 2, 0),
         (2, 5, 1, 2), (3, 2, 2, 0), (5, 3, 4, 1), (1, 3, 2, 1), (3, 4, 5, 3))
HINT = "Write down where the kernel stands, position by position, and which of its taps lie on the image there."


def check_taps(report, attempt):
    """Check live(size, kernel, stride, padding): how many taps of a kernel meet the image, along one axis."""
    accepts(report, attempt, "size", "kernel", "stride", "padding")
    drawn = tuple(int(n) for n in seeded(1).integers((3, 1, 1), (40, 10, 4)))
    for case in (*CASES, (*drawn, drawn[1] // 2)):
        call, right = f"live{case}", len(set(meetings(*case)))
        found = number(report, call, attempt, *case)
        if not report.answer(found, right, usual_counts(right, *case), ("taps", f"{call} is wrong."), expected=right,
                             observed=f"{found:g}", hint=HINT):
            return


def meetings(size, kernel, stride, padding):
    """Every meeting of a tap with a pixel, as the tap's number."""
    places = range(-padding, size + padding - kernel + 1, stride)
    return [tap for place in places for tap in range(kernel) if 0 <= place + tap < size]


def usual_counts(right, size, kernel, stride, padding):
    """What usual mistakes make of it."""
    return (
        Mistake(kernel, "padding-counted", "Taps that only ever meet padding are counted too."),
        Mistake(right ** 2, "both-axes", "That is the number in two dimensions; one axis is asked for."),
        Mistake(kernel - right, "dead-counted", "Those are the taps that meet only padding; the others are asked for."),
        Mistake(len(meetings(size, kernel, stride, padding)), "visits-counted",
                "A tap that meets the image at several positions counts once."),
        Mistake(len(set(meetings(size, kernel, 1, padding))), "stride-ignored",
                "The kernel moves by `stride`, so there are positions that it does not take."),
        Mistake(min(size, kernel), "size",
                "One position of the kernel is not all: at another one, other taps can lie on the image."),
    )


LIVE_TAPS = Exercise(
    "live-taps", 5, "medium",
    "a function live(size, kernel, stride, padding): how many taps of a kernel ever meet the image, along one axis",
    check_taps, (
        "The kernel's first tap stands at -padding first, then at -padding + stride, and so on, as long as its last "
        "tap stays within size + padding.",
        "At position p tap t lies on pixel p + t, if there is such a pixel: 0 ≤ p + t < size.",
        "Collect these t in a set, over all positions, and count them."))
