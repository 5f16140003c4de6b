"""Runs a submitted notebook in a box: a folder of its own, with limits, and a kernel that is gone afterwards.

nbgrader runs students' code as the instructor, in the course folder, and a notebook whose kernel dies gets no mark at
all. Here it runs in a temporary folder that holds nothing of the course. A notebook that has to be stopped, or that
writes outside its folder, scores 0, with the reason where the student and the instructor will read it.
"""
import os
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
    launcher = List(Unicode(), help="a command to put before the kernel's; {box} is the folder to write in").tag(
        config=True)

    def preprocess(self, nb, resources, km=None):
        self.reason, self.printed, self.passed = "", 0, set()
        self.timeout_func = lambda cell: max(1, self.deadline - time.monotonic())
        course, here = Path.cwd(), resources["nbgrader"]
        before = files_of(course)
        with tempfile.TemporaryDirectory(prefix="box-") as folder:
            self.box = Path(folder).resolve()
            desk = self.box / "course" / "autograded" / here["student"] / here["assignment"]
            copy_files(course / "source" / here["assignment"], desk)
            resources["metadata"]["path"] = str(desk)
            self.run(nb, resources)
            end_processes(str(self.box))
            outside = [str(path) for path in files_of(self.box / "course") if desk not in path.parents]
        outside = put_back(before, course) + outside
        if outside:
            self.reason = f"it wrote outside its folder: {', '.join(sorted(outside)[:5])}"
        self.mark(nb)
        return nb, resources

    def run(self, nb, resources):
        """Run all cells, or as many as it takes until there is a reason to stop."""
        self.deadline = time.monotonic() + self.seconds
        try:
            super().preprocess(nb, resources)
        except CellTimeoutError:
            self.reason = self.reason or f"it ran for more than {self.seconds} seconds"
        except DeadKernelError:
            self.reason = self.reason or "it ended its own kernel"
        except Exception as error:  # whatever else a submission brings about, its marks are 0, and grading goes on
            self.reason = self.reason or f"running it failed: {type(error).__name__}: {str(error)[:200]}"

    def start_new_kernel(self, **kwargs):
        self.shutdown_kernel, self.interrupt_on_timeout = "immediate", False
        self.km.kernel_spec.argv = [*(word.format(box=self.box) for word in self.launcher), sys.executable,
                                    *self.km.kernel_spec.argv[1:]]
        home = self.box / "home"
        home.mkdir()
        env = {**os.environ, MARK: str(self.box), "HOME": str(home), "TMPDIR": str(home), "IPYTHONDIR": str(home)}
        super().start_new_kernel(env=env, preexec_fn=self.limit, **kwargs)

    def limit(self):
        """Runs in the kernel's process before it starts."""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_size << 20,) * 2)
        if self.memory and sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (self.memory << 30,) * 2)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that is too large is an error, not the end

    def process_message(self, msg, cell, cell_index):
        self.printed += len(repr(msg["content"]))
        if self.printed > self.characters:
            self.reason = self.reason or f"it printed more than {self.characters:,} characters"
            self.task_poll_for_reply.cancel()  # what nbclient does when a kernel has died
            raise CellExecutionComplete
        return super().process_message(msg, cell, cell_index)

    def on_cell_executed(self, **kwargs):
        super().on_cell_executed(**kwargs)
        if kwargs["execute_reply"]["content"]["status"] == "ok":
            self.passed.add(kwargs["cell_index"])

    def mark(self, nb):
        """Leave outputs that nbgrader takes the marks from: a test without an error, and without stderr, has passed."""
        nb.metadata.pop("stopped", None)
        if self.reason:
            nb.metadata["stopped"] = self.reason
        for index, cell in enumerate(nb.cells):
            if cell.cell_type != "code":
                continue
            if self.reason:
                cell.outputs = []
            if is_grade(cell):
                kept = [output for output in cell.outputs if output.output_type == "error"]
                cell.outputs = [] if index in self.passed and not self.reason else kept or [self.error()]

    def error(self):
        said = f"No marks for this notebook: {self.reason}." if self.reason else "This test was not run."
        return new_output("error", ename="Stopped", evalue=said, traceback=[said])


def copy_files(source, desk):
    """What the assignment brings beside its notebooks. Files that students add stay out: they could shadow packages."""
    shutil.copytree(source, desk, ignore=shutil.ignore_patterns("*.ipynb", ".*"))


def files_of(folder):
    """The files under a folder, with what is in them."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put_back(before, folder):
    """Undo what has happened to the files under a folder. Gives the names of those that were changed."""
    after = files_of(folder)
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    for path in changed:
        if path in before:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_bytes(before[path])
        else:
            path.unlink()
    return [str(path.relative_to(folder)) for path in changed]


def end_processes(box):
    """End what a submission has left running, also where it detached itself from its kernel."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == box:
                process.kill()
        except (psutil.Error, OSError):
            pass
