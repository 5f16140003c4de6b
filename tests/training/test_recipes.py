"""Training as a value that checks itself; recipes and budgets by name."""
import json
import math
from dataclasses import FrozenInstanceError, asdict, fields, replace

from resnet_gluon import Network, Training, budget, recipe
from resnet_gluon.training import BUDGETS, RECIPES, Recipe
from resnet_gluon.training.recipes import call

import numpy as np
import pytest
from tiny import train


@pytest.mark.parametrize("options, message", [
    ({"epochs": 0}, "epochs must be"), ({"epochs": 1.5}, "epochs must be"), ({"epochs": True}, "epochs must be"),
    ({"batch_size": 0}, "batch_size must be"), ({"batch_size": "64"}, "batch_size must be"),
    ({"optimizer": "rmsprop"}, "optimizer must be one of 'sgd', 'adam', but 'rmsprop' was given"),
    ({"lr": -1}, "lr must be"), ({"lr": math.nan}, "lr must be"), ({"lr": math.inf}, "lr must be"),
    ({"warmup": 1}, "warmup must be a share of the steps, 0 ≤ warmup < 1, but 1 was given"),
    ({"warmup": -0.1}, "warmup must be"), ({"momentum": "0.9"}, "momentum must be"),
    ({"weight_decay": -1e-4}, "weight_decay must be"), ({"shift": -1}, "shift must be"), ({"shift": 1.5}, "shift must"),
    ({"rotate": -5}, "rotate must be"), ({"flip": "left"}, "flip must be True or False, but 'left' was given")])
def test_bad_settings_are_named_as_soon_as_they_are_given(options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        Training(**{"epochs": 1, **options})
    with pytest.raises(ValueError, match=f"^{message}"):
        replace(Training(epochs=1), **options)


def test_a_training_is_a_value():
    one = Training(epochs=3, lr=0.05)
    assert one == Training(epochs=3, lr=0.05) != replace(one, lr=0.1) and len({one, replace(one)}) == 1
    with pytest.raises(FrozenInstanceError):
        one.epochs = 5
    with pytest.raises(TypeError):
        Training()  # how long has to be said
    with pytest.raises(TypeError, match="learning_rate"):
        Training(epochs=1, learning_rate=0.1)


def test_numbers_of_numpy_become_python_s_own_so_that_json_can_hold_them():
    how = Training(epochs=np.int32(2), lr=np.float32(0.5), batch_size=np.int64(8), flip=np.bool_(True),
                   shift=np.uint8(1), rotate=np.float64(3), weight_decay=0)
    for field in fields(Training):
        kind = {"optimizer": str, "lr_batch": type(None)}.get(field.name, field.type)
        assert type(getattr(how, field.name)) is kind, field.name
    assert type(Training(epochs=1, lr_batch=np.int64(8)).lr_batch) is int
    assert (how.epochs, how.lr, how.batch_size, how.flip, how.shift, how.rotate) == (2, 0.5, 8, True, 1, 3.0)
    assert Training(**json.loads(json.dumps(asdict(how)))) == how
    assert [field.name for field in fields(Training)] == list(asdict(how))


def test_the_rate_grows_with_the_batch_it_was_chosen_for_and_only_where_that_is_said():
    how = Training(epochs=2, lr=0.1, batch_size=256)
    assert how.peak_lr == replace(how, batch_size=7).peak_lr == 0.1  # as ever: lr is the rate, whatever the batch
    larger = how.scaled(1024)
    assert (larger.batch_size, larger.lr, larger.peak_lr) == (1024, 0.1, pytest.approx(0.4))
    assert larger.scaled(512).peak_lr == pytest.approx(0.2) and larger.scaled(256).peak_lr == 0.1
    assert larger == Training(epochs=2, lr=0.1, batch_size=1024, lr_batch=256)


@pytest.mark.parametrize("options, message", [
    ({"lr_batch": 0}, "lr_batch must be"), ({"lr_batch": "a"}, "lr_batch must be"),
    ({"lr_batch": 8, "optimizer": "adam"}, "a rule for sgd: with adam choose")])
def test_what_cannot_be_scaled_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        Training(epochs=1, **options)


def test_the_scaled_rate_is_the_one_that_is_trained_with(data):
    _, history = train(data, epochs=2, batch_size=64, lr=0.05, lr_batch=32, warmup=0.25)
    assert max(history.steps["lr"]) == pytest.approx(0.1)


def test_recipes_are_found_by_name():
    assert set(RECIPES) == {"smoke", "quick", "default", "long", "resnet20", "plain20", "series"}
    for name in RECIPES:
        assert recipe(name).name == name and isinstance(recipe(name).training, Training)
    with pytest.raises(ValueError, match="recipe must be one of 'smoke', 'quick', 'default', .*'series', but 'b"):
        recipe("best")


def test_a_recipe_s_network_takes_the_options_of_the_family():
    net = recipe("quick").make(num_classes=3, version="v2")
    assert net.head._units == 3 and net.blocks[0].preactivation
    assert net.made["function"] == "resnet18" and net.made["options"]["zero_gamma"] is True
    long = recipe("long").make(num_classes=7)
    assert long.made["function"] == "resnet" and long.head._units == 7 and len(long.blocks) == 6
    assert recipe("series").make(num_classes=4).dimension == 1
    assert all(isinstance(recipe(name).make(), Network) for name in RECIPES if name != "series")


def test_a_recipe_prints_as_what_it_does():
    assert call(recipe("quick").make) == "resnet18(zero_gamma=True)"
    assert call(recipe("series").make) == "time_series_resnet()"
    text = repr(recipe("quick"))
    assert text.startswith("Recipe('quick': resnet18(zero_gamma=True), Training(epochs=6, ") and "\n" not in text
    assert text.endswith("evaluate with {'mirror': True})") and repr(recipe("smoke")).endswith("with one view)")
    assert repr(Recipe("mine", lambda: None, Training(1))).startswith("Recipe('mine': <lambda>(), Training(")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in RECIPES if name not in ("smoke", "series")])
def test_every_recipe_is_one_that_fit_takes(data, name):
    chosen = recipe(name)
    how = replace(chosen.training, epochs=1, batch_size=256)
    _, history = train(data, chosen.make(), **asdict(how))
    assert history.setting["training"] == asdict(how)


@pytest.mark.parametrize("name", ("smoke", "laptop", "full"))
def test_budgets(monkeypatch, name):
    monkeypatch.setenv("RESNET_GLUON_BUDGET", name)
    assert budget().name == name and budget() is BUDGETS[name]
    assert budget().recipe in RECIPES


def test_the_budget_is_a_laptop_s_unless_said_and_no_unknown_one(monkeypatch):
    monkeypatch.delenv("RESNET_GLUON_BUDGET")
    assert budget().name == "laptop"
    monkeypatch.setenv("RESNET_GLUON_BUDGET", "huge")
    with pytest.raises(ValueError, match="RESNET_GLUON_BUDGET must be one of 'smoke', 'laptop', 'full'"):
        budget()
