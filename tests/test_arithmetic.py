"""Numbers as people write them, and sums over named values."""
import pytest

from experiments import arithmetic


def test_numbers_are_found_as_people_write_them():
    text = "17 layers, .92 or 0.920, 86.9 %, 6.61 per cent, 6,532 s, 3×3, 2 ×, seven minutes, 1.9.1, 10⁹, x2, 20."
    found = [(each.value, each.decimals, each.percent) for each in arithmetic.numbers(text) if each.quantity]
    assert found == [(0.92, 2, False), (0.92, 3, False), (86.9, 1, True), (6.61, 2, True), (6532, 0, False),
                     (3, 0, False), (2, 0, False), (7, 0, False)]
    assert [each.value for each in arithmetic.numbers("17 of 20.")] == [17, 20]


def test_a_number_agrees_with_what_rounds_to_it():
    assert arithmetic.number("86.9 %").rounds(0.86927)
    assert not arithmetic.number("86.9 %").rounds(0.8699)
    assert not arithmetic.number("86.9 %").rounds(86.9) and arithmetic.number("86.9 %").rounds(86.92, percent=True)
    assert arithmetic.number(".005").rounds(-0.0051)


def test_sums_are_sums_and_nothing_else():
    assert arithmetic.calculate("2 * f('a') - 1 < 6", {"f": len}) is True
    for expression in ("__import__('os')", "f.x", "[1]", "'a'", "f("):
        with pytest.raises(ValueError):
            arithmetic.calculate(expression, {"f": len})
