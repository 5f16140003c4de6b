"""What checks see of a student's process: an Attempt and a Subject whose answers come through the pipe.

Nothing here believes an answer. Parameters have the values that the judge gave them, whatever the process says they
have; the graph of what ran is read as hostile text, and decides nothing that numbers do not decide again.
"""
from math import prod
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

from resnet_gluon.bounded import Malformed, name_of, parse_json
from resnet_gluon.exercises.apart.outcomes import Unreadable
from resnet_gluon.exercises.apart.plain import texts_of
from resnet_gluon.exercises.apart.student import Student
from resnet_gluon.exercises.judge.attempts import Attempt
from resnet_gluon.exercises.judge.sketch import sketch
from resnet_gluon.exercises.judge.subject import Subject
from resnet_gluon.exercises.judge.traces import Record
from resnet_gluon.exercises.judge.values import Elsewhere, Layer, Parameter

import numpy as onp

NODES, GRAPH, NUMBERS = 5_000, 4 << 20, 100 << 20  # of a graph; its bytes; of all parameters together


class FarAttempt(Attempt, Elsewhere):
    """A class, a function or an object in a student's process."""

    def __init__(self, student: Student, *facts: Any) -> None:
        self.student = student
        self.lent: List[Subject] = []
        self.kind, self.name = (name_of(fact, "a name") for fact in facts[:2])
        self.callable, self.is_block, self.is_class, self.is_block_class = (fact is True for fact in facts[2:])

    def __repr__(self) -> str:
        return f"{self.kind} {self.name}"

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"{self.kind} is not iterable")

    def ask(self, do: str, *arguments: Any, **options: Any) -> Any:
        return self.student.ask(do, *arguments, known={"subject": self.subject}, **options)

    def subject(self, number: Any) -> "FarSubject":
        return FarSubject(self.student, number)

    @property
    def names(self) -> Set[str]:
        return of_kind(self.ask("names"), set)

    def fits(self, *arguments: Any, **options: Any) -> bool:
        return self.ask("fits", *arguments, **options) is True

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self.ask("call", *arguments, **options)

    def make(self, arguments: Tuple[Any, ...], options: Dict[str, Any], row: bool = False) -> Optional[Subject]:
        made = self.ask("make", arguments, options, row)
        return made if made is None else of_kind(made, FarSubject)

    def with_more(self, *more: Any) -> Subject:
        return of_kind(self.ask("with_more", *more), FarSubject)

    def borrow(self, subject: Subject, arguments: Tuple[Any, ...], rework: bool = False) -> Any:
        if subject not in self.lent:
            self.lent.append(subject)
        values, number = subject.values(), self.lent.index(subject)
        value, states = of_kind(self.ask("borrow", number, sketch(subject._net), list(values.values()),
                                         subject.compiled_on, rework, arguments), tuple)
        if [state.shape for state in states] != [value.shape for value in values.values()]:
            raise Unreadable("the parameters of the net that was lent have other shapes")
        subject.assign(dict(zip(values, states)))
        return value


class FarSubject(Subject):
    """A net in a student's process. `given`: the values that the judge has given its parameters."""

    def __init__(self, student: Student, number: Any) -> None:
        self.student, self.number = student, number
        self.used, self.positive = set(), set()
        self.given: Dict[str, onp.ndarray] = {}

    def ask(self, do: str, *arguments: Any, **options: Any) -> Any:
        return self.student.ask(do, *arguments, of=self.number, **options)

    def initialize(self) -> None:
        self.ask("initialize")

    def numpy(self, x: Any, training: bool = False) -> onp.ndarray:
        self.trained(training)
        return numbers(self.ask("numpy", x, training))

    def watched(self, x: Any) -> onp.ndarray:
        return numbers(self.ask("watched", x))

    def gradient(self, x: Any, head: Optional[Any] = None) -> Tuple[onp.ndarray, onp.ndarray]:
        self.trained(True)
        y, gradient = of_kind(self.ask("gradient", x, head), tuple)
        return numbers(y), numbers(gradient)

    def record(self, x: Any, training: bool = False) -> Record:
        self.trained(training)
        return readable(of_kind(self.ask("record", x, training), Record))

    def compiled(self, x: Any) -> onp.ndarray:
        return numbers(self.ask("compiled", x))

    def uncompile(self) -> None:
        self.ask("uncompile")

    @property
    def called(self) -> List[Layer]:  # type: ignore[override]
        return [of_kind(layer, Layer) for layer in of_kind(self.ask("called"), list)]

    @property
    def hybrid(self) -> bool:
        return self.ask("hybrid") is True

    @property
    def overrides_forward(self) -> bool:
        return self.ask("overrides_forward") is True

    @property
    def parameters(self) -> Dict[str, Parameter]:
        found = of_kind(self.ask("parameters"), dict)
        return {name: of_kind(parameter, Parameter) for name, parameter in found.items()}

    @property
    def identities(self) -> Set[int]:
        return of_kind(self.ask("identities"), set)

    @property
    def convolutions(self) -> List[Layer]:
        return [of_kind(layer, Layer) for layer in of_kind(self.ask("convolutions"), list)]

    def values(self, learned: bool = False) -> Dict[str, onp.ndarray]:
        found = of_kind(self.ask("values", learned), dict)
        return {name: self.given.get(name, numbers(value)) for name, value in found.items()}

    def assign(self, values: Dict[str, Any]) -> None:
        self.ask("assign", values)
        self.given.update({name: onp.asarray(value, "float32") for name, value in values.items()})

    def trained(self, training: bool) -> None:
        """In training statistics change, and no longer are what the judge has given."""
        if training:
            for name in [name for name in self.given if name.endswith(("running_mean", "running_var"))]:
                del self.given[name]

    def _shapes(self) -> Dict[str, Tuple[int, ...]]:
        shapes = {name: value.shape for name, value in self.values().items()}
        if sum(map(prod, shapes.values())) > NUMBERS:
            raise Unreadable("the net's parameters are too many")
        return shapes

    def lend(self, function: Any, *arguments: Any) -> Any:
        raise TypeError("a net of a student's process stays there")

    rework = lend


def of_kind(value: Any, kind: type) -> Any:
    """A value, if it is of this kind. Raises Unreadable for others."""
    if not isinstance(value, kind):
        raise Unreadable(f"{kind.__name__} was to be answered, not {type(value).__name__}")
    return value


def numbers(value: Any) -> onp.ndarray:
    """An array of NumPy. Raises Unreadable for anything else."""
    return of_kind(value, onp.ndarray)


def readable(record: Record) -> Record:
    """A record whose graph is one. Raises Unreadable for others."""
    try:
        check_graph(record.symbol)
    except ValueError as error:
        raise Unreadable(error) from None
    return record


def check_graph(symbol: str) -> None:
    """Raise ValueError for all but a graph as MXNet writes it: nodes in their order, with short texts."""
    if len(symbol) > GRAPH:
        raise Malformed("the graph is too large")
    graph = parse_json(symbol.encode())
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    if not isinstance(nodes, list) or not 0 < len(nodes) <= NODES:
        raise Malformed(f"a graph has at most {NODES:,} nodes")
    for place, node in enumerate(nodes):
        if not isinstance(node, dict) or not isinstance(node.get("inputs"), list):
            raise Malformed("the graph has a node without inputs")
        name_of(node.get("op"), "an operator")
        name_of(node.get("name"), "an operator's name")
        texts_of(node.get("attrs") or {})
        for source in node["inputs"]:
            if not isinstance(source, list) or not source or type(source[0]) is not int or not 0 <= source[0] < place:
                raise Malformed("the graph's nodes are not in their order")
