"""Counting what is trained in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("count-parameters")

W.style("two loops", '''
def own_count(net):
    total = 0
    for parameter in net.collect_params().values():
        if parameter.grad_req == "null":
            continue
        product = 1
        for length in parameter.shape:
            product = product * length
        total = total + product
    return total
''')
W.fault("running statistics counted", ('        if parameter.grad_req == "null":\n            continue\n', ""))
W.fault("only what is not trained", ('== "null"', '!= "null"'))
W.fault("number of arrays", ("total + product", "total + 1"))
W.fault("lengths added", ("product = product * length", "product = product + length"))
W.fault("first length alone", ("product = product * length", "product = product * length\n            break"))
W.fault("returned early", ("    return total", "        return total"))
W.fault("product of all", ("total = 0", "total = 1"), ("total + product", "total * product"))
W.fault("last array alone", ("total = total + product", "total = product"))
W.fault("no return", ("    return total\n", ""))
W.fault("printed", ("return total", "print(total)"))
W.fault("bytes", ("return total", "return 4 * total"))
W.fault("millions", ("return total", "return total / 1e6"))
W.fault("a float", ("return total", "return float(total)"))
W.fault("a string", ("return total", "return f'{total:,} parameters'"))
W.fault("own parameters alone", ("net.collect_params()", "net.params"))
W.fault("weights alone", ("net.collect_params()", "net.collect_params('.*weight')"))
W.fault("bias left out", ("net.collect_params()", "net.collect_params('.*weight|.*gamma|.*beta')"))
W.fault("bn left out", ("net.collect_params()", "net.collect_params('.*weight|.*bias')"))
W.fault("one kind of name", ("net.collect_params()", "net.collect_params('.*conv.*|.*dense.*')"))
W.fault("one array for each shape", ("    total = 0\n", "    total, seen = 0, set()\n"), ("        product = 1\n", "        if parameter.shape in seen: continue\n        seen.add(parameter.shape)\n        product = 1\n"))
W.fault("argument changed", ('            continue\n', '            continue\n        parameter.grad_req = "null"\n'))
W.fault("one off", ("total = 0", "total = 1"))
W.fault("two-dimensional alone", ("        product = 1\n", "        if len(parameter.shape) < 2: continue\n        product = 1\n"))
W.fault("first child alone", ("net.collect_params()", "net[0].collect_params()"))

W.style("a sum over data", '''
def own_count(net):
    return sum(p.data().size for p in net.collect_params().values() if p.grad_req != "null")
''')
W.fault("running statistics counted", (' if p.grad_req != "null"', ""))
W.fault("running statistics counted", ('p.grad_req != "null"', 'p.data() is not None'))
W.fault("first length alone", ("p.data().size", "len(p.data())"))
W.fault("number of axes", ("p.data().size", "p.data().ndim"))
W.fault("sum of the values", ("p.data().size", "float(p.data().sum())"))
W.fault("frozen left in", ('p.grad_req != "null"', '"running" not in p.name'))
W.fault("frozen left in", ('p.grad_req != "null"', 'not p.name.endswith("mean") and not p.name.endswith("var")'))
W.fault("zeros not counted", ("p.data().size", "int((p.data() != 0).sum())"))
W.fault("largest alone", ("sum(", "max("))
W.fault("different condition", ('p.grad_req != "null"', "p.lr_mult > 1"))
W.fault("different condition", ('p.grad_req != "null"', "p.wd_mult > 0"))
W.write_wrong("shared counted twice", '''
def own_count(net):
    total = sum(math.prod(p.shape) for p in net.params.values() if p.grad_req != "null")
    for child in net._children.values():
        total += own_count(child)
    return total
''', '''
def own_count(net):
    count = 0
    def visit(block):
        nonlocal count
        for child in block._children.values():
            visit(child)
        for p in block._reg_params.values():
            if p.grad_req != "null":
                count += p.data().size
    visit(net)
    return count
''')
W.write_wrong("children alone", '''
def own_count(net):
    total = 0
    for layer in net._children.values():
        for p in layer.params.values():
            if p.grad_req != "null":
                total += math.prod(p.shape)
    return total
''')
W.write_wrong("kept between calls", '''
total = [0]

def own_count(net):
    for p in net.collect_params().values():
        if p.grad_req != "null":
            total[0] += p.data().size
    return total[0]
''', '''
def count(net, seen=set()):
    total = 0
    for name, p in net.collect_params().items():
        if p.grad_req != "null" and name not in seen:
            seen.add(name)
            total += p.data().size
    return total
''')
W.styles(mapped='''
def own_count(net):
    learning = filter(lambda p: p.grad_req != "null", net.collect_params().values())
    return sum(map(lambda p: math.prod(p.shape), learning))
''', by_gradient='''
def own_count(net):
    total = 0
    for p in net.collect_params().values():
        try:
            total += p.list_grad()[0].size
        except RuntimeError:
            pass
    return total
''', by_differentiable='''
def own_count(net):
    return sum(int(onp.prod(p.shape)) for p in net.collect_params().values() if p._differentiable and p.grad_req in ("write", "add"))
''', by_array='''
def own_count(net):
    sizes = onp.array([p.data().asnumpy().size for p in net.collect_params().values() if p.grad_req != "null"], dtype=int)
    return sizes.sum()
''', reduced='''
def own_count(net):
    def size(shape):
        return functools.reduce(lambda a, b: a * b, shape, 1)
    return functools.reduce(lambda total, p: total + (size(p.shape) if p.grad_req != "null" else 0), net.collect_params().values(), 0)
''', difference='''
def own_count(net):
    everything = {name: p.data().size for name, p in net.collect_params().items()}
    still = {name for name, p in net.collect_params().items() if p.grad_req == "null"}
    return sum(everything.values()) - sum(everything[name] for name in still)
''', a_trainer='''
def own_count(net):
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    return sum(p.data().size for p in trainer._params if p.grad_req != "null")
''', flattened='''
def own_count(net):
    arrays = [p.data().reshape(-1) for p in net.collect_params().values() if p.grad_req != "null"]
    return np.concatenate(arrays).shape[0]
''', recursive_with_a_set='''
def own_count(net):
    found = {}
    def visit(block):
        found.update((id(p), p) for p in block.params.values())
        for child in block._children.values():
            visit(child)
    visit(net)
    return sum(p.data().size for p in found.values() if p.grad_req != "null")
''')
