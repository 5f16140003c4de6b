"""nbgrader's settings for this course: `nbgrader` reads them when it is called in this folder."""
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

# nbgrader calls alembic by name: the environment's programs have to be found.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")
sys.path.insert(0, str(Path(__file__).resolve().parent))

from box import BoxedExecute  # noqa: E402
from grades import GradesWithNotes  # noqa: E402
from nbgrader.converters import Autograde  # noqa: E402
from nbgrader.preprocessors import Execute  # noqa: E402

c = get_config()  # noqa: F821
c.Application.log_level = "ERROR"
warnings.simplefilter("ignore")  # of nbgrader about its own database
c.CourseDirectory.course_id = "resnet-gluon"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # your code here"}
c.OverwriteCells.add_missing_cells = True  # a test that was deleted comes back
c.Autograde.autograde_preprocessors = [
    BoxedExecute if step is Execute else step for step in Autograde.autograde_preprocessors.default()]
c.ExportApp.plugin_class = GradesWithNotes

# Collected files are named student_notebook.ipynb, for instance alice_residual_block.ipynb.
c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>[^/_]+)_(?P<file_id>\w+)"

# What a submission may use. See README.md, "Students' code runs on your machine".
c.BoxedExecute.seconds = 180
c.BoxedExecute.characters = 1_000_000
BUBBLEWRAP = [
    "bwrap", "--ro-bind", "/", "/", "--bind", "{decoy}", "{course}", "--bind", "{box}", "{box}", "--dev", "/dev",
    "--proc", "/proc", "--unshare-pid", "--unshare-net", "--die-with-parent",
    "--setenv", "JPY_PARENT_PID", "1"]  # else the kernel looks for its parent, which it cannot see, and gives up
if shutil.which("bwrap"):  # which may be there, and not be allowed
    trial = subprocess.run(["bwrap", "--ro-bind", "/", "/", "--unshare-net", "true"], capture_output=True)
    c.BoxedExecute.launcher = BUBBLEWRAP if trial.returncode == 0 else []
