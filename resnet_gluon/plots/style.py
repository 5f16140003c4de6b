"""One style for all figures."""
from itertools import cycle, islice
from typing import Any, List, Tuple

LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS = "os^Dv*"


def axes(*arguments: Any, **options: Any) -> Any:
    """A figure and its axes, as `plt.subplots` gives them."""
    import matplotlib.pyplot as plt  # heavy, hence not imported with the package
    return plt.subplots(*arguments, constrained_layout=True, **options)


def styles(count: int) -> List[Tuple[Any, str]]:
    """Line and marker of so many curves: six different pairs, then the same again."""
    return list(islice(cycle(zip(LINES, MARKERS)), count))
