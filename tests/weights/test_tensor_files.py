import copy
import random
import zipfile

from resnet_gluon import cifar_resnet, networks, resnet50
from resnet_gluon.tensor_files import WeightsRefused, read_tensors
from resnet_gluon.weights import load_weights, name_map

import mxnet as mx
import numpy as onp
import pytest
import torch_files
from comparing import outputs_and_gradients
from mxnet import np


def arrays_for(net, shape, style):
    """Random weights under the names of a style, with the counters that PyTorch's BatchNorm has."""
    net.initialize()
    net(np.zeros(shape))
    numbers = onp.random.default_rng(0)
    arrays = {there: numbers.uniform(0.5, 1, net._collect_params_with_prefix()[ours].shape).astype("float32")
              for ours, there in name_map(net, style).items()}
    counters = {there.replace("running_var", "num_batches_tracked"): onp.array([7]) for there in arrays
                if "running_var" in there}
    return {**arrays, **counters}


def written(path, arrays, kind):
    """A file of these arrays; returns its path."""
    if kind == "safetensors":
        path.write_bytes(torch_files.safetensors(arrays))
    elif kind == "params":
        mx.npx.save(str(path), {name: np.array(array) for name, array in arrays.items()})
    elif kind == "old params":
        with mx.util.np_array(False), mx.util.np_shape(False):
            mx.nd.save(str(path), {f"arg:{name}": mx.nd.array(array) for name, array in arrays.items()})
    else:
        found, storages = torch_files.as_tensors(arrays)
        path.write_bytes(getattr(torch_files, kind)(found, storages))
    return path


@pytest.mark.parametrize("kind", ("legacy", "zipped", "safetensors", "params", "old params"))
@pytest.mark.parametrize("make, style", [(lambda: cifar_resnet(8), "cifar"),
                                         (lambda: cifar_resnet(11, kind="bottleneck", option="B"), "torchvision")])
def test_every_format_fills_a_new_net(kind, make, style, tmp_path):
    arrays = arrays_for(make(), (1, 3, 8, 8), style)
    path = written(tmp_path / "weights", arrays, kind)
    net = load_weights(make(), path, style)
    for ours, there in name_map(net, style).items():
        assert (net._collect_params_with_prefix()[ours].data().asnumpy() == arrays[there]).all()
    assert onp.isfinite(net(np.zeros((2, 3, 8, 8))).asnumpy()).all()


def test_the_names_of_torchvision():
    names = name_map(resnet50(), "torchvision")
    assert names["0.0.weight"] == "conv1.weight" and names["0.1.gamma"] == "bn1.weight"
    assert names["1.0.conv3.weight"] == "layer1.0.conv3.weight" and names["4.2.bn3.running_var"] == (
        "layer4.2.bn3.running_var")
    assert names["2.0.projection.0.weight"] == "layer2.0.downsample.0.weight"
    assert names["2.0.projection.1.beta"] == "layer2.0.downsample.1.bias" and names["6.bias"] == "fc.bias"
    assert len(names) == 267  # torchvision's ResNet-50 has 320 entries, of which 53 count batches


@pytest.mark.parametrize("wrap", [lambda found: {"state_dict": found, "best_prec1": 91.5},
                                  lambda found: {"state_dict": found, "best_acc1": found["module.a"]},
                                  lambda found: {"epoch": 3, "model": {"state_dict": found}}])
def test_training_scripts_wrappings_are_looked_into(wrap, tmp_path):
    found, storages = torch_files.as_tensors({"module.a": onp.arange(6, dtype="float32").reshape(2, 3)})
    (tmp_path / "w").write_bytes(torch_files.zipped(wrap(found), storages))
    assert read_tensors(tmp_path / "w")["a"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_views_of_one_storage(tmp_path):
    storage = torch_files.Storage("0", onp.arange(12, dtype="float32"))
    found = {"turned": torch_files.Tensor(storage, (2, 3), (1, 2), 4), "scalar": torch_files.Tensor(storage, (), (), 5)}
    for write in (torch_files.legacy, torch_files.zipped):
        (tmp_path / "w").write_bytes(write(found, [storage]))
        tensors = read_tensors(tmp_path / "w")
        assert tensors["turned"].tolist() == [[4, 6, 8], [5, 7, 9]] and tensors["scalar"] == 5


def test_bfloat16_becomes_float32(tmp_path):
    array = onp.array([1.5, -2, 0.15625], dtype="float32")
    (tmp_path / "w").write_bytes(torch_files.bfloat16(array))
    assert read_tensors(tmp_path / "w")["x"].tolist() == array.tolist()


def test_one_error_lists_all_that_does_not_fit_and_the_net_stays_as_it_was():
    net, style = cifar_resnet(8), "cifar"
    arrays = arrays_for(net, (1, 3, 8, 8), style)
    before = net[1][0].conv1.weight.data().asnumpy()
    del arrays["layer1.0.bn2.bias"], arrays["linear.bias"]
    arrays["conv9.weight"] = onp.zeros((1, 2))
    arrays["linear.weight"] = onp.zeros((100, 64), "float32")
    with pytest.raises(ValueError) as error:
        load_weights(net, arrays, style)
    message = str(error.value)
    assert "(4 differences)" in message
    for line in ("missing: layer1.0.bn2.bias (16)", "missing: linear.bias (10)", "unexpected: conv9.weight (1, 2)",
                 "shape: linear.weight is (100, 64), the net's is (10, 64)"):
        assert "  " + line in message.splitlines()
    assert (net[1][0].conv1.weight.data().asnumpy() == before).all()


def test_a_map_of_names_can_be_given_and_is_checked():
    net = cifar_resnet(8)
    arrays = arrays_for(net, (1, 3, 8, 8), "cifar")
    mapping = name_map(net, "cifar")
    mapping["nowhere.weight"] = mapping.pop("0.0.weight")
    with pytest.raises(ValueError) as error:
        load_weights(net, arrays, mapping)
    assert "no place is given for the net's 0.0.weight" in str(error.value)
    assert "the net has no nowhere.weight" in str(error.value)


class Harmful:
    """Unpickled, it would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return exec, (f"open({str(self.path)!r}, 'w').close()",)


@pytest.mark.parametrize("kind", ("legacy", "zipped"))
def test_nothing_in_a_pickle_is_executed(kind, tmp_path):
    found, storages = torch_files.as_tensors({"a": onp.zeros(3, "float32")})
    found["b"] = Harmful(tmp_path / "executed")
    (tmp_path / "w").write_bytes(getattr(torch_files, kind)(found, storages))
    with pytest.raises(WeightsRefused, match="it asks for __builtin__.exec"):
        read_tensors(tmp_path / "w")
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("shape, strides, offset", [((2, 3), (3, 1), 1), ((7,), (1,), 0), ((10 ** 12,), (0,), 0),
                                                    ((2,), (-1,), 3), ((2, 2), (1,), 0), ((2,), (1,), 10 ** 30)])
def test_tensors_that_reach_beyond_their_storage_are_refused(shape, strides, offset, tmp_path):
    storage = torch_files.Storage("0", onp.arange(6, dtype="float32"))
    (tmp_path / "w").write_bytes(torch_files.zipped({"a": torch_files.Tensor(storage, shape, strides, offset)},
                                                    [storage]))
    with pytest.raises(WeightsRefused):
        read_tensors(tmp_path / "w")


@pytest.mark.parametrize("content, reason", [
    (b"", "damaged, or of no known format"), (b"hello", "damaged, or of no known format"),
    (torch_files.pickled({"a": 1}), "not one of PyTorch's"),
    (torch_files.zipped({}, []), "no dictionary of tensors"),
    (torch_files.zipped({}, [], zipfile.ZIP_DEFLATED), "compressed"),
    (torch_files.safetensors({})[:-1] + b"!", "damaged")])
def test_what_is_no_file_of_tensors_is_refused(content, reason, tmp_path):
    (tmp_path / "w").write_bytes(content)
    with pytest.raises(WeightsRefused, match=reason):
        read_tensors(tmp_path / "w")


@pytest.mark.parametrize("kind", ("legacy", "zipped", "safetensors", "params", "old params"))
def test_mutations_are_refused_or_read_and_nothing_else(kind, tmp_path):
    """None of these formats but the zip has a checksum, so that numbers can change unseen; a crash would be a fault."""
    arrays = {"conv.weight": onp.ones((3, 2), "float32"), "bn.num_batches_tracked": onp.array([3])}
    whole, numbers, refused = written(tmp_path / "whole", arrays, kind).read_bytes(), random.Random(0), 0
    for _ in range(400):
        content = bytearray(whole)
        if numbers.random() < 0.3:
            content = content[:numbers.randrange(len(content))]
        else:
            for _ in range(numbers.randint(1, 4)):
                content[numbers.randrange(len(content))] = numbers.randrange(256)
        (tmp_path / "w").write_bytes(bytes(content))
        try:
            tensors = read_tensors(tmp_path / "w")
            assert all(isinstance(array, onp.ndarray) for array in tensors.values())
        except WeightsRefused:
            refused += 1
    assert refused > 100


def test_small_files_that_would_unfold_without_end_are_refused(tmp_path):
    storage, nested = torch_files.Storage("0", onp.zeros(4, "float32")), "x"
    for _ in range(60):
        nested = [nested, nested]
    itself = {}
    itself["model"] = itself
    for found in ({"a": nested}, itself):
        (tmp_path / "w").write_bytes(torch_files.zipped(found, [storage]))
        with pytest.raises(WeightsRefused, match="no dictionary of tensors"):
            read_tensors(tmp_path / "w")
    nested = ("x",)
    for _ in range(60):
        nested = (nested, nested)
    (tmp_path / "w").write_bytes(torch_files.zipped({"a": torch_files.Tensor(nested, (1,), (1,))}, []))
    with pytest.raises(WeightsRefused):
        read_tensors(tmp_path / "w")


def test_sparse_arrays_of_mxnet_are_refused(tmp_path):
    """MXNet writes where their indices say, wherever that is."""
    with mx.util.np_array(False), mx.util.np_shape(False):
        mx.nd.save(str(tmp_path / "w"), {"a": mx.nd.sparse.row_sparse_array((onp.ones((1, 4)), [3]), shape=(8, 4))})
    with pytest.raises(WeightsRefused, match="sparse"):
        read_tensors(tmp_path / "w")


def test_overlapping_tensors_of_safetensors_are_refused(tmp_path):
    content = torch_files.safetensors({"a": onp.zeros(4, "float32"), "b": onp.zeros(4, "float32")})
    (tmp_path / "w").write_bytes(content.replace(b"[16, 32]", b"[ 0, 16]"))
    with pytest.raises(WeightsRefused, match="overlap"):
        read_tensors(tmp_path / "w")


@pytest.mark.parametrize("make, style, message", [
    (lambda: cifar_resnet(8, version="v2"), "gluon v1", "the style 'gluon v1' has no name for 4.0.gamma"),
    (networks.vgg19, "torchvision", "the style 'torchvision' has no name for"),
    (lambda: networks.time_series_resnet(3), "torchvision", "the style 'torchvision' has no name for"),
    (mx.gluon.model_zoo.vision.resnet18_v1, "torchvision", "but a ResNetV1 was given"),
    (resnet50, "keras", "style must be one of")])
def test_parts_that_a_style_has_no_name_for_are_said(make, style, message):
    with pytest.raises(ValueError, match=message):
        name_map(make(), style)


def test_a_net_that_was_placed_stays_there():
    net, places = cifar_resnet(8), [mx.cpu(0), mx.cpu(1)]
    arrays = arrays_for(cifar_resnet(8), (1, 3, 8, 8), "cifar")
    net.initialize(ctx=places)
    load_weights(net, arrays, "cifar", ignore="*num_batches_tracked")
    assert net[1][0].conv1.weight.list_ctx() == places


def test_files_that_pytorch_writes(tmp_path):
    torch = pytest.importorskip("torch")
    tensors = {"a": torch.randn(3, 2).t(), "b": torch.arange(4), "c": torch.randn(2).to(torch.bfloat16),
               "d": torch.nn.Parameter(torch.randn(2, 2))}
    for name, new in (("new", True), ("old", False)):
        torch.save(tensors, tmp_path / name, _use_new_zipfile_serialization=new)
        found = read_tensors(tmp_path / name)
        for key, tensor in tensors.items():
            assert (found[key] == tensor.detach().float().numpy()).all()


@pytest.mark.parametrize("depth, options", [(18, {}), (50, {}), (50, {"width": 2, "groups": 32})])
@pytest.mark.parametrize("training", (False, True))
def test_nets_of_pytorch_give_the_same_outputs_and_gradients(depth, options, training, tmp_path):
    """As close to PyTorch in float64 as PyTorch in float32 is, four times over: outputs, and all gradients.

    Branches start small: from ordinary weights, gradients of a ResNet-50 in float32 are wrong by per cents anywhere.
    """
    torch = pytest.importorskip("torch")
    import torch_resnet
    torch.manual_seed(1)
    theirs = getattr(torch_resnet, f"resnet{depth}")(num_classes=7, **options)
    for module in theirs.modules():
        if hasattr(module, "downsample") or hasattr(module, "bn2"):
            torch.nn.init.constant_(getattr(module, "bn3", module.bn2).weight, 0.1)
    torch.save(theirs.state_dict(), tmp_path / "w")
    net = load_weights(getattr(networks, f"resnet{depth}")(7, version="v1.5", **options), tmp_path / "w")
    net.hybridize()
    x = onp.random.default_rng(1).normal(size=(4, 3, 64, 64)).astype("float32")
    ours = outputs_and_gradients(net, np.array(x), training)

    expected = {}
    for dtype in (torch.float32, torch.float64):
        model = copy.deepcopy(theirs).to(dtype).train(training)
        y = model(torch.from_numpy(x).to(dtype))
        (y ** 2).sum().backward()
        gradients = dict(model.named_parameters()) if training else {}
        expected[dtype] = {"output": y.detach().numpy(), **{name: gradients[there].grad.numpy()
                                                            for name, there in name_map(net).items()
                                                            if there in gradients}}
    truth, single = expected[torch.float64], expected[torch.float32]
    assert set(truth) == set(ours)
    our_error, their_error = (max(onp.abs(arrays[name] - truth[name]).max() / onp.abs(truth[name]).max()
                                  for name in truth) for arrays in (ours, single))
    assert our_error < 4 * their_error + 1e-5 and our_error < 0.02
