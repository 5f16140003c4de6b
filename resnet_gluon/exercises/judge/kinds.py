"""What MXNet calls its operators, and what they are called here."""
import re
from typing import Dict

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
MAXIMA = "_maximum_scalar", "_npi_maximum_scalar"  # a ReLU where the number is 0
JOINS = ("add", "subtract", "multiply", "maximum", "concat", "stack")
#: These hand on the numbers of their first input, and are left out of a trace.
PASSING = ("reshape_like", "_copy", "_copyto", "identity", "_np_copy", "_npi_copy", "expand_dims",
           "squeeze", "_np_squeeze")

TURNING = ("transpose", "_np_transpose", "_npi_transpose", "_np_moveaxis", "moveaxis", "_npi_moveaxis", "swapaxes",
           "_npi_swapaxes", "SwapAxis")
STEP = re.compile(r"\d+")


def kind_of(operator: str, attributes: Dict[str, str]) -> str:
    """The name that an operator has here."""
    if operator == "Activation":
        return "relu" if attributes.get("act_type") == "relu" else "other activation"
    if operator in MAXIMA and float(attributes.get("scalar", 0)) != 0:
        return "other activation"
    return KIND_OF.get(operator, operator)
