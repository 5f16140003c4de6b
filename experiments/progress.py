"""What is seen of a study while it runs: a bar with the time left, and a line for each run that is finished."""
import sys
import time
from concurrent.futures import Future, wait
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from experiments.rows import RowNotWritten
from experiments.summary import value


class Progress:
    """A bar over these runs of a `Runner`. minutes: what a run takes, by arm, as predicted."""

    def __init__(self, runner: Any, todo: Sequence[Tuple[str, int]], minutes: Dict[str, float]) -> None:
        self.runner = runner
        self.minutes = {run: minutes[run[0]] for run in todo}
        self.began: Dict[Tuple[str, int], float] = {}
        self.paces: List[float] = []  # of what is finished: minutes taken, over minutes predicted

    def __enter__(self) -> "Progress":
        from tqdm import tqdm
        self.bar = tqdm(total=len(self.minutes), unit="run", disable=None,
                        bar_format="{desc} {bar} {n_fmt} of {total_fmt} runs{postfix}", desc=self.runner.study.name)
        return self

    def __exit__(self, *_: Any) -> None:
        self.bar.close()

    def left(self) -> str:
        """The time left, in words."""
        pace = sum(self.paces) / len(self.paces) if self.paces else 1.0
        now, minutes = time.monotonic(), 0.0
        for run, predicted in self.minutes.items():
            spent = (now - self.began[run]) / 60 if run in self.began else 0.0
            minutes += max(predicted * pace - spent, 0)
        minutes /= self.runner.jobs
        return f"about {minutes / 60:.1f} hours left" if minutes > 90 else f"about {minutes:.0f} minutes left"

    def follow(self, futures: Dict[Future, Tuple[str, int]]) -> Iterator[int]:
        """Wait for all; 0 or 1 for each, whether it failed."""
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=1, return_when="FIRST_COMPLETED")
            for future in done:
                yield self.finished(futures[future], future)
            self.bar.set_postfix_str(self.left())

    def finished(self, run: Tuple[str, int], future: Future) -> int:
        """Say what came of a run."""
        predicted, taken = self.minutes.pop(run), (time.monotonic() - self.began[run]) / 60
        self.bar.update()
        error = future.exception()
        if error is None:
            row = future.result()
            if row is not None:
                self.paces.append(taken / max(predicted, 1e-3))
                found = {measure.key: value(row, measure.key) for measure in self.runner.study.measures[:3]}
                numbers = "; ".join(f"{key} {number:.5g}" for key, number in found.items() if number is not None)
                self.bar.write(f"{run[0]}, seed {run[1]}: {numbers or 'done'} ({taken:.1f} minutes); {self.left()}",
                               file=sys.stderr)
            return 0
        if not self.runner.stopped:
            self.bar.write(f"{run[0]}, seed {run[1]}: {error}", file=sys.stderr)
        if isinstance(error, RowNotWritten):
            self.runner.stopped = True  # what is running comes to its end, and is printed too
        return 1
