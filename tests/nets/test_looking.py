"""What one sees of a net at work is what it really computes."""
from resnet_gluon import cifar_resnet, resnet, resnet18
from resnet_gluon.nets import (
    activations,
    class_activation,
    first_kernels,
    maps_by_part,
    mini_model,
    named_blocks,
    time_series_resnet,
)

import numpy as onp
import pytest
from mxnet import np, npx
from mxnet.gluon import nn

IMAGES = (2, 3, 32, 32)
NETS = {"v1": lambda: resnet(((8, 2), (16, 1)), stem="small"), "v2": lambda: cifar_resnet(8, version="v2"),
        "pooled": mini_model, "bottleneck": lambda: resnet(((16, 1), (32, 1)), kind="bottleneck", stem="small")}


def ready(net, shape):
    net.initialize()
    x = np.array(onp.random.default_rng(0).normal(size=shape).astype("float32"))
    net(x)
    return net, x


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("compiled", (False, True))
def test_the_sides_of_each_addition_make_the_block_s_output(name, compiled):
    net, x = ready(NETS[name](), IMAGES)
    if compiled:
        net.hybridize()
    found = activations(net, x)
    assert list(found) == [f"{stage}.{number}" for stage in net.parts if stage.startswith("stage")
                           for number in net.parts[stage]._children]
    outputs = {}
    for stage, part in net.parts.items():
        for number, layer in part._children.items() if stage.startswith("stage") else [("", part)]:
            x = outputs[f"{stage}.{number}"] = layer(x)
    for block, (carried, branch, total) in found.items():
        assert carried.shape == branch.shape == total.shape
        onp.testing.assert_allclose(carried + branch, total, rtol=1e-5, atol=1e-6)
        expected = outputs[block].asnumpy()
        actual = total if name in ("v2", "pooled") else onp.maximum(total, 0)
        onp.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-5)


def test_an_identity_carries_the_input_itself():
    net, x = ready(resnet(((8, 2),), stem="small"), IMAGES)
    onp.testing.assert_array_equal(activations(net, x)["stage1.0"].x, net.stem(x).asnumpy())


def test_plain_blocks_add_nothing_and_series_are_looked_at_too():
    net, x = ready(cifar_resnet(8, option="none"), IMAGES)
    assert activations(net, x) == {}
    net, x = ready(time_series_resnet(2), (2, 1, 30))
    assert {name: one.total.shape for name, one in activations(net, x).items()} == {
        "block1": (2, 64, 30), "block2": (2, 128, 30), "block3": (2, 128, 30)}


def test_other_nets_are_refused():
    with pytest.raises(ValueError, match="networks of this package"):
        activations(nn.HybridSequential(), np.zeros(IMAGES))


def test_maps_of_the_parts_end_before_the_pooling():
    net, x = ready(resnet18(), (2, 1, 28, 28))
    maps = maps_by_part(net, x)
    assert {name: array.shape for name, array in maps.items()} == {
        "stem": (64, 7, 7), "stage1": (64, 7, 7), "stage2": (128, 4, 4), "stage3": (256, 2, 2), "stage4": (512, 1, 1)}
    onp.testing.assert_allclose(maps["stem"], net.stem(x)[0].asnumpy(), rtol=1e-5)


@pytest.mark.parametrize("make, shape", [
    (lambda: cifar_resnet(8, 4), IMAGES), (lambda: cifar_resnet(8, 4, version="v2"), IMAGES),
    (lambda: time_series_resnet(4), (2, 1, 30))])
def test_evidence_averages_to_the_logit_less_the_mean_of_all(make, shape):
    net, x = ready(make(), shape)
    logits = (net(x) - net.head.bias.data()).asnumpy()
    for label in range(4):
        maps = class_activation(net, x, label)
        assert maps.ndim == len(shape) - 1
        onp.testing.assert_allclose(maps.reshape(2, -1).mean(axis=1), logits[:, label] - logits.mean(axis=1),
                                    rtol=1e-3, atol=1e-5)
    with pytest.raises(ValueError, match="from 0 to 3"):
        class_activation(net, x, 4)


def test_the_first_kernels_are_the_stem_s():
    net, _ = ready(resnet18(), (1, 3, 32, 32))
    onp.testing.assert_array_equal(first_kernels(net), net.stem[0].weight.data().asnumpy())
    npx.waitall()


def test_names_are_those_of_the_lesions():
    assert list(named_blocks(resnet(((8, 2), (16, 1))))) == ["stage1.0", "stage1.1", "stage2.0"]
