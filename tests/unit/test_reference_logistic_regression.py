"""The reference of ps3 against oracles that share no code with it, and its budgets against float32 and mistakes."""

from decimal import Decimal, localcontext
from math import log

import numpy as np
import pytest

from gdhelpers import reference
from gdhelpers.checks import compare
from gdhelpers.hidden_tests import logistic_regression as hidden_tests
from gdhelpers.hidden_tests import seed, tape
from gdhelpers.hidden_tests.examination import Case
from gdhelpers.quiet import quietly

with quietly():
    import tensorflow as tf
    import torch

X_TWO = np.array([[2.0, 2.0], [1.0, 4.0]])
Y_TWO = np.array([[0.0], [1.0]])
W_TWO = np.array([[log(3.0)], [-log(3.0)]])
B_TWO = np.array([log(3.0)])

CASES = {
    "predict_proba": hidden_tests.predict_proba_cases,
    "log_loss": hidden_tests.log_loss_cases,
    "logistic_gradients": hidden_tests.logistic_gradients_cases,
    "fit_logistic": hidden_tests.fit_logistic_cases,
    "log_loss_from_logits": hidden_tests.log_loss_from_logits_cases,
    "accuracy": hidden_tests.accuracy_cases,
}


def case(function: str, name: str) -> Case:
    return next(case for case in CASES[function]() if case.name == name)


def draw(n: int, d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng([n, d])
    return (
        rng.normal(size=(n, d)),
        rng.integers(2, size=(n, 1)).astype(float),
        rng.normal(size=(d, 1)),
        rng.normal(size=1),
    )


# The reference


def test_two_rows_on_paper() -> None:
    """z is ln 3 and -2 ln 3, so p is 3/4 and 1/10; p - y is 3/4 and -9/10."""
    np.testing.assert_allclose(reference.predict_proba(X_TWO, W_TWO, B_TWO), [[0.75], [0.1]], rtol=1e-14)
    assert reference.log_loss(Y_TWO, [[0.75], [0.1]], 0.0) == pytest.approx(log(40.0) / 2, rel=1e-14)
    dW, db = reference.logistic_gradients(X_TWO, Y_TWO, W_TWO, B_TWO)
    np.testing.assert_allclose(dW, [[(2 * 0.75 - 0.9) / 2], [(2 * 0.75 - 4 * 0.9) / 2]], rtol=1e-14)
    np.testing.assert_allclose(db, [(0.75 - 0.9) / 2], rtol=1e-13)
    W, b, losses = reference.fit_logistic(X_TWO, Y_TWO, W_TWO, B_TWO, 0.1, 1)
    np.testing.assert_allclose(W, W_TWO - [[0.03], [-0.105]], rtol=1e-14)
    np.testing.assert_allclose(b, B_TWO + 0.0075, rtol=1e-14)
    assert losses == pytest.approx([log(40.0) / 2])
    assert reference.accuracy([[1.0], [0.0], [1.0], [1.0]], [[0.75], [0.1], [0.5], [0.2]]) == 0.75


@pytest.mark.parametrize(("n", "d"), [(1, 1), (1, 4), (6, 1), (3, 3), (9, 4), (2, 5)])
def test_gradients_against_both_frameworks(n: int, d: int) -> None:
    X, y, W, b = draw(n, d)
    dW, db = reference.logistic_gradients(X, y, W, b)
    variables = tf.Variable(W), tf.Variable(b)
    with tf.GradientTape() as tape:
        p = 1.0 / (1.0 + tf.exp(-(X @ variables[0] + variables[1])))
        loss = -tf.reduce_mean(y * tf.math.log(p) + (1.0 - y) * tf.math.log(1.0 - p))
    for gradient, found in zip((dW, db), tape.gradient(loss, variables), strict=True):
        np.testing.assert_allclose(gradient, found.numpy(), rtol=1e-10, atol=1e-13)
    leaves = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    z = torch.tensor(X) @ leaves[0] + leaves[1]
    torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y)).backward()
    for gradient, leaf in zip((dW, db), leaves, strict=True):
        np.testing.assert_allclose(gradient, leaf.grad, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize(("n", "d"), [(1, 4), (3, 3), (9, 2)])
def test_gradients_against_a_numerical_derivative_of_the_loss(n: int, d: int) -> None:
    X, y, W, b = draw(n, d)
    h, both = 1e-6, np.append(W, b)

    def loss(parameters: np.ndarray) -> float:
        p = 1.0 / (1.0 + np.exp(-(X @ parameters[:-1, None] + parameters[-1:])))
        return reference.log_loss(y, p, 0.0)

    measured = [(loss(both + nudge) - loss(both - nudge)) / (2 * h) for nudge in h * np.eye(d + 1)]
    np.testing.assert_allclose(np.append(*reference.logistic_gradients(X, y, W, b)), measured, rtol=1e-7, atol=1e-9)


def test_the_descent_against_a_torch_optimiser() -> None:
    X, y, W0, b0 = draw(8, 3)
    leaves = torch.nn.Parameter(torch.tensor(W0)), torch.nn.Parameter(torch.tensor(b0))
    optimiser = torch.optim.SGD(leaves, lr=0.3)
    losses = []
    for _ in range(7):
        optimiser.zero_grad()
        z = torch.tensor(X) @ leaves[0] + leaves[1]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y))
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    W, b, found = reference.fit_logistic(X, y, W0, b0, 0.3, 7)
    np.testing.assert_allclose(np.append(W, b), torch.cat([leaves[0].flatten(), leaves[1]]).detach(), rtol=1e-12)
    assert found == pytest.approx(losses, rel=1e-12)


@pytest.mark.parametrize("z", [0.0, 0.5, -3.0, 14.0, -14.0, 50.0, -50.0, 300.0, -300.0, 700.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_the_loss_from_logits_against_decimal_arithmetic(y: float, z: float) -> None:
    with localcontext() as context:
        context.prec = 700
        exact = float((1 + Decimal(z).exp()).ln() - Decimal(y) * Decimal(z))
    assert reference.log_loss_from_logits([[y]], [[z]]) == pytest.approx(exact, rel=1e-14)


def test_the_numbers_of_the_contract() -> None:
    assert reference.log_loss_from_logits([[0.0]], [[50.0]]) == 50.0
    for y, z in ((0.0, -50.0), (1.0, 50.0)):
        assert reference.log_loss_from_logits([[y]], [[z]]) == pytest.approx(1.9287498479639178e-22)
    assert np.isfinite(reference.log_loss([[0.0], [1.0]], [[1.0], [0.0]]))
    np.testing.assert_array_equal(reference.predict_proba([[1000.0], [-1000.0]], [[1.0]], [0.0]), [[1.0], [0.0]])


def test_accuracy_by_counting() -> None:
    y = np.array([[1.0], [0.0], [0.0], [1.0], [1.0]])
    p = np.array([[0.25], [0.25], [0.2], [0.9], [0.1]])
    assert reference.accuracy(y, p, 0.25) == 3 / 5
    assert reference.accuracy(y, p) == 3 / 5
    assert reference.accuracy(y, p, 0.2) == 2 / 5


# The cases keep what the contract promises


@pytest.mark.parametrize("number", range(12))
def test_gradient_cases_stay_where_the_contract_asks(number: int) -> None:
    with seed.seeded(number):
        for question in hidden_tests.logistic_gradients_cases():
            X, _, W, b = (argument.array.astype(float) for argument in question.arguments)
            size = np.abs(X @ W + b)
            assert size.min() > 0.04
            assert size.max() < 4.0
            assert W.all()
            assert b.all()


@pytest.mark.parametrize("number", range(12))
def test_descents_stay_where_the_contract_asks(number: int) -> None:
    with seed.seeded(number):
        for question in hidden_tests.fit_logistic_cases():
            X, y = (argument.array for argument in question.arguments[:2])
            W0, b0, lr, steps = question.arguments[2:]
            losses = question.expected[2]
            assert W0.all()
            assert lr > 0.0
            assert (np.diff(losses) < 0.0).all()
            for step in range(1, steps + 1):
                W, b, _ = reference.fit_logistic(X, y, W0, b0, lr, step)
                assert np.abs(X @ W + b).max() < 4.0


@pytest.mark.parametrize("number", range(12))
def test_the_other_cases_stay_where_the_contract_asks(number: int) -> None:
    with seed.seeded(number):
        for question in hidden_tests.predict_proba_cases():
            X, W, b = (argument.array.astype(float) for argument in question.arguments)
            assert np.abs(X @ W + b).max() <= 1000.0
            rounding = 2.0**-24 * (X.shape[1] + 1) * (np.abs(X) @ np.abs(W) + np.abs(b))
            p = reference.predict_proba(X, W, b)
            assert (rounding * p * (1 - p) < 7e-7).all()
        for question in hidden_tests.log_loss_from_logits_cases():
            assert np.abs(question.arguments[1].array).max() <= 1000.0
        for question in hidden_tests.accuracy_cases():
            for threshold in question.arguments[2:]:
                assert float(np.float32(threshold)) == threshold


@pytest.mark.parametrize("function", CASES)
def test_the_same_seed_gives_the_same_cases_and_another_seed_others(function: str) -> None:
    def numbers(number: int) -> list[object]:
        with seed.seeded(number):
            return [str(question.arguments[0].array) for question in CASES[function]()]

    assert numbers(1) == numbers(1)
    assert numbers(1) != numbers(2)


# The budgets: mistakes are outside, also where numbers are small


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("distort", [np.zeros_like, np.negative, lambda a: 2 * a, lambda a: 1.001 * a])
def test_wrong_gradients_of_every_size_are_outside(number: int, distort) -> None:
    with seed.seeded(number):
        small = case("logistic_gradients", "small numbers")
        assert np.abs(small.expected[0]).max() < 1e-8
        for question in hidden_tests.logistic_gradients_cases():
            dW, db = question.expected
            assert compare((dW, db), question.expected, question.budget) is None
            assert compare((distort(dW), db), question.expected, question.budget) is not None


@pytest.mark.parametrize("number", range(5))
def test_gradients_of_a_hand_derived_formula_are_not_within_the_scaled_budget(number: int) -> None:
    with seed.seeded(number):
        for question in hidden_tests.logistic_gradients_cases()[:3]:
            for value, budget in zip(question.expected, question.budget, strict=True):
                for unscaled in (value, 0 * value, 0.5 * value + 0.5 * tape.FACTOR * value):
                    assert not tape.scales(unscaled, value, budget)
                assert tape.scales(tape.FACTOR * value, value, budget)


@pytest.mark.parametrize("number", range(5))
def test_budgets_of_descents_are_far_below_what_a_descent_does(number: int) -> None:
    with seed.seeded(number):
        for question in hidden_tests.fit_logistic_cases():
            W, b, losses = question.expected
            of_W, of_b, of_losses = question.budget
            W0, b0 = question.arguments[2:4]
            assert of_W.max() < 1e-2 * np.abs(W - W0).max()
            assert of_b.max() < 1e-2 * np.abs(W - W0).max() + 1e-2 * np.abs(b - b0).max()
            assert max(of_losses) < 1e-3 * max(losses)


@pytest.mark.parametrize("name", ["z of 50, y of 1", "z of -50, y of 0", "very confident and right"])
def test_tiny_losses_are_judged(name: str) -> None:
    question = case("log_loss_from_logits", name)
    assert 0.0 < question.expected < 1e-20
    for wrong in (0.0, 2 * question.expected, -question.expected, 1.0001 * question.expected):
        assert compare(wrong, question.expected, question.budget) is not None
    assert compare(np.float32(question.expected), question.expected, question.budget) is None


def test_every_expected_value_is_within_its_own_budget_as_float32() -> None:
    for questions in CASES.values():
        for question in questions():
            rounded = (
                tuple(np.asarray(part, np.float32) for part in question.expected)
                if isinstance(question.expected, tuple)
                else np.asarray(question.expected, np.float32)
            )
            assert compare(rounded, question.expected, question.budget) is None
