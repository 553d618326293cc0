"""The exercises of ps1-autograd: the reference, the budgets, the hidden tests, the spellings and the misconceptions."""

import numpy as np
import pytest
import torch

from gdhelpers import reference, spellings
from gdhelpers.checks import NotAnswered, WrongAnswer, compare
from gdhelpers.hidden_tests import autograd as hidden_tests
from gdhelpers.hidden_tests import seed
from gdhelpers.hidden_tests.call import make
from gdhelpers.reference import Function, budgets
from gdhelpers.reference.functions import FAMILIES, cliff, quadratic
from gdhelpers.wire.described import Source

NAMES = ("derivative", "accumulated_grad", "descend", "minimise")
DTYPES = (torch.float32, torch.float64)

PARABOLA = Function("x^2 + 4x", "def f(x):\n    return x * x + 4 * x\n", lambda x: 2 * x + 4)


def examine(name, answer):
    getattr(hidden_tests, name)(answer)


def cases(name):
    return getattr(hidden_tests, f"{name}_cases")()


def drawn(count=3):
    rng = np.random.default_rng(0)
    for family in FAMILIES:
        for _ in range(count):
            yield family.draw(rng), float(rng.uniform(family.low, family.high))


def by_autograd(f, x, dtype=torch.float64):
    point = torch.tensor(x, dtype=dtype, requires_grad=True)
    value = make(Source(f.source))(point)
    assert value.shape == ()
    assert value.dtype == dtype
    return torch.autograd.grad(value, point)[0].item()


# The reference


def test_examples_on_paper():
    assert reference.derivative(PARABOLA, 3.0) == 10.0
    assert reference.accumulated_grad(PARABOLA, 3.0, 2) == 20.0
    assert reference.descend(PARABOLA, 3.0, 0.1, 3) == pytest.approx([2.0, 1.2, 0.56], rel=1e-15)
    assert reference.minimise(PARABOLA, 0.0, 0.25, 0.6, 3) == (-1.75, 3)
    assert reference.minimise(PARABOLA, -1.75, 0.25, 0.6, 3) == (-1.75, 0)
    with pytest.raises(RuntimeError, match="after 2 steps"):
        reference.minimise(PARABOLA, 0.0, 0.25, 0.6, 2)


def test_slopes_in_closed_form_agree_with_autograd_and_with_chords():
    for f, x in drawn():
        chord = [make(Source(f.source))(torch.tensor(x + h, dtype=torch.float64)).item() for h in (1e-5, -1e-5)]
        assert f.derivative(x) == pytest.approx(by_autograd(f, x), rel=1e-12, abs=1e-13)
        assert f.derivative(x) == pytest.approx((chord[0] - chord[1]) / 2e-5, rel=1e-6, abs=1e-6)


def test_slopes_of_other_sizes_agree_with_autograd():
    rng = np.random.default_rng(1)
    for f, x in [(quadratic(rng, size=1e-9), 3.1), (quadratic(rng, width=1e4), 2e4), (cliff(rng), 0.7)]:
        assert f.derivative(x) == pytest.approx(by_autograd(f, x), rel=1e-12)


def test_parameters_are_float32_numbers():
    for f, _ in drawn():
        constants = [
            float(word)
            for word in f.name.replace("(", " ").replace(")", " ").split()
            if "." in word and word.lstrip("-").replace(".", "").isdigit()
        ]
        assert all(float(np.float32(constant)) == constant for constant in constants)


# The budgets


def test_float32_slopes_are_within_the_budget():
    for f, x in drawn(40):
        assert abs(by_autograd(f, x, torch.float32) - reference.derivative(f, x)) <= budgets.derivative(f, x)


@pytest.mark.parametrize("name", NAMES)
def test_zeros_flipped_signs_and_factors_of_two_are_never_within_the_budget(name):
    for number in range(6):
        with seed.seeded(number):
            for case in cases(name):
                if case.expected is RuntimeError:
                    continue
                expected, budget = (
                    (case.expected[0], case.budget[0]) if name == "minimise" else (case.expected, case.budget)
                )
                for wrong in (0.0, -1.0, 0.5, 2.0, 1.001):
                    answer = [wrong * x for x in expected] if name == "descend" else wrong * expected
                    assert compare(answer, expected, budget), case.name


def test_small_numbers_are_small():
    for name, argument in (("descend", 1), ("minimise", 1)):
        (case,) = [case for case in cases(name) if case.name == "small numbers"]
        assert abs(case.arguments[argument]) < 1e-8
        assert abs(by_autograd(Function("", case.arguments[0].text, lambda x: x), case.arguments[argument])) < 1e-7
    (case,) = [case for case in cases("derivative") if case.name == "small numbers"]
    assert 1e-10 < abs(case.expected) < 1e-7


# The cases


@pytest.mark.parametrize("name", NAMES)
def test_cases_are_the_same_for_the_same_seed_only(name):
    def drawn_with(number):
        with seed.seeded(number):
            return [case.arguments[0].text for case in cases(name)]

    assert drawn_with(5) == drawn_with(5) != drawn_with(6)


def walk(case, dtype):
    """Return abs(f'(x)) at every x of the descent of a case, computed in `dtype`."""
    source, x0, lr, _, max_steps = case.arguments
    f, x = make(source), torch.tensor(x0, dtype=dtype)
    steps = max_steps if case.expected is RuntimeError else case.expected[1]
    slopes = []
    for _ in range(steps + 1):
        slope = torch.func.grad(f)(x)
        slopes.append(abs(slope.item()))
        x = x - lr * slope
    return np.array(slopes)


@pytest.mark.parametrize("number", range(4))
def test_float32_and_float64_stop_at_the_same_update(number):
    with seed.seeded(number):
        for case in cases("minimise"):
            tol = case.arguments[3]
            for dtype in DTYPES:
                slopes = walk(case, dtype)
                if case.expected is RuntimeError:
                    slopes = slopes[: np.argmin(np.isfinite(slopes)) or None]
                    assert (slopes > tol * (1 + 1e-3)).all(), case.name
                else:
                    assert (slopes[:-1] > tol * (1 + 1e-3)).all(), case.name
                    assert slopes[-1] < tol * (1 - 1e-3), case.name


def test_searches_include_the_borders():
    by_name = {case.name: case for case in cases("minimise")}
    last, too_few = by_name["the last allowed update gets there"], by_name["one update too few"]
    assert last.expected[1] == last.arguments[4] == too_few.arguments[4] + 1
    assert last.arguments[0].text == too_few.arguments[0].text
    assert last.arguments[1:4] == too_few.arguments[1:4]
    assert by_name["a start that is good enough"].expected[1] == 0
    assert all(1 <= case.arguments[4] <= 5000 for case in by_name.values())
    assert sum(case.expected is RuntimeError for case in by_name.values()) == 4


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["steps that diverge", "a gradient that overflows"])
def test_what_diverges_stops_being_finite_in_both_precisions(name, dtype):
    (case,) = [case for case in cases("minimise") if case.name == name]
    assert not np.isfinite(walk(case, dtype)).all()


def test_reference_notices_overflow():
    f = cliff(np.random.default_rng(2))
    with pytest.raises(RuntimeError, match="diverges"):
        reference.minimise(f, 1.0, 3e3 / f.derivative(1.0), 1e-3, 50)


# The hidden tests


@pytest.mark.parametrize("name", NAMES)
def test_an_unanswered_function_is_told_so(name):
    def unanswered(*arguments):
        raise NotImplementedError

    with pytest.raises(NotAnswered):
        examine(name, unanswered)


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_that_remembers_is_rejected(name):
    right, remembered = spellings.of(name)[0], []

    def with_memory(*arguments):
        remembered.append(arguments)
        if len(remembered) % 2 == 0:
            raise RuntimeError("not again")
        return right(*arguments)

    with pytest.raises(WrongAnswer, match="second call"):
        examine(name, with_memory)
