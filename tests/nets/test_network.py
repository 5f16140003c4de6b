"""A network's parts, its slices, its memory of how it was made, and files that hold another's parameters."""
import json

from resnet_gluon import Network, Residual, cifar_resnet, resnet
from resnet_gluon.nets import time_series_resnet

import mxnet as mx
import pytest
from mxnet import np
from mxnet.gluon import nn

TINY = ((8, 1), (16, 2))


def made(**options):
    net = resnet(TINY, **options)
    net.initialize()
    return net


def test_parts_have_names_numbers_and_parameters_under_these_names():
    net = made()
    assert list(net.parts) == ["stem", "stage1", "stage2", "pool", "head"]
    assert net.stage2 is net[2] is net.parts["stage2"] and net.head is net[-1] and len(net) == 5
    assert list(net) == list(net.parts.values())
    assert net.stages == [net.stage1, net.stage2]
    assert net.blocks == [net.stage1[0], net.stage2[0], net.stage2[1]]
    names = set(net._collect_params_with_prefix())
    assert {"stem.0.weight", "stage1.0.conv1.weight", "stage2.0.projection.0.weight", "head.bias"} <= names
    assert {name.split(".")[0] for name in names} == {"stem", "stage1", "stage2", "head"}


@pytest.mark.parametrize("dimension, shape", [(2, (2, 1, 28, 28)), (1, (2, 1, 28))])
@pytest.mark.parametrize("cut", range(6))
def test_slices_of_either_dimension_are_plain_and_together_make_the_network(dimension, shape, cut):
    net, x = made(dimension=dimension), np.random.normal(size=shape)
    first, rest = net[:cut], net[cut:]
    assert type(first) is type(rest) is nn.HybridSequential
    assert (rest(first(x) if cut else x) == net(x)).all() if cut < 5 else len(rest) == 0


def test_a_slice_behind_the_pooling_takes_features():
    net = made()
    features = net[:-1](np.random.normal(size=(3, 1, 28, 28)))
    assert features.shape == (3, 16, 1, 1)
    assert net[-1:](features.reshape(3, 16)).shape == (3, 10)


def test_a_slice_shares_its_parts_with_the_network_and_can_be_compiled():
    net = made()
    x = np.random.normal(size=(2, 1, 28, 28))
    net(x)
    backbone = net[:-1]
    assert backbone[0] is net.stem and backbone[0][0].weight is net.stem[0].weight
    backbone.hybridize()
    before = backbone(x)
    net.stem[0].weight.set_data(2 * net.stem[0].weight.data())
    net.stage1[0].conv1.weight.set_data(np.zeros_like(net.stage1[0].conv1.weight.data()))
    assert (backbone(x) != before).any() and (net[-1:](backbone(x)) == net(x)).all()
    assert [part for part in net[::2]] == [net.stem, net.stage2, net.head]


def test_blocks_are_found_wherever_they_are():
    net = time_series_resnet(3)
    assert net.blocks == [net.block1, net.block2, net.block3] and net.stages == []
    own = Network()
    own.body = nn.HybridSequential()
    own.body.add(Residual(4))
    assert own.blocks == [own.body[0]]


def test_unknown_dimensions_are_refused():
    with pytest.raises(ValueError, match="dimension must be one of 1, 2, but 3 was given"):
        Network(dimension=3)


def test_a_network_remembers_how_it_was_made_as_plain_values():
    net = cifar_resnet(8, 5, option="B", zero_gamma=True)
    assert net.made == {"function": "cifar_resnet", "options": {
        "depth": 8, "num_classes": 5, "kind": "basic", "version": "v1", "option": "B", "width": 1, "form": "paper",
        "zero_gamma": True}}
    assert Network().made is None
    assert resnet(TINY).made["options"]["stages"] == [[8, 1], [16, 2]]
    for each in (net, resnet(TINY)):
        assert json.loads(json.dumps(each.made)) == each.made


def test_parameters_of_the_first_edition_are_refused_with_the_way_to_read_them(tmp_path):
    net, path = made(), str(tmp_path / "old.params")
    net(np.zeros((1, 1, 28, 28)))
    numbers = {name: str(number) for number, name in enumerate(net.parts)}
    mx.npx.save(path, {".".join([numbers[name.split(".")[0]], *name.split(".")[1:]]): p.data()
                       for name, p in net._collect_params_with_prefix().items()})
    with pytest.raises(ValueError) as error:
        resnet(TINY).load_parameters(path)
    for part in (path, "does not hold this network's parameters", "'stem.0.weight' is missing in file",
                 f'load_weights(net, {path!r}, "first edition") reads it'):
        assert part in str(error.value)
    assert "\n" not in str(error.value)


def test_other_faults_of_a_file_of_parameters_are_gluon_s_to_tell(tmp_path):
    net, path = made(), str(tmp_path / "net.params")
    net(np.zeros((1, 1, 28, 28)))
    net.save_parameters(path)
    with pytest.raises(AssertionError, match="shape"):
        resnet(((8, 1), (24, 2))).load_parameters(path)
    other = resnet(TINY)
    other.load_parameters(path, ctx=[mx.cpu(0), mx.cpu(1)])
    assert other.head.weight.list_ctx() == [mx.cpu(0), mx.cpu(1)]
