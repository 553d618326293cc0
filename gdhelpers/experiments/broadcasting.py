"""What a model learns from the residuals of a column and a row: (n, 1) minus (n,) is a table, (n, n).

Its mean square is the variance of the targets plus the mean of (p - mean of the targets)^2, so that descent makes every
prediction p the mean: a falling loss, right gradients, and a model that ignores its inputs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdhelpers.experiments.descent import descend

Array = NDArray[np.float64]


def table(predictions: ArrayLike, targets: ArrayLike) -> Array:
    """Return targets minus predictions as the bug computes it: both (n,), the result (n, n), a row for each target.

    >>> table([1.0, 2.0], [5.0, 7.0])
    array([[4., 3.],
           [6., 5.]])
    """
    return np.asarray(targets, dtype=np.float64)[:, None] - np.asarray(predictions, dtype=np.float64)


def losses(X: ArrayLike, y: ArrayLike, lr: float, steps: int, *, bug: bool) -> tuple[Array, Array]:
    """Return the losses of a descent from zero, and the weights where it ends: X (n, k), y (n,).

    With the bug the loss is the mean over the table of all n x n residuals, otherwise over the n that belong there.

    >>> X, y = [[-1.0, 1.0], [1.0, 1.0]], [1.0, 3.0]
    >>> [losses(X, y, 0.5, 1, bug=bug)[1].tolist() for bug in (False, True)]
    [[1.0, 2.0], [0.0, 2.0]]
    """
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)

    def residuals(w: Array) -> Array:
        return table(X @ w, y) if bug else y - X @ w

    def slope(w: Array) -> Array:
        per_prediction = residuals(w).mean(axis=0) if bug else residuals(w)
        return -2 * X.T @ per_prediction / len(y)

    path = descend(slope, np.zeros(X.shape[1]), lr, steps)
    return np.array([np.mean(residuals(w) ** 2) for w in path]), path[-1]


def explained(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> float:
    """Return R^2, the share of the variance of y that X w explains: X (n, k), y (n,), w (k,).

    >>> explained([[1.0], [2.0]], [1.0, 2.0], [1.0])
    1.0
    """
    y = np.asarray(y, dtype=np.float64)
    return float(1 - np.mean((y - np.asarray(X) @ np.asarray(w)) ** 2) / y.var())
