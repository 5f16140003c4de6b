"""Formulas: the depth of a tower, and the parameters of a residual block."""
# ruff: noqa: E501  a change a line
from written import Written

TOWER, PARAMETERS = Written("tower-depth"), Written("residual-parameters")
W = [TOWER, PARAMETERS]

TOWER.style("an if, then the formula", '''
def blocks_for(depth):
    if depth < 4 or depth % 2 != 0:
        raise ValueError(f"no tower of {depth} layers")
    return (depth - 2) // 2
''')
TOWER.fault("no error for odd", ("depth < 4 or depth % 2 != 0", "depth < 4"))
TOWER.fault("no error for small", ("depth < 4 or depth % 2 != 0", "depth % 2 != 0"))
TOWER.fault("no error for small", ("depth < 4", "depth < 2"))
TOWER.fault("error for a right depth", ("depth < 4", "depth <= 4"))
TOWER.fault("error for a right depth", ("depth < 4", "depth < 8"))
TOWER.fault("error for a right depth", ("depth < 4 or depth % 2 != 0", "depth < 4 or depth % 4 != 0"))
TOWER.fault("error for a right depth", ("depth < 4 or depth % 2 != 0", "depth < 4 or depth % 2 == 0"))
TOWER.fault("error for a right depth", ("depth < 4 or", "depth < 4 or depth > 1000 or"))
TOWER.fault("another error", ("ValueError", "TypeError"))
TOWER.fault("another error", ("ValueError", "Exception"))
TOWER.fault("another error", ("raise ValueError(f\"no tower of {depth} layers\")", "assert False"))
TOWER.fault("returned, not raised", ("raise ValueError", "return ValueError"))
TOWER.fault("returned, not raised", ('raise ValueError(f"no tower of {depth} layers")', "return None"))
TOWER.fault("returned, not raised", ('raise ValueError(f"no tower of {depth} layers")', 'print("no tower")'))
TOWER.fault("returned, not raised", ('raise ValueError(f"no tower of {depth} layers")', "return 0"))
TOWER.fault("formula", ("(depth - 2) // 2", "depth // 2"))
TOWER.fault("formula", ("(depth - 2) // 2", "depth - 2 // 2"))
TOWER.fault("formula", ("(depth - 2) // 2", "depth // 2 - 2"))
TOWER.fault("formula", ("(depth - 2) // 2", "depth - 2"))
TOWER.fault("formula", ("(depth - 2) // 2", "2 * depth + 2"))
TOWER.fault("formula", ("(depth - 2) // 2", "(depth - 1) // 2 + 1"))
TOWER.fault("formula", ("(depth - 2) // 2", "(depth + 2) // 2"))
TOWER.fault("formula", ("(depth - 2) // 2", "(depth - 2) // 3"))
TOWER.fault("formula", ("(depth - 2) // 2", "(depth - 2) // 6"))
TOWER.fault("formula", ("(depth - 2) // 2", "len(range(0, depth, 2))"))
TOWER.fault("not a whole number", ("(depth - 2) // 2", "(depth - 2) / 2"))
TOWER.fault("not a whole number", ("(depth - 2) // 2", "depth / 2 - 1"))
TOWER.fault("not a whole number", ("return (depth - 2) // 2", 'return str((depth - 2) // 2)'))
TOWER.fault("not a whole number", ("return (depth - 2) // 2", "return [(depth - 2) // 2]"))
TOWER.fault("no return", ("return (depth - 2) // 2", "blocks = (depth - 2) // 2"))
TOWER.fault("printed", ("return (depth - 2) // 2", "print((depth - 2) // 2)"))
TOWER.fault("only some depths", ("return (depth - 2) // 2", "return {4: 1, 10: 4, 18: 8, 42: 20}.get(depth, 0)"))
TOWER.write_wrong("error for a right depth", '''
def blocks_for(depth):
    table = {10: 4, 18: 8, 26: 12, 34: 16, 42: 20}
    if depth not in table:
        raise ValueError(depth)
    return table[depth]
''', '''
def blocks_for(depth):
    for blocks in range(1, 100):
        if 2 * blocks + 2 == depth:
            return blocks
    raise ValueError(f"{depth}")
''')
TOWER.write_wrong("another error", '''
def blocks_for(depth):
    return {2 * b + 2: b for b in range(1, 10000)}[depth]
''', '''
def blocks_for(depth):
    return [2 * b + 2 for b in range(10000)].index(depth) or 1 / 0
''')
TOWER.write_wrong("no error for small", '''
def blocks_for(depth):
    blocks, rest = divmod(depth - 2, 2)
    if rest or blocks == 0:
        raise ValueError("no such tower")
    return blocks
''', '''
def blocks_for(depth):
    blocks = abs(depth - 2) // 2
    if 2 * blocks + 2 not in (depth, 4 - depth + 2 - 2) or blocks < 1:
        raise ValueError("no such tower")
    return blocks
''', '''
def blocks_for(depth):
    if depth % 2:
        raise ValueError("odd")
    return max(1, (depth - 2) // 2)
''')
TOWER.write_wrong("recursion without an end", '''
def blocks_for(depth):
    if depth == 4:
        return 1
    return 1 + blocks_for(depth - 2)
''')
TOWER.styles(by_divmod='''
def blocks_for(depth):
    blocks, rest = divmod(depth - 2, 2)
    if rest or blocks < 1:
        raise ValueError(f"{depth} layers: no tower has so many")
    return blocks
''', by_range='''
def blocks_for(depth):
    return range(4, 10 ** 9, 2).index(depth) + 1
''', a_lambda='''
blocks_for = lambda depth: depth // 2 - 1 if depth > 2 and not depth & 1 else [].index(depth)
''', a_loop='''
def blocks_for(depth):
    blocks = 0
    while depth > 2:
        depth -= 2
        blocks += 1
    if depth != 2 or blocks == 0:
        raise ValueError("2, 3, 5, 7 … are no depths of a tower")
    return blocks
''', an_error_of_its_own='''
class NoTower(ValueError):
    pass

def blocks_for(depth):
    blocks = int(depth / 2) - 1
    if blocks < 1 or 2 * blocks + 2 != depth:
        raise NoTower(depth)
    return blocks
''', of_numpy='''
def blocks_for(depth):
    if depth < 4 or onp.mod(depth, 2):
        raise ValueError("depth")
    return onp.floor_divide(depth - 2, 2)
''', nested_conditions='''
def blocks_for(depth):
    """The number of blocks."""
    if depth >= 4:
        if depth % 2 == 0:
            return int((depth - 2) / 2)
        else:
            raise ValueError("depth must be even")
    else:
        raise ValueError("depth must be at least 4")
''')

PARAMETERS.style("term after term", '''
def parameters(c_in, c_out, use_1x1conv):
    conv1 = 3 * 3 * c_in * c_out
    conv2 = 3 * 3 * c_out * c_out
    norms = 2 * c_out + 2 * c_out
    total = conv1 + conv2 + norms
    if use_1x1conv:
        total += c_in * c_out
        total += 2 * c_out
    return total
''')
PARAMETERS.fault("bn not counted", ("total = conv1 + conv2 + norms", "total = conv1 + conv2"), ("        total += 2 * c_out\n", ""))
PARAMETERS.fault("bn not counted", ("total = conv1 + conv2 + norms", "total = conv1 + conv2"))
PARAMETERS.fault("bn of the projection", ("        total += 2 * c_out\n", ""))
PARAMETERS.fault("bn counted as one", ("norms = 2 * c_out + 2 * c_out", "norms = 2 * c_out"))
PARAMETERS.fault("running statistics counted", ("norms = 2 * c_out + 2 * c_out", "norms = 4 * c_out + 4 * c_out"), ("total += 2 * c_out", "total += 4 * c_out"))
PARAMETERS.fault("bn counted as one", ("norms = 2 * c_out + 2 * c_out", "norms = c_out + c_out"), ("total += 2 * c_out", "total += c_out"))
PARAMETERS.fault("biases counted", ("conv1 = 3 * 3 * c_in * c_out", "conv1 = 3 * 3 * c_in * c_out + c_out"), ("conv2 = 3 * 3 * c_out * c_out", "conv2 = 3 * 3 * c_out * c_out + c_out"), ("total += c_in * c_out", "total += c_in * c_out + c_out"))
PARAMETERS.fault("biases counted", ("conv1 = 3 * 3 * c_in * c_out", "conv1 = (3 * 3 * c_in + 1) * c_out"), ("conv2 = 3 * 3 * c_out * c_out", "conv2 = (3 * 3 * c_out + 1) * c_out"))
PARAMETERS.fault("projection not counted", ("    if use_1x1conv:\n        total += c_in * c_out\n        total += 2 * c_out\n", ""))
PARAMETERS.fault("projection always", ("    if use_1x1conv:\n", "    if True:\n"))
PARAMETERS.fault("projection always", ("    if use_1x1conv:\n", "    if c_in != c_out:\n"))
PARAMETERS.fault("projection turned round", ("if use_1x1conv:", "if not use_1x1conv:"))
PARAMETERS.fault("projection of 3x3", ("total += c_in * c_out\n", "total += 9 * c_in * c_out\n"))
PARAMETERS.fault("projection of c_out", ("total += c_in * c_out\n", "total += c_out * c_out\n"))
PARAMETERS.fault("second convolution", ("conv2 = 3 * 3 * c_out * c_out", "conv2 = 3 * 3 * c_in * c_out"))
PARAMETERS.fault("second convolution", ("conv2 = 3 * 3 * c_out * c_out", "conv2 = 3 * 3 * c_in * c_in"))
PARAMETERS.fault("second convolution", ("total = conv1 + conv2 + norms", "total = conv1 + norms"))
PARAMETERS.fault("second convolution", ("conv2 = 3 * 3 * c_out * c_out", "conv2 = 3 * 3 * c_out"))
PARAMETERS.fault("first convolution", ("conv1 = 3 * 3 * c_in * c_out", "conv1 = 3 * 3 * c_out * c_out"))
PARAMETERS.fault("first convolution", ("conv1 = 3 * 3 * c_in * c_out", "conv1 = 3 * 3 * c_in"))
PARAMETERS.fault("kernel", ("conv1 = 3 * 3 * c_in", "conv1 = 3 * c_in"), ("conv2 = 3 * 3 * c_out", "conv2 = 3 * c_out"))
PARAMETERS.fault("kernel", ("conv1 = 3 * 3 * c_in", "conv1 = 7 * 7 * c_in"))
PARAMETERS.fault("bn of the input", ("norms = 2 * c_out + 2 * c_out", "norms = 2 * c_in + 2 * c_out"))
PARAMETERS.fault("multiplied", ("total = conv1 + conv2 + norms", "total = conv1 * conv2 + norms"))
PARAMETERS.fault("bn of the projection", ("total += 2 * c_out", "total += c_out"))
PARAMETERS.fault("bn of the projection", ("total += 2 * c_out", "total += 2 * c_in"))
PARAMETERS.fault("no return", ("    return total\n", ""))
PARAMETERS.fault("returned early", ("    if use_1x1conv:\n", "    return total\n    if use_1x1conv:\n"))
PARAMETERS.fault("projection instead", ("    if use_1x1conv:\n        total += c_in", "    if use_1x1conv:\n        total = c_in"))
PARAMETERS.fault("not a whole number", ("return total", "return total / 1000"))
PARAMETERS.fault("not a whole number", ("return total", "return f'{total:,}'"))
PARAMETERS.fault("printed", ("return total", "print(total)"))
PARAMETERS.fault("three convolutions", ("total = conv1 + conv2 + norms", "total = conv1 + 2 * conv2 + norms"))
PARAMETERS.fault("addition counted", ("return total", "return total + c_out"))
PARAMETERS.fault("arguments confused", ("c_in, c_out, use_1x1conv)", "c_out, c_in, use_1x1conv)"))
PARAMETERS.style("one line", '''
parameters = lambda c_in, c_out, use_1x1conv: c_out * (9 * (c_in + c_out) + 4 + (c_in + 2) * use_1x1conv)
''')
PARAMETERS.fault("bn counted as one", ("+ 4 +", "+ 2 +"))
PARAMETERS.fault("bn of the projection", ("(c_in + 2)", "c_in"))
PARAMETERS.fault("running statistics counted", ("+ 4 +", "+ 8 +"), ("(c_in + 2)", "(c_in + 4)"))
PARAMETERS.fault("kernel", ("9 * (c_in + c_out)", "6 * (c_in + c_out)"))
PARAMETERS.fault("brackets", ("c_out * (9 * (c_in + c_out) + 4 + (c_in + 2) * use_1x1conv)", "c_out * 9 * (c_in + c_out) + 4 + (c_in + 2) * use_1x1conv"))
PARAMETERS.fault("projection always", (" * use_1x1conv)", ")"))
PARAMETERS.styles(helper_functions='''
def conv(k, a, b):
    return k * k * a * b

def norm(c):
    return 2 * c

def parameters(c_in, c_out, use_1x1conv=False):
    count = conv(3, c_in, c_out) + norm(c_out) + conv(3, c_out, c_out) + norm(c_out)
    return count + (conv(1, c_in, c_out) + norm(c_out) if use_1x1conv else 0)
''', shapes='''
def parameters(c_in, c_out, use_1x1conv):
    shapes = [(c_out, c_in, 3, 3), (c_out,), (c_out,), (c_out, c_out, 3, 3), (c_out,), (c_out,)]
    if use_1x1conv:
        shapes += [(c_out, c_in, 1, 1), (c_out,), (c_out,)]
    return sum(math.prod(shape) for shape in shapes)
''', of_numpy='''
def parameters(c_in, c_out, use_1x1conv):
    sizes = onp.array([9 * c_in, 9 * c_out, 4, use_1x1conv * c_in, use_1x1conv * 2])
    return int((sizes * c_out).sum())
''', two_returns='''
def parameters(c_in, c_out, use_1x1conv):
    if use_1x1conv:
        return 10 * c_in * c_out + 9 * c_out ** 2 + 6 * c_out
    return 9 * c_in * c_out + 9 * c_out ** 2 + 4 * c_out
''', by_a_loop='''
def parameters(c_in, c_out, use_1x1conv):
    layers = [(c_in, 3), (c_out, 3)]
    if use_1x1conv:
        layers.append((c_in, 1))
    total = 0
    for channels, kernel in layers:
        total += channels * c_out * kernel ** 2 + 2 * c_out
    return total
''', asking_gluon='''
def parameters(c_in, c_out, use_1x1conv):
    layers = [nn.Conv2D(c_out, 3, use_bias=False, in_channels=c_in), nn.Conv2D(c_out, 3, use_bias=False, in_channels=c_out),
              nn.BatchNorm(in_channels=c_out), nn.BatchNorm(in_channels=c_out)]
    if use_1x1conv:
        layers += [nn.Conv2D(c_out, 1, use_bias=False, in_channels=c_in), nn.BatchNorm(in_channels=c_out)]
    return sum(int(onp.prod(p.shape)) for layer in layers for p in layer.collect_params().values() if p.grad_req != "null")
''')
