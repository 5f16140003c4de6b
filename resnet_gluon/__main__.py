"""The command line: `python -m resnet_gluon run`, `execute NOTEBOOK…` and `export RUN`."""
import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from resnet_gluon.commands import export

NOTEBOOK = Path("notebooks/04_resnet18_fashion_mnist.ipynb")
RUN = "resnet18"  # the folder in which that notebook keeps its run


def run(notebook, folder):
    """The main job: execute the training notebook into `folder`, and say what came of it."""
    from resnet_gluon.execute import execute, save_html
    from resnet_gluon.training import discard
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["RESNET_GLUON_RUNS"] = str(folder.resolve())
    result = folder / "resnet18-test.json"
    if result.exists():  # an earlier run came to its end; one that was killed has no result, and is gone on with
        if (folder / RUN).exists():
            discard(folder / RUN)
        result.unlink()
    start = time.perf_counter()
    executed = execute(notebook, folder / notebook.name)
    page = folder / notebook.with_suffix(".html").name
    save_html(executed, page)
    test = json.loads(result.read_text(encoding="utf8"))
    low, high = test["interval"]
    print(f"\ntest accuracy  {test['accuracy']:.4f} on {test['n']:,} images (95 % interval {low:.4f} to {high:.4f})\n"
          f"data           {test['data']}\n"
          f"seconds        {time.perf_counter() - start:.0f}\n"
          f"files          {folder / notebook.name}, {page}, {folder / RUN}")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m resnet_gluon", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    job = commands.add_parser("run", help="execute the training notebook; leave its results in a folder")
    job.add_argument("notebook", nargs="?", type=Path, default=NOTEBOOK)
    job.add_argument("--folder", type=Path, default=Path("runs"))
    again = commands.add_parser("execute", help="execute notebooks in place, from a clean kernel each")
    again.add_argument("notebooks", nargs="+", type=Path)
    export.add_parser(commands)
    chosen = parser.parse_args(arguments)
    if chosen.command == "export":
        export.run(chosen)
        return

    # heavy, like what runs the notebooks: not for --help
    from resnet_gluon.execute import execute
    from resnet_gluon.training import RunInUse

    from nbclient.exceptions import CellExecutionError, DeadKernelError
    try:
        if chosen.command == "run":
            run(chosen.notebook, chosen.folder)
        else:
            with tempfile.TemporaryDirectory() as folder:  # nothing of an earlier run may be gone on with
                os.environ["RESNET_GLUON_RUNS"] = folder
                for notebook in chosen.notebooks:
                    execute(notebook)
    except (DeadKernelError, KeyboardInterrupt):
        sys.exit("\nThe kernel died or was stopped. What `run` had trained is kept: the same command goes on with it.")
    except (CellExecutionError, FileNotFoundError, RunInUse) as error:
        sys.exit(f"\n{error}")


if __name__ == "__main__":
    main()
