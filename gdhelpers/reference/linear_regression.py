"""The linear model X W + b under the mean squared residual: the reference of ps2-linear-regression.

Shapes: X (n, d), W (d, 1), b (1,); y is (n, 1) or (n,), which mean the same targets. All results are float64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def residual(X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike) -> Array:
    """Return X W + b - y, shape (n, 1)."""
    X, W, b = (np.asarray(array, dtype=np.float64) for array in (X, W, b))
    return X @ W + b - np.asarray(y, dtype=np.float64).reshape(-1, 1)


def mse(X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike) -> float:
    """Return the mean over the rows of the squared residual."""
    return float(np.mean(residual(X, y, W, b) ** 2))


def mse_gradients(X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    """Return the gradients of `mse`: dW = 2/n X' r, shape (d, 1), and db = 2/n sum(r), shape (1,)."""
    r = residual(X, y, W, b)
    return 2.0 / len(r) * np.asarray(X, dtype=np.float64).T @ r, 2.0 / len(r) * r.sum(axis=0)


def fit_linear(X: ArrayLike, y: ArrayLike, lr: float, steps: int) -> tuple[Array, Array, list[float]]:
    """Return (W, b, losses) after gradient descent from zeros; each loss is measured before its step."""
    W, b = np.zeros((np.shape(X)[1], 1)), np.zeros(1)
    losses = []
    for _ in range(steps):
        losses.append(mse(X, y, W, b))
        dW, db = mse_gradients(X, y, W, b)
        W, b = W - lr * dW, b - lr * db
    return W, b, losses


mse_gradients_tf = mse_gradients
"""TensorFlow computes the same gradients."""

fit_linear_tf = fit_linear
"""TensorFlow takes the same steps."""
