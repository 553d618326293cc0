"""Logistic regression under the log loss: the reference of ps3-logistic-regression.

Shapes: X (n, d), W (d, 1), b (1,); y, p and z are (n, 1). All results are float64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def logits(X: ArrayLike, W: ArrayLike, b: ArrayLike) -> Array:
    """Return z = X W + b, shape (n, 1)."""
    X, W, b = (np.asarray(array, dtype=np.float64) for array in (X, W, b))
    return X @ W + b


def sigmoid(z: ArrayLike) -> Array:
    """Return 1 / (1 + exp(-z)) without overflow: only exp of what is not positive is taken."""
    z = np.asarray(z, dtype=np.float64)
    e = np.exp(-np.abs(z))
    p: Array = np.where(z >= 0, 1.0, e) / (1.0 + e)
    return p


def predict_proba(X: ArrayLike, W: ArrayLike, b: ArrayLike) -> Array:
    """Return p = sigmoid(X W + b), shape (n, 1)."""
    return sigmoid(logits(X, W, b))


def log_loss(y: ArrayLike, p: ArrayLike, tol: float = 1e-10) -> float:
    """Return -mean(y log(p + tol) + (1 - y) log(1 - p + tol))."""
    y, p = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    return float(-np.mean(y * np.log(p + tol) + (1 - y) * np.log(1 - p + tol)))


def logistic_gradients(X: ArrayLike, y: ArrayLike, W: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    """Return the gradients of the mean log loss: dW = X'(p - y) / n, shape (d, 1), and db = mean(p - y), shape (1,)."""
    pull = predict_proba(X, W, b) - np.asarray(y, dtype=np.float64)
    return np.asarray(X, dtype=np.float64).T @ pull / len(pull), pull.mean(axis=0)


def fit_logistic(
    X: ArrayLike, y: ArrayLike, W0: ArrayLike, b0: ArrayLike, lr: float, steps: int
) -> tuple[Array, Array, list[float]]:
    """Return (W, b, losses) after gradient descent from W0, b0; each loss is measured before its step."""
    W, b = np.asarray(W0, dtype=np.float64), np.asarray(b0, dtype=np.float64)
    losses = []
    for _ in range(steps):
        losses.append(log_loss_from_logits(y, logits(X, W, b)))
        dW, db = logistic_gradients(X, y, W, b)
        W, b = W - lr * dW, b - lr * db
    return W, b, losses


def log_loss_from_logits(y: ArrayLike, z: ArrayLike) -> float:
    """Return the mean log loss from logits: mean(log(1 + exp(z)) - y z), without overflow or cancellation.

    With y in {0, 1} each term is log(1 + exp(s)), s = z where y is 0 and -z where y is 1: max(s, 0) plus
    log1p(exp(-abs(s))).
    """
    y, z = np.asarray(y, dtype=np.float64), np.asarray(z, dtype=np.float64)
    s = np.where(y == 1, -z, z)
    return float(np.mean(np.maximum(s, 0.0) + np.log1p(np.exp(-np.abs(s)))))


def accuracy(y: ArrayLike, p: ArrayLike, threshold: float = 0.5) -> float:
    """Return the share of rows where p >= threshold equals y."""
    y, p = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    return float(np.mean((p >= threshold) == (y == 1)))
