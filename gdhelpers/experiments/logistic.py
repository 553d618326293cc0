"""Logistic regression on the diabetes data, standardised: its loss, its gradient, and the pull of each patient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers.data import load_classification
from gdhelpers.experiments.conditioning import standardised, with_ones
from gdhelpers.experiments.descent import descend

Array = NDArray[np.float64]


def patients() -> tuple[Array, Array]:
    """Return the standardised inputs with a last column of ones for the bias, (768, 9), and the targets, (768,).

    >>> X, t = patients()
    >>> X.shape, t.shape, round(t.mean(), 4)
    ((768, 9), (768,), np.float64(0.349))
    """
    women = load_classification()
    return with_ones(standardised(women.drop(columns="Class"))), women["Class"].to_numpy(dtype=np.float64)


def sigmoid(z: ArrayLike) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow.

    >>> sigmoid([-1e9, 0.0, 1e9])
    array([0. , 0.5, 1. ])
    """
    return np.asarray((1 + np.tanh(np.asarray(z, dtype=np.float64) / 2)) / 2)


def loss(X: ArrayLike, t: ArrayLike, w: ArrayLike) -> float:
    """Return the mean cross-entropy, log(1 + exp(z)) - t z with z = X w: X (n, k), t (n,), w (k,).

    >>> round(loss([[1.0], [1.0]], [0.0, 1.0], [0.0]), 4)
    0.6931
    """
    z = np.asarray(X) @ np.asarray(w)
    return float(np.mean(np.logaddexp(0, z) - np.asarray(t) * z))


def gradient(X: ArrayLike, t: ArrayLike, w: ArrayLike) -> Array:
    """Return X'(p - t) / n, the gradient of the mean cross-entropy: X (n, k), t (n,), w (k,), the result (k,).

    >>> gradient([[1.0], [3.0]], [0.0, 1.0], [0.0])
    array([-0.5])
    """
    X, t = np.asarray(X, dtype=np.float64), np.asarray(t, dtype=np.float64)
    return np.asarray(X.T @ (sigmoid(X @ np.asarray(w)) - t) / len(t))


def fit(gradient_of: Callable[[Array], Array], size: int, lr: float = 0.5, steps: int = 300) -> Array:
    """Return where a descent from zero ends that uses these gradients; weights and gradients have the shape (size,).

    >>> fit(lambda w: w - 1, 1, lr=0.5, steps=2)
    array([0.75])
    """
    return np.asarray(descend(gradient_of, np.zeros(size), lr, steps)[-1])


def accuracy(X: ArrayLike, t: ArrayLike, w: ArrayLike) -> float:
    """Return the share of rows whose class X w > 0 tells: X (n, k), t (n,), w (k,).

    >>> accuracy([[1.0], [-1.0]], [1.0, 1.0], [2.0])
    0.5
    """
    return float(np.mean((np.asarray(X) @ np.asarray(w) > 0) == np.asarray(t)))
