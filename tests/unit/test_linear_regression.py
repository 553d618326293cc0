"""ps2-linear-regression: the reference against independent oracles; the hidden tests on right and wrong answers."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gdhelpers import misconceptions, reference, spellings
from gdhelpers.checks import AnswerRaised, NotAnswered, Objection, compare, plain
from gdhelpers.hidden_tests import linear_regression as hidden_tests
from gdhelpers.hidden_tests.call import call
from gdhelpers.hidden_tests.examination import Case
from gdhelpers.hidden_tests.seed import seeded
from gdhelpers.quiet import quietly
from gdhelpers.wire.described import Tensor, TFTensor
from gdhelpers.wire.raised import Raised

with quietly():
    import tensorflow as tf

FUNCTIONS = ("mse", "mse_gradients", "fit_linear", "mse_gradients_tf", "fit_linear_tf")
POINTWISE = ("mse", "mse_gradients", "mse_gradients_tf")
DESCENTS = ("fit_linear", "fit_linear_tf")
GRADIENTS = ("mse_gradients", "mse_gradients_tf")
SEEDS = (1, 2, 3)

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]])
Y = np.array([[2.0], [6.0], [-1.0]])
W = np.array([[2.0], [-1.0]])
B = np.array([1.5])


def examine(function: str, answer: Callable[..., object], seed: int) -> None:
    with seeded(seed):
        getattr(hidden_tests, function)(answer)


def cases(function: str, seed: int) -> list[Case]:
    with seeded(seed):
        return getattr(hidden_tests, f"{function}_cases")()


def case_named(function: str, name: str, seed: int) -> Case:
    return next(case for case in cases(function, seed) if case.name == name)


def numbers(case: Case) -> list[object]:
    """The arguments of a case as arrays and numbers."""
    return [getattr(argument, "array", argument) for argument in case.arguments]


class TestReference:
    def test_two_rows_on_paper(self) -> None:
        assert reference.mse(X[:2], Y[:2], W, B) == pytest.approx(3.25)
        dW, db = reference.mse_gradients(X[:2], Y[:2], W, B)
        np.testing.assert_allclose(dW, [[7.0], [-3.5]])
        np.testing.assert_allclose(db, [2.0])

    def test_two_steps_on_paper(self) -> None:
        weights, bias, losses = reference.fit_linear([[1.0], [3.0]], [[2.0], [5.0]], 0.1, 2)
        np.testing.assert_allclose(weights, [[1.42]])
        np.testing.assert_allclose(bias, [0.58])
        np.testing.assert_allclose(losses, [14.5, 0.4])

    @pytest.mark.parametrize("seed", SEEDS)
    def test_gradients_by_torch(self, seed: int) -> None:
        for case in cases("mse_gradients", seed):
            inputs, targets, weights, bias = (torch.tensor(array).double() for array in numbers(case))
            weights.requires_grad_()
            bias.requires_grad_()
            loss = ((inputs @ weights + bias)[:, 0] - targets.reshape(-1)).square().mean()
            assert reference.mse(*numbers(case)) == pytest.approx(loss.item(), rel=1e-12)
            for ours, theirs in zip(case.expected, torch.autograd.grad(loss, (weights, bias)), strict=True):
                np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-12, atol=1e-12 * np.abs(ours).max())

    @pytest.mark.parametrize("seed", SEEDS)
    def test_gradients_by_tensorflow(self, seed: int) -> None:
        for case in cases("mse_gradients_tf", seed):
            inputs, targets, weights, bias = (tf.constant(array, tf.float64) for array in numbers(case))
            with tf.GradientTape() as tape:
                tape.watch([weights, bias])
                loss = tf.reduce_mean((tf.reshape(inputs @ weights + bias, [-1]) - tf.reshape(targets, [-1])) ** 2)
            for ours, theirs in zip(case.expected, tape.gradient(loss, [weights, bias]), strict=True):
                np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-12, atol=1e-12 * np.abs(ours).max())

    def test_gradients_by_nudging(self) -> None:
        dW, db = reference.mse_gradients(X, Y, W, B)
        h = 1e-5
        for column in range(2):
            nudge = np.zeros((2, 1))
            nudge[column] = h
            slope = (reference.mse(X, Y, W + nudge, B) - reference.mse(X, Y, W - nudge, B)) / (2 * h)
            assert dW[column, 0] == pytest.approx(slope, rel=1e-8)
        slope = (reference.mse(X, Y, W, B + h) - reference.mse(X, Y, W, B - h)) / (2 * h)
        assert db[0] == pytest.approx(slope, rel=1e-8)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_descents_by_torch(self, seed: int) -> None:
        for case in cases("fit_linear", seed):
            inputs, targets, lr, steps = numbers(case)
            model = torch.nn.Linear(inputs.shape[1], 1, dtype=torch.float64)
            torch.nn.init.zeros_(model.weight)
            torch.nn.init.zeros_(model.bias)
            optimiser = torch.optim.SGD(model.parameters(), lr=lr)
            losses = []
            for _ in range(steps):
                optimiser.zero_grad()
                prediction = model(torch.tensor(inputs).double()).squeeze(1)
                loss = torch.nn.functional.mse_loss(prediction, torch.tensor(targets).double().reshape(-1))
                losses.append(loss.item())
                loss.backward()
                optimiser.step()
            ours = case.expected
            np.testing.assert_allclose(ours[0], model.weight.detach().numpy().T, rtol=1e-9)
            np.testing.assert_allclose(ours[1], model.bias.detach().numpy(), rtol=1e-9)
            np.testing.assert_allclose(ours[2], losses, rtol=1e-9)

    def test_a_long_descent_ends_at_least_squares(self) -> None:
        rng = np.random.default_rng(0)
        inputs, targets = rng.normal(size=(20, 3)), rng.normal(size=20)
        weights, bias, _ = reference.fit_linear(inputs, targets, 0.2, 500)
        solution, *_ = np.linalg.lstsq(np.hstack([inputs, np.ones((20, 1))]), targets, rcond=None)
        np.testing.assert_allclose(np.append(weights, bias), solution, rtol=1e-9)

    def test_both_shapes_of_y_mean_the_same(self) -> None:
        assert reference.mse(X, Y, W, B) == reference.mse(X, Y[:, 0], W, B)
        for column, flat in zip(
            reference.mse_gradients(X, Y, W, B), reference.mse_gradients(X, Y[:, 0], W, B), strict=True
        ):
            np.testing.assert_array_equal(column, flat)


class TestCases:
    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_the_situations_that_the_contract_names_are_among_them(self, function: str) -> None:
        shapes = [(np.shape(numbers(case)[0]), np.ndim(numbers(case)[1])) for case in cases(function, 1)]
        assert any(n == 1 for (n, _), _ in shapes)
        assert any(d == 1 for (_, d), _ in shapes)
        assert any(n == d > 1 for (n, d), _ in shapes)
        assert {1, 2} == {axes for (n, _), axes in shapes if n > 1}

    @pytest.mark.parametrize("function", ["mse", "mse_gradients"])
    def test_leaves_in_every_state(self, function: str) -> None:
        states = {
            (leaf.requires_grad, leaf.grad is not None) for case in cases(function, 1) for leaf in case.arguments[2:3]
        }
        assert states == {(True, True), (True, False), (False, False), (False, True)}

    @pytest.mark.parametrize("function", POINTWISE)
    def test_weights_and_bias_are_never_zero(self, function: str) -> None:
        for case in cases(function, 1):
            _, _, weights, bias = numbers(case)
            assert np.all(weights)
            assert np.all(bias)

    @pytest.mark.parametrize("function", DESCENTS)
    @pytest.mark.parametrize("seed", SEEDS)
    def test_losses_of_a_descent_fall(self, function: str, seed: int) -> None:
        for case in cases(function, seed):
            assert np.all(np.diff(case.expected[2]) < 0)

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_the_seed_decides_and_nothing_else(self, function: str) -> None:
        first, again, other = (numbers(cases(function, seed)[0])[0] for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        assert first.shape != other.shape or not np.array_equal(first, other)


class TestBudgets:
    """What float32 explains is right; what it does not is wrong, however small the numbers are."""

    @pytest.mark.parametrize("function", FUNCTIONS)
    @pytest.mark.parametrize("name", ["small numbers", "large numbers", "several rows and columns"])
    @pytest.mark.parametrize("factor", [0.0, -1.0, 2.0, 1.001])
    def test_another_value_is_wrong(self, function: str, name: str, factor: float) -> None:
        for seed in SEEDS:
            case = case_named(function, name, seed)
            assert compare(case.expected, case.expected, case.budget) is None
            assert compare(scaled(case.expected, factor), case.expected, case.budget) is not None

    @pytest.mark.parametrize("function", GRADIENTS)
    def test_small_gradients_are_small(self, function: str) -> None:
        for gradient in case_named(function, "small numbers", 1).expected:
            assert 1e-11 < np.abs(gradient).max() < 1e-7

    @pytest.mark.parametrize("function", GRADIENTS)
    def test_rounding_to_float32_is_right(self, function: str) -> None:
        for case in cases(function, 1):
            rounded = tuple(part.astype(np.float32) for part in case.expected)
            assert compare(rounded, case.expected, case.budget) is None


class TestHiddenTests:
    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_an_unanswered_exercise_is_said_to_be_one(self, function: str) -> None:
        def unanswered(*arguments: object) -> None:
            raise NotImplementedError

        with pytest.raises(NotAnswered):
            examine(function, unanswered, 1)

    def test_an_exception_is_the_students_own(self) -> None:
        wrong = next(m.wrong for m in misconceptions.of("fit_linear_tf") if m.slug == "weights-rebound")
        with pytest.raises(AnswerRaised, match="TypeError"):
            examine("fit_linear_tf", wrong, 1)

    def test_an_argument_that_was_changed_is_told(self) -> None:
        def forgets(X: object, y: object, W: tf.Variable, b: object) -> object:
            answer = spellings.of("mse_gradients_tf")[0](X, y, W, b)
            W.assign(2 * W)
            return answer

        with pytest.raises(Objection, match="changed the value of a variable"):
            examine("mse_gradients_tf", forgets, 1)

    @pytest.mark.parametrize("function", [*GRADIENTS, *DESCENTS])
    def test_a_nested_list_is_wrong(self, function: str) -> None:
        def nested(*arguments: object) -> object:
            return listed(plain(spellings.of(function)[0](*arguments)))

        with pytest.raises(Objection):
            examine(function, nested, 1)

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_spellings_and_misconceptions_stand_alone(self, function: str) -> None:
        """As a solution cell, each knows only what the set-up cell of the notebook imports."""
        sources = [spellings.source(function, spelling) for spelling in spellings.of(function)]
        sources += [misconception.source for misconception in misconceptions.of(function)]
        case = cases(function, 1)[1]
        assert len(set(sources)) == len(sources)
        for source in sources:
            names: dict[str, object] = {"np": np, "torch": torch, "tf": tf}
            exec(source, names)
            call_quietly(names[function], case)


def scaled(value: object, factor: float) -> object:
    if isinstance(value, tuple | list):
        return type(value)(scaled(part, factor) for part in value)
    return value * factor


def listed(value: object) -> object:
    """The same answer with its arrays as nested lists."""
    if isinstance(value, tuple | list):
        return type(value)(listed(part) for part in value)
    return value.tolist() if isinstance(value, np.ndarray) else value


def call_quietly(answer: Callable[..., object], case: Case) -> None:
    """Call an answer with the arguments of a case; a NameError is what matters here."""
    value = call(answer, case.arguments)[0].value
    assert not (isinstance(value, Raised) and "NameError" in value.kinds)


def test_torch_and_tensorflow_arguments_are_of_their_kind() -> None:
    assert all(isinstance(argument, Tensor) for argument in cases("mse", 1)[0].arguments)
    assert isinstance(cases("fit_linear", 1)[0].arguments[0], Tensor)
    assert isinstance(cases("fit_linear_tf", 1)[0].arguments[0], TFTensor)
