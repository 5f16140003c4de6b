"""What a net did with its input: which operators ran, in which order, with which of its parameters.

MXNet records what it computes in order to differentiate it. The record reads the same whatever style the code is
written in: layers or functions, `Block` or `HybridBlock`, the NumPy or the legacy interface.
"""
import ast
import json
from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple, Union

from resnet_gluon.exercises.judge.kinds import FUSED, JOINS, PASSING, STEP, TURNING, kind_of
from resnet_gluon.exercises.judge.values import Layer


class Record(NamedTuple):
    """What MXNet recorded of one call of a net, as plain data.

    symbol: MXNet's graph, as JSON. leaves: the parameters' names by the graph's names for them. given: the graph's name
    for the input. Any other array that something is computed from was made without a record.
    """
    symbol: str
    leaves: Dict[str, str]
    given: str


@dataclass(eq=False)
class Op:
    """One operator that ran. inputs: what it worked on; parameters: names of those among its inputs, in order.

    A parameter is None where the array in its place is not one of the net's.
    """
    kind: str
    inputs: List["Op"]
    attributes: Dict[str, str]
    parameters: List[Optional[str]] = field(default_factory=list)
    place: int = 0  # in order of running
    operator: str = ""  # MXNet's name of it
    turned: bool = False  # its channels are on the last axis

    def __str__(self) -> str:
        if self.kind == "conv":
            size = "×".join(map(str, self.kernel))
            return f"{size}/{max(self.strides)}" if max(self.strides) > 1 else size
        return {"bn": "BN", "relu": "ReLU", "scale": f"times {self.attributes.get('scalar')}"}.get(self.kind, self.kind)

    def numbers(self, name: str, default: int) -> Tuple[int, ...]:
        """An attribute that has one number for each axis."""
        value = ast.literal_eval(self.attributes.get(name) or str(default))
        return (value,) * len(self.kernel) if isinstance(value, int) else tuple(value) or (default,)

    @property
    def kernel(self) -> Tuple[int, ...]:
        return tuple(ast.literal_eval(self.attributes["kernel"]))

    @property
    def strides(self) -> Tuple[int, ...]:
        return self.numbers("stride", 1)

    @property
    def padding(self) -> Tuple[int, ...]:
        return self.numbers("pad", 0)

    @property
    def channels(self) -> int:
        return int(self.attributes["num_filter"])


@dataclass(eq=False)
class Join:
    """Two paths that part and meet again. branch: the one with more convolutions."""
    op: Op
    branch: "Path"
    shortcut: "Path"
    kind = "join"

    def __str__(self) -> str:
        return f"{self.op}({text(self.shortcut) or 'the input'}; {text(self.branch)})"


Path = List[Union[Op, Join]]


def text(path: Path) -> str:
    """Return a path in words: 3×3/2 → BN → ReLU."""
    return " → ".join(map(str, path))


def trace(record: Record) -> Path:
    """Return the path from a net's input to its output. An array that was made without a record is a "cut" in it."""
    ops: List[Op] = []
    for place, node in enumerate(json.loads(record.symbol)["nodes"]):
        inputs = [ops[number] for number, *_ in node["inputs"]]
        if node["op"] == "null":
            ops.append(source(node["name"], record, place))
        elif node["op"] in PASSING:
            ops.append(inputs[0])
        else:
            ops.append(op_of(node, inputs, place))
    return path_to(ops[-1], None)


def used(record: Record) -> Set[str]:
    """Return the names of the parameters that something was computed from."""
    names = {node["name"] for node in json.loads(record.symbol)["nodes"]}
    return {parameter for name, parameter in record.leaves.items() if name in names}


def source(name: str, record: Record, place: int) -> Op:
    """An array that no operator has made: the input, a parameter, or what is left behind a cut."""
    if name == record.given:
        return Op("input", [], {}, [], place)
    parameter = record.leaves.get(name)
    return Op("cut" if parameter is None else "leaf", [], {}, [parameter], place)


def op_of(node: Dict[str, Any], inputs: List[Op], place: int) -> Op:
    """One operator of MXNet's graph. What it works on comes first, whether it was cut or not; parameters follow."""
    attributes = node.get("attrs") or {}
    work = [op for op in inputs if op.kind != "leaf"]
    parameters = [op.parameters[0] for op in inputs[:1] if op.kind == "leaf"]
    parameters += [op.parameters[0] for op in inputs[1:] if op.kind in ("leaf", "cut")]
    op = Op(kind_of(node["op"], attributes), work, attributes, parameters, place, node["op"])
    if op.kind == "dense" and attributes.get("flatten") == "False":
        return pixelwise(op)
    if node["op"] in TURNING and work and work[0].turned:
        return replace(work[0], place=place, turned=False)  # back again
    return Op("relu", [op], {}, [], place) if node["op"] == FUSED else op


def pixelwise(dense: Op) -> Op:
    """Return a dense layer over the last axis, which the channels were moved to, as the 1×1 convolution that it is.

    Where the axes were moved in another way, it computes something else than one; that shows in its numbers.
    """
    turning = dense.inputs[0] if dense.inputs else dense
    if turning.operator not in TURNING or not turning.inputs:
        return dense
    before, strides = turning.inputs[0], (1,)
    while before.operator in ("slice", "_npi_slice", "Reshape", "_np_reshape", "_npx_reshape") and before.inputs:
        steps = [int(step) for step in STEP.findall(before.attributes.get("step", ""))]
        strides = (max([*strides, *steps]),)
        before = before.inputs[0]
    attributes = {"kernel": "(1,)", "stride": str(strides), "pad": "(0,)", "num_group": "1",
                  "num_filter": dense.attributes["num_hidden"]}
    return Op("conv", [before], attributes, dense.parameters, dense.place, turned=True)


def conv_of(layer: Layer) -> Op:
    """Return a convolution layer as the operator that it would run."""
    return Op("conv", [], layer.attributes, [layer.weight])


def path_to(op: Op, start: Optional[Op]) -> Path:
    """What lies between `start`, itself left out, and `op`, which is included. It begins with a cut if there is one."""
    path: Path = []
    while op is not start and op.inputs:
        sides, meeting = parted(op)
        if sides:
            shortcut, branch = sorted(sides, key=lambda side: (len(convs(side)), len(side)))
            path.append(Join(op, branch, shortcut))
            if meeting is None:
                return path[::-1]
            op = meeting
        else:
            path.append(op)
            op = max(op.inputs, key=lambda op: op.place) if op.kind in JOINS else op.inputs[0]
    if op.kind == "cut":
        path.append(op)
    return path[::-1]


def parted(op: Op) -> Tuple[List[Path], Optional[Op]]:
    """The two paths that meet in `op`, and the last place before they part. No paths: both come along one path.

    A path that was cut does not tell where it comes from: None.
    """
    if op.kind not in JOINS or len(op.inputs) != 2 or op.inputs[0] is op.inputs[1]:
        return [], None
    both = [ancestors(side) for side in op.inputs]
    meeting = max(both[0] & both[1], key=lambda op: op.place, default=None)
    cut = meeting is None and op.kind == "add"
    if meeting is None and not cut:
        return [], None
    sides = [path_to(side, meeting) for side in op.inputs]
    if cut or any(convs(side) for side in sides):
        return sides, meeting
    return [], None


def ancestors(op: Op) -> Set[Op]:
    """An operator and all that it was computed from."""
    found, waiting = set(), [op]
    while waiting:
        op = waiting.pop()
        if op not in found:
            found.add(op)
            waiting += op.inputs
    return found


def convs(path: Path) -> List[Op]:
    """Return the convolutions along a path."""
    return of_kind(path, "conv")


def of_kind(path: Path, kind: str) -> List[Op]:
    """Return the operators of a kind along a path; inside joins too."""
    found: List[Op] = []
    for op in path:
        if isinstance(op, Join):
            found += of_kind(op.branch, kind) + of_kind(op.shortcut, kind)
        elif op.kind == kind:
            found.append(op)
    return found
