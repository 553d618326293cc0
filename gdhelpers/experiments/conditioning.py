"""How the scale of the inputs decides how fast gradient descent can be.

The mean squared error of X w is a quadratic function of w with the Hessian H = 2 X'X / n. Descent is stable up to
lr = 2 / (largest eigenvalue). The ratio of the largest to the smallest eigenvalue is the condition number of H: so many
times slower is the slowest direction than the fastest. See Nocedal and Wright, "Numerical Optimization" (2006), 3.3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers.experiments import descent

Array = NDArray[np.float64]


def standardised(X: ArrayLike) -> Array:
    """Return the columns of X, shape (n, k), with mean 0 and standard deviation 1.

    >>> standardised([[1.0], [3.0]]).tolist()
    [[-1.0], [1.0]]
    """
    X = np.asarray(X, dtype=np.float64)
    return np.asarray((X - X.mean(axis=0)) / X.std(axis=0))


def with_ones(X: ArrayLike) -> Array:
    """Return X, shape (n, k), with a last column of ones for the bias: shape (n, k + 1).

    >>> with_ones([[4.0], [8.0]]).tolist()
    [[4.0, 1.0], [8.0, 1.0]]
    """
    X = np.asarray(X, dtype=np.float64)
    return np.column_stack([X, np.ones(len(X))])


def eigenvalues(X: ArrayLike) -> Array:
    """Return the eigenvalues of 2 X'X / n, the smallest first; X has the shape (n, k).

    They are computed from the singular values of X, since X'X would lose half of the digits.

    >>> eigenvalues([[1.0, 0.0], [0.0, 3.0]])
    array([1., 9.])
    """
    X = np.asarray(X, dtype=np.float64)
    return 2 * np.linalg.svd(X, compute_uv=False)[::-1] ** 2 / len(X)


def condition_number(X: ArrayLike) -> float:
    """Return the largest eigenvalue of 2 X'X / n divided by the smallest.

    >>> condition_number([[1.0, 0.0], [0.0, 3.0]])
    9.0
    """
    found = eigenvalues(X)
    return float(found[-1] / found[0])


def largest_stable_lr(X: ArrayLike) -> float:
    """Return the learning rate from which descent on the mean squared error of X w diverges.

    >>> round(largest_stable_lr([[1.0, 0.0], [0.0, 3.0]]), 4)
    0.2222
    """
    return float(2 / eigenvalues(X)[-1])


def losses(X: ArrayLike, y: ArrayLike, weights: ArrayLike) -> Array:
    """Return the mean squared error of X w for each w: X (n, k), y (n,), weights (..., k), the result (...).

    >>> losses([[1.0], [2.0]], [1.0, 2.0], [[0.0], [1.0]])
    array([2.5, 0. ])
    """
    residuals = np.asarray(weights) @ np.asarray(X).T - np.asarray(y)
    return np.asarray((residuals**2).mean(axis=-1))


def descend(X: ArrayLike, y: ArrayLike, start: ArrayLike, lr: float, steps: int) -> Array:
    """Return the weights that descent on the mean squared error visits: X (n, k), y (n,), the result (steps + 1, k).

    >>> descend([[1.0], [1.0]], [3.0, 3.0], [0.0], 0.5, 1)
    array([[0.],
           [3.]])
    """
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return descent.descend(lambda w: 2 * X.T @ (X @ w - y) / len(y), np.asarray(start, dtype=np.float64), lr, steps)
