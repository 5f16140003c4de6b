"""Counting what is trained, right and wrong."""
import math

import mxnet as mx
import numpy as onp
from bank import Bank

BANK = Bank("count-parameters", '''
def count(net):
    total = 0
    for name, parameter in net.collect_params().items():
        if parameter.grad_req != "null":
            size = 1
            for length in parameter.shape:
                size *= length
            total += size
    return total
''', {"onp": onp, "math": math})


# Right, in other styles

@BANK.right
def by_prod(net):
    return sum(onp.prod(p.shape) for p in net.collect_params().values() if p.grad_req != "null")


@BANK.right
def by_data(net):
    return sum(p.data().size for p in net.collect_params().values() if p.grad_req == "write")


@BANK.wrong("frozen-counted")
def by_name(network):
    return int(sum(math.prod(p.shape) for name, p in network.collect_params().items()
                   if not name.endswith(("running_mean", "running_var"))))


@BANK.wrong("frozen-counted")
def by_pattern(net):
    return sum(p.data().asnumpy().size for p in net.collect_params(".*weight|.*bias|.*gamma|.*beta").values())


@BANK.right
def by_gradients(net):
    sizes = [p.grad().size for p in net.collect_params().values() if p.grad_req != "null"]
    return mx.nd.array(sizes, dtype="int32").sum()


@BANK.right
def recursive(net):
    def found(block):
        own = {id(p): p for p in block.params.values()}
        for child in block._children.values():
            own.update(found(child))
        return own

    return sum(math.prod(p.shape) for p in found(net).values() if p.grad_req != "null")


BANK.add("a lambda", lambda net: sum(p.data().size for p in net.collect_params().values() if p._differentiable),
         "frozen-counted")
BANK.mutate_right(('parameter.grad_req != "null"', 'not parameter.grad_req == "null"'))
BANK.mutate("not-whole", ("return total", "return float(total)"))

# One thing changed

BANK.mutate("statistics-counted", ('if parameter.grad_req != "null"', "if True"))
BANK.mutate("statistics-counted", ('parameter.grad_req != "null"', '"mean" not in parameter.name or total'))
BANK.mutate("arrays-counted", ("size *= length", "pass"))
BANK.mutate("arrays-counted", ("total += size", "total += 1"))
BANK.mutate("arrays-counted", ('if parameter.grad_req != "null"', "if True"), ("total += size", "total += 1"))
BANK.mutate("shape-sum", ("size = 1", "size = 0"), ("size *= length", "size += length"))
BANK.mutate("weights-only", ('parameter.grad_req != "null"', '"weight" in name'))
BANK.mutate("batchnorm-left-out", ('parameter.grad_req != "null"', '"batchnorm" not in name'))
BANK.mutate("biases-left-out", ('parameter.grad_req != "null"', 'parameter.grad_req != "null" and "bias" not in name'))
BANK.mutate("count", ('parameter.grad_req != "null"', 'name.endswith(("gamma", "beta"))'))
BANK.mutate("no-return", ("    return total", "    total"))
BANK.mutate("no-return", ("return total", "print(total)"))
BANK.mutate("one-only", ("    return total", "            return total"))
BANK.mutate("count", ("parameter.shape:", "parameter.shape[:2]:"))
BANK.mutate("one-only", ("total += size", "total = size"))
BANK.mutate("not-a-number", ("return total", "return [total]  * 2"))
BANK.mutate("not-a-number", ("return total", "return f'{total:,}'"))
BANK.mutate("exception", (".items()", ""))
BANK.mutate("exception", ("parameter.shape", "parameter.shapes"))
BANK.mutate("exception", ("    total = 0\n", ""))
BANK.mutate("signature", ("count(net)", "count(net, image)"))
BANK.mutate("signature", ("count(net)", "count()"))


# Faults that no small change makes

@BANK.wrong("shared-counted-twice")
def layer_by_layer(net):
    return sum(p.data().size for layer in net for p in layer.collect_params().values() if p.grad_req != "null")


@BANK.wrong("shared-counted-twice")
def everywhere(net):
    total = sum(math.prod(p.shape) for p in net.params.values() if p.grad_req != "null")
    return total + sum(everywhere(child) for child in net._children.values())


@BANK.wrong("exception")
def of_the_net(net):
    return sum(p.size for p in net.parameters())


@BANK.wrong("not-a-number")
def the_parameters(net):
    return net.collect_params()


BANK.add("a number", 44, "signature")
