"""MXNet's operators in words, for drawings."""
import re
from ast import literal_eval
from typing import Dict, Tuple

#: Operators that only rearrange; drawings leave them out.
PLUMBING = {"expand_dims", "_np_squeeze", "squeeze", "slice", "_npx_reshape", "reshape_like", "_copy", "_np_copy"}
KINDS = {"Convolution": "conv", "BatchNorm": "norm", "Pooling": "pool", "FullyConnected": "dense", "Dropout": "dropout",
         "elemwise_add": "add", "_npi_add": "add", "_npi_pad": "pad", "Concat": "concat", "_npi_concatenate": "concat",
         "elemwise_mul": "multiply", "_npi_multiply": "multiply", "_npi_multiply_scalar": "scale"}


def named(operator: str, attributes: Dict[str, str]) -> Tuple[str, str]:
    """An operator's kind and what to write on it, from its attributes as MXNet has them."""
    plain = re.sub(r"^_(npi|npx|np)_", "", operator)
    kind = attributes.get("act_type", "activation") if operator == "Activation" else KINDS.get(operator, plain)
    if kind == "conv":
        groups = int(attributes.get("num_group", 1))
        return kind, f"{window(attributes)} conv, {attributes['num_filter']}" + divided(attributes) + (
            f", {groups} groups" if groups > 1 else "")
    if kind == "pool":
        how = {"avg": "average"}.get(attributes["pool_type"], attributes["pool_type"])
        if attributes.get("global_pool") == "True":
            return kind, f"global {how} pool"
        if set(literal_eval(attributes["kernel"])) == {1}:
            return "subsample", f"every {ordinal(literal_eval(attributes['stride'])[0])} pixel"
        return kind, f"{window(attributes)} {how} pool" + divided(attributes)
    if kind == "pad":
        before, after = literal_eval(attributes["pad_width"])[1]
        return kind, f"{before + after} zero channels"
    words = {"norm": "BN", "relu": "ReLU", "add": "+", "multiply": "×", "scale": f"× {attributes.get('scalar', '')}",
             "dense": f"dense, {attributes.get('num_hidden', '')}", "dropout": f"dropout {attributes.get('p', '')}"}
    return kind, words.get(kind, kind.replace("_", " "))


def ordinal(number: int) -> str:
    """A count's ordinal for small strides: 2nd, 3rd, 4th."""
    return f"{number}{({2: 'nd', 3: 'rd'}).get(number, 'th')}"


def window(attributes: Dict[str, str]) -> str:
    """A kernel's size, such as 3×3; over series 8-wide."""
    sizes = literal_eval(attributes["kernel"])
    return "×".join(map(str, sizes)) if len(sizes) > 1 else f"{sizes[0]}-wide"


def divided(attributes: Dict[str, str]) -> str:
    """A stride as the paper writes it, such as /2; nothing for 1."""
    strides = literal_eval(attributes.get("stride") or "(1,)")
    return f", /{strides[0]}" if strides and max(strides) > 1 else ""
