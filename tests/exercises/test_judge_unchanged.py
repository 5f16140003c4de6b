"""What a student's code changes in place is found, and what it only reads is not."""
from resnet_gluon.exercises.judge.unchanged import ArgumentChanged, unchanged
from resnet_gluon.training import Evaluation

import numpy as onp
import pytest
from mxnet import np


def test_arrays_in_lists_tuples_and_dataclasses_are_watched():
    evaluation = Evaluation(onp.zeros(2, "int32"), onp.full((2, 3), onp.nan))
    batches = [(np.zeros((2, 3)), np.zeros(2))]
    with unchanged(batches, evaluation, "text", None):
        assert batches[0][0].sum() == 0
    for change in (lambda: batches[0][0].__iadd__(1), lambda: evaluation.probabilities.__setitem__(0, 1),
                   lambda: evaluation.labels.__setitem__(0, 1)):
        with pytest.raises(ArgumentChanged, match="changed in place"), unchanged(batches, evaluation):
            change()


def test_an_error_of_the_code_goes_through():
    with pytest.raises(KeyError), unchanged(onp.zeros(2)):
        {}["not there"]
