"""A student's process: it runs the student's cells, and answers what the judge asks, in plain values.

It knows neither what is right nor which numbers will be asked, and decides nothing. `student.py` starts it.
"""
import builtins
import os
import resource
import socket
import sys
import types
import warnings
from typing import Any, Dict, List, Optional, Tuple

from resnet_gluon.exercises.apart import frames
from resnet_gluon.exercises.apart.borrowed import Watch
from resnet_gluon.exercises.apart.cells import Cells
from resnet_gluon.exercises.apart.plain import Packing, Unpacking
from resnet_gluon.exercises.judge.attempts import Attempt
from resnet_gluon.exercises.judge.errors import NotABlock, NotAnArray, explain, said_by
from resnet_gluon.exercises.judge.guard import settle
from resnet_gluon.exercises.judge.sketch import Sketch, built
from resnet_gluon.exercises.judge.subject import Subject
from resnet_gluon.exercises.judge.values import interface

import numpy as onp
from mxnet.gluon import Block

PRINTED, SAID = 2_000, 2_000  # characters kept of what is printed, and of what an error says
GIB, MIB = 1 << 30, 1 << 20


class Printed:
    """Takes the place of standard output, and keeps a little of what is printed."""
    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[:max(0, PRINTED - len(self.text))]
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


class Answers:
    """What can be asked: each method of this class whose name is that of a request, or of a net that was made."""

    def __init__(self) -> None:
        self.cells = Cells()
        self.watch = Watch()
        self.attempt: Any = Attempt(None)
        self.subjects: List[Subject] = []
        self.lent: Dict[int, Subject] = {}

    def hello(self) -> bool:
        return True

    def cell(self, number: int, source: str) -> Optional[str]:
        return self.cells.run(number, source)

    def attempt_at(self, exercise: str, expression: str) -> Any:
        """What an expression gives: a value, or what is known of a class, a function or an object."""
        self.watch.begin(exercise)
        self.subjects.clear()
        self.lent.clear()
        thing = self.cells.value(expression)
        self.attempt = Attempt(thing)
        opaque = callable(thing) or isinstance(thing, (Block, types.ModuleType))
        return self.attempt if opaque else thing

    def names(self) -> Any:
        return self.attempt.names

    def fits(self, *arguments: Any, **options: Any) -> bool:
        return self.attempt.fits(*arguments, **options)

    def call(self, *arguments: Any, **options: Any) -> Any:
        return self.attempt(*arguments, **options)

    def make(self, *arguments: Any) -> Any:
        return self.attempt.make(*arguments)

    def with_more(self, *more: Any) -> Subject:
        return self.attempt.with_more(*more)

    def borrow(self, number: int, sketch: Sketch, states: List[onp.ndarray], compiled_on: Optional[Tuple[int, ...]],
               rework: bool, arguments: Tuple[Any, ...]) -> Any:
        """What the attempt gives for a net of the judge's, and what becomes of that net's parameters.

        number: of the judge's net. One that is lent again is the same object here too.
        """
        if number not in self.lent:
            self.lent[number] = Subject(built(sketch), initialize=False)
        subject = self.lent[number]
        names = list(subject.parameters)
        subject.assign(dict(zip(names, states)))
        if compiled_on is not None:
            subject.compiled(onp.zeros(compiled_on, "float32"))
        value = (subject.rework if rework else subject.lend)(self.attempt, *arguments)
        after = subject.values()
        return value, [after[name] for name in names]

    def known(self, value: Any) -> Optional[List[Any]]:
        """How what stays here goes to the judge: a net by its number, an attempt by what it is."""
        if isinstance(value, Subject):
            self.watch.note_net(value._net)
            self.subjects.append(value)
            return ["subject", len(self.subjects) - 1]
        if isinstance(value, Attempt):
            return ["attempt", value.kind, value.name, value.callable, value.is_block, value.is_class,
                    value.is_block_class]
        return None


def main() -> None:
    """Answer on the connection whose number is the first argument, until the judge closes it.

    Arguments: that number; GiB of memory and MiB of a file that may be used.
    """
    number, memory, file_size = map(int, sys.argv[1:4])
    connection = socket.socket(fileno=number)
    connection.set_inheritable(False)
    limit(memory, file_size)
    warnings.simplefilter("ignore")
    sys.path.append(os.getcwd())
    answers = Answers()
    while True:
        try:
            content, arrays = frames.receive(connection)
        except frames.Ended:
            os._exit(0)
        frames.send(connection, *reply(answers, content, arrays))


def limit(memory: int, file_size: int) -> None:
    """Bound what this process may use."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size * MIB,) * 2)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory * GIB,) * 2)


def reply(answers: Answers, request: Dict[str, Any], arrays: frames.Arrays) -> Tuple[Dict[str, Any], frames.Arrays]:
    """The message that answers a request: its value or what was raised, and what was noted meanwhile."""
    printed, packing = Printed(), Packing(answers.known)
    sys.stdout = printed  # type: ignore[assignment]
    content: Dict[str, Any] = {"number": request["number"]}
    settle()
    with interface(request["numpy"]):
        try:
            content["value"] = packing.pack(asked(answers, request, Unpacking(arrays)))
        except BaseException as error:
            packing = Packing(answers.known)
            content["raised"] = raised(error)
    content["printed"], content["used"] = printed.text, answers.watch.used
    return content, packing.arrays


def asked(answers: Answers, request: Dict[str, Any], given: Unpacking) -> Any:
    """What the method that is asked for gives."""
    owner = answers if request["of"] is None else answers.subjects[request["of"]]
    value = getattr(owner, request["do"])
    if not callable(value):
        return value
    return value(*given.unpack(request["with"]), **given.unpack(request["options"]))


def raised(error: BaseException) -> List[Any]:
    """An error as the judge gets it: its name, its built-in bases, what it says, and that explained."""
    bases = [base.__name__ for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base]
    special = error.kind if isinstance(error, (NotAnArray, NotABlock)) else ""
    return [type(error).__name__[:200], bases[:10], special[:200], said_by(error)[:SAID], explain(error)[:SAID]]
