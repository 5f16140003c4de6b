"""What makes a training step faster, and what does not: each variant beside the package as it is.

Variants (variants.py) run in processes of their own and take turns.
"""
import sys
from typing import Any, Dict

from experiments.servers import Server, take_turns
from experiments.study import Measure, One, Study, main
from experiments.variants import VARIANTS


def run(one: One) -> Dict[str, Any]:
    chosen = one.configuration
    batch, rounds, steps = (2, 1, 1) if one.smoke else (chosen["batch"], chosen["rounds"], chosen["steps"])
    servers = {name: Server("experiments.variants", name, batch, chosen["size"],
                            environment=VARIANTS[name].environment) for name in chosen["variants"]}
    table = take_turns(servers, ["train"], rounds, steps)
    usual = table["as it is"]["train"]["median"]
    return {name: {"images_per_second": batch / row["train"]["median"], "relative": usual / row["train"]["median"],
                   "slowest": batch / row["train"]["most"], "fastest": batch / row["train"]["least"],
                   "n": row["train"]["n"], "threads": row["threads"]} for name, row in table.items()}


STUDY = Study(
    name="levers",
    question="What makes a training step of ResNet-18 faster, and what does not?",
    arms={"all variants": {"batch": 256, "size": 28, "rounds": 5, "steps": 3, "variants": list(VARIANTS)}},
    run=run, alone=True, minutes=4, paired=False,
    measures=[Measure(f"{name}/relative", f"{name}: speed, as it is = 1", "higher") for name in VARIANTS])

if __name__ == "__main__":
    sys.exit(main(STUDY))
