"""Mutation testing of checks: thirteen wrong gradients of logistic regression, and which check notices which.

A mutant takes X (n, k) with a last column of ones, t (n,) and w (k,) with the bias last, and returns k numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdhelpers.experiments import logistic
from gdhelpers.experiments.evaluations import central_gradient
from gdhelpers.experiments.logistic import sigmoid

Array = NDArray[np.float64]
Gradient = Callable[[Array, Array, Array], Array]

SEED = 3
"""Draws the points of the checks: first the small one, then the one of ordinary size."""


def _squared_error(X: Array, t: Array, w: Array) -> Array:
    p = sigmoid(X @ w)
    return 2 * X.T @ ((p - t) * p * (1 - p)) / len(t)


def _linearised(X: Array, t: Array, w: Array) -> Array:
    return np.asarray(X.T @ (0.5 + X @ w / 4 - t) / len(t))


def _twice_the_logit(X: Array, t: Array, w: Array) -> Array:
    return X.T @ (sigmoid(2 * (X @ w)) - t) / len(t)


def _bias_kept(X: Array, t: Array, w: Array) -> Array:
    return np.append(logistic.gradient(X, t, w)[:-1], 0.0)


def _broadcast(X: Array, t: Array, w: Array) -> Array:
    return np.asarray(X.T @ (sigmoid(X @ w)[:, None] - t).mean(axis=1) / len(t))


def _threshold(X: Array, t: Array, w: Array) -> Array:
    return X.T @ ((X @ w > 0) - t) / len(t)


def _bias_forgotten(X: Array, t: Array, w: Array) -> Array:
    return X.T @ (sigmoid(X[:, :-1] @ w[:-1]) - t) / len(t)


def _copied(X: Array, t: Array, w: Array) -> Array:
    return logistic.gradient(X, t, np.zeros_like(w))


def _sigmoid_twice(X: Array, t: Array, w: Array) -> Array:
    return X.T @ (sigmoid(sigmoid(X @ w)) - t) / len(t)


def _labels(X: Array, t: Array, w: Array) -> Array:
    return logistic.gradient(X, 2 * t - 1, w)


def _divided_by_8(X: Array, t: Array, w: Array) -> Array:
    return logistic.gradient(X, t, w) * len(t) / 8


def _summed(X: Array, t: Array, w: Array) -> Array:
    return logistic.gradient(X, t, w) * len(t)


def _flipped(X: Array, t: Array, w: Array) -> Array:
    return -logistic.gradient(X, t, w)


GRADIENTS: dict[str, Gradient] = {
    "correct": logistic.gradient,
    "gradient of the squared error": _squared_error,
    "sigmoid linearised": _linearised,
    "sigmoid(2z)": _twice_the_logit,
    "bias gradient 0": _bias_kept,
    "(n, 1) with (n,)": _broadcast,
    "hard threshold": _threshold,
    "bias missing in forward": _bias_forgotten,
    "constant copied": _copied,
    "sigmoid twice": _sigmoid_twice,
    "labels -1 and +1": _labels,
    "divided by 8, not n": _divided_by_8,
    "sum, not mean": _summed,
    "sign flipped": _flipped,
}
"""The right gradient first, then the mutants."""

CHECKS = ("gradient at w = 0", "gradient at a small w", "gradient at a random w", "loss falls", "accuracy")
"""The checks that students know, in the order of `Outcome.caught`."""


@dataclass(frozen=True)
class Outcome:
    """What the checks find for one gradient."""

    differences: tuple[float, float, float]
    """How far it is from central differences of the reference loss: at w = 0, at a small w and at a random w."""
    loss: float
    """The reference loss after the descent."""
    accuracy: float
    """The share of patients that are told rightly after the descent."""
    fell: bool
    """Whether the loss is less than before the descent."""

    def caught(self, tolerance: float, least_accuracy: float) -> tuple[bool, ...]:
        """Return for each of `CHECKS` whether it notices that the gradient is wrong.

        >>> Outcome((1e-9, 0.2, 0.9), 0.49, 0.78, fell=True).caught(1e-6, 0.75)
        (False, True, True, False, False)
        """
        by_difference = tuple(difference > tolerance for difference in self.differences)
        return (*by_difference, not self.fell, self.accuracy < least_accuracy)


def difference(found: Array, expected: Array) -> float:
    """Return the largest difference of two gradients, as a share of the largest entry of either: at most 2.

    >>> difference(np.array([1.0, 4.0]), np.array([1.0, 5.0]))
    0.2
    """
    return float(np.abs(found - expected).max() / max(np.abs(found).max(), np.abs(expected).max()))


def points(size: int) -> tuple[Array, Array, Array]:
    """Return where gradients are checked, each of shape (size,): zero, a small w and a random w of ordinary size.

    >>> [round(float(np.abs(w).max()), 2) for w in points(9)]
    [0.0, 0.13, 3.32]
    """
    rng = np.random.default_rng(SEED)
    return np.zeros(size), 0.05 * rng.normal(size=size), rng.normal(size=size)


def examine(gradient: Gradient, X: Array, t: Array, lr: float = 0.5, steps: int = 300) -> Outcome:
    """Return what the checks find for a gradient, against the reference loss: X (n, k), t (n,).

    >>> outcome = examine(logistic.gradient, *logistic.patients())
    >>> max(outcome.differences) < 1e-8, round(outcome.loss, 4), round(outcome.accuracy, 3), outcome.fell
    (True, 0.471, 0.783, True)
    """

    def loss(w: Array) -> float:
        return logistic.loss(X, t, w)

    where = points(X.shape[1])
    first, second, third = (difference(gradient(X, t, w), central_gradient(loss, w)) for w in where)
    w = logistic.fit(lambda w: gradient(X, t, w), X.shape[1], lr, steps)
    end = loss(w)
    return Outcome((first, second, third), end, logistic.accuracy(X, t, w), fell=end < loss(where[0]))


def outcomes(X: Array, t: Array) -> dict[str, Outcome]:
    """Return what the checks find for each of `GRADIENTS`: X (n, k) with a last column of ones, t (n,).

    >>> found = outcomes(*logistic.patients())
    >>> [name for name, outcome in found.items() if outcome.differences[2] < 1e-6]
    ['correct']
    """
    return {name: examine(gradient, X, t) for name, gradient in GRADIENTS.items()}
