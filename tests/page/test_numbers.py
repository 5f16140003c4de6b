"""Folding and rounding: the folded layer does what layer and normalisation did; int8 errs by half a step at most."""
import base64
import zlib

from resnet_gluon.page.numbers import Store, affine, as_text, folded, quantised

import mxnet as mx
import numpy as np
import pytest
from mxnet import np as mxnp
from mxnet.gluon import nn
from pages import lively


@pytest.mark.parametrize("bias", (False, True))
def test_a_folded_convolution_does_what_both_did(bias):
    both = nn.HybridSequential()
    both.add(nn.Conv2D(4, 1, use_bias=bias), nn.BatchNorm())
    x = mxnp.random.normal(size=(2, 3, 5, 5))
    expected = lively(both, (3, 5, 5))(x).asnumpy()
    weight, shift = folded(*both)
    given = np.einsum("oi,nihw->nohw", weight[:, :, 0, 0], x.asnumpy()) + shift[:, None, None]
    assert np.abs(given - expected).max() < 1e-5 * np.abs(expected).max()


def test_a_fixed_gamma_counts_as_one():
    norm = nn.BatchNorm(scale=False)
    lively(norm, (3, 4, 4))
    scale, _ = affine(norm)
    assert np.allclose(scale, 1 / np.sqrt(norm.running_var.data().asnumpy() + 1e-5))


@pytest.mark.parametrize("bits, most", [(8, 127), (7, 63), (6, 31)])
def test_a_weight_errs_by_half_a_step_of_its_channel_at_most_and_an_empty_channel_by_nothing(bits, most):
    weight = np.random.default_rng(0).normal(size=(5, 3, 3, 3)) * np.array([1e-6, 1, 1000, 0, 1]).reshape(-1, 1, 1, 1)
    kept, scale = quantised(weight, bits)
    wide = scale.reshape(-1, 1, 1, 1)
    assert kept.dtype == np.int8 and (np.abs(kept * wide - weight) <= wide * 0.5000001).all()
    largest = np.abs(kept.reshape(5, -1).astype(int)).max(axis=1)
    assert largest.tolist() == [most, most, most, 0, most] and (kept[3] * wide[3] == 0).all()


@pytest.mark.parametrize("bits", (8, 32))
def test_a_store_gives_back_what_was_put_in_from_where_it_says(bits):
    layers = [nn.Dense(3), nn.Dense(2)]
    for layer in layers:
        lively(layer, (4,))
    store = Store(bits)
    entries = [store.layer(layer) for layer in layers]
    weights, floats = store.row("weights"), store.row("floats")
    assert weights.dtype == ("int8" if bits == 8 else "float32") and floats.dtype == np.float32 and weights.size == 20
    for layer, entry in zip(layers, entries):
        outputs, inputs = entry["shape"]
        scale, bias = floats[entry["floats"]:entry["floats"] + 2 * outputs].reshape(2, outputs)
        kept = weights[entry["weights"]:entry["weights"] + outputs * inputs].reshape(outputs, inputs)
        weight = layer.weight.data().asnumpy()
        assert np.abs(kept * scale[:, None] - weight).max() <= (np.abs(weight).max() / 253 if bits == 8 else 0)
        assert (bias == layer.bias.data().asnumpy()).all()


def test_text_is_little_endian_whatever_the_array_was():
    array = np.arange(5, dtype=">f4")
    assert (np.frombuffer(zlib.decompress(base64.b64decode(as_text(array))), "<f4") == array).all()


def test_a_parameter_on_two_devices_is_read_from_the_first():
    layer = nn.Dense(2, in_units=3)
    layer.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    assert folded(layer, None)[0].shape == (2, 3)
