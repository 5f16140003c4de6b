"""What runs and understands any code, however it is written: the tools that checks are made with.

A check is a function (report, attempt). `Report` has what it says with: `expect`, `require`, `answer`, `call`, `find`,
`stop`. "Set an exercise of your own" in grading/README.md shows how.
"""
from resnet_gluon.exercises.judge.anatomy import Anatomy, Plan
from resnet_gluon.exercises.judge.attempts import Attempt
from resnet_gluon.exercises.judge.calling import accepts, as_number, build, number, one_array, random_input, whole
from resnet_gluon.exercises.judge.chance import seeded
from resnet_gluon.exercises.judge.comparing import close
from resnet_gluon.exercises.judge.errors import NotAnArray, Stop
from resnet_gluon.exercises.judge.examining import examine, examine_convolutions, examine_shortcut
from resnet_gluon.exercises.judge.exercise import Check, Exercise
from resnet_gluon.exercises.judge.findings import Finding, Result
from resnet_gluon.exercises.judge.guard import run
from resnet_gluon.exercises.judge.report import Mistake, Report
from resnet_gluon.exercises.judge.subject import Function, Subject
from resnet_gluon.exercises.judge.traces import Join, Op, Path, conv_of, convs, of_kind, text
from resnet_gluon.exercises.judge.trial import Comparison, Trial, compare, in_one_mode
from resnet_gluon.exercises.judge.values import array

__all__ = ["Anatomy", "Attempt", "Check", "Comparison", "Exercise", "Finding", "Function", "Join", "Mistake",
           "NotAnArray", "Op", "Path", "Plan", "Report", "Result", "Stop", "Subject", "Trial", "accepts", "array",
           "as_number", "build", "close", "compare", "conv_of", "convs", "examine", "examine_convolutions",
           "examine_shortcut", "in_one_mode", "number", "of_kind", "one_array", "random_input", "run", "seeded",
           "text", "whole"]
