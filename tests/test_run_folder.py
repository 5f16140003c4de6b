"""What can happen to a run's folder, short of SIGKILL (test_kill.py)."""
import json
import math
import os
import random
import signal
import subprocess
import sys

from resnet_gluon import FashionMNIST, plots, resnet
from resnet_gluon.checkpoint import CheckpointRefused, read_checkpoint, write_checkpoint
from resnet_gluon.history import History
from resnet_gluon.progress import Progress
from resnet_gluon.run_folder import Diverged, RunFolder, RunInUse, discard
from resnet_gluon.training import fit

import mxnet as mx
import numpy as onp
import pytest
from mxnet import gluon
from mxnet.gluon import nn

TINY = ((8, 1), (16, 1))
LAST, PREVIOUS = "last.checkpoint", "previous.checkpoint"


def train(data, folder, net=None, **options):
    net = net or resnet(TINY)
    options = {"epochs": 2, "batch_size": 64, "lr": 0.05, "progress": False, **options}
    return net, fit(net, data, folder=folder, **options)


def parameters(net):
    return [value.asnumpy() for p in net._collect_params_with_prefix().values() for value in p.list_data()]


def same(one, two):
    return all((a == b).all() for a, b in zip(parameters(one), parameters(two)))


@pytest.fixture
def interrupt_at(monkeypatch):
    """Ctrl-C, as Jupyter sends it, in the middle of a given step."""
    def at(step):
        calls = []

        def count(*_):
            calls.append(1)
            if len(calls) == step:
                os.kill(os.getpid(), signal.SIGINT)
        monkeypatch.setattr(Progress, "step", count)
    return at


def test_a_checkpoint_holds_everything_and_nothing_changes_by_writing_it(data, tmp_path):
    (net, history), (bare, _) = train(data, tmp_path, save_steps=3), train(data, None)
    assert same(net, bare)
    arrays, facts = read_checkpoint(tmp_path / LAST)
    assert facts["step"] == 16 and facts["history"]["steps"] == history.steps
    assert len([name for name in arrays if name.startswith("momentum/")]) == len(
        [p for p in net.collect_params().values() if p.grad_req != "null"])
    assert History.load(tmp_path / "history.json") == history
    assert all(f"parameter/{name}/0" in arrays for name in net._collect_params_with_prefix())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.params", "history.json", LAST, "lock", PREVIOUS]


@pytest.mark.parametrize("step", (1, 5, 8, 13, 15))
def test_ctrl_c_stops_between_steps_and_resume_ends_as_if_nothing_had_been(data, tmp_path, interrupt_at, step, capsys,
                                                                              monkeypatch):
    whole, expected = train(data, None, shift=1)
    interrupt_at(step)
    _, partial = train(data, tmp_path, shift=1, progress=True)
    assert partial.stopped == f"Ctrl-C after step {step} of 16" and len(partial.steps["loss"]) == step
    assert f"{partial.stopped}. {tmp_path} keeps the state after step {step}" in capsys.readouterr().out
    assert len(partial.epochs) == step // 8
    plots.learning_curves(partial)
    assert History.load(tmp_path / "history.json") == partial
    calls = []
    monkeypatch.setattr(Progress, "step", lambda *_: calls.append(1))
    net, history = train(data, tmp_path, shift=1, resume=True)
    assert same(net, whole) and history.steps == expected.steps and history.stopped is None
    assert len(calls) == 16 - step
    assert [e["val_accuracy"] for e in history.epochs] == [e["val_accuracy"] for e in expected.epochs]


def test_ctrl_c_without_a_folder_still_returns_the_history(data, interrupt_at):
    interrupt_at(3)
    _, history = train(data, None)
    assert len(history.steps["loss"]) == 3 and history.epochs == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_finished_run_is_not_run_again(data, tmp_path):
    net, history = train(data, tmp_path)
    again, same_history = train(data, tmp_path, resume=True)
    assert same(net, again) and same_history == history


def test_the_best_epoch_s_parameters_are_kept(data, tmp_path, monkeypatch):
    accuracies = iter((0.3, 0.5, 0.4))
    monkeypatch.setattr("resnet_gluon.evaluation.Evaluation.accuracy", property(lambda _: next(accuracies)))
    net, history = train(data, tmp_path, epochs=3)
    assert history.best == 1
    best = resnet(TINY)
    best.load_parameters(str(tmp_path / "best.params"))
    arrays, _ = read_checkpoint(tmp_path / PREVIOUS)  # of the second epoch
    assert (arrays["parameter/4.weight/0"] == best[4].weight.data().asnumpy()).all() and not same(net, best)


def test_a_folder_with_a_run_is_not_overwritten(data, tmp_path):
    train(data, tmp_path)
    with pytest.raises(ValueError, match="holds a run already: resume=True goes on with it"):
        train(data, tmp_path)


def test_another_run_s_checkpoint_is_refused(data, tmp_path):
    train(data, tmp_path)
    with pytest.raises(CheckpointRefused, match=r"belongs to another run: lr is 0.05 there and 0.1 here"):
        train(data, tmp_path, resume=True, lr=0.1)
    with pytest.raises(CheckpointRefused, match="devices is 1 there and 2 here.*For a new run choose another folder"):
        train(data, tmp_path, resume=True, devices=[mx.cpu(0), mx.cpu(1)])
    frozen = resnet(TINY)
    frozen[0].collect_params().setattr("grad_req", "null")
    reversed_ = FashionMNIST(train_images=512, quiet=True)
    reversed_.train = reversed_.train.take(slice(None, None, -1))
    for other in ({"net": resnet(((8, 1), (24, 1)))}, {"net": resnet(TINY, zero_gamma=True, form="d2l")},
                  {"net": frozen}, {"data": reversed_}):
        with pytest.raises(CheckpointRefused, match="belongs to another run: net and data is '[0-9a-f]{8}' there"):
            train(**{"data": data, "folder": tmp_path, "resume": True, **other})


class Noisy(nn.HybridSequential):
    """Names that depend on how many blocks were made before, and noise of its own in every step."""

    def __init__(self):
        super().__init__()
        for _ in range(4):
            self.add(nn.Conv2D(8, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"), nn.Dropout(0.3))
        self.add(nn.GlobalAvgPool2D(), nn.Dense(10))


@pytest.mark.parametrize("options", [
    {}, {"momentum": 0}, {"flip": True, "lr": onp.float32(0.05), "seed": onp.int64(3), "epochs": onp.int32(2)},
    {"devices": [mx.cpu(0), mx.cpu(1)]}, {"optimizer": "adam", "lr": 0.001, "rotate": 10}],
    ids=["dropout", "no momentum", "NumPy's numbers", "two devices", "Adam"])
def test_resuming_is_exact_whatever_the_net_and_the_options(data, tmp_path, interrupt_at, options):
    (whole, expected), (again, _) = (train(data, None, Noisy(), **options) for _ in range(2))
    assert same(whole, again)
    interrupt_at(11)
    train(data, tmp_path, Noisy(), **options)
    net, history = train(data, tmp_path, Noisy(), resume=True, **options)
    assert same(net, whole) and history.steps == expected.steps


@pytest.mark.parametrize("damage, reason", [
    (lambda content: content[:-1000], "damaged or cut short"),
    (lambda content: content[:5000] + b"?" + content[5001:], "damaged or cut short"),
    (lambda content: b"", "not a checkpoint of this package"),
    (lambda content: b"\x80\x04cos\nsystem\n(S'true'\ntR.", "not a checkpoint of this package"),
    (lambda content: content.replace(b"checkpoint 1 ", b"checkpoint 0 ", 1), "has the checkpoint format 0"),
    (lambda content: content.replace(b"checkpoint 1 ", b"checkpoint 2 ", 1), "has the checkpoint format 2")])
def test_a_bad_checkpoint_is_named_and_the_previous_one_used(data, tmp_path, damage, reason):
    net, _ = train(data, tmp_path, save_steps=3)
    (tmp_path / LAST).write_bytes(damage((tmp_path / LAST).read_bytes()))
    with pytest.warns(UserWarning, match=f"last.checkpoint .*{reason}.*Going on from previous.checkpoint, step 15"):
        again, _ = train(data, tmp_path, save_steps=3, resume=True)
    assert same(net, again)
    assert [read_checkpoint(tmp_path / name)[1]["step"] for name in (LAST, PREVIOUS)] == [16, 15]
    assert [read_checkpoint(tmp_path / name)[1]["step"] for name in (LAST, PREVIOUS)] == [16, 15]


def test_without_any_good_checkpoint_the_run_is_refused(data, tmp_path):
    train(data, tmp_path)
    for name in (LAST, PREVIOUS):
        (tmp_path / name).write_bytes(b"nothing")
    with pytest.raises(CheckpointRefused, match="last.checkpoint is not .*previous.checkpoint is not .*another folder"):
        train(data, tmp_path, resume=True)


def test_a_thousand_mutations_are_all_refused(data, tmp_path):
    train(data, tmp_path, epochs=1)
    content, file = (tmp_path / LAST).read_bytes(), tmp_path / "mutant"
    random_ = random.Random(1)
    for _ in range(1000):
        mutant = bytearray(content)
        place, kind = random_.choice((random_.randrange(200), random_.randrange(len(content)))), random_.randrange(4)
        if kind == 0:
            mutant[place] ^= 1 << random_.randrange(8)
        elif kind == 1:
            del mutant[place:place + random_.randint(1, 2000)]
        elif kind == 2:
            mutant[place:place] = random_.getrandbits(64).to_bytes(8, "little")
        else:
            mutant[place:] = b""
        file.write_bytes(mutant)
        with pytest.raises(CheckpointRefused):
            read_checkpoint(file)


def test_nothing_is_unpickled(tmp_path):
    """An archive with a good checksum whose array is a pickle that would run code."""
    class Payload:
        def __reduce__(self):
            return (open, (str(tmp_path / "executed"), "w"))
    write_checkpoint(tmp_path / "bad", {"a": onp.array([Payload()], dtype=object)}, {})
    with pytest.raises(CheckpointRefused, match="not a checkpoint's content"):
        read_checkpoint(tmp_path / "bad")
    assert not (tmp_path / "executed").exists()


def test_other_conditions_are_said(data, tmp_path):
    train(data, tmp_path, epochs=1)
    arrays, facts = read_checkpoint(tmp_path / LAST)
    facts["history"]["setting"]["environments"][0]["threads"] = "64"
    write_checkpoint(tmp_path / LAST, arrays, facts)
    with pytest.warns(UserWarning, match="begun under other conditions: threads is '64' there"):
        _, history = train(data, tmp_path, epochs=1, resume=True)
    assert [place["threads"] for place in history.setting["environments"]] == ["64", os.environ["OMP_NUM_THREADS"]]


def test_a_second_run_into_one_folder_is_refused(data, tmp_path):
    net = resnet(TINY)
    with RunFolder(tmp_path, net, None, History(), 1, None), \
            pytest.raises(RunInUse, match=f"in use by another run .process {os.getpid()}"):
        train(data, tmp_path)
    train(data, tmp_path)  # free again


def test_a_finished_run_can_be_discarded_unless_it_is_in_use(data, tmp_path):
    folder = tmp_path / "run"
    train(data, folder, epochs=1)
    with RunFolder(folder, resnet(TINY), None, History(), 1, None), pytest.raises(RunInUse):
        discard(folder)
    assert (folder / LAST).exists()
    discard(folder)
    assert not folder.exists()


def test_parameters_that_are_not_finite_leave_the_last_good_checkpoint(data, tmp_path):
    message = (r"parameter/\S+ holds numbers that are not finite at step 3, learning rate 3.75e\+07. Begin anew with "
               "a smaller lr .* keeps the state after step 2")
    with pytest.raises(Diverged, match=message):
        train(data, tmp_path, lr=1e8, warmup=0.5, save_steps=1)
    arrays, facts = read_checkpoint(tmp_path / LAST)
    assert all(onp.isfinite(array).all() for array in arrays.values()) and facts["step"] == 2


def test_a_loss_that_is_not_finite_leaves_the_last_good_checkpoint(data, tmp_path, monkeypatch):
    losses = []

    def fails_at_step_14(logits, labels):
        losses.append(logits)
        return cross_entropy(logits, labels) * (math.nan if len(losses) == 14 else 1)
    cross_entropy = gluon.loss.SoftmaxCrossEntropyLoss()
    monkeypatch.setattr(gluon.loss, "SoftmaxCrossEntropyLoss", lambda: fails_at_step_14)
    with pytest.raises(Diverged, match=r"the loss is nan at step 14, learning rate 0.0\d+. .* the state after step 12"):
        train(data, tmp_path, save_steps=4)
    assert read_checkpoint(tmp_path / LAST)[1]["step"] == 12


def test_parameters_are_checked_without_a_folder_too(data):
    with pytest.raises(Diverged, match="Begin anew with a smaller lr or a longer warmup, in another folder.$"):
        train(data, None, lr=1e8)


def test_a_full_disk_fails_the_checkpoint_and_not_the_training(data, tmp_path):
    """The system refuses files above a size, in a process of its own."""
    program = f"""
import resource, signal, sys
from resnet_gluon import FashionMNIST, resnet
from resnet_gluon.training import fit
data = FashionMNIST(train_images=512, quiet=True)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({{limit}}, resource.RLIM_INFINITY))
history = fit(resnet({TINY}), data, epochs=2, batch_size=64, folder={str(tmp_path)!r}, progress=False)
print(len(history.steps["loss"]))
"""
    for limit, left in ((0, {"lock"}), (20_000, {"lock", "history.json"})):
        command = [sys.executable, "-c", program.format(limit=limit)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == "16\n"
        assert "the checkpoint after step 8 could not be written" in done.stderr and "Training goes on." in done.stderr
        assert {path.name for path in tmp_path.iterdir()} == left


def test_the_history_of_a_run_is_plain_json(data, tmp_path):
    train(data, tmp_path, epochs=1)
    setting = json.loads((tmp_path / "history.json").read_text())["setting"]
    assert setting["edition"].startswith("2017-08-31") and setting["environments"][0]["mxnet"] == "1.9.1"
