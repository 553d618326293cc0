"""The bounds of running error analysis hold for float32 arithmetic, and are not so wide as to be worthless."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdhelpers.reference import rounding
from gdhelpers.reference.rounding import Rounded

numbers = st.floats(-100, 100, width=32)
positive = st.floats(0.0625, 100, width=32)


def holds(rounded, computed):
    return abs(float(computed) - float(rounded.value)) <= float(rounded.error)


@given(numbers, numbers, positive)
def test_arithmetic_stays_within_its_bound(a, b, c):
    f = np.float32
    assert holds(Rounded(a) + b, f(a) + f(b))
    assert holds(Rounded(a) - b, f(a) - f(b))
    assert holds(a - Rounded(b), f(a) - f(b))
    assert holds(Rounded(a) * b, f(a) * f(b))
    assert holds(Rounded(a) / c, f(a) / f(c))
    assert holds(1.0 / Rounded(c), f(1) / f(c))
    assert holds((Rounded(a) * b - a) / c + b, (f(a) * f(b) - f(a)) / f(c) + f(b))


@pytest.mark.parametrize("name", ["exp", "log", "sin", "cos", "tanh"])
@given(x=st.floats(0.0625, 20, width=32))
def test_elementary_functions_stay_within_their_bound(name, x):
    computed = getattr(np, name)(np.float32(x) * np.float32(0.7))
    assert holds(getattr(rounding, name)(Rounded(x) * Rounded.of(np.float32(0.7))), computed)


@given(st.lists(numbers, min_size=1, max_size=50), st.randoms())
def test_sums_stay_within_their_bound_in_any_order(values, random):
    shuffled = random.sample(values, len(values))
    total = np.float32(0)
    for value in shuffled:
        total += np.float32(value)
    assert holds(Rounded(values).sum(), total)


def test_a_cancelling_sum_is_judged_by_its_terms():
    total = Rounded(1.0) + 2.0**-20 - 1.0
    assert 2.0**-25 < float(total.error) < 2.0**-21


def test_a_python_float_brings_its_rounding():
    exact, rounded = 0.1, float(np.float32(0.1))
    assert abs(exact - rounded) <= float(Rounded.of(exact).error)
    assert float(Rounded(0.1).error) == 0.0
