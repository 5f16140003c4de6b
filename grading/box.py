"""Runs a submitted notebook in a box: a folder of its own, with limits, and a kernel that is gone afterwards.

nbgrader 0.9 by itself runs students' code in the course folder, where "../../../gradebook.db" is the gradebook; it
keeps all that is printed; and a notebook that ends its kernel, or does not end, gets neither a mark nor feedback.
Here it runs in a temporary folder that holds nothing of the course. A notebook that has to be stopped, or that writes
outside its folder, scores 0, with the reason where the student and the instructor will read it.
"""
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import psutil
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from traitlets import Integer, List, Unicode

MARK = "RESNET_GLUON_BOX"  # in the environment of every process that a submission starts


class BoxedExecute(Execute):
    """Takes the place of nbgrader's Execute in `c.Autograde.autograde_preprocessors`."""

    seconds = Integer(180, help="what a notebook may take, all cells together").tag(config=True)
    characters = Integer(1_000_000, help="what a notebook may print").tag(config=True)
    memory = Integer(8, help="GiB of address space for each of its processes; 0: no limit").tag(config=True)
    file_size = Integer(100, help="MiB that a file may have").tag(config=True)
    launcher = List(Unicode(), help="what to put before the kernel's command; {box} is the folder that it may write "
                                    "in, {course} the course, {decoy} an empty folder to show in its place").tag(
                                        config=True)

    def preprocess(self, nb, resources, km=None):
        """Run the notebook, leave everything else as it was, and see to it that its outputs say what it deserves."""
        self.reason, self.printed, self.passed = "", 0, set()
        self.course, here = Path.cwd(), resources["nbgrader"]
        before = files_of(self.course)
        with tempfile.TemporaryDirectory(prefix="box-") as folder:
            self.box = Path(folder).resolve()
            desk = self.box / "course" / "autograded" / here["student"] / here["assignment"]
            copy_files(self.course / "source" / here["assignment"], desk)
            resources["metadata"]["path"] = str(desk)
            self.run(nb, resources)
            end_processes(str(self.box))
            outside = traces(self.box, desk) | put_back(before, self.course)
        if outside:
            self.reason = f"it wrote outside its folder: {', '.join(sorted(outside)[:5])}"
        self.mark(nb)
        print(f"{here['student']}: {self.reason or 'marked'}", flush=True)
        return nb, resources

    def run(self, nb, resources):
        """Run all cells, or as many as it takes until there is a reason to stop."""
        deadline = time.monotonic() + self.seconds
        self.timeout_func = lambda cell: max(1, deadline - time.monotonic())
        try:
            super().preprocess(nb, resources)
        except CellTimeoutError:
            self.reason = self.reason or f"it ran for more than {self.seconds} seconds"
        except DeadKernelError:
            self.reason = self.reason or "it ended its own kernel"
        except Exception as error:  # whatever else a submission brings about, it scores 0
            if not self.code_cells_executed:
                raise  # the kernel did not start: nbgrader says so, and goes on with the next submission
            self.reason = self.reason or f"running it failed: {type(error).__name__}: {str(error)[:200]}"

    def start_new_kernel(self, **kwargs):
        self.shutdown_kernel, self.interrupt_on_timeout = "immediate", False
        home, decoy = self.box / "home", self.box / "decoy"
        startup = home / "profile_default" / "startup"
        startup.mkdir(parents=True)
        decoy.mkdir()
        shutil.copy(Path(__file__).with_name("fence.py"), startup)
        self.km.transport, self.km.ip = "ipc", str(self.box / "k")  # files, so that the kernel needs no network
        self.km.connection_file = str(home / "kernel.json")
        before = [word.format(box=self.box, course=self.course, decoy=decoy) for word in self.launcher]
        self.km.kernel_spec.argv = [*before, sys.executable, *self.km.kernel_spec.argv[1:]]
        env = {"OMP_NUM_THREADS": "2", **os.environ, MARK: str(self.box), "PYTHONDONTWRITEBYTECODE": "1",
               **dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR"), str(home))}
        super().start_new_kernel(env=env, preexec_fn=self.limit, **kwargs)

    def limit(self):
        """Runs in the kernel's process before it starts."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_size << 20,) * 2)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that grows too large is an error, not the end
        if self.memory and sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (self.memory << 30,) * 2)

    def process_message(self, msg, cell, cell_index):
        self.printed += len(repr(msg["content"]))
        if self.printed <= self.characters:
            return super().process_message(msg, cell, cell_index)
        self.reason = self.reason or f"it printed more than {self.characters:,} characters"
        self.km.provisioner.process.kill()  # nbclient will notice
        raise CellExecutionComplete

    def on_cell_executed(self, **kwargs):
        super().on_cell_executed(**kwargs)
        if kwargs["execute_reply"]["content"]["status"] == "ok":
            self.passed.add(kwargs["cell_index"])

    def mark(self, nb):
        """nbgrader takes a test as passed if its cell shows no error and no stderr, even if it was never run."""
        nb.metadata.pop("stopped", None)
        if self.reason:
            nb.metadata["stopped"] = self.reason
        for index, cell in enumerate(nb.cells):
            if self.reason and cell.cell_type == "code":
                cell.outputs = []
            if is_grade(cell) and cell.cell_type == "code":
                errors = [output for output in cell.outputs if output.output_type == "error"]
                cell.outputs = [] if index in self.passed and not self.reason else errors or [self.error()]

    def error(self):
        said = f"No points for this notebook: {self.reason}." if self.reason else "This test was not run."
        return new_output("error", ename="Stopped", evalue=said, traceback=[said])


def copy_files(source, desk):
    """What the assignment brings beside its notebooks. Files that students add stay out: they could shadow packages."""
    shutil.copytree(source, desk, ignore=shutil.ignore_patterns("*.ipynb", ".*"))


def files_of(folder):
    """The files under a folder, with what is in them."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def traces(box, desk):
    """Names of files in the box that a submission wrote, or tried to write, outside its folder."""
    left = {str(path.relative_to(top)) for top in (box / "course", box / "decoy") for path in files_of(top)
            if desk not in path.parents}
    notes = box / "outside"
    return left | (set(notes.read_text(errors="replace").splitlines()) if notes.exists() else set())


def put_back(before, folder):
    """Undo what has happened to the files under a folder. Gives the names of those that were changed."""
    after = files_of(folder)
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    for path in changed:
        if path in after:
            path.unlink()
        if path in before:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(before[path])
    return {str(path.relative_to(folder)) for path in changed}


def end_processes(box):
    """End what a submission has left running, also where it has detached itself from its kernel."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == box:
                process.kill()
        except (psutil.Error, OSError):
            pass
