"""The exercises, in the notebooks' order. Each is at the end of the module that checks it."""
from typing import Union

from resnet_gluon.arguments import choose
from resnet_gluon.exercises.checks import (
    blocks,
    counts,
    evaluating,
    fine_tuning,
    networks,
    parameters,
    paths,
    scaling,
    shortcuts,
    stages,
    taps,
    top_two,
    training,
)
from resnet_gluon.exercises.judge.exercise import Exercise

ALL = (
    counts.TOWER_DEPTH,
    blocks.RESIDUAL_BLOCK,
    blocks.PLAIN_BLOCK,
    parameters.RESIDUAL_PARAMETERS,
    stages.RESNET_BLOCK,
    networks.RESNET18,
    parameters.COUNT_PARAMETERS,
    counts.RESNET34_STAGES,
    training.TRAINING_LOOP,
    evaluating.EVALUATE,
    top_two.TOP_2_ACCURACY,
    blocks.BOTTLENECK_BLOCK,
    counts.RESNET26_STAGES,
    taps.LIVE_TAPS,
    shortcuts.ZERO_PAD_SHORTCUT,
    blocks.PREACTIVATION_BLOCK,
    blocks.RESIDUAL_BLOCK_1D,
    counts.RECEPTIVE_FIELD,
    fine_tuning.FINE_TUNE_HEAD,
    fine_tuning.NEAREST_MEAN,
    paths.PATH_LENGTHS,
    scaling.ALL_REDUCE,
    scaling.EXCHANGE,
)
BY_NAME = {exercise.name: exercise for exercise in ALL}


def find(exercise: Union[str, Exercise]) -> Exercise:
    """The exercise of this name, or the one that is given. Raises ValueError for an unknown name."""
    return exercise if isinstance(exercise, Exercise) else choose("exercise", exercise, BY_NAME)
