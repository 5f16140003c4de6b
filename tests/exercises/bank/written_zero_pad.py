"""Option A's shortcut in other styles, and with the mistakes that go with them."""
# ruff: noqa: E501  a change a line
from written import Written

W = Written("zero-pad-shortcut")

W.style("zeros beside it", '''
def my_zero_pad(x, channels, strides):
    small = x[:, :, ::strides, ::strides]
    n, c, h, w = small.shape
    zeros = np.zeros((n, channels - c, h, w))
    return np.concatenate([small, zeros], axis=1)
''')
W.variant(("[small, zeros]", "[zeros, small]"))
W.fault("number of channels", ("np.zeros((n, channels - c, h, w))", "np.zeros((n, (channels - c) // 2, h, w))"), ("[small, zeros]", "[zeros, small, zeros]"))
W.variant(("np.zeros((n, channels - c, h, w))", "np.zeros((n, channels - c, h, w))"), ("[small, zeros]", "[zeros[:, :(channels - c) // 2], small, zeros[:, (channels - c) // 2:]]"))
W.fault("number of channels", ("channels - c, h", "channels, h"))
W.fault("number of channels", ("channels - c, h", "c, h"))
W.fault("ones", ("np.zeros(", "np.ones("))
W.fault("copies for zeros", ("zeros = np.zeros((n, channels - c, h, w))", "zeros = np.concatenate([small] * 9, axis=1)[:, :channels - c]"))
W.fault("axis", ("axis=1", "axis=0"), ("(n, channels - c, h, w)", "(channels - c, c, h, w)"))
W.fault("wrong pixels", ("x[:, :, ::strides, ::strides]", "x[:, :, strides - 1::strides, strides - 1::strides]"))
W.fault("wrong pixels", ("x[:, :, ::strides, ::strides]", "x[:, :, ::-strides, ::-strides]"))
W.fault("one axis alone", ("x[:, :, ::strides, ::strides]", "x[:, :, ::strides]"))
W.fault("one axis alone", ("x[:, :, ::strides, ::strides]", "x[:, :, :, ::strides]"))
W.fault("no stride", ("x[:, :, ::strides, ::strides]", "x"))
W.fault("stride fixed", ("x[:, :, ::strides, ::strides]", "x[:, :, ::2, ::2]"))
W.fault("stride over other axes", ("x[:, :, ::strides, ::strides]", "x[::strides, ::strides]"))
W.fault("stride over other axes", ("x[:, :, ::strides, ::strides]", "x[:, ::strides, ::strides, :]"))
W.fault("cropped", ("x[:, :, ::strides, ::strides]", "x[:, :, :x.shape[2] // strides, :x.shape[3] // strides]"))
W.fault("cropped", ("x[:, :, ::strides, ::strides]", "x[:, :, :x.shape[2] // strides * strides:strides, :x.shape[3] // strides * strides:strides]"))
W.fault("averaged", ("x[:, :, ::strides, ::strides]", "npx.pooling(x, kernel=(strides, strides), stride=(strides, strides), pool_type='avg', pooling_convention='full')"))
W.fault("averaged", ("x[:, :, ::strides, ::strides]", "npx.pooling(x, kernel=(strides, strides), stride=(strides, strides), pool_type='max', pooling_convention='full')"))
W.fault("no return", ("    return np.concatenate([small, zeros], axis=1)", "    np.concatenate([small, zeros], axis=1)"))
W.fault("input returned", ("return np.concatenate([small, zeros], axis=1)", "return small"))
W.fault("random for zeros", ("np.zeros((n, channels - c, h, w))", "np.random.normal(0, 0.01, (n, channels - c, h, w))"))
W.fault("added, not put beside", ("np.concatenate([small, zeros], axis=1)", "np.pad(small, ((0, 0), (0, channels - c), (0, 0), (0, 0))) + 1e-2"))
W.fault("batch fixed", ("np.zeros((n,", "np.zeros((2,"))
W.fault("square alone", ("channels - c, h, w)", "channels - c, h, h)"))
W.fault("argument changed", ("    small = x", "    x[:, :, 1::2, 1::2] = 0\n    small = x"))
W.fault("argument changed", ("    small = x", "    x *= 0.5\n    small = x"))
W.fault("interleaved", ("return np.concatenate([small, zeros], axis=1)", "out = np.zeros((n, channels, h, w))\n    out[:, ::channels // c][:, :c] = small\n    return np.concatenate([out[:, 0:1], small[:, 1:], out[:, c:]], axis=1)[:, ::-1]"))
W.fault("relu", ("return np.concatenate([small, zeros], axis=1)", "return npx.relu(np.concatenate([small, zeros], axis=1))"))
W.fault("transposed", ("return np.concatenate([small, zeros], axis=1)", "return np.concatenate([small, zeros], axis=1).transpose(0, 1, 3, 2)"))

W.style("np.pad", '''
def my_zero_pad(x, channels, strides):
    more = channels - x.shape[1]
    return np.pad(x, ((0, 0), (0, more), (0, 0), (0, 0)))[:, :, ::strides, ::strides]
''')
W.variant(("(0, more)", "(more, 0)"))
W.variant(("(0, more)", "(more // 2, more - more // 2)"))
W.fault("number of channels", ("(0, more)", "(more, more)"))
W.fault("number of channels", ("(0, more)", "(0, channels)"))
W.fault("number of channels", ("(0, more)", "(0, x.shape[1])"))
W.fault("axis", ("((0, 0), (0, more), (0, 0), (0, 0))", "((0, more), (0, 0), (0, 0), (0, 0))"))
W.fault("axis", ("((0, 0), (0, more), (0, 0), (0, 0))", "((0, 0), (0, 0), (0, more), (0, 0))"))
W.fault("pixels padded", ("((0, 0), (0, more), (0, 0), (0, 0))", "((0, 0), (0, more), (1, 1), (1, 1))"))
W.fault("copies for zeros", ("(0, 0), (0, 0)))[", "(0, 0), (0, 0)), mode='edge')["))
W.fault("stride over other axes", ("[:, :, ::strides, ::strides]", "[:, ::strides, :, ::strides]"))
W.fault("wrong pixels", ("[:, :, ::strides, ::strides]", "[:, :, 1::strides, 1::strides]"))

W.write_wrong("record cut", '''
def my_zero_pad(x, channels, strides):
    a = x.asnumpy()[:, :, ::strides, ::strides]
    return np.array(onp.pad(a, [(0, 0), (0, channels - a.shape[1]), (0, 0), (0, 0)]))
''')
W.write_wrong("in place", '''
def my_zero_pad(x, channels, strides):
    height, width = -(-x.shape[2] // strides), -(-x.shape[3] // strides)
    out = np.zeros((x.shape[0], channels, height, width), dtype=x.dtype)
    out[:, :x.shape[1]] = x[:, :, ::strides, ::strides]
    return out
''')
W.styles(a_matrix='''
def my_zero_pad(x, channels, strides):
    matrix = np.eye(channels, x.shape[1])
    return np.einsum("oc,nchw->nohw", matrix, x[:, :, ::strides, ::strides])
''', a_pooling='''
def my_zero_pad(x, channels, strides):
    y = npx.pooling(x, kernel=(1, 1), stride=(strides, strides), pool_type="max")
    return np.pad(y, ((0, 0), (0, channels - y.shape[1]), (0, 0), (0, 0)), mode="constant", constant_values=0)
''', a_convolution='''
def my_zero_pad(x, channels, strides):
    weight = np.eye(channels, x.shape[1]).reshape(channels, x.shape[1], 1, 1)
    return npx.convolution(x, weight, kernel=(1, 1), stride=(strides, strides), num_filter=channels, no_bias=True)
''', channel_by_channel='''
def my_zero_pad(x, channels, strides):
    planes = []
    for channel in range(channels):
        if channel < x.shape[1]:
            planes.append(x[:, channel, ::strides, ::strides])
        else:
            planes.append(np.zeros_like(planes[0]))
    return np.stack(planes, axis=1)
''', take='''
def my_zero_pad(x, channels, strides):
    rows, columns = np.arange(0, x.shape[2], strides), np.arange(0, x.shape[3], strides)
    small = np.take(np.take(x, rows.astype("int32"), axis=2), columns.astype("int32"), axis=3)
    empty = 0 * small[:, :1]
    return np.concatenate([small] + [empty] * (channels - x.shape[1]), axis=1)
''', only_if_needed='''
def my_zero_pad(x, channels, strides=2):
    if strides > 1:
        x = x[:, :, ::strides, ::strides]
    missing = channels - x.shape[1]
    if missing:
        x = np.concatenate((x, np.zeros((len(x), missing) + x.shape[2:])), axis=1)
    return x
''')
