from resnet_gluon.arguments import choose, not_negative, positive_int, whole_number

import numpy as np
import pytest


@pytest.mark.parametrize("value", (0, 1, 10 ** 12, np.int64(3), np.uint8(0)))
def test_whole_numbers(value):
    assert whole_number("n", value) == value


@pytest.mark.parametrize("value", (-1, 1.0, 0.5, True, False, None, "3", np.float32(1), float("nan"), [1]))
def test_what_is_no_whole_number_is_shown_with_its_name(value):
    with pytest.raises(ValueError) as error:
        whole_number("steps", value)
    assert str(error.value) == f"steps must be an integer of at least 0, but {value!r} was given"


def test_positive_numbers_begin_at_1():
    assert positive_int("n", 1) == 1 and whole_number("n", 5, least=5) == 5
    for value in (0, -3, True):
        with pytest.raises(ValueError, match="^n must be an integer of at least 1, but"):
            positive_int("n", value)
    with pytest.raises(ValueError, match="at least 5, but 4 was given"):
        whole_number("n", 4, least=5)


@pytest.mark.parametrize("value", (0, 0.0, 1e300, 3, np.float32(0.5), np.int64(2)))
def test_numbers_that_are_not_negative(value):
    assert not_negative("lr", value) == value


@pytest.mark.parametrize("value", (-1e-9, float("nan"), float("inf"), -float("inf"), True, "0.1", None, 1j))
def test_what_is_negative_or_no_number_is_shown_with_its_name(value):
    with pytest.raises(ValueError) as error:
        not_negative("lr", value)
    assert str(error.value) == f"lr must be a finite number of at least 0, but {value!r} was given"


def test_a_choice_gives_what_it_stands_for_or_lists_the_options():
    options = {"a": 1, None: 2, 3: 4}
    assert (choose("kind", "a", options), choose("kind", None, options), choose("kind", 3, options)) == (1, 2, 4)
    with pytest.raises(ValueError) as error:
        choose("kind", "b", options)
    assert str(error.value) == "kind must be one of 'a', None, 3, but 'b' was given"
