"""The hidden tests of ps2-linear-regression: one function a test cell.

The first case of each function is the most general one. Where a function is given `W` and `b`, both require gradients
there and hold a `.grad` already, so that a sum with old gradients shows in the value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers import reference
from gdhelpers.hidden_tests import slope
from gdhelpers.hidden_tests.case import Case, neighbours
from gdhelpers.hidden_tests.examination import examine
from gdhelpers.hidden_tests.seed import generator, once
from gdhelpers.reference import budgets
from gdhelpers.wire.described import Tensor, TFTensor, TFVariable

Array = NDArray[np.float32]
Function = Callable[..., object]
Wrap = Callable[[Array], object]

_LEAVES = (
    (True, True, True),
    (False, False, False),
    (True, True, False),
    (False, False, True),
    (True, False, False),
)
"""States of the leaves of a case, in turn: W requires gradients, b requires gradients, both hold a `.grad`."""


@dataclass(frozen=True, eq=False)
class _Point:
    """A place at which the loss and its gradients are asked for."""

    name: str
    X: Array
    y: Array
    W: Array
    b: Array

    @property
    def numbers(self) -> tuple[Array, Array, Array, Array]:
        return self.X, self.y, self.W, self.b


@dataclass(frozen=True, eq=False)
class _Descent:
    """A descent from zeros: its data, its learning rate and its number of steps."""

    name: str
    X: Array
    y: Array
    lr: float
    steps: int
    once: bool = False


def mse(answer: Function) -> None:
    """Examine `mse`."""
    examine(answer, "mse", mse_cases())


def mse_gradients(answer: Function) -> None:
    """Examine `mse_gradients`."""
    cases = mse_gradients_cases()
    answers = examine(answer, "mse_gradients", cases)
    _demand_slope(answers[0][0].value, cases[0])


def fit_linear(answer: Function) -> None:
    """Examine `fit_linear`."""
    examine(answer, "fit_linear", fit_linear_cases())


def mse_gradients_tf(answer: Function) -> None:
    """Examine `mse_gradients_tf`."""
    cases = mse_gradients_tf_cases()
    answers = examine(answer, "mse_gradients_tf", cases)
    _demand_slope(answers[0][0].value, cases[0])


def fit_linear_tf(answer: Function) -> None:
    """Examine `fit_linear_tf`."""
    examine(answer, "fit_linear_tf", fit_linear_tf_cases())


@once
def mse_cases() -> list[Case]:
    """Return the cases of `mse`."""
    rng = generator("mse")
    return [
        Case(
            point.name,
            _torch_arguments(point, *_LEAVES[index % len(_LEAVES)], rng),
            reference.mse(point.X, point.y, point.W, point.b),
            budgets.mse(point.X, point.y, point.W, point.b),
        )
        for index, point in enumerate(_points(rng))
    ]


@once
def mse_gradients_cases() -> list[Case]:
    """Return the cases of `mse_gradients`."""
    rng = generator("mse_gradients")
    return [
        _gradient_case(point, _torch_arguments(point, *_LEAVES[index % len(_LEAVES)], rng))
        for index, point in enumerate(_points(rng))
    ]


@once
def fit_linear_cases() -> list[Case]:
    """Return the cases of `fit_linear`."""
    return [_descent_case(descent, Tensor) for descent in _descents(generator("fit_linear"), 120)]


@once
def mse_gradients_tf_cases() -> list[Case]:
    """Return the cases of `mse_gradients_tf`."""
    return [_gradient_case(point, _tf_arguments(point)) for point in _points(generator("mse_gradients_tf"))]


@once
def fit_linear_tf_cases() -> list[Case]:
    """Return the cases of `fit_linear_tf`."""
    return [_descent_case(descent, TFTensor) for descent in _descents(generator("fit_linear_tf"), 60)]


def _gradient_case(point: _Point, arguments: tuple[object, ...]) -> Case:
    expected = reference.mse_gradients(point.X, point.y, point.W, point.b)
    return Case(point.name, arguments, expected, budgets.mse_gradients(point.X, point.y, point.W, point.b))


def _demand_slope(gradients: Any, case: Case) -> None:
    """Compare with the measured slope of the loss; a parabola has no third derivative."""
    X, y = (argument.array for argument in case.arguments[:2])  # type: ignore[attr-defined]
    slope.demand(gradients, case, lambda W, b: reference.mse(X, y, W, b), 0.0, generator("slope of the mse"))


def _descent_case(descent: _Descent, wrap: Wrap) -> Case:
    X, y, lr, steps = descent.X, descent.y, descent.lr, descent.steps
    expected = reference.fit_linear(X, y, lr, steps)
    budget = budgets.fit_linear(X, y, lr, steps)
    return Case(descent.name, (wrap(X), wrap(y), lr, steps), expected, budget, descent.once)


def _torch_arguments(
    point: _Point, W_requires_grad: bool, b_requires_grad: bool, holds_grad: bool, rng: np.random.Generator
) -> tuple[object, ...]:
    def leaf(array: Array, requires_grad: bool) -> Tensor:
        return Tensor(array, requires_grad, _float32(_away_from_zero(rng, array.shape)) if holds_grad else None)

    return Tensor(point.X), Tensor(point.y), leaf(point.W, W_requires_grad), leaf(point.b, b_requires_grad)


def _tf_arguments(point: _Point) -> tuple[object, ...]:
    return TFTensor(point.X), TFTensor(point.y), TFVariable(point.W), TFVariable(point.b)


def _points(rng: np.random.Generator) -> list[_Point]:
    size = int(rng.integers(3, 6))
    points = [
        _point("several rows and columns", rng, int(rng.integers(6, 10)), int(rng.integers(2, 5))),
        _point("targets of shape (n,)", rng, int(rng.integers(4, 8)), 2, flat=True),
        _point("one row", rng, 1, 3, flat=True),
        _point("one column", rng, int(rng.integers(4, 8)), 1),
        _point("as many rows as columns", rng, size, size),
        _point("one row and one column", rng, 1, 1),
        _point("small numbers", rng, 6, 2, y_scale=1e-9),
        _point("small inputs", rng, 4, 5, X_scale=1e-5, y_scale=1e-4, flat=True),
        _point("large numbers", rng, 7, 2, X_scale=1e3, y_scale=1e4),
        _point("columns of different scales", rng, 8, 3, X_scale=(1e-2, 1.0, 1e2), flat=True),
    ]
    points[3].y[0] += np.float32(50.0)  # one target far from the others
    return points + _neighbouring_points(rng) + _permuted_points(rng)


def _neighbouring_points(rng: np.random.Generator) -> list[_Point]:
    """Draw a place, and then others that differ from it in one argument each."""
    base, other = _point("before one argument changes", rng, 5, 2), _point("", rng, 5, 2)
    changed = neighbours(("X", "y", "W", "b"), base.numbers, other.numbers)
    return [base, *(_Point(name, *numbers) for name, numbers in changed)]


def _permuted_points(rng: np.random.Generator) -> list[_Point]:
    """Ask about one place three times: as it is, with its rows and with its columns in another order."""
    base = _point("the same numbers in another order", rng, 5, 3)
    X, y, W, b = base.numbers
    rows, columns = np.roll(np.arange(5), int(rng.integers(1, 5))), np.roll(np.arange(3), int(rng.integers(1, 3)))
    return [
        base,
        _Point("the rows in another order", X[rows], y[rows], W, b),
        _Point("the columns in another order", X[:, columns], y, W[columns], b),
    ]


def _point(
    name: str,
    rng: np.random.Generator,
    n: int,
    d: int,
    *,
    X_scale: ArrayLike = 1.0,
    y_scale: float = 1.0,
    flat: bool = False,
) -> _Point:
    """Draw a place where X W + b is of the size of y, and no weight, no bias and no residual is near zero."""
    scales = np.broadcast_to(np.asarray(X_scale, dtype=np.float64), (d,))
    X = rng.normal(0.5, 1.0, (n, d)) * scales
    W = _away_from_zero(rng, (d, 1)) / scales.reshape(d, 1) * y_scale
    b = _away_from_zero(rng, (1,)) * y_scale
    y = X @ W + b - 2.0 * y_scale * _away_from_zero(rng, (n, 1))
    return _Point(name, _float32(X), _float32(y.reshape(n) if flat else y), _float32(W), _float32(b))


def _descents(rng: np.random.Generator, many: int) -> list[_Descent]:
    """Draw descents, of which the longest takes so `many` steps and is still under way at its end."""
    size = int(rng.integers(3, 5))
    return [
        _descent("several rows and columns", rng, int(rng.integers(6, 10)), int(rng.integers(2, 5)), 5),
        _descent("targets of shape (n,)", rng, int(rng.integers(4, 8)), 2, 4, flat=True),
        _descent("one row", rng, 1, 2, 3),
        _descent("one column", rng, int(rng.integers(5, 9)), 1, 5, flat=True),
        _descent("as many rows as columns", rng, size, size, 4),
        _descent("a single step", rng, 5, 2, 1),
        _descent("small numbers", rng, 6, 2, 4, y_scale=1e-9),
        _descent("large numbers", rng, 7, 3, 4, X_scale=1e2, y_scale=1e3, flat=True),
        *_neighbouring_descents(rng),
        _descent("a tiny learning rate", rng, 5, 2, 3, pace=(1e-8, 2e-8), once=True),
        _descent("many steps", rng, 40, 2, many, pace=(4.0 / many, 6.0 / many), once=True),
    ]


def _neighbouring_descents(rng: np.random.Generator) -> list[_Descent]:
    """Draw a descent, and then others that differ from it in one argument each; the rates suit both sets of data."""
    base, other = _descent("before one argument changes", rng, 6, 2, 3), _descent("", rng, 6, 2, 4)
    lr = min(base.lr, other.lr)
    arguments = base.X, base.y, lr, base.steps
    changed = neighbours(("X", "y", "lr", "steps"), arguments, (other.X, other.y, 0.5 * lr, other.steps))
    return [_Descent(base.name, *arguments), *(_Descent(name, *numbers) for name, numbers in changed)]


def _descent(
    name: str,
    rng: np.random.Generator,
    n: int,
    d: int,
    steps: int,
    *,
    X_scale: float = 1.0,
    y_scale: float = 1.0,
    flat: bool = False,
    pace: tuple[float, float] = (0.4, 0.9),
    once: bool = False,
) -> _Descent:
    """Draw data and a learning rate with which each step contracts: `pace` / (largest curvature of the loss)."""
    X = _float32(rng.normal(0.5, 1.0, (n, d)) * X_scale)
    y = _float32((2.0 + rng.normal(0.0, 1.5, (n,) if flat else (n, 1))) * y_scale)
    design = np.hstack([X.astype(np.float64), np.ones((n, 1))])
    curvature = 2.0 / n * float(np.linalg.norm(design, 2)) ** 2
    lr = float(f"{rng.uniform(*pace) / curvature:.3g}")
    return _Descent(name, X, y, lr, steps, once)


def _away_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 2.0, shape)


def _float32(array: ArrayLike) -> Array:
    return np.asarray(array, dtype=np.float32)
