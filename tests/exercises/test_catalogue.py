"""The catalogue lists each exercise that a check ends in, once."""
import importlib
import pkgutil

from resnet_gluon.exercises import Exercise, checks
from resnet_gluon.exercises.catalogue import ALL, BY_NAME


def test_every_exercise_is_listed():
    made = []
    for module in pkgutil.iter_modules(checks.__path__):
        values = vars(importlib.import_module(f"{checks.__name__}.{module.name}")).values()
        own = [value for value in values if isinstance(value, Exercise)]
        assert own or module.name == "loops", module.name  # what two checks share
        made += own
    assert sorted(exercise.name for exercise in made) == sorted(exercise.name for exercise in ALL) == sorted(BY_NAME)
