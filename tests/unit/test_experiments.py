"""The experiments give what closed forms give, and the numbers that the specification of the lecture promises."""

import numpy as np
import pytest

from gdhelpers import reference
from gdhelpers.data import load_classification, load_regression
from gdhelpers.experiments import (
    accumulation,
    broadcasting,
    conditioning,
    cross_entropy,
    descent,
    difference,
    evaluations,
    logistic,
)
from gdhelpers.experiments import mutants_of_gradients as mutants
from gdhelpers.experiments.functions import PARABOLA, QUOTIENT

H = 10.0 ** -np.arange(0, 9)


@pytest.fixture(scope="module")
def cars():
    """Six features of 392 cars, and their miles per gallon."""
    rows = load_regression().dropna()
    return rows[["cylinders", "displacement", "horsepower", "weight", "acceleration", "year"]].to_numpy(), rows[
        "mpg"
    ].to_numpy()


# Functions of one variable


@pytest.mark.parametrize("function", [PARABOLA, QUOTIENT], ids=["parabola", "quotient"])
def test_slopes_and_curvatures_agree_with_a_polynomial_through_points_around(function):
    # An oracle that knows no formula: the coefficients of a polynomial through many points around x.
    x = 5.0
    around = x + 0.05 * np.cos(np.pi * (np.arange(9) + 0.5) / 9)
    polynomial = np.polynomial.Polynomial.fit(around, function.value(around), 8)
    assert polynomial.deriv()(x) == pytest.approx(function.slope(x), rel=1e-9)
    assert polynomial.deriv(2)(x) == pytest.approx(function.curvature(x), rel=1e-6)
    assert function.slope(function.minimum) == pytest.approx(0, abs=1e-12)


def test_the_numbers_of_the_two_functions():
    assert PARABOLA.slope(3.0) == 10
    assert QUOTIENT.slope(5.0) == -20
    assert round(QUOTIENT.minimum, 4) == 8.6603
    assert round(QUOTIENT.value(QUOTIENT.minimum), 3) == 173.205
    assert round(QUOTIENT.largest_stable_lr(), 4) == 0.8660
    assert QUOTIENT.largest_stable_lr() == pytest.approx(QUOTIENT.minimum / 10, rel=1e-15), "x*/10 exactly"


# Difference quotients


def test_secants_of_the_parabola_have_the_slope_10_plus_h():
    h = np.array([4.0, 2.0, 1.0, 0.5])
    np.testing.assert_array_equal(difference.forward(PARABOLA.value, 3.0, h), 10 + h)


def test_the_parabola_has_no_v():
    found = difference.errors(PARABOLA, 3.0, H)["central"]
    assert found[0] == 0, "h = 1 is exact"
    assert found[1:].max() > 0
    assert found[-3:].min() > found[:3].max(), "smaller h only gets worse"


def test_the_quotient_has_a_v():
    found = difference.errors(QUOTIENT, 5.0, H)
    # The error of truncation: h^2 f'''/6 with f''' = -4500/x^4, and h f''/2.
    assert found["central"][1] == pytest.approx(0.1**2 * 4500 / 5**4 / 6, rel=0.01)
    assert found["forward"][2] == pytest.approx(0.01 * 1500 / 5**3 / 2, rel=0.01)
    lowest = found["central"].argmin()
    assert 3 <= lowest <= 6
    assert found["central"][-1] > 100 * found["central"][lowest]
    assert found["complex step"][-1] < 1e-13, "no cancellation"


def test_float32_at_its_best_and_at_its_worst():
    found = difference.errors(QUOTIENT, 5.0, H, np.float32)
    assert list(found) == ["forward", "central"]
    assert H[found["central"].argmin()] == pytest.approx(1e-2)
    assert round(float(found["central"][2]), 5) == 4.6e-4
    assert found["central"][7] == 20, "x + h is x: the difference is zero"


# Descent


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.5, 1.0])
def test_a_descent_on_the_parabola_is_a_geometric_sequence(lr):
    path = descent.descend(PARABOLA.slope, 3.0, lr, 20)
    np.testing.assert_allclose(path, -2 + 5 * (1 - 2 * lr) ** np.arange(21), rtol=1e-12, atol=1e-12)


def test_the_first_step_from_1_lands_on_15_8():
    assert descent.descend(QUOTIENT.slope, 1.0, 0.02, 1)[1] == pytest.approx(15.8, abs=1e-12)


def test_the_loss_falls_for_ever_and_nothing_is_learnt():
    path = descent.descend(QUOTIENT.slope, 20.0, 5.0, 50)
    assert round(path[1], 1) == -20.6
    assert QUOTIENT.value(path)[1:4].astype(int).tolist() == [-242, -630, -1115]
    assert np.all(np.diff(QUOTIENT.value(path)) < 0)
    assert np.all(np.diff(path) < 0)


@pytest.mark.parametrize(("lr", "expected"), [(0.86, 1), (0.87, 2), (1.1, 4)])
def test_periods(lr, expected):
    (kept,) = descent.last_iterates(QUOTIENT.slope, 5.0, [lr], 20000, 64)
    assert descent.period(kept) == expected


def test_at_1_2_the_descent_wanders():
    (kept,) = descent.last_iterates(QUOTIENT.slope, 5.0, [1.2], 20000, 64)
    assert descent.period(kept) == 64
    assert 5 < kept.min() < kept.max() < 20


def test_the_two_cycle_is_where_algebra_puts_it():
    # Of y = x - lr f'(x) and x = y - lr f'(y), the sum says 20 = 750 (1/x^2 + 1/y^2) and the difference
    # 2 = 750 lr (x + y) / (x y)^2. So the product p of x and y solves 4 p^3 / (750 lr^2) = 20 p + 1500.
    lr = 0.87
    product = max(np.roots([4 / (750 * lr**2), 0, -20, -1500]).real)
    total = 2 * product**2 / (750 * lr)
    (kept,) = descent.last_iterates(QUOTIENT.slope, 5.0, [lr], 20000, 2)
    np.testing.assert_allclose(np.sort(kept), np.sort(np.roots([1, -total, product])), rtol=1e-9)


def test_last_iterates_are_the_end_of_a_descent():
    rates = [0.3, 0.87, 1.1]
    kept = descent.last_iterates(QUOTIENT.slope, 5.0, rates, 100, 7)
    for lr, row in zip(rates, kept, strict=True):
        np.testing.assert_array_equal(row, descent.descend(QUOTIENT.slope, 5.0, lr, 106)[100:])


# zero_grad


def momentum_of_torch(beta):
    import torch

    x = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1, momentum=beta)
    path = [x.item()]
    for _ in range(200):
        optimizer.zero_grad()
        PARABOLA.value(x).backward()
        optimizer.step()
        path.append(x.item())
    return path


def test_forgotten_zero_grad_is_undamped_momentum():
    forgotten = accumulation.forgotten_zero_grad(PARABOLA.value, 3.0, 0.1, 200)
    np.testing.assert_allclose(forgotten, momentum_of_torch(beta=1.0), atol=1e-12)
    np.testing.assert_allclose(forgotten, accumulation.momentum(PARABOLA.slope, 3.0, 0.1, 200), atol=1e-12)
    assert forgotten[1:8].round(2).tolist() == [2.0, 0.2, -2.04, -4.27, -6.05, -7.02, -6.98]


@pytest.mark.parametrize("beta", [0.0, 0.7, 1.0])
def test_momentum_is_that_of_torch(beta):
    path = accumulation.momentum(PARABOLA.slope, 3.0, 0.1, 200, beta=beta)
    np.testing.assert_allclose(path, momentum_of_torch(beta), atol=1e-12)


def test_momentum_without_damping_never_settles():
    distance = np.abs(accumulation.momentum(PARABOLA.slope, 3.0, 0.1, 5000) + 2)
    # The step matrix has the determinant 1: the amplitude of the last swings is that of the first.
    assert distance[-100:].max() == pytest.approx(distance[:100].max(), rel=0.01)


# Conditioning


def test_condition_numbers_and_largest_learning_rates(cars):
    X, _ = cars
    raw, scaled = conditioning.with_ones(X), conditioning.with_ones(conditioning.standardised(X))
    assert float(f"{conditioning.condition_number(raw):.1e}") == 7.3e9
    assert round(conditioning.condition_number(scaled)) == 117
    assert float(f"{conditioning.largest_stable_lr(raw):.2e}") == 1.04e-7
    assert round(conditioning.largest_stable_lr(scaled), 3) == 0.235


def test_eigenvalues_are_those_of_the_hessian():
    X = np.random.default_rng(0).normal(size=(30, 4))
    np.testing.assert_allclose(conditioning.eigenvalues(X), np.linalg.eigvalsh(2 * X.T @ X / 30), rtol=1e-10)


@pytest.mark.parametrize(("share", "converges"), [(0.99, True), (1.01, False)])
def test_the_largest_learning_rate_divides_convergence_from_divergence(cars, share, converges):
    X, y = conditioning.with_ones(conditioning.standardised(cars[0])), cars[1]
    path = conditioning.descend(X, y, np.zeros(7), share * conditioning.largest_stable_lr(X), 5000)
    best, *_ = np.linalg.lstsq(X, y)
    assert (np.abs(path[-1] - best).max() < 1e-6) == converges


def test_the_loss_of_many_weights_is_that_of_each(cars):
    X, y = cars[0][:, :2], cars[1]
    weights = np.random.default_rng(0).normal(size=(3, 4, 2))
    found = conditioning.losses(X, y, weights)
    assert found.shape == (3, 4)
    assert found[1, 2] == pytest.approx(reference.mse(X, y[:, None], weights[1, 2][:, None], np.zeros(1)))


def test_the_slope_per_standard_deviation_of_weight(cars):
    X, y = cars
    Z = conditioning.with_ones(conditioning.standardised(X[:, 3:4]))
    path = conditioning.descend(Z, y, [0.0, 0.0], 0.4, 100)
    assert round(path[-1][0], 3) == -6.487


# The table of residuals


def test_the_bug_ends_at_the_variance_and_the_right_loss_does_not(cars):
    X, y = conditioning.with_ones(conditioning.standardised(cars[0])), cars[1]
    for bug, end, explained in ((True, 60.763, 0.0), (False, 11.590, 0.809)):
        losses, w = broadcasting.losses(X, y, 0.2, 1500, bug=bug)
        assert round(losses[-1], 3) == end
        assert round(broadcasting.explained(X, y, w), 3) == pytest.approx(explained, abs=1e-9)
        assert np.all(np.diff(losses) < 1e-9), "it falls at every step"
        if bug:
            np.testing.assert_allclose(w, [0] * 6 + [y.mean()], atol=1e-9)
            assert round(losses[-1], 6) == round(y.var(), 6)
        else:
            np.testing.assert_allclose(w, np.linalg.lstsq(X, y)[0], atol=1e-5)
        assert losses[0] == pytest.approx(np.mean(y**2))


def test_the_mean_square_of_the_table_splits_into_two(cars):
    y, p = cars[1], np.random.default_rng(0).normal(size=392)
    table = broadcasting.table(p, y)
    assert table.shape == (392, 392)
    np.testing.assert_array_equal(np.diag(table), y - p)
    assert np.mean(table**2) == pytest.approx(y.var() + np.mean((p - y.mean()) ** 2))


# Cross-entropies


@pytest.fixture(scope="module")
def raw_patients():
    women = load_classification()
    X, t = women.drop(columns="Class").to_numpy(), women["Class"].to_numpy()
    return cross_entropy.losses_and_gradients(X, t, np.full(8, 0.1))


@pytest.mark.parametrize(
    ("kind", "loss", "slope"),
    [
        ("naive log", np.nan, np.nan),
        ("Keras, from probabilities", 10.33, 0.052),
        ("PyTorch, from probabilities", 63.41, 0.056),
        ("from logits", 21.60, 2.147),
    ],
)
def test_four_cross_entropies_of_the_raw_data(raw_patients, kind, loss, slope):
    losses, gradient = raw_patients[kind]
    assert round(float(losses.mean()), 2) == pytest.approx(loss, nan_ok=True)
    assert round(float(gradient[0]), 3) == pytest.approx(slope, nan_ok=True)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_all_four_agree_where_float32_can_tell(target):
    z = np.linspace(-5, 5, 41)
    for losses, slopes in cross_entropy.against_logit(z, target).values():
        np.testing.assert_allclose(losses, np.logaddexp(0, z) - target * z, rtol=2e-4)
        np.testing.assert_allclose(slopes, 1 / (1 + np.exp(-z)) - target, rtol=2e-4, atol=2e-5)


def test_only_the_loss_from_logits_is_right_everywhere():
    z = np.linspace(-120, 120, 241)
    found = cross_entropy.against_logit(z, 0.0)
    np.testing.assert_allclose(found["from logits"][0], np.logaddexp(0, z), rtol=1e-6, atol=1e-6)
    assert not np.isfinite(found["naive log"][0][z > 20]).any()
    assert found["PyTorch, from probabilities"][0].max() == 100
    assert found["Keras, from probabilities"][0].max() < 17
    for kind in ("Keras, from probabilities", "PyTorch, from probabilities"):
        assert np.all(found[kind][1][z > 20] < 1e-3), "the slope is gone where it is needed most"


# Logistic regression and its mutants


def test_the_loss_and_the_gradient_are_those_of_the_reference():
    X, t = logistic.patients()
    w = np.random.default_rng(0).normal(size=9)
    expected = reference.log_loss_from_logits(t[:, None], X @ w[:, None])
    assert logistic.loss(X, t, w) == pytest.approx(expected, rel=1e-12)
    dW, db = reference.logistic_gradients(X[:, :-1], t[:, None], w[:-1, None], w[-1:])
    np.testing.assert_allclose(logistic.gradient(X, t, w), np.append(dW.ravel(), db), rtol=1e-12)


def test_two_numbers_to_expect_before_training():
    X, t = logistic.patients()
    assert round(logistic.loss(X, t, np.zeros(9)), 4) == 0.6931 == round(np.log(2), 4)
    rate = t.mean()
    assert round(logistic.loss(X, t, np.append(np.zeros(8), np.log(rate / (1 - rate)))), 4) == 0.6468
    assert round(float(np.mean(np.logaddexp(0, 0.5) - 0.5 * t)), 2) == 0.80, "sigmoid twice at w = 0"


def test_the_pulls_balance_at_the_minimum():
    X, t = logistic.patients()
    w = logistic.fit(lambda w: logistic.gradient(X, t, w), 9, steps=3000)
    assert np.abs(X.T @ (logistic.sigmoid(X @ w) - t)).max() < 1e-6


@pytest.fixture(scope="module")
def outcomes():
    return mutants.outcomes(*logistic.patients())


TABLE = """
correct                       | 3e-10 | 4e-10  | 9e-10 | 0.4710 | .783 | yes
gradient of the squared error | .50   | .51    | .98   | 0.4727 | .779 | yes
sigmoid linearised            | 3e-10 | 3.5e-3 | .70   | 0.4885 | .784 | yes
sigmoid(2z)                   | 3e-10 | .11    | .10   | 0.5131 | .783 | yes
bias gradient 0               | .68   | .55    | .38   | 0.5307 | .746 | yes
(n, 1) with (n,)              | 1.0   | .87    | .64   | 0.6468 | .651 | yes
hard threshold                | 1.4   | .45    | .14   | 0.6592 | .706 | yes
bias missing in forward       | 3e-10 | .04    | .08   | 7.12   | .651 | no
constant copied               | 3e-10 | .13    | 1.4   | 9.18   | .751 | no
sigmoid twice                 | .45   | .48    | 1.1   | 6.80   | .763 | no
labels -1 and +1              | .81   | .82    | .88   | 13.1   | .743 | no
divided by 8, not n           | .99   | .99    | .99   | 3.75   | .695 | no
sum, not mean                 | 1.0   | 1.0    | 1.0   | 30.1   | .693 | no
sign flipped                  | 2.0   | 2.0    | 2.0   | 122    | .275 | no
"""
"""The table of the specification. A difference below 1e-8 is rounding, and its digits mean nothing."""

ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_table_of_mutants(outcomes, row):
    name, *differences, loss, accuracy, fell = row
    outcome = outcomes[name]
    for found, text in zip(outcome.differences, differences, strict=True):
        if float(text) < 1e-8:
            assert found < 1e-8
        else:
            assert found == rounded(text)
    assert outcome.loss == rounded(loss)
    assert outcome.accuracy == rounded(accuracy)
    assert outcome.fell == (fell == "yes")


def rounded(text):
    """Return what a number has to be to be written like that: within half of the last digit, and a hair for ties."""
    mantissa, _, exponent = text.partition("e")
    digits = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return pytest.approx(float(text), abs=0.501 * 10.0**-digits)


def test_what_the_specification_says_of_the_table(outcomes):
    assert list(outcomes) == [row[0] for row in ROWS]
    wrong = {name: outcome for name, outcome in outcomes.items() if name != "correct"}
    assert len(wrong) == 13
    assert sum(outcome.fell for outcome in wrong.values()) == 6
    assert sum(outcome.differences[0] < 1e-8 for outcome in wrong.values()) == 4
    assert all(outcome.differences[2] > 0.05 for outcome in wrong.values())
    assert not any(outcomes["correct"].caught(1e-6, 0.75))
    assert all(outcome.caught(1e-6, 0.75)[2] for outcome in wrong.values())


# Evaluations


def test_evaluations_are_counted():
    parameters = [1, 2, 5, 30]
    found = evaluations.evaluations(parameters)
    assert found["forward differences"] == [count + 1 for count in parameters]
    assert found["central differences"] == [2 * count for count in parameters]
    assert found["autograd"] == [2, 2, 2, 2]


def test_the_three_gradients_agree():
    def f(w):
        return (w**3).sum() + w[0] * w[-1]

    w = np.array([1.0, 2.0, 3.0])
    expected = 3 * w**2 + np.array([3.0, 0.0, 1.0])
    np.testing.assert_allclose(evaluations.central_gradient(f, w), expected, rtol=1e-8)
    np.testing.assert_allclose(evaluations.forward_gradient(f, w), expected, rtol=1e-5)
    np.testing.assert_allclose(evaluations.backward_gradient(f, w)[0], expected, rtol=1e-15)
