"""Studies in miniature: that each kind of arm completes, and measures something."""
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional, Sequence

from experiments import rows
from experiments.rows import say
from experiments.summary import value


def smoke(study: Any, arms: Sequence[str], jobs: Optional[int]) -> int:
    """One run in miniature of each of these arms, into a folder that is deleted. Returns the exit status."""
    from experiments.runner import Runner
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(replace(study, alone=False), Path(folder), Path(folder, "runs"), jobs, smoke=True)
        status = runner.work([(arm, study.seeds_of(arm)[0]) for arm in arms], dict.fromkeys(study.arms, 0.1))
        made = rows.read(rows.results_file(study, Path(folder)))
    say(f"{study.name}: {len(made)} of {len(arms)} arms in miniature")
    nothing = study.measures and all(value(row, measure.key) is None for row in made for measure in study.measures)
    if nothing:
        say(f"{study.name}: no row has any of the study's measures: {', '.join(m.key for m in study.measures)}")
    return status or int(nothing or len(made) < len(arms))
