"""What is written on an operation, from what MXNet says of it."""
from resnet_gluon.nets.operators import named

import pytest

CONVOLUTION = {"kernel": "(3, 3)", "num_filter": "64", "num_group": "1", "stride": "(1, 1)"}


@pytest.mark.parametrize("operator, attributes, expected", [
    ("Convolution", CONVOLUTION, ("conv", "3×3 conv, 64")),
    ("Convolution", {**CONVOLUTION, "stride": "(2, 2)"}, ("conv", "3×3 conv, 64, /2")),
    ("Convolution", {**CONVOLUTION, "num_group": "32"}, ("conv", "3×3 conv, 64, 32 groups")),
    ("Convolution", {**CONVOLUTION, "kernel": "(8,)", "stride": "(1,)"}, ("conv", "8-wide conv, 64")),
    ("Pooling", {"kernel": "(3, 3)", "pool_type": "max", "stride": "(2, 2)"}, ("pool", "3×3 max pool, /2")),
    ("Pooling", {"kernel": "(1, 1)", "pool_type": "avg", "stride": "(2, 2)"}, ("subsample", "every 2nd pixel")),
    ("Pooling", {"kernel": "(1, 1)", "pool_type": "avg", "stride": "(4, 4)"}, ("subsample", "every 4th pixel")),
    ("Pooling", {"kernel": "(1, 1)", "pool_type": "avg", "global_pool": "True"}, ("pool", "global average pool")),
    ("_npi_pad", {"pad_width": "((0, 0), (4, 4), (0, 0), (0, 0))"}, ("pad", "8 zero channels")),
    ("Activation", {"act_type": "relu"}, ("relu", "ReLU")), ("_npx_relu", {}, ("relu", "ReLU")),
    ("_npx_sigmoid", {}, ("sigmoid", "sigmoid")), ("elemwise_add", {}, ("add", "+")), ("_npi_add", {}, ("add", "+")),
    ("_npi_multiply_scalar", {"scalar": "0.5"}, ("scale", "× 0.5")), ("BatchNorm", {}, ("norm", "BN")),
    ("FullyConnected", {"num_hidden": "10"}, ("dense", "dense, 10")),
    ("Dropout", {"p": "0.25"}, ("dropout", "dropout 0.25")),
    ("_npi_some_thing", {}, ("some_thing", "some thing"))])
def test_operators_in_words(operator, attributes, expected):
    assert named(operator, attributes) == expected
