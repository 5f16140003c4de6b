"""What checks are made of, for exercises of your own: "Set an exercise of your own" in grading/README.md shows how.

A check is a function (report, attempt). `Report` has what it says with: `expect`, `require`, `call`, `find`, `stop`.
"""
from resnet_gluon.exercises.checks.blocks import Case, Kind, check_block
from resnet_gluon.exercises.judge.calling import accepts, build, one_array, random_input
from resnet_gluon.exercises.judge.comparing import close
from resnet_gluon.exercises.judge.report import Report
from resnet_gluon.exercises.judge.subject import Subject, array
from resnet_gluon.exercises.judge.traces import convs, of_kind, text

__all__ = ["Case", "Kind", "Report", "Subject", "accepts", "array", "build", "check_block", "close", "convs",
           "of_kind", "one_array", "random_input", "text"]
