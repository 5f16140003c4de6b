"""Stages, stems, and networks as a loop over them."""
from resnet_gluon import Residual, resnet, resnet18, resnet_block
from resnet_gluon.nets import Bottleneck
from resnet_gluon.nets.stages import block_flags

import numpy as onp
import pytest
from mxnet import gluon, np


def trainable(net):
    return sum(int(onp.prod(p.shape)) for p in net.collect_params().values() if p.grad_req != "null")


@pytest.mark.parametrize("form, parameters", [("paper", 11_175_370), ("d2l", 11_178_378)])
def test_parameter_counts(form, parameters):
    net = resnet18(form=form)
    net.initialize()
    net(np.zeros((1, 1, 28, 28)))
    assert trainable(net) == parameters


def test_imagenet_parameter_count():
    net = resnet18(num_classes=1000)
    net.initialize()
    net(np.zeros((1, 3, 32, 32)))
    assert trainable(net) == 11_689_512  # torchvision's


def test_stages_have_the_paper_s_shapes():
    """Table 1 of the paper, at its 224 pixels."""
    net = resnet18(num_classes=1000)
    net.initialize()
    x, shapes = np.zeros((1, 3, 224, 224)), []
    for part in net:
        x = part(x)
        shapes.append(x.shape[1:])
    assert shapes == [(64, 56, 56), (64, 56, 56), (128, 28, 28), (256, 14, 14), (512, 7, 7), (512, 1, 1), (1000,)]


@pytest.mark.parametrize("stem, size, expected", [
    ("imagenet", 28, 7), ("small", 28, 28), ("small", 5, 5), ("bare", 5, 5)])
def test_stems(stem, size, expected):
    net = resnet18(stem=stem)
    net.initialize()
    y = net.stem(np.random.normal(size=(2, 1, size, size)))
    assert y.shape == (2, 64, expected, expected)
    assert (y < 0).any() == (stem == "bare")  # a convolution alone


@pytest.mark.parametrize("stem", ("imagenet", "small"))
@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (2, 3, 33, 17), (1, 1, 1, 1)])
def test_any_image_size_and_batch(stem, shape):
    net = resnet18(num_classes=7, stem=stem)
    net.initialize()
    net.hybridize()
    assert net(np.zeros(shape)).shape == (shape[0], 7)


def test_first_blocks_halve_and_double():
    stage = resnet_block(8, 3)
    stage.initialize()
    assert stage(np.zeros((2, 4, 9, 9))).shape == (2, 8, 5, 5)
    assert [block.projection is not None for block in stage] == [True, False, False]
    first = resnet_block(8, 2, first_block=True)
    first.initialize()
    assert first(np.zeros((2, 8, 9, 9))).shape == (2, 8, 9, 9)
    assert [block.projection for block in first] == [None, None]


@pytest.mark.parametrize("option, first, later", [
    ("A", "zero-pad", "identity"), ("B", "projection", "identity"), ("C", "projection", "projection"),
    ("none", "none", "none")])
def test_the_options_of_the_paper_choose_the_shortcuts(option, first, later):
    assert [block.shortcut for block in resnet_block(8, 3, option=option)] == [first, later, later]
    # a first stage keeps the size: its channels alone decide
    kept = resnet_block(8, 2, first_block=True, option=option, in_channels=8)
    changed = resnet_block(8, 2, first_block=True, option=option, in_channels=4)
    assert [block.shortcut for block in kept] == [later, later]
    assert [block.shortcut for block in changed] == [first, later]


def test_blocks_share_nothing():
    net = resnet18()
    net.initialize()
    net(np.zeros((1, 1, 28, 28)))
    blocks = [block for stage in net.stages for block in stage]
    assert len(blocks) == 8 and all(isinstance(block, Residual) for block in blocks)
    parameters = [id(p) for block in blocks for p in block.collect_params().values()]
    assert len(parameters) == len(set(parameters))


def test_options_reach_the_blocks():
    net = resnet18(zero_gamma=True)
    net.initialize()
    net(np.zeros((1, 1, 28, 28)))
    assert all((block.bn2.gamma.data() == 0).all() for block in net.blocks)


def test_the_parts_have_names_in_order():
    stages = ((8, 1), (16, 1))
    assert list(resnet(stages).parts) == ["stem", "stage1", "stage2", "pool", "head"]
    assert list(resnet(stages, version="v2", dropout=0.5).parts) == [
        "stem", "stage1", "stage2", "norm", "dropout", "pool", "head"]


def test_the_stem_is_as_wide_as_the_first_stage_s_inner_convolutions():
    def channels(**options):
        return resnet(((64, 1), (128, 1)), **options).stem[0]._channels
    assert (channels(), channels(kind="bottleneck"), channels(stem_channels=24)) == (64, 16, 24)


def test_a_version_says_what_its_blocks_do():
    assert block_flags("basic", "v1.5", {}) == {}
    assert block_flags("bottleneck", "v1.5", {}) == {"stride_on": "3x3"}
    assert block_flags("basic", "v2", {}) == {"preactivation": True}
    net = resnet(((16, 1), (32, 1)), kind="bottleneck", version="v1.5")
    assert isinstance(net.stage2[0], Bottleneck) and [layer.strides for layer in net.stage2[0].layers] == [1, 2, 1]
    assert [layer.strides for layer in resnet(((16, 1), (32, 1)), kind="bottleneck").stage2[0].layers] == [2, 1, 1]


def test_parameters_are_saved_and_loaded(tmp_path):
    one, other = resnet18(), resnet18()
    x = np.random.normal(size=(2, 1, 28, 28))
    one.initialize()
    y = one(x)
    one.save_parameters(str(tmp_path / "net.params"))
    other.load_parameters(str(tmp_path / "net.params"))
    assert (other(x) == y).all()


def test_export_gives_the_same_logits(tmp_path):
    net = resnet18()
    net.initialize()
    net.hybridize()
    x = np.random.normal(size=(2, 1, 28, 28))
    y = net(x)
    net.export(str(tmp_path / "net"))
    again = gluon.SymbolBlock.imports(str(tmp_path / "net-symbol.json"), "data", str(tmp_path / "net-0000.params"))
    onp.testing.assert_allclose(again(x).asnumpy(), y.asnumpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make, message", [
    (lambda: resnet18(stem="cifar"), "stem must be one of 'imagenet', 'small', 'bare', but 'cifar' was given"),
    (lambda: resnet18(form="torch"), "form must be one of 'paper', 'd2l', 'keras', but 'torch' was given"),
    (lambda: resnet18(num_classes=0), "num_classes must be an integer of at least 1, but 0 was given"),
    (lambda: resnet_block(64, 0), "num_residuals must be an integer of at least 1, but 0 was given"),
    (lambda: resnet_block(-64, 2), "num_channels must be an integer of at least 1, but -64 was given"),
    (lambda: resnet_block(64, 2, in_channels=-1), "in_channels must be an integer of at least 0, but -1 was given"),
    (lambda: resnet_block(64, 2, kind="wide"), "kind must be one of 'basic', 'bottleneck', but 'wide' was given"),
    (lambda: resnet_block(64, 2, option="D"), "option must be one of 'A', 'B', 'C', 'none', but 'D' was given")])
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert message in str(error.value)


@pytest.mark.parametrize("compiled", (False, True))
def test_what_is_no_batch_of_images_is_refused(compiled):
    net = resnet18()
    net.initialize()
    if compiled:
        net.hybridize()
    for shape in ((28, 28), (5, 28, 28), (0, 1, 28, 28)):
        with pytest.raises(ValueError, match="Network expects a non-empty batch of images"):
            net(np.zeros(shape))
