"""What a net did with its input: which operators ran, in which order, with which of its parameters.

MXNet records what it computes in order to differentiate it. The record reads the same whatever style the code is
written in: layers or functions, `Block` or `HybridBlock`, the NumPy or the legacy interface.
"""
import ast
import json
from dataclasses import dataclass, field

from mxnet import autograd

FUSED = "_contrib_BatchNormWithReLU"
#: MXNet's operators by the name that they have here. All others keep their own.
KINDS = {
    "conv": ("Convolution",), "bn": ("BatchNorm", FUSED), "dense": ("FullyConnected",), "pool": ("Pooling",),
    "relu": ("relu", "_npx_relu", "_maximum_scalar", "_npi_maximum_scalar"), "stack": ("stack", "_npi_stack"),
    "add": ("elemwise_add", "broadcast_add", "_npi_add", "_plus", "_grad_add", "add_n"),
    "subtract": ("elemwise_sub", "broadcast_sub", "_npi_subtract", "_minus"),
    "multiply": ("elemwise_mul", "broadcast_mul", "_npi_multiply", "_mul"),
    "maximum": ("broadcast_maximum", "_npi_maximum", "_maximum"), "concat": ("Concat", "_npi_concatenate"),
    "scale": ("_mul_scalar", "_npi_multiply_scalar", "_div_scalar", "_npi_true_divide_scalar"),
    "stop": ("BlockGrad",), "dropout": ("Dropout",),
    "softmax": ("softmax", "log_softmax", "_npx_softmax", "_npx_log_softmax"),
    "other activation": ("LeakyReLU", "sigmoid", "_npx_sigmoid", "tanh", "_npi_tanh", "hard_sigmoid", "softsign"),
    "other normalisation": ("LayerNorm", "GroupNorm", "InstanceNorm", "L2Normalization", "LRN"),
}
KIND_OF = {operator: kind for kind, operators in KINDS.items() for operator in operators}
JOINS = ("add", "subtract", "multiply", "maximum", "concat", "stack")
#: These hand on the numbers of their first input, and are left out of a trace.
PASSING = ("reshape_like", "_copy", "_copyto", "identity", "_np_copy", "_npi_copy", "expand_dims",
           "squeeze", "_np_squeeze")


@dataclass(eq=False)
class Op:
    """One operator that ran. inputs: what it worked on; parameters: those of the net among its inputs, in order."""
    kind: str
    inputs: list
    attributes: dict
    parameters: list = field(default_factory=list)
    place: int = 0  # in order of running

    def __str__(self):
        if self.kind == "conv":
            return "×".join(map(str, self.kernel)) + (f"/{max(self.strides)}" if max(self.strides) > 1 else "")
        return {"bn": "BN", "relu": "ReLU", "scale": f"times {self.attributes.get('scalar')}"}.get(self.kind, self.kind)

    def numbers(self, name, default):
        value = ast.literal_eval(self.attributes.get(name) or str(default))
        return (value,) * len(self.kernel) if isinstance(value, int) else tuple(value) or (default,)

    @property
    def kernel(self):
        return tuple(ast.literal_eval(self.attributes["kernel"]))

    @property
    def strides(self):
        return self.numbers("stride", 1)

    @property
    def padding(self):
        return self.numbers("pad", 0)

    @property
    def channels(self):
        return int(self.attributes["num_filter"])


@dataclass(eq=False)
class Join:
    """Two paths that part and meet again. branch: the one with more convolutions; each is a list of Op and Join."""
    op: Op
    branch: list
    shortcut: list
    kind = "join"

    def __str__(self):
        return f"{self.op}({text(self.shortcut) or 'the input'}; {text(self.branch)})"


def text(path):
    """A path in words: 3×3/2 → BN → ReLU."""
    return " → ".join(map(str, path))


def trace(y, x, parameters):
    """The path from array `x` to the recorded array `y`, and the set of the parameters that were used.

    parameters: the number in MXNet's name of each leaf → it. Any other array that something is computed from is a
    "cut": made without a record.
    """
    nodes = json.loads(autograd.get_symbol(y).tojson())["nodes"]
    leaves = {f"var{number}": parameter for number, parameter in parameters.items()}
    ops = []
    for place, node in enumerate(nodes):
        inputs = [ops[number] for number, *_ in node["inputs"]]
        if node["op"] == "null":
            leaf = leaves.get(node["name"])
            ops.append(Op("input" if leaf is x else "cut" if leaf is None else "leaf", [], {}, [leaf], place))
        elif node["op"] in PASSING:
            ops.append(inputs[0])
        else:
            ops.append(op_of(node, inputs, place))
    return path_to(ops[-1], None), {op.parameters[0] for op in ops if op.kind == "leaf"}


def op_of(node, inputs, place):
    attributes = node.get("attrs") or {}
    op = Op(kind_of(node["op"], attributes), [op for op in inputs if op.kind != "leaf"], attributes,
            [op.parameters[0] for i, op in enumerate(inputs) if op.kind == "leaf" or op.kind == "cut" and i], place)
    return Op("relu", [op], {}, [], place) if node["op"] == FUSED else op


def kind_of(operator, attributes):
    if operator == "Activation":
        return "relu" if attributes.get("act_type") == "relu" else "other activation"
    return KIND_OF.get(operator, operator)


def path_to(op, start):
    """What lies between `start`, itself left out, and `op`, which is included. It begins with a cut if there is one."""
    path = []
    while op is not start and op.inputs:
        sides, meeting = parted(op)
        if sides:
            shortcut, branch = sorted(sides, key=lambda side: (len(convs(side)), len(side)))
            path.append(Join(op, branch, shortcut))
            op = meeting
            if op is None:
                return path[::-1]
        else:
            path.append(op)
            op = max(op.inputs, key=lambda op: op.place) if op.kind in JOINS else op.inputs[0]
    return [op] * (op.kind == "cut") + path[::-1]


def parted(op):
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
    return (sides, meeting) if cut or any(convs(side) for side in sides) else ([], None)


def ancestors(op):
    found, waiting = set(), [op]
    while waiting:
        op = waiting.pop()
        if op not in found:
            found.add(op)
            waiting += op.inputs
    return found


def convs(path):
    return of_kind(path, "conv")


def of_kind(path, kind):
    """The operators of a kind along a path; inside joins too."""
    found = []
    for op in path:
        if isinstance(op, Join):
            found += of_kind(op.branch, kind) + of_kind(op.shortcut, kind)
        elif op.kind == kind:
            found.append(op)
    return found
