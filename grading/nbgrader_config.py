"""nbgrader's settings for this course: `nbgrader` reads them when it is called in this folder.

nbgrader makes the assignments and keeps the gradebook. It runs nothing: submissions are marked by `python -m grading`.
"""
import os
import sys
import warnings
from pathlib import Path

# nbgrader calls alembic by name: the environment's programs have to be found.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")

c = get_config()  # noqa: F821
c.Application.log_level = "ERROR"
warnings.simplefilter("ignore")  # of nbgrader about its own database
c.CourseDirectory.course_id = "resnet-gluon"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # your code here"}
